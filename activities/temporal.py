"""What a workflow asks of Temporal itself: forward alerts, look when the gateway showed itself, take an inventory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from temporalio import activity

from activities.errors import Unavailable
from starter.public_page.standing import public_services
from starter.temporal import inventory
from starter.temporal.canaries import Canaries
from starter.temporal.connection import TemporalConnection
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.public_pages import PublicPages
from starter.temporal.results import NothingOpen, Unpublished, Unreachable
from starter.temporal.reviews import Reviews
from starter.temporal.shifts import Shifts, card_or_none
from starter.temporal.silences import Silences
from workflows.durable.forward_alerts import CaptureBySilence, ForwardAlerts, Move, SilencesListed
from workflows.policy.incident.events import Event, Noted
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.rota.coverage import COVERED_FOR, CoverageGaps, CoverageQuestion, coverage
from workflows.policy.rota.reached import Reachability
from workflows.policy.rota.roster import RosterCard
from workflows.policy.rota.shifts import ahead
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.digest import Inventory
from workflows.policy.watches.heartbeat import GatewayPresence
from workflows.policy.watches.public_page import PageRecord
from workflows.policy.watches.shift import terms_of
from workflows.policy.wire.model import Wire

log = structlog.get_logger()

Reached = Callable[[Runbook], Reachability | None]
"""Whom a page reaches, of a runbook; None: that is not known."""


def nothing_known(book: Runbook) -> Reachability | None:  # noqa: ARG001 (the parameter of a `Reached`)
    """Where there are no settings of a worker's."""
    return None


async def kept_card(runbook: str, post: str) -> RosterCard | None:
    """By the client of the activity that asks."""
    try:
        return await Shifts(TemporalConnection(activity.client())).card(runbook, post)
    except (RuntimeError, Unreachable, NothingOpen) as error:  # RuntimeError: this activity has no client
        log.debug("no roster is kept", post=post, problem=str(error))
        return None


class Temporal:
    """Raises Unreachable, for Temporal to try again."""

    def __init__(self, incidents: Incidents, reached: Reached = nothing_known) -> None:
        self._reached = reached
        self._shifts = Shifts(incidents.connection)
        self._incidents = incidents
        self._canaries = Canaries(incidents.connection)
        self._silences = Silences(incidents.connection)
        self._installations = Installations(incidents.connection)

    def page_activities(self) -> Sequence[Callable[..., Awaitable[bool | Wire]]]:
        return [
            self.forward_alerts,
            self.list_silences,
            self.capture_by_silence,
            self.opening_as_of_now,
            self.move_alerts,
        ]

    def comms_activities(self) -> Sequence[Callable[..., Awaitable[Wire]]]:
        return [self.look_for_the_gateway, self.take_inventory, self.check_coverage]

    @activity.defn(name="hand_on_alerts")
    async def forward_alerts(self, alerts: ForwardAlerts) -> bool:
        opening = await self.opening_as_of_now(alerts.opening)
        return await self._incidents.open(alerts.workflow_id, opening, alerts.event)

    @activity.defn(name="move_alerts")
    async def move_alerts(self, alerts: Move) -> bool:
        """Of a duplicate: to the incident itself, or to what remembers it since it was cancelled in its turn."""
        if not await self._incidents.goes_on(alerts.workflow_id, alerts.incident):
            return False
        said = f"alerts of {alerts.origin} are moved here: it is a duplicate of this incident"
        note = Noted(id=f"moved/{alerts.origin}/note", by="Tocsin", automatic=True, text=said)
        try:
            await self._incidents.signal(alerts.workflow_id, note)
            await self._incidents.signal(alerts.workflow_id, *alerts.events)
        except NothingOpen:
            return False
        return True

    @activity.defn(name="opening_as_of_now")
    async def opening_as_of_now(self, opening: OpenRequest) -> OpenRequest:
        """What has been kept for weeks opens by the runbook that is loaded now."""
        try:
            return (await self._installations.current()).now(opening)
        except (Unpublished, Unreachable):
            return opening

    @activity.defn(name="list_silences")
    async def list_silences(self) -> SilencesListed:
        return SilencesListed(cards=await self._silences.list())

    @activity.defn(name="hold_by_silence")
    async def capture_by_silence(self, held: CaptureBySilence) -> bool:
        """False: it has ended meanwhile."""
        try:
            await self._silences.signal(held.silence, held.event)
        except NothingOpen:
            return False
        return True

    @activity.defn(name="look_for_the_gateway")
    async def look_for_the_gateway(self, since: datetime) -> GatewayPresence:
        """By its canaries: each one was sent by a gateway whose own socket answered."""
        found = await self._canaries.presence()
        is_over = found.back_at is not None and found.back_at <= since
        return GatewayPresence(sign_at=found.sign_at) if is_over else found

    @activity.defn(name="check_coverage")
    async def check_coverage(self, asked: CoverageQuestion) -> CoverageGaps:
        """By all rotas of the runbook: two tiers may be one person. What is about two posts is said of one."""
        book = (await self._installations.current()).runbooks.get(asked.runbook)
        if book is None:
            return CoverageGaps()
        posts = list(terms_of(book))
        cards = [await card_or_none(self._shifts, asked.runbook, post) for post in posts]
        end = asked.begin + COVERED_FOR
        known = {card.post: card.roster.shifts for card in cards if card is not None}
        known |= {asked.post: asked.roster} if asked.post else {}
        rosters = {post: ahead(shifts, asked.begin, end) for post, shifts in known.items() if shifts}
        reach = await asyncio.to_thread(self._reached, book)  # what it has to load may take a second
        found = coverage(book, rosters, asked.begin, end, reach)
        mine = (gap for gap in found if asked.post == (gap.post if gap.post in posts else ""))
        return CoverageGaps(gaps=tuple(mine), home=book.home, zone=book.calendar.zone)

    @activity.defn(name="take_stock")
    async def take_inventory(self) -> Inventory:
        """Of what everybody may know: it is told to all."""
        known = self._incidents.without_private()
        return await inventory.take(known, Reviews(known))


class RecordInTemporal:
    """What was said in public, by the client of the activity that asks."""

    async def say(self, event: Event) -> None:
        async with _asked() as connection:
            await PublicPages(connection).say(event)

    async def known(self) -> tuple[PageRecord, tuple[str, ...]]:
        async with _asked() as connection:
            return await PublicPages(connection).known(), await _services(connection)


async def _services(connection: TemporalConnection) -> tuple[str, ...]:
    try:
        there = await Installations(connection).current()
    except Unpublished:
        return ()
    return public_services(there.runbooks.values())


@asynccontextmanager
async def _asked() -> AsyncIterator[TemporalConnection]:
    try:
        yield TemporalConnection(activity.client())
    except Unreachable as error:
        raise Unavailable(str(error)) from None
