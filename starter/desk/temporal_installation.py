"""The installation's desk that goes to Temporal."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from temporalio.exceptions import WorkflowAlreadyStartedError

from starter.desk import on_call as posts
from starter.desk import watching
from starter.desk.answers import PageTestAnswer
from starter.desk.on_call_answers import OverrideRequest, PostOnCall
from starter.desk.page_test import page_test, ways_of
from starter.desk.temporal_desk import published_runbook
from starter.desk.watch_answers import HeartbeatRequest, ListedHeartbeat, ListedSilence, SilenceRequest
from starter.temporal.connection import TemporalConnection
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.installations import Installations
from starter.temporal.results import Unpublished
from starter.temporal.shifts import Shifts
from starter.temporal.silences import Silences, new_id
from workflows.policy.incident.events import Event
from workflows.policy.incident.who import as_people_read, in_book
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.heartbeat import Paused, Removed, Unpaused
from workflows.policy.watches.installation import Installation, Publication
from workflows.policy.watches.silence import Expired, Extended, SilenceSummary
from workflows.policy.watches.silence_in_public import components_of

SomethingSaid = TypeVar("SomethingSaid", bound=Event)
SHOWN_AFTER_A_SWAP = timedelta(days=7)


@dataclass(frozen=True)
class TemporalInstallationDesk:
    connection: TemporalConnection
    choose: Callable[[Installation, str], Runbook] = published_runbook
    """Which runbook is meant by a name."""

    async def publication(self) -> Publication:
        return (await self._current()).publication

    async def silences(self) -> list[ListedSilence]:
        return await watching.silences(Silences(self.connection))

    async def silence(self, said: SilenceRequest, by: str, event_id: str = "") -> SilenceSummary:
        affected = components_of(said.match, (await self._current()).runbooks.values()) if said.public else ()
        card = said.card(new_id(event_id), await self._as_people_read(by), datetime.now(UTC), affected)
        if event_id:
            with suppress(WorkflowAlreadyStartedError):
                await Silences(self.connection).add(card)
        else:
            await Silences(self.connection).add(card)
        return card

    async def extend(self, silence: str, event: Extended) -> SilenceSummary:
        return await Silences(self.connection).extend(silence, await self._named(event))

    async def expire(self, silence: str, event: Expired) -> None:
        await watching.expire(Silences(self.connection), silence, await self._named(event))

    async def heartbeats(self) -> list[ListedHeartbeat]:
        return await watching.heartbeats(Heartbeats(self.connection))

    async def expect(self, name: str, said: HeartbeatRequest) -> ListedHeartbeat:
        there = await self._current()
        spec = watching.new_spec(name, said, there, self.choose(there, said.runbook))
        known = Heartbeats(self.connection)
        await known.add(name, spec)
        return await watching.heartbeat(known, name)

    async def pause(self, name: str, event: Paused) -> ListedHeartbeat:
        return await watching.signal_heartbeat(Heartbeats(self.connection), name, await self._named(event))

    async def resume(self, name: str, event: Unpaused) -> ListedHeartbeat:
        return await watching.signal_heartbeat(Heartbeats(self.connection), name, await self._named(event))

    async def remove(self, name: str, event: Removed) -> None:
        await Heartbeats(self.connection).signal(name, await self._named(event))

    async def on_call(self, runbook: str, days: int) -> list[PostOnCall]:
        there = await self._current()
        named = self.choose(there, runbook).runbook if runbook else ""
        return await posts.on_call(there, Shifts(self.connection), datetime.now(UTC), timedelta(days=days), named)

    async def override(self, post: str, said: OverrideRequest, by: str, event_id: str = "") -> PostOnCall:
        there, now, known = await self._current(), datetime.now(UTC), Shifts(self.connection)
        book = self.choose(there, said.runbook)
        event = posts.overridden(book, post, said, as_people_read(book, by), now, event_id or uuid4().hex)
        await known.signal(book.runbook, post, event)
        return await posts.swapped(book, known, post, event, now, SHOWN_AFTER_A_SWAP)

    async def page_test(self, person: str, by: str) -> PageTestAnswer:
        """By each of the ways that the published runbooks have for them; without any, by whichever pager knows them."""
        try:
            ways = ways_of(person, (await self._current()).runbooks.values())
        except Unpublished:
            ways = ()
        return await page_test(self.connection, person, by, datetime.now(UTC), ways)

    async def _named(self, event: SomethingSaid) -> SomethingSaid:
        return event.model_copy(update={"by": await self._as_people_read(event.by)})

    async def _as_people_read(self, by: str) -> str:
        """Whoever reads it later has no runbook, or another one."""
        with suppress(Unpublished):
            there = await self._current()
            books = (there.runbooks[there.default], *there.runbooks.values())
            return next((as_people_read(book, by) for book in books if in_book(book, by)), by)
        return by

    async def _current(self) -> Installation:
        return await Installations(self.connection).current()
