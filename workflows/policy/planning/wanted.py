"""What the parts of the engine share: a demand that may have to wait, and when a condition holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination
from workflows.policy.incident.rules import rules
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key, effect_key
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Condition
from workflows.policy.time.calendar import is_business

EVER = datetime.min.replace(tzinfo=UTC)


class BlockedDemand(NamedTuple):
    """A demand, and the reference that it cannot go without, if that is not there yet (rule 3)."""

    demand: Demand
    waits_for: str = ""

    @property
    def due_at(self) -> datetime:
        return self.demand.due_at

    @property
    def key(self) -> str:
        return self.demand.key


@dataclass(slots=True)  # not frozen, which takes three times as long: each plan makes as many as there are duties
class DeferredDemand:
    """What is not due yet. Most of them are only asked when they will be: what they will be is built for whoever wants
    to see it."""

    duty: str
    occurrence: int
    due_at: datetime
    build: Callable[[], BlockedDemand] = field(compare=False)

    @property
    def key(self) -> str:
        return effect_key(self.duty, self.occurrence)


def unsettled(
    incident: Incident, duty: str, occurrence: int, due_at: datetime, now: datetime, build: Callable[[], BlockedDemand]
) -> Iterator[BlockedDemand | DeferredDemand]:
    """Nothing if it has settled; built only if its time has come. For what there may be much of."""
    if not incident.has_settled(duty, occurrence):
        yield build() if due_at <= now else DeferredDemand(duty, occurrence, due_at, build)


class BlockedDestination(NamedTuple):
    """Where a message goes, and what has to exist first."""

    to: Destination
    waits_for: str = ""


def matches(condition: Condition, incident: Incident) -> bool:
    return (
        (not condition.flags or incident.flags.issuperset(condition.flags))
        and (not condition.without or incident.flags.isdisjoint(condition.without))
        and (not condition.labels or condition.labels.items() <= incident.labels.items())
        and (condition.public is None or condition.public == was_public(incident))
    )


def was_public(incident: Incident) -> bool:
    """Did anything go out to people outside: on the status page, or in a mail that had to be approved?"""
    return incident.public.begun or any(duty_key(DutyKind.DUTY, mail) in incident.settled for mail in incident.drafts)


def matches_at(book: Runbook, condition: Condition, incident: Incident, at: datetime) -> bool:
    """As `matches`, for something that falls due at `at`: it may depend on the hour."""
    if condition.off_hours is not None and condition.off_hours == is_business(book.calendar, at):
        return False
    return matches(condition, incident)


def matches_since(condition: Condition, incident: Incident) -> datetime:
    """From when on its flags are all set: what depends on them cannot be late before that."""
    if not condition.flags:
        return EVER
    return max((incident.flagged_at[f] for f in condition.flags if f in incident.flagged_at), default=EVER)


def is_emergency(book: Runbook, incident: Incident) -> bool:
    return book.emergency is not None and matches(book.emergency, incident)


DECLARED = duty_key(DutyKind.DECLARATION)
"""The duty that declares the incident in the home channel."""
DECLARED_HERE = duty_key(DutyKind.DECLARATION_IN_CHANNEL)
"""The duty that declares the incident in its own channel."""


def home(book: Runbook, incident: Incident) -> BlockedDestination:
    return _once_declared(incident, DECLARED, Destination(channel=book.home))


def _once_declared(incident: Incident, duty: str, destination: Destination) -> BlockedDestination:
    """Nobody is told there of what nobody there knows of. What was not declared by its end is not any more."""
    known = incident.has_settled(duty, 1) or incident.closed_at is not None
    return BlockedDestination(destination, "" if known else "the declaration there")


def has_own_channel(book: Runbook, incident: Incident) -> bool:
    """Once it has one it keeps it: people are in there. What is cancelled before opens none."""
    wanted = rules(book, incident).own_channel and not incident.cancelled
    return wanted or "channel" in incident.references


def incident_destination(book: Runbook, incident: Incident) -> BlockedDestination:
    """The incident's own channel, else its thread, else the home channel: the first that did not reject us."""
    if has_own_channel(book, incident) and "channel" not in incident.closed_places:
        channel = incident.references.get("channel")
        if channel is None:
            return BlockedDestination(Destination(channel="the incident's channel"), "channel")
        return _once_declared(incident, DECLARED_HERE, Destination(channel=channel))
    if "declaration" not in incident.closed_places:
        thread = incident.references.get("thread")
        if thread is None:
            return BlockedDestination(Destination(channel=book.home), "thread")
        channel, _, timestamp = thread.partition(":")
        return BlockedDestination(Destination(channel=channel, thread=timestamp))
    return home(book, incident)


def known_channel(book: Runbook, incident: Incident) -> str | None:
    """Where people find it talked of, by the name that the chat gave it; None: nowhere yet."""
    if "channel" in incident.references and "channel" not in incident.closed_places:
        return incident.references.get("channel-name")
    is_home = "thread" in incident.references and not incident_destination(book, incident).waits_for
    return book.home if is_home and "declaration" not in incident.closed_places else None


def channel_destination(book: Runbook, incident: Incident, channel: str | None) -> BlockedDestination:
    if channel is None or channel in incident.closed_places:
        return incident_destination(book, incident)
    return home(book, incident) if channel == book.home else BlockedDestination(Destination(channel=channel))


def latest_and_next(anchor: datetime, every: timedelta, now: datetime) -> tuple[datetime | None, datetime]:
    """Of a cadence that counts from `anchor`: the last moment that has passed (the ones before are missed and collapse
    into it, rule 7), and the first that has not."""
    passed = (now - anchor) // every
    latest = anchor + passed * every if passed >= 1 else None
    return latest, anchor + (max(passed, 0) + 1) * every


def after_snooze(incident: Incident, due_at: datetime) -> datetime:
    """A nag's time, after the snooze that may cover it."""
    return max(due_at, incident.snoozed_until) if incident.snoozed_until else due_at
