"""What is owed at a moment of the incident's life: once, again and again, or after somebody has approved it."""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.calendar import in_business_hours, next_weekday
from workflows.policy.demand import Demand
from workflows.policy.durations import write
from workflows.policy.effects import Post, Unconnected
from workflows.policy.incident import Incident, Words, rules, who_owes
from workflows.policy.runbook import Duty, Moment, Runbook
from workflows.policy.wanted import Wanted, awake, channel_or_place, holds_at, holds_since, latest_and_next

CONNECTED_BY_HAND = ("email", "ticket", "document")


def duties(book: Runbook, incident: Incident, now: datetime) -> Iterator[Wanted]:
    for duty in rules(book, incident).duties:
        for due_at in _due_times(book, incident, duty, now):
            yield from _wanted(book, incident, duty, due_at)


def moment_at(incident: Incident, moment: Moment) -> datetime | None:
    return {
        "declared": incident.declared_at,
        "acknowledged": incident.first_acknowledged_at,
        "identified": incident.identified_at,
        "mitigated": incident.mitigated_at,
        "resolved": incident.resolved_at,
    }[moment]


def _due_times(book: Runbook, incident: Incident, duty: Duty, now: datetime) -> Iterator[datetime]:
    moment = moment_at(incident, duty.at)
    if moment is None:
        return
    first = _on_its_day(book, duty, max(moment + duty.after, holds_since(duty.when, incident)))
    times = [first]
    if duty.every is not None and now >= first:
        latest, following = latest_and_next(first, duty.every, now)
        times = [at for at in (latest or first, following) if at is not None]
    for due_at in times:
        ended = incident.resolved_at is not None and duty.at != "resolved" and due_at > incident.resolved_at
        if not ended and holds_at(book, duty.when, incident, due_at):
            yield due_at


def _on_its_day(book: Runbook, duty: Duty, at: datetime) -> datetime:
    if duty.on == "monday":
        return next_weekday(book.calendar, at, "mon")
    return in_business_hours(book.calendar, at) if duty.on == "business-hours" else at


def _wanted(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> Iterator[Wanted]:
    if duty.approval:
        yield from _once_approved(book, incident, duty, due_at)
    elif duty.kind in CONNECTED_BY_HAND:
        yield Wanted(_demand(incident, duty, due_at, _reason(duty), by_hand(duty)))
    else:
        yield _post(book, incident, duty, due_at)


def by_hand(duty: Duty, words: Words | None = None) -> Unconnected:
    assert duty.kind in CONNECTED_BY_HAND
    text = words.text if words and words.text else None
    return Unconnected(kind=duty.kind, to=duty.to, template=duty.template, role=duty.owner, words=text)


def _once_approved(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> Iterator[Wanted]:
    spot = channel_or_place(book, incident, None)
    draft = incident.drafts.get(duty.id)
    owner = who_owes(book, incident, duty.owner)
    post = Post(kind="draft", to=spot.place, template="draft", mention=owner, role=duty.owner)
    asked = _demand(incident, duty, due_at, _reason(duty), post)
    yield Wanted(asked.model_copy(update={"duty": f"duty-draft/{duty.id}"}), spot.waits_for)
    if draft is not None and draft.approval is not None:
        reason = f"approved by {draft.approval.by}"
        yield Wanted(_demand(incident, duty, draft.approval.at, reason, by_hand(duty, draft.approval)))
    elif draft is not None and duty.anyway_after is not None:
        reason = f"not approved within {write(duty.anyway_after)}"
        yield Wanted(_demand(incident, duty, draft.at + duty.anyway_after, reason, by_hand(duty)))


def _post(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> Wanted:
    assert duty.kind not in CONNECTED_BY_HAND
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
    return Wanted(_demand(incident, duty, due_at, _reason(duty), post), spot.waits_for)


def _reason(duty: Duty) -> str:
    if duty.every is not None:
        return f"owed every {write(duty.every)}"
    return f"owed {write(duty.after) + ' after' if duty.after else 'when'} the incident is {duty.at}"


def _demand(incident: Incident, duty: Duty, due_at: datetime, reason: str, effect: Post | Unconnected) -> Demand:
    occurrence = incident.opening if duty.at == "resolved" else 1
    if duty.every is not None:
        occurrence = incident.seconds_since_declared(due_at) + 1
    return Demand(duty=f"duty/{duty.id}", occurrence=occurrence, due_at=due_at, reason=reason, effect=effect)
