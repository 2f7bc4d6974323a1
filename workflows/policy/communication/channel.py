"""The incident's channel: declared in the home channel, worked on in a channel or thread of its own, where everything
that happens is announced in order."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from workflows.policy.communication.asking import asks_by, empty_roles, who_is_asked
from workflows.policy.communication.card import Look, Prospects, at_home, in_channel
from workflows.policy.effects.card import HIDDEN
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, OpenChannel, Post, SetTopic
from workflows.policy.effects.offers import Offer
from workflows.policy.incident.announce import announcement_duty
from workflows.policy.incident.messages import Announcement
from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.state import PRIVATE_FLAGS, Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, effect_key
from workflows.policy.planning import offering
from workflows.policy.planning.conditions import owed_since
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.planning.destinations import (
    DECLARED,
    DECLARED_HERE,
    BlockedDestination,
    channel_destination,
    declaration,
    has_own_channel,
    home,
    incident_destination,
)
from workflows.policy.planning.offering import answering, reopening
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title

EARLIER_NEWS = "what happened before it to be told"


def channel_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand]:
    yield from _declared_in(book, incident, DECLARED, book.home, partial(at_home, book, incident, Prospects(), now))
    channel = incident.references.get("channel")
    if channel and "channel" not in incident.closed_places:
        look = partial(in_channel, book, incident, Prospects(), now)
        yield from _declared_in(book, incident, DECLARED_HERE, channel, look)
    if has_own_channel(book, incident) and not incident.cancelled:
        if not incident.has_settled(duty_key(DutyKind.CHANNEL), incident.channels):
            yield _own_channel(book, incident)
        if not incident.has_settled(duty_key(DutyKind.TOPIC), incident.headline):
            yield from _topic(book, incident)
    if incident.left_channel and not incident.has_settled(duty_key(DutyKind.LEFT), 1):
        yield _left(incident)
    yield from announcements(book, incident)


def _left(incident: Incident) -> BlockedDemand:
    """The last line in an open channel of what is private from now on."""
    demand = Demand(
        duty=duty_key(DutyKind.LEFT),
        due_at=_private_since(incident),
        reason="it is for those alone who are named from now on",
        effect=Post(to=Destination(channel=incident.left_channel), template=HIDDEN),
    )
    return BlockedDemand(demand)


def _private_since(incident: Incident) -> datetime:
    """Or since it was last flagged so; lifting the flag changes nothing."""
    since = (at for flag, at in incident.flagged_at.items() if flag in PRIVATE_FLAGS)
    return min(since, default=incident.opened_at)


def _own_since(book: Runbook, incident: Incident) -> datetime:
    """Since when it wants the channel of its own that it has at present."""
    if incident.private:
        return _private_since(incident)
    return max(incident.declared_at, owed_since(book, incident, lambda before: before.own_channel))


def _declared_in(
    book: Runbook, incident: Incident, duty: WrittenDuty, channel: str, look: Callable[[], Look]
) -> Iterator[BlockedDemand]:
    """What is over before that got out is told in one line, with its end, and once the other is surely withdrawn."""
    first = declaration(incident, duty)
    if incident.has_settled(duty, first):
        return
    since = _own_since(book, incident) if duty == DECLARED_HERE else incident.declared_at
    shown = look()
    asked = empty_roles(book, incident) if asks_by(book, incident) == duty else []
    demand = Demand(
        duty=duty,
        occurrence=first + incident.resolved,
        due_at=max(incident.phase_at if incident.resolved else incident.declared_at, since),
        reason="an incident was declared",
        effect=Post(
            to=Destination(channel=channel),
            template="was_open" if incident.resolved and shown.pin else shown.template,
            mention=who_is_asked(book, incident) if asked else (),
            pin=shown.pin,
            role=asked[0] if asked else None,
            offers=shown.offers,
            facts=shown.facts,
        ),
    )
    withdrawn = effect_key(duty, first if incident.resolved else first + 1)
    yield BlockedDemand(demand, "the declaration before it to end" if withdrawn in incident.started else "")


def _own_channel(book: Runbook, incident: Incident) -> BlockedDemand:
    demand = Demand(
        duty=duty_key(DutyKind.CHANNEL),
        occurrence=incident.channels,
        due_at=_own_since(book, incident),
        reason=_why_a_channel(book, incident),
        effect=OpenChannel(name=f"incident-{incident.id}", private=incident.private),
    )
    return BlockedDemand(demand)


def _why_a_channel(book: Runbook, incident: Incident) -> str:
    if rules(book, incident).own_channel:
        return f"a {severity_title(incident.severity)} gets a channel of its own"
    return "it is for those alone who are named"


def _topic(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    if incident.headline == 0 or "channel" in incident.closed_places:
        return  # a new channel is born with its topic
    channel = incident.references.get("channel", "")
    demand = Demand(
        duty=duty_key(DutyKind.TOPIC),
        occurrence=incident.headline,
        due_at=max(incident.headline_at or incident.phase_at, _own_since(book, incident)),
        reason="severity, phase or commander changed",
        effect=SetTopic(channel=channel),
    )
    yield BlockedDemand(demand, "" if channel else "channel")


def announcements(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """From each queue one message at a time, and one at a time to a destination that queues share, so that they arrive
    in order; what piles up meanwhile travels together."""
    oldest: dict[Destination, str] = {}
    for duty in dict.fromkeys(announcement_duty(item) for item in incident.to_tell):
        batch = next_batch(incident, duty)
        if batch:  # not if all of one that was begun had to make room for the newest: it is withdrawn first
            wanted = _announcement(book, incident, duty, batch)
            first = oldest.setdefault(_destination(book, incident, batch[0]).to, duty)  # the queue is in order of time
            yield wanted if first == duty else wanted._replace(waits_for=EARLIER_NEWS)


def older_news(book: Runbook, incident: Incident, destination: Destination, due_at: datetime) -> str:
    """What a summary of the end waits for: all of before it that is yet to be announced there."""
    if incident.closed_at is not None:
        return ""
    is_untold = any(
        item.at < due_at and _destination(book, incident, item).to == destination for item in incident.to_tell
    )
    return EARLIER_NEWS if is_untold else ""


def _announcement(
    book: Runbook, incident: Incident, duty: WrittenDuty, batch: tuple[Announcement, ...]
) -> BlockedDemand:
    where = _destination(book, incident, batch[0])
    mention = dict.fromkeys(p for item in batch for p in (*item.mention, *who_owes(book, incident, item.role)))
    demand = Demand(
        duty=duty,
        occurrence=batch[-1].number,
        due_at=batch[0].at,
        reason="the channel is told what happened",
        effect=Post(
            to=where.to,
            template=batch[0].template,
            mention=tuple(mention),
            offers=(*_offers(book, incident, batch[0].template), *_of_follow_ups(incident, batch)),
        ),
    )
    return BlockedDemand(demand, where.waits_for)


OFFER_AN_ANSWER = frozenset({"unreached", "unanswered"})
"""The templates of what may find nobody who is on it."""


def _offers(book: Runbook, incident: Incident, template: str) -> tuple[Offer, ...]:
    if template == "resolved":
        return reopening(incident) if incident.closed_at is None else ()
    return answering(book, incident) if template in OFFER_AN_ANSWER else ()


def _of_follow_ups(incident: Incident, batch: tuple[Announcement, ...]) -> Iterator[Offer]:
    """Of those that it says were added: nothing else in the chat offers that one is done, until it is late."""
    open_ones = [each for each in incident.follow_ups if each.ending is None]
    added = [each for each in open_ones if any(item.text.startswith(each.announced_by) for item in batch)]
    for each in added:
        name, about = f"follow-up-{each.number}", f"follow-up {each.number}" if len(added) > 1 else ""
        yield from offering.owed(incident, "follow-up", name, about)


def next_batch(incident: Incident, duty: WrittenDuty, up_to: int | None = None) -> tuple[Announcement, ...]:
    """The oldest announcements of a queue that are said in the same form; a batch that was begun keeps its end."""
    begun = [s.occurrence for s in incident.started.values() if s.duty == duty]
    end = up_to or (min(begun) if begun else None)
    batch: list[Announcement] = []
    for item in (item for item in incident.to_tell if announcement_duty(item) == duty):
        if end is not None and item.number > end:
            break
        if batch and item.template != batch[0].template:
            break
        batch.append(item)
    return tuple(batch)


def _destination(book: Runbook, incident: Incident, item: Announcement) -> BlockedDestination:
    if item.lane == "home":
        return home(book, incident)
    if item.lane == "updates":
        updates = rules(book, incident).updates
        return channel_destination(book, incident, updates.to if updates else None)
    return incident_destination(book, incident)
