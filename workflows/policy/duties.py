"""What is owed once, at a moment of the incident's life."""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.demand import Demand
from workflows.policy.durations import write
from workflows.policy.effects import Post, Unconnected
from workflows.policy.incident import Incident, rules, who_owes
from workflows.policy.runbook import Duty, Moment, Runbook
from workflows.policy.wanted import Wanted, awake, channel_or_place, holds


def duties(book: Runbook, incident: Incident) -> Iterator[Wanted]:
    for duty in rules(book, incident).duties:
        moment = moment_at(incident, duty.at)
        if moment is None or not holds(duty.when, incident):
            continue
        due_at = moment + duty.after
        if incident.resolved_at is not None and duty.at != "resolved" and due_at > incident.resolved_at:
            continue  # its time did not come before the end
        yield _wanted(book, incident, duty, due_at)


def moment_at(incident: Incident, moment: Moment) -> datetime | None:
    return {
        "declared": incident.declared_at,
        "acknowledged": incident.first_acknowledged_at,
        "identified": incident.identified_at,
        "mitigated": incident.mitigated_at,
        "resolved": incident.resolved_at,
    }[moment]


def _wanted(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> Wanted:
    reason = f"owed {write(duty.after) + ' after' if duty.after else 'when'} the incident is {duty.at}"
    occurrence = incident.opening if duty.at == "resolved" else 1
    if duty.kind in ("email", "ticket", "document"):
        unconnected = Unconnected(kind=duty.kind, to=duty.to, template=duty.template, role=duty.owner)
        return Wanted(_demand(duty, occurrence, due_at, reason, unconnected))
    spot = channel_or_place(book, incident, duty.to or None)
    post = Post(
        kind=duty.kind,
        to=spot.place,
        template=duty.template,
        mention=who_owes(book, incident, duty.owner),
        pin=duty.pin,
        role=duty.owner,
    )
    if duty.kind == "nag":
        due_at = awake(incident, due_at)
    return Wanted(_demand(duty, occurrence, due_at, reason, post), spot.waits_for)


def _demand(duty: Duty, occurrence: int, due_at: datetime, reason: str, effect: Post | Unconnected) -> Demand:
    return Demand(duty=f"duty/{duty.id}", occurrence=occurrence, due_at=due_at, reason=reason, effect=effect)
