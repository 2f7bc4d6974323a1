"""What every route of the gateway shares: settings, runbooks, incidents, and the count of what was turned away."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from fastapi import Request
from pydantic import SecretStr
from starlette.requests import ClientDisconnect

from settings import Settings
from starter.canary import Canary
from starter.group_commit import GroupCommit
from starter.incidents import Incidents
from starter.refusal import Refusal, later
from starter.runbooks import Library
from starter.sources.batch import FieldProblem
from workflows.policy.runbook import Runbook

ANSWER_WITHIN_S = 4.5
"""PagerDuty waits 5 s for an answer, the others longer."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Lock:
    """What a source proves itself with."""

    setting: str
    secrets: tuple[SecretStr, ...]


@dataclass
class Gateway:
    settings: Settings
    library: Library
    incidents: Incidents
    exposed: bool
    """Reachable beyond loopback: a source without a secret is then refused."""
    canary: Canary | None = None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, what became of a delivery) -> how often."""
    alerts: GroupCommit = field(init=False)
    """The way to the incidents for alerts, of which there may be very many."""

    def __post_init__(self) -> None:
        self.alerts = GroupCommit(self.incidents)

    @property
    def locks(self) -> Mapping[str, Lock]:
        settings = self.settings
        return {
            "alertmanager": Lock("TOCSIN_ALERTMANAGER_TOKENS", settings.alertmanager_tokens),
            "generic": Lock("TOCSIN_GENERIC_SECRETS", settings.generic_secrets),
            "pagerduty": Lock("TOCSIN_PAGERDUTY_WEBHOOK_SECRETS", settings.pagerduty_webhook_secrets),
        }

    def runbook(self, name: str | None) -> tuple[Runbook, tuple[FieldProblem, ...]]:
        """The runbook of that name, else the default one: an alert is not lost over a name."""
        books, default = self.library.runbooks, self.settings.runbook
        if name in books:
            return books[name], ()
        if default not in books:
            raise later(f"the runbook {default!r} is not loaded: see /readyz")
        problem = FieldProblem("runbook", f"there is no runbook {name!r}: {default!r} was followed")
        return books[default], (problem,) if name else ()

    async def body(self, request: Request, source: str, is_genuine: Callable[[bytes, Lock], bool]) -> bytes:
        """The body, once it is known to be from whom it says. Raises Refusal."""
        lock = self.locks[source]
        if self.exposed and not lock.secrets:
            raise Refusal(403, f"this route is closed: set {lock.setting} to let {source} in")
        body = await _read(request, self.settings.max_body_bytes)
        if lock.secrets and not is_genuine(body, lock):
            self.counts[source, "refused"] += 1
            # Loud: PagerDuty turns a subscription off for a day after three refusals in a row.
            log.error(
                "webhook refused: wrong token or signature",
                source=source,
                sender=request.client.host if request.client else "?",
                refused=self.counts[source, "refused"],
                check=lock.setting,
            )
            raise Refusal(401, f"wrong token or signature: compare with {lock.setting}", {"WWW-Authenticate": "Bearer"})
        return body


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Whatever is slow, the sender hears 503 before it gives up on us, and sends again."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            yield
    except TimeoutError:
        raise later("not stored in time: send it again") from None


async def _read(request: Request, limit: int) -> bytes:
    """At most `limit` bytes are ever held, whatever Content-Length says."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise Refusal(413, f"the body is larger than {limit} bytes (TOCSIN_MAX_BODY_BYTES)")
    except ClientDisconnect:
        raise Refusal(400, "the sender hung up") from None
    return bytes(body)
