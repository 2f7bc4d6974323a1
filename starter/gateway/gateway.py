"""What every route of the gateway shares: settings, runbooks, incidents, and the count of what was turned away."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from fastapi import Request
from pydantic import SecretStr
from starlette.requests import ClientDisconnect

from settings import Settings
from starter.gateway.canary import Canary
from starter.gateway.limits import Door
from starter.gateway.published import Published
from starter.gateway.rejected_webhooks import TurnedAway
from starter.gateway.unpacking import unpacked
from starter.intake.beats import Beats
from starter.intake.group_commit import GroupCommit
from starter.intake.grouping import Batch
from starter.intake.replays import Replays
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.sources.reading import FieldProblem, Unreadable, Webhook
from starter.sources.refusal import Refusal, later
from starter.sources.sns_calls import SnsCalls
from starter.sources.source import Source
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations, loaded
from starter.temporal.silences import Silences
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook

T = TypeVar("T")

ANSWER_WITHIN_S = 4.5
"""PagerDuty waits 5 s for an answer, most others longer."""
READ_AT_MOST = 2
"""Times the limit: of a longer body the alerts within the limit are kept, and those of the rest counted."""


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
    turned_away: TurnedAway = field(default_factory=TurnedAway)
    replays: Replays = field(default_factory=Replays)
    sns: SnsCalls = field(default_factory=SnsCalls)
    door: Door = field(default_factory=Door)
    published: Published = field(init=False)
    alerts: GroupCommit = field(init=False)
    """The way to the incidents for alerts, of which there may be very many."""
    beats: Beats = field(init=False)
    silencing: Silencing = field(init=False)
    _under_way: set[asyncio.Future[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        installations = Installations(self.incidents.reach)
        self.published = Published(installations, loaded(self.library, self.settings))
        self.alerts = GroupCommit(self.incidents)
        self.beats = Beats(Heartbeats(self.incidents.reach))
        self.silencing = Silencing(Silences(self.incidents.reach))

    def opening(self, batch: Batch) -> OpenRequest:
        """How an incident opens here."""
        return self.published.in_force.now(batch.opening)

    def runbook(self, name: str | None) -> tuple[Runbook, tuple[FieldProblem, ...]]:
        """The runbook of that name, else the default one: an alert is not lost over a name."""
        book, remark = self.published.runbook(name)
        if book is None:
            raise later(f"the runbook {self.published.in_force.default!r} is not loaded: see /readyz")
        return book, (FieldProblem("runbook", remark),) if remark else ()

    async def to_its_end(self, work: Awaitable[T]) -> T:
        """It goes on when nobody waits for it any more: its sender was told 503, and may never send it again."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    def secrets(self, source: Source) -> tuple[SecretStr, ...]:
        found: tuple[SecretStr, ...] = getattr(self.settings, source.secrets)
        return found

    async def webhook(self, request: Request, source: Source) -> Webhook:
        """The request, once it is known to be from whom it says. Raises Refusal."""
        webhook = await self.read(request, source)
        self.admit(webhook, source)
        return webhook

    async def read(self, request: Request, source: Source) -> Webhook:
        """The request as it came, unpacked; nobody knows yet from whom. Raises Refusal."""
        now, sender = datetime.now(UTC), request.client.host if request.client else "?"
        if self.exposed and not self.secrets(source):
            error = f"this route is closed: set {source.setting} to let {source.name} in"
            raise self.refusal(source, 403, error, now, sender)
        most = READ_AT_MOST * self.settings.max_body_bytes
        try:
            sent = await _read(request, most)
        except ClientDisconnect:
            raise self.refusal(source, 400, "the sender hung up", now, sender) from None
        body, whole = unpacked(sent, request.headers.get("content-encoding", ""), most)
        packed = b"" if body is sent else sent
        return Webhook(body[:most], now, request.headers, request.query_params, sender, packed, whole)

    def admit(self, webhook: Webhook, source: Source) -> None:
        """Returns if the webhook is genuine, or nobody has said how that is known. Raises Refusal."""
        if self._is_genuine(webhook, source):
            self.turned_away.genuine(source)
            return
        if not webhook.whole:
            limit = READ_AT_MOST * self.settings.max_body_bytes
            error = f"more than {limit} bytes, of which no signature can be checked (see TOCSIN_MAX_BODY_BYTES)"
            raise self.refusal(source, 413, error, webhook.received_at, webhook.sender)
        self.counts[source.name, "refused"] += 1
        self.turned_away.refused(source, webhook.received_at, webhook.sender)
        error = f"wrong token or signature: compare with {source.setting}"
        raise Refusal(401, error, {"WWW-Authenticate": "Bearer"})

    def refusal(self, source: Source, status: int, error: str, at: datetime, sender: str) -> Refusal:
        """To be raised. What is not taken is counted, logged and shown: its sender may never say so."""
        self.counts[source.name, "refused"] += 1
        self.turned_away.dropped(source, f"was answered {status}", error, at, sender)
        return Refusal(status, error)

    def unreadable(self, source: Source, why: str, webhook: Webhook) -> None:
        """Accepted all the same, because an incident says so. Whoever looks at the gateway sees it, too."""
        self.counts[source.name, "unreadable"] += 1
        self.turned_away.dropped(source, "could not be read", why, webhook.received_at, webhook.sender)

    def partly_unreadable(self, source: Source, unread: int, why: str, webhook: Webhook) -> None:
        """Some of its alerts: the others are handed on, and an incident says so."""
        self.counts[source.name, "unreadable_alerts"] += unread
        outcome = "had alerts that could not be read"
        self.turned_away.dropped(source, outcome, why, webhook.received_at, webhook.sender)

    def unusable(self, source: Source, webhook: Webhook, error: Unreadable) -> None:
        """Answered 400 or 422: no alert is lost by it, and nothing proves who sent it, or it was none of alerts."""
        self.counts[source.name, "refused"] += 1
        outcome = f"was answered {error.status}"
        self.turned_away.dropped(source, outcome, str(error), webhook.received_at, webhook.sender)

    def _is_genuine(self, webhook: Webhook, source: Source) -> bool:
        """Some sign what they have compressed, others compress what they have signed."""
        secrets = self.secrets(source)
        if not secrets or source.is_genuine(webhook, secrets):
            return True
        return bool(webhook.packed) and source.is_genuine(replace(webhook, body=webhook.packed), secrets)


@asynccontextmanager
async def in_time(source: Source) -> AsyncIterator[None]:
    """Whatever is slow, the sender hears 503 before it gives up on us, and sends again.

    What is under way to Temporal by then goes on (`Gateway.to_its_end`).
    """
    try:
        async with asyncio.timeout(min(ANSWER_WITHIN_S, source.answer_within_s)):
            yield
    except TimeoutError:
        raise later("not stored in time: send it again") from None


async def _read(request: Request, limit: int) -> bytes:
    """Not to its end, if it is longer than that, whatever Content-Length says. Raises ClientDisconnect."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)
