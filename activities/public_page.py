"""Tocsin's own status page, where no vendor keeps one: what is let out is kept by Temporal, and written as files.

Each who says something writes the whole page, and looks afterwards whether more was said meanwhile: so the page is
never older than the last who wrote it, whoever was faster.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from activities.errors import Rejected, Unavailable
from activities.plain_text import clean, one_line
from workflows.policy.effects.effects import Publish, Receipt, Send
from workflows.policy.incident.events import Event
from workflows.policy.watches.public_page import (
    CorrectedInPublic,
    MaintenanceAnnounced,
    PageRecord,
    SaidInPublic,
    public_id,
)

LONGEST_PUBLIC_NAME = 200
LONGEST_PUBLIC_WORDS = 3000
WRITTEN_ANEW = 5
"""Times, while others go on saying things."""


class PublicRecord(Protocol):
    """What was said. Both raise Unavailable."""

    async def say(self, event: Event) -> None: ...
    async def known(self) -> tuple[PageRecord, tuple[str, ...]]:
        """And the services that runbooks list for the public."""


class WrittenFile(Protocol):
    """A file of the page."""

    @property
    def body(self) -> bytes: ...
    @property
    def media_type(self) -> str: ...


Drawing = Callable[[PageRecord, tuple[str, ...], datetime], Mapping[str, WrittenFile]]
"""Makes the page's files, by their paths, of what was said and of the listed services."""


class PagePlace(Protocol):
    def write(self, files: Mapping[str, WrittenFile]) -> None:
        """Whole files, in this order. Raises Unavailable or Rejected."""


class OwnStatusPage:
    """All raise Unavailable or Rejected."""

    def __init__(self, record: PublicRecord, place: PagePlace | None, draw: Drawing) -> None:
        """Without a place the gateway alone shows it."""
        self._record = record
        self._place = place
        self._draw = draw
        self._turn = asyncio.Lock()

    async def publish(self, send: Send, may_have_been_sent: bool) -> Receipt:  # noqa: ARG002 (said twice, it is once)
        assert isinstance(send.effect, Publish)
        name = public_id(f"incident {send.incident}")
        if send.effect.corrects:
            await self._correct(name, send, send.effect.corrects)
            return Receipt(reference=name)
        said = SaidInPublic(
            at=datetime.now(UTC),
            id=send.vendor_key,
            by="Tocsin",
            incident=name,
            name=one_line(send.subject, LONGEST_PUBLIC_NAME) or "Incident",
            status=send.effect.status,
            text=clean(send.text, LONGEST_PUBLIC_WORDS),
            impact=send.effect.impact,
            components=send.effect.components,
        )
        await self._record.say(said)
        await self.write()
        return Receipt(reference=name)

    async def _correct(self, name: str, send: Send, update: str) -> None:
        corrected = CorrectedInPublic(
            at=datetime.now(UTC),
            id=send.vendor_key,
            by="Tocsin",
            incident=name,
            update=update,
            text=clean(send.text, LONGEST_PUBLIC_WORDS),
        )
        record, _ = await self._record.known()
        there = (each.key for incident in record.incidents if incident.id == name for each in incident.updates)
        if corrected.update not in there:
            raise Rejected("what is to be corrected does not stand on the status page")
        await self._record.say(corrected)
        await self.write()

    async def announce(self, maintenance: MaintenanceAnnounced) -> None:
        await self._record.say(maintenance)
        await self.write()

    async def write(self) -> None:
        if self._place is None:
            return
        async with self._turn:
            for _ in range(WRITTEN_ANEW):
                record, services = await self._record.known()
                files = self._draw(record, services, datetime.now(UTC))
                await asyncio.to_thread(self._place.write, files)
                if (await self._record.known())[0] == record:
                    return
        raise Unavailable("other processes say so much on the status page that it could not be written")
