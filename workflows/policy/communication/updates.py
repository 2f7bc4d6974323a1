"""What recurs while an incident is open: progress updates, and the question who takes the empty roles."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from workflows.policy.communication.asking import ROLES, asks_by, empty_roles, who_is_asked
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Post
from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning import offering
from workflows.policy.planning.conditions import owed_since
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, after_snooze, latest_and_next, unsettled
from workflows.policy.planning.destinations import below_the_first, channel_destination, incident_destination
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Cadence
from workflows.policy.time.durations import write

UPDATE = duty_key(DutyKind.UPDATE)
REMINDER = duty_key(DutyKind.REMIND_OF_UPDATE)


def update_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    if incident.resolved:
        return
    severity = rules(book, incident)
    if severity.updates and not _is_over(incident, severity.updates):
        yield from _updates(book, incident, severity.updates, now)
    yield from _unfilled_roles(book, incident, now)


def _is_over(incident: Incident, terms: Cadence) -> bool:
    return incident.resolved or (terms.until == "mitigated" and incident.phase == "monitoring")


def _updates(
    book: Runbook, incident: Incident, terms: Cadence, now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    """A human's update restarts the clock; when none came, a templated one says that none came."""
    anchor = max(incident.opened_at, incident.updated_at or incident.opened_at)
    latest, following = latest_and_next(anchor, terms.every, now)
    for due_at in (latest, following):
        if due_at is not None:
            occurrence = incident.seconds_since_declared(due_at)
            build = partial(_update, book, incident, terms, due_at)
            yield from unsettled(incident, UPDATE, occurrence, due_at, now, build)
    remind_at = after_snooze(incident, following - terms.remind)
    if timedelta() < terms.remind < terms.every and remind_at < following:
        occurrence = incident.seconds_since_declared(following)
        build = partial(_reminder, book, incident, terms, occurrence, remind_at)
        yield from unsettled(incident, REMINDER, occurrence, remind_at, now, build)


def _update(book: Runbook, incident: Incident, terms: Cadence, due_at: datetime) -> BlockedDemand:
    where = channel_destination(book, incident, terms.to)
    demand = Demand(
        duty=UPDATE,
        occurrence=incident.seconds_since_declared(due_at),
        due_at=due_at,
        reason=f"an update is due every {write(terms.every)}, and none was posted",
        effect=Post(to=where.to, template=terms.template, role=terms.owner, offers=(offering.update(incident),)),
    )
    since = owed_since(book, incident, lambda before: before.updates == terms)
    return BlockedDemand(demand, where.waits_for).wanted_since(since)


def _reminder(book: Runbook, incident: Incident, terms: Cadence, occurrence: int, remind_at: datetime) -> BlockedDemand:
    where = below_the_first(incident, REMINDER, channel_destination(book, incident, terms.to))
    owner = who_owes(book, incident, terms.owner)
    demand = Demand(
        duty=REMINDER,
        occurrence=occurrence,
        due_at=remind_at,
        reason=f"the next update is due {write(terms.remind)} later",
        effect=Post(
            kind="nag",
            to=where.to,
            template="update_due",
            mention=owner,
            role=terms.owner,
            offers=(offering.update(incident), offering.snooze(incident)),
        ),
    )
    return BlockedDemand(demand, where.waits_for)


def next_update_at(book: Runbook, incident: Incident, now: datetime) -> datetime | None:
    """When the channel hears the next update, if it owes any."""
    terms = rules(book, incident).updates
    if terms is None or _is_over(incident, terms):
        return None
    anchor = max(incident.opened_at, incident.updated_at or incident.opened_at)
    return latest_and_next(anchor, terms.every, now)[1]


def _unfilled_roles(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    if not empty_roles(book, incident):
        return
    terms = rules(book, incident).unfilled
    first = incident.opened_at + terms.after
    if asks_by(book, incident) and incident.opening == 1:
        first += terms.every
    for at in latest_and_next(first - terms.every, terms.every, max(after_snooze(incident, now), incident.opened_at)):
        if at is not None and at >= first:
            occurrence = incident.seconds_since_declared(at)
            due_at = after_snooze(incident, at)
            yield from unsettled(
                incident, ROLES, occurrence, due_at, now, partial(_who, book, incident, occurrence, due_at)
            )


def _who(book: Runbook, incident: Incident, occurrence: int, due_at: datetime) -> BlockedDemand:
    """The question who takes the empty roles."""
    empty = empty_roles(book, incident)
    where = below_the_first(incident, ROLES, incident_destination(book, incident))
    demand = Demand(
        duty=ROLES,
        occurrence=occurrence,
        due_at=due_at,
        reason=f"nobody is {', '.join(book.role_name(role) for role in empty)}",
        effect=Post(
            kind="nag",
            to=where.to,
            template="roles_unfilled",
            mention=who_is_asked(book, incident),
            role=empty[0],
            offers=(*offering.roles(book, incident, empty), offering.snooze(incident)),
        ),
    )
    severity = rules(book, incident)
    asks = (severity.roles, severity.unfilled)
    since = owed_since(book, incident, lambda before: (before.roles, before.unfilled) == asks)
    return BlockedDemand(demand, where.waits_for).wanted_since(since)
