"""Reminders: before a deadline, at it, and after it until what is owed has ended.

The question at the deadline is one for each; before and after, a person is asked about all that is theirs at once. What
follows a missed deadline comes in business hours and counts from the one before, so that a weekend, a holiday or a
snooze postpones it and uses nothing up.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from workflows.policy.duties import follow_ups
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Post
from workflows.policy.effects.offers import Offer
from workflows.policy.incident.page_statistics import LATE
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, effect_key
from workflows.policy.planning import offering
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, unsettled
from workflows.policy.planning.destinations import channel_destination, incident_destination
from workflows.policy.review.owed import OwedDuty, asked_at, owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import begin_of, in_business_hours, is_business
from workflows.policy.time.durations import HOUR, roughly, write

OFFERED_FOR = 10
"""Of so many things that a message is about it has buttons: more would hide them."""


def nags(book: Runbook, review: Review, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    by_whom: dict[str, list[OwedDuty]] = {}
    for each in owed(book, review):
        by_whom.setdefault(each.whose, []).append(each)
        at = asked_at(book, each)
        yield from unsettled(review.incident, each.asked_by, 1, at, now, partial(_question, book, review, each, at))
    for theirs in by_whom.values():
        yield from _reminders(book, review, theirs, now)
        yield from _overdue(book, review, theirs, now)


def _question(book: Runbook, review: Review, each: OwedDuty, at: datetime) -> BlockedDemand:
    by_chat = each.duty if each.duty and each.kind != "document" else None
    where = channel_destination(book, review.incident, (by_chat.to if by_chat else "") or None)
    own = by_chat.template if by_chat and by_chat.template in book.templates else ""
    post = Post(
        kind="checklist" if each.kind == "checklist" else "nag",
        to=where.to,
        template=own or "review_due",
        mention=each.people,
        role=each.role,
        offers=offers_of(review, [each]),
    )
    return BlockedDemand(Demand(duty=each.asked_by, due_at=at, reason=_reason(each), effect=post), where.waits_for)


def offers_of(review: Review, theirs: Sequence[OwedDuty]) -> tuple[Offer, ...]:
    """What can be said of each of these; where they are several, of which it is said."""
    several = len(theirs) > 1
    return tuple(
        offer
        for each in theirs[:OFFERED_FOR]
        for offer in offering.owed(review.incident, each.kind, each.name, each.title if several else "")
    )


def _snoozes(review: Review, late: Sequence[OwedDuty]) -> tuple[Offer, ...]:
    """No snooze holds what waits for approval."""
    held = [each for each in late[:OFFERED_FOR] if each.kind != "approval"]
    return tuple(
        offering.snooze_reminders(review.incident, each.name, each.title if len(late) > 1 else "") for each in held
    )


def _reason(each: OwedDuty) -> str:
    if each.duty:
        moment = "end" if each.duty.moment == "resolved" else f"incident was {each.duty.moment}"
        return f"owed {write(each.duty.after)} after the {moment}: this is its deadline"
    return "it was not approved before the end" if each.kind == "approval" else "this is its deadline"


def remind_at(book: Runbook, each: OwedDuty) -> datetime | None:
    """In business hours: so perhaps when they begin, if that leaves an hour, or else when the working day before began.
    None: there is no reminder."""
    at = each.due_at - each.remind
    if not is_business(book.calendar, at):
        begin = in_business_hours(book.calendar, at)
        at = begin if begin <= each.due_at - HOUR else begin_of(book.calendar, at)
    at = max(at, each.quiet_until) if each.quiet_until else at
    return at if each.since < at < each.due_at else None


def _reminders(
    book: Runbook, review: Review, theirs: Sequence[OwedDuty], now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    moments: dict[datetime, list[OwedDuty]] = {}
    for each in theirs:
        at = remind_at(book, each)
        if at is not None and each.due_at > now:
            moments.setdefault(at, []).append(each)
    for at in _latest_and_later(sorted(moments), now):
        duty, occurrence = duty_key(DutyKind.REVIEW_REMIND, theirs[0].whose), review.incident.seconds_since_declared(at)
        build = partial(_reminder, book, review, moments[at], at)
        yield from unsettled(review.incident, duty, occurrence, at, now, build)


def _latest_and_later(moments: Sequence[datetime], now: datetime) -> list[datetime]:
    passed = [at for at in moments if at <= now]
    return [*passed[-1:], *(at for at in moments if at > now)]


def _reminder(book: Runbook, review: Review, theirs: Sequence[OwedDuty], at: datetime) -> BlockedDemand:
    first = theirs[0]
    where = incident_destination(book, review.incident)
    demand = Demand(
        duty=duty_key(DutyKind.REVIEW_REMIND, first.whose),
        occurrence=review.incident.seconds_since_declared(at),
        due_at=at,
        reason=f"due {roughly(first.due_at - at)} later: {', '.join(each.title for each in theirs)}"[:300],
        effect=Post(
            kind="nag",
            to=where.to,
            template="review_remind",
            mention=first.people,
            role=first.role,
            offers=offers_of(review, theirs),
        ),
    )
    return BlockedDemand(demand, where.waits_for)


def _overdue(
    book: Runbook, review: Review, theirs: Sequence[OwedDuty], now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    """The latest that has passed, and the next: what was missed collapses into one (rule 7)."""
    every = follow_ups.terms(book, review.incident).overdue.every
    duty = duty_key(DutyKind.REVIEW_OVERDUE, theirs[0].whose)
    last = review.incident.settled.get(duty)
    at = min(_first_overdue(book, review, each) for each in theirs)
    if last is not None:
        counts_from = last.due_at if last.late < LATE else last.sent_at
        at = max(at, in_business_hours(book.calendar, counts_from + every))
    moments = [at]
    while moments[-1] <= now:
        moments.append(in_business_hours(book.calendar, moments[-1] + every))
    for moment in dict.fromkeys(_at_work(book, review, duty, at, now) for at in moments[-2:]):
        occurrence = review.incident.seconds_since_declared(moment)
        build = partial(_late, book, review, theirs, moment)
        yield from unsettled(review.incident, duty, occurrence, moment, now, build)


def _at_work(book: Runbook, review: Review, duty: WrittenDuty, at: datetime, now: datetime) -> datetime:
    """What was missed, or owed by nobody or somebody else when it was due, is not made up for at night."""
    begun = effect_key(duty, review.incident.seconds_since_declared(at)) in review.incident.started
    return at if at > now or begun or is_business(book.calendar, now) else in_business_hours(book.calendar, now)


def _first_overdue(book: Runbook, review: Review, each: OwedDuty) -> datetime:
    every = follow_ups.terms(book, review.incident).overdue.every
    asked = review.incident.settled.get(each.asked_by)
    at = (asked.due_at if asked else asked_at(book, each)) + every
    return in_business_hours(book.calendar, max(at, each.quiet_until) if each.quiet_until else at)


def _late(book: Runbook, review: Review, theirs: Sequence[OwedDuty], at: datetime) -> BlockedDemand:
    late = [each for each in theirs if is_late(book, each, at)]
    first = late[0] if late else theirs[0]
    where = incident_destination(book, review.incident)
    whom = dict.fromkeys((*first.people, *(boss for each in late for boss in managers(book, review, each, at))))
    demand = Demand(
        duty=duty_key(DutyKind.REVIEW_OVERDUE, first.whose),
        occurrence=review.incident.seconds_since_declared(at),
        due_at=at,
        reason=f"overdue: {', '.join(each.title for each in late)}"[:300],
        effect=Post(
            kind="nag",
            to=where.to,
            template="review_overdue",
            mention=tuple(whom),
            role=first.role,
            offers=(*offers_of(review, late), *_snoozes(review, late)),
        ),
    )
    return BlockedDemand(demand, where.waits_for)


def is_late(book: Runbook, each: OwedDuty, at: datetime) -> bool:
    """Was it asked for before `at`, and is it not snoozed then?"""
    return asked_at(book, each) <= at


def managers(book: Runbook, review: Review, each: OwedDuty, at: datetime) -> tuple[str, ...]:
    """Who is asked as well by then: the manager of whoever owes it, or of whom the role falls to."""
    after = follow_ups.terms(book, review.incident).overdue.manager_after
    if after is None or at < each.due_at + after:
        return ()
    fallback = book.roles[each.role].falls_to if each.role in book.roles else None
    for person in (*each.people, fallback):
        if person in book.people and (manager := book.people[person].manager):
            return (manager,)
    return ()
