"""Who may deliver: a request is read, and it is known from whom it is, before anything is believed that it says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum

from fastapi import Request
from pydantic import SecretStr
from starlette.requests import ClientDisconnect

from settings import Settings
from starter.gateway.beside import Beside
from starter.gateway.bodies import FREE_BYTES, BodyRoom, releasing
from starter.gateway.locality import why_not_local
from starter.gateway.outcomes import Outcomes
from starter.gateway.unpacking import unpacked
from starter.sources.reading import Webhook
from starter.sources.refusal import Refusal, later
from starter.sources.source import Source

ANSWER_WITHIN_S = 4.5
"""PagerDuty waits 5 s for an answer, most others longer."""
READ_AT_MOST = 2
"""Times the limit: of a longer body the alerts within the limit are kept, and those of the rest counted."""


class Unproved(Enum):
    """Who may deliver alerts of a source that has no secret."""

    NOBODY = "nobody"
    LOCAL = "whoever is plainly on this machine"
    ANYBODY = "anybody"


@dataclass(frozen=True)
class Admission:
    settings: Settings
    unproved: Unproved
    outcomes: Outcomes
    beside: Beside = field(default_factory=Beside)
    bodies: BodyRoom = field(default_factory=BodyRoom)

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
        if not self.secrets(source) and (why := self._why_closed(request)):
            remedy = f"set {source.setting} to let {source.name} in: tocsin token add {source.name}"
            raise self.outcomes.refusal(source, 403, f"this route is closed: {why}{remedy}", now, sender)
        most = READ_AT_MOST * self.settings.max_body_bytes
        try:
            sent = await read_body(request, most, self.bodies, sender)
        except ClientDisconnect:
            raise self.outcomes.refusal(source, 400, "the sender hung up", now, sender) from None
        body, whole = unpacked(sent, request.headers.get("content-encoding", ""), most)
        packed = b"" if body is sent else sent
        if packed and len(body) > FREE_BYTES:
            self.bodies.take(len(body) - FREE_BYTES, sender)
        return Webhook(body[:most], now, request.headers, request.query_params, sender, packed, whole)

    def _why_closed(self, request: Request) -> str:
        """To a source that has no secret; empty: it is not."""
        if self.unproved is Unproved.ANYBODY:
            return ""
        if self.unproved is Unproved.NOBODY:
            return "no secret is set; "
        why = why_not_local(request)
        return f"{why}, and without a secret only what is plainly from this machine is taken; " if why else ""

    def admit(self, webhook: Webhook, source: Source) -> None:
        """Returns if the webhook is genuine, or nobody has said how that is known. Raises Refusal."""
        if self._is_genuine(webhook, source):
            self.outcomes.rejected_webhooks.genuine(source)
            return
        if not webhook.whole:
            limit = READ_AT_MOST * self.settings.max_body_bytes
            error = f"more than {limit} bytes, of which no signature can be checked (see TOCSIN_MAX_BODY_BYTES)"
            raise self.outcomes.refusal(source, 413, error, webhook.received_at, webhook.sender)
        self.outcomes.forged(source, webhook)
        error = f"wrong token or signature: compare with {source.setting}"
        raise Refusal(401, error, {"WWW-Authenticate": "Bearer"})

    def _is_genuine(self, webhook: Webhook, source: Source) -> bool:
        """Some sign what they have compressed, others compress what they have signed."""
        secrets = self.secrets(source)
        if not secrets or source.is_genuine(webhook, secrets):
            return True
        return bool(webhook.packed) and source.is_genuine(replace(webhook, body=webhook.packed), secrets)


@asynccontextmanager
async def in_time(source: Source) -> AsyncIterator[None]:
    """Whatever is slow, the sender hears 503 before it gives up on us, and sends again.

    What is under way to Temporal by then goes on (`Pipeline`).
    """
    try:
        with releasing():
            async with asyncio.timeout(sender_waits_s(source)):
                yield
    except TimeoutError:
        raise later("not stored in time: send it again") from None


def sender_waits_s(source: Source) -> float:
    return min(ANSWER_WITHIN_S, source.answer_within_s)


async def read_body(request: Request, limit: int, room: BodyRoom | None = None, sender: str = "?") -> bytes:
    """Not to its end, if it is longer than that, whatever Content-Length says. Raises ClientDisconnect, Refusal."""
    body, free = bytearray(), FREE_BYTES
    async for chunk in request.stream():
        body += chunk
        if room is not None and len(body) > free:
            room.take(len(body) - free, sender)
            free = len(body)
        if len(body) > limit:
            break
    return bytes(body)
