"""What `tocsin setup` and `tocsin up` see to besides the server: that the digest comes when the settings say.

By the running installation's default runbook; before any worker has published one, by that of the settings.
"""

from datetime import time

from temporalio.client import Client
from temporalio.service import RPCError

from settings import Settings
from starter.runbooks.default import default_runbook
from starter.temporal import digest_schedule
from starter.temporal.connection import TemporalConnection
from starter.temporal.installations import Installations
from starter.temporal.results import Unpublished, Unreachable
from tocsin.failure import Failure
from tocsin.library import library, named
from workflows.policy.runbook.model import Runbook

NO_DIGEST = "never"


async def keep_digest(client: Client, settings: Settings) -> None:
    """Raises Failure, which must keep nothing else from starting: nobody is paged by a digest."""
    try:
        if settings.digest_at == NO_DIGEST:
            await digest_schedule.drop(client)
            return
        book = await _default(client, settings)
        await digest_schedule.keep(client, book, time.fromisoformat(settings.digest_at), settings.digest_to)
    except (Failure, Unreachable, RPCError) as error:
        raise Failure(f"the digest could not be set up: {error}") from None


async def _default(client: Client, settings: Settings) -> Runbook:
    try:
        there = await Installations(TemporalConnection(client)).current()
    except Unpublished:
        books = library(settings)
        return named(books, default_runbook(books, settings))
    return there.runbooks[there.default]
