"""Starts the parts in order and keeps them running: behind `tocsin up` and `tocsin demo`."""

import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO

from temporalio.client import Client
from temporalio.service import RPCError

from settings import Settings
from settings.access import new_token
from starter.temporal import setup
from starter.temporal.connecting import connect
from starter.temporal.connection import TemporalConnection
from starter.temporal.installations import Installations
from starter.temporal.results import Unpublished, Unreachable
from tocsin import connection
from tocsin.failure import Failure
from tocsin.library import library
from tocsin.schedule import keep_digest
from tocsin.up import parts
from tocsin.up.folder import Folder
from tocsin.up.layout import Layout
from tocsin.up.own_token import api_tokens
from tocsin.up.patience import Patience
from tocsin.up.slack_check import slack_troubles
from tocsin.up.supervisor import PartFailed, Supervisor, listening
from tocsin.up.ui_door import ui_door
from workflows.policy.watches.installation import Publication

SERVER_WITHIN_S = 300.0
PUBLISHED_WITHIN_S = 15.0


@contextlib.asynccontextmanager
async def running(
    layout: Layout,
    settings: Settings,
    folder: Folder,
    lock: int,
    say: Callable[[str], None],
    output: IO[bytes] | None = None,
    published_within_s: float = PUBLISHED_WITHIN_S,
) -> AsyncIterator[Publication | None]:
    """All parts of `layout`, for the length of the block, and what its worker has published. Raises PartFailed."""
    environment = {**(connection.environment(layout.temporal) if layout.embedded else os.environ), **_chosen(settings)}
    async with Supervisor(say, output) as supervisor, contextlib.AsyncExitStack() as doors:
        if layout.embedded:
            server = parts.temporal(layout, folder, lock, environment)
            await supervisor.start(server, listening("127.0.0.1", layout.temporal_port))
            await doors.enter_async_context(ui_door(layout.ui_port, layout.ui_behind))
        client = await _prepared(layout.temporal, environment, say)
        if layout.sandbox_port is not None:
            signed = parts.SandboxSecrets()
            books = library(settings).runbooks.values()
            toys = parts.sandbox(layout, books, signed, environment)
            await supervisor.start(toys, listening("127.0.0.1", layout.sandbox_port))
            pointing = parts.pointing_at_the_sandbox(layout, books, signed)
            if settings.public_page:
                pointing = parts.with_own_status_page(pointing)
            environment |= pointing
            for line in replaced(settings, pointing):
                say(line)
        if layout.published.ui and not settings.temporal_ui_url:
            environment["TOCSIN_TEMPORAL_UI_URL"] = layout.published.ui
        environment |= _answering(settings, folder, layout)
        token = new_token()
        folder.keep_token(token)
        folder.remember(layout.published)
        begun_at = datetime.now(UTC)
        await supervisor.start(parts.worker(environment, in_state_folder=settings.documents is None))
        proving = environment | {"TOCSIN_API_TOKENS": api_tokens(settings, token)}
        await supervisor.start(parts.gateway(layout, proving), listening(layout.reachable, layout.gateway_port))
        published = await _published(client, begun_at, Patience("for the worker", published_within_s, say))
        if layout.sandbox_port is None:
            for line in await slack_troubles(settings, library(settings).runbooks.values()):
                say(line)
        if published is None:
            say("the worker has published no runbooks yet: alerts go by the gateway's own files")
        try:
            await keep_digest(client, settings)
        except Failure as failure:
            say(str(failure))
        yield published


def _answering(settings: Settings, folder: Folder, layout: Layout) -> dict[str, str]:
    """Links that answer pages: in the sandbox its phones are on this machine; others' phones have to reach it."""
    signed = {} if settings.answer_secrets else {"TOCSIN_ANSWER_SECRETS": json.dumps([folder.answer_secret()])}
    if settings.gateway_url or layout.sandbox_port is None:
        return signed
    return signed | {"TOCSIN_GATEWAY_URL": layout.published.gateway}


def replaced(settings: Settings, pointing: Iterable[str]) -> Iterator[str]:
    """Which of somebody's own settings are not used, as they would be only with a vendor."""
    fields = [(variable, variable.removeprefix("TOCSIN_").lower()) for variable in pointing]
    theirs = [name for name, field in fields if getattr(settings, field) != Settings.model_fields[field].default]
    if theirs:
        yield f"the sandbox stands in for every vendor, and replaces {', '.join(theirs)} until one is configured"


def _chosen(settings: Settings) -> dict[str, str]:
    """Options of the command line, for the parts to find where they look for settings."""
    return {
        "TOCSIN_SPEED": str(settings.speed),
        "TOCSIN_NO_PAGER": str(settings.no_pager),
        "TOCSIN_STATE_DIR": str(settings.state_dir),
        "TOCSIN_WORKER_PROCESSES": str(settings.worker_processes or ""),
    }


async def _published(client: Client, since: datetime, patience: Patience) -> Publication | None:
    """What our worker has published, once it has: whoever reads that everything runs may declare at once."""
    installations = Installations(TemporalConnection(client))
    while not patience.is_over:
        with contextlib.suppress(Unpublished, Unreachable):
            found = await installations.current()
            if found.published_at >= since:
                return found.publication
        await patience.wait()
    return None


async def _prepared(address: str, environment: Mapping[str, str], say: Callable[[str], None]) -> Client:
    """Register what Temporal has to know. The server listens before it serves, hence the patience."""
    patience = Patience("for Temporal", SERVER_WITHIN_S, say)
    while True:
        try:
            client = await connect(environment)
            await setup.prepare(client)
            return client
        except (RuntimeError, RPCError) as error:
            if patience.is_over:
                raise PartFailed(f"Temporal at {address} did not answer: {error}") from None
            await patience.wait()
