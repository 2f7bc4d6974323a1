"""Silences and heartbeats, for whoever adds, changes or lists them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from starter.desk.watch_answers import HeartbeatRequest, ListedHeartbeat, ListedSilence
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.results import NobodyWorks
from starter.temporal.silences import Silences
from workflows.policy.incident.events import Event
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.heartbeat import Heartbeat, HeartbeatSummary, Spec, in_words
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.silence import Expired

HEARTBEATS_ASKED_AT_ONCE = 20


async def silences(known: Silences) -> list[ListedSilence]:
    found = await known.held()
    worked = not found or await known.is_worked()
    return [ListedSilence(silence=card, holds=holds if worked else None) for card, holds in found]


async def expire(known: Silences, silence: str, event: Expired) -> None:
    """Raises NothingOpen, Recorded."""
    await known.signal(silence, event)
    try:
        await known.state(silence)
    except NobodyWorks as nobody:
        raise nobody.recorded("what it holds is not opened") from None


def new_spec(name: str, said: HeartbeatRequest, there: Installation, book: Runbook) -> Spec:
    """Raises ValidationError when a field is not what a heartbeat can have."""
    opening = {
        "runbook": book,
        "severity": said.severity or book.intake.default_severity,
        "title": name,
        "service": said.service,
        "speed": there.speed,
        "no_pager": there.no_pager,
    }
    spec = Spec.model_validate({"every": said.every, "grace": said.grace, "opening": opening})
    Heartbeat(name=name, spec=spec)
    return spec


async def heartbeats(known: Heartbeats) -> list[ListedHeartbeat]:
    cards: Sequence[HeartbeatSummary] = await known.list()
    try:
        return await _all_stand(known, cards)
    except NobodyWorks as nobody:  # one silence is enough: the others would cost as much patience each
        return [ListedHeartbeat(expected=card, stands=None, problem=nobody.reason) for card in cards]


async def signal_heartbeat(known: Heartbeats, name: str, event: Event) -> ListedHeartbeat:
    """How it stands then. Raises NothingOpen, Recorded."""
    await known.signal(name, event)
    return await heartbeat(known, name)


async def heartbeat(known: Heartbeats, name: str) -> ListedHeartbeat:
    """Raises NothingOpen, and Recorded: nobody watches then, and that must not look like success."""
    try:
        return await _stands(known, await known.card(name))
    except NobodyWorks as nobody:
        raise nobody.recorded("nothing is being watched or paged") from None


async def _all_stand(known: Heartbeats, cards: Sequence[HeartbeatSummary]) -> list[ListedHeartbeat]:
    places = asyncio.Semaphore(HEARTBEATS_ASKED_AT_ONCE)

    async def one(card: HeartbeatSummary) -> ListedHeartbeat:
        async with places:
            return await _stands(known, card)

    return await asyncio.gather(*(one(card) for card in cards))


async def _stands(known: Heartbeats, card: HeartbeatSummary) -> ListedHeartbeat:
    state = await known.state(card.name)
    return ListedHeartbeat(expected=card, stands=in_words(state, datetime.now(UTC)))
