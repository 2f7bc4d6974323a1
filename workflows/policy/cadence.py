"""What recurs while an incident is open: progress updates, and the question who wears the hats."""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.demand import Demand
from workflows.policy.durations import write
from workflows.policy.effects import Post
from workflows.policy.incident import Incident, rules, who_owes
from workflows.policy.runbook import Cadence, Runbook
from workflows.policy.wanted import Wanted, awake, channel_or_place, incident_place, latest_and_next


def cadence(book: Runbook, incident: Incident, now: datetime) -> Iterator[Wanted]:
    if incident.resolved:
        return
    severity = rules(book, incident)
    if severity.updates and not _is_over(incident, severity.updates):
        yield from _updates(book, incident, severity.updates, now)
    yield from _unfilled_roles(book, incident, now)


def _is_over(incident: Incident, terms: Cadence) -> bool:
    return incident.resolved or (terms.until == "mitigated" and incident.phase == "monitoring")


def _updates(book: Runbook, incident: Incident, terms: Cadence, now: datetime) -> Iterator[Wanted]:
    """A human's update restarts the clock; when none came, a templated one says that none came."""
    anchor = max(incident.opened_at, incident.updated_at or incident.opened_at)
    latest, following = latest_and_next(anchor, terms.every, now)
    spot = channel_or_place(book, incident, terms.to)
    owner = who_owes(book, incident, terms.owner)
    for due_at in (latest, following):
        occurrence = incident.seconds_since_declared(due_at) if due_at else 0
        if due_at is None or incident.has_settled("update/channel", occurrence):
            continue
        demand = Demand(
            duty="update/channel",
            occurrence=occurrence,
            due_at=due_at,
            reason=f"an update is due every {write(terms.every)}, and none was posted",
            effect=Post(to=spot.place, template=terms.template, role=terms.owner),
        )
        yield Wanted(demand, spot.waits_for)
    remind_at = awake(incident, following - terms.remind)
    if terms.remind and remind_at < following:
        nag = Post(kind="nag", to=spot.place, template="update_due", mention=owner, role=terms.owner)
        reason = f"the next update is due {write(terms.remind)} later"
        occurrence = incident.seconds_since_declared(following)
        demand = Demand(duty="remind/channel", occurrence=occurrence, due_at=remind_at, reason=reason, effect=nag)
        yield Wanted(demand, spot.waits_for)


def next_update_at(book: Runbook, incident: Incident, now: datetime) -> datetime | None:
    """When the channel hears the next update, if it owes any."""
    terms = rules(book, incident).updates
    if terms is None or _is_over(incident, terms):
        return None
    anchor = max(incident.opened_at, incident.updated_at or incident.opened_at)
    return latest_and_next(anchor, terms.every, now)[1]


def _unfilled_roles(book: Runbook, incident: Incident, now: datetime) -> Iterator[Wanted]:
    empty = empty_roles(book, incident)
    if not empty:
        return
    terms = rules(book, incident).unfilled
    first = incident.opened_at + terms.after
    latest, following = latest_and_next(first - terms.every, terms.every, max(now, incident.opened_at))
    spot = incident_place(book, incident)
    names = ", ".join(book.role_name(role) for role in empty)
    mention = dict.fromkeys(p for role in empty for p in who_owes(book, incident, role))
    for at in (latest, following):
        occurrence = incident.seconds_since_declared(at) if at else 0
        if at is None or at < first or incident.has_settled("nag/roles", occurrence):
            continue
        demand = Demand(
            duty="nag/roles",
            occurrence=occurrence,
            due_at=awake(incident, at),
            reason=f"nobody is {names}",
            effect=Post(kind="nag", to=spot.place, template="roles_unfilled", mention=tuple(mention), role=empty[0]),
        )
        yield Wanted(demand, spot.waits_for)


def empty_roles(book: Runbook, incident: Incident) -> list[str]:
    return [role for role in rules(book, incident).roles if role not in incident.roles]
