"""What people owe a review: each item with its deadline and the people to ask. Items that have ended are left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from workflows.policy.duties import follow_ups
from workflows.policy.duties.duties import known_duties, own_duties, review_terms
from workflows.policy.duties.moments import begins_at, on_its_day, wanted_at
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.planning.conditions import matches_at, matches_since
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty
from workflows.policy.time.calendar import after_quiet_hours

OWED_KINDS = ("checklist", "nag", "document")
"""Kinds of duties that somebody has to do; the others Tocsin does."""


@dataclass(frozen=True)
class Deadline:
    """Of one duty, as the facts stand."""

    duty: Duty
    begins_at: datetime
    due_at: datetime
    carried: bool = False


@dataclass(frozen=True)
class OwedDuty:
    name: str
    """A duty's id, `follow-up-3`, or the draft that waits: what commands call it."""
    kind: Literal["checklist", "nag", "document", "follow-up", "approval"]
    title: str
    since: datetime
    """When that became known: no reminder comes before."""
    due_at: datetime
    remind: timedelta
    role: str | None
    people: tuple[str, ...]
    asked_by: WrittenDuty
    """The duty whose demand asks for it at the deadline."""
    duty: Duty | None = None
    quiet_until: datetime | None = None
    carried: bool = False
    """The incident's own deadline, which its end has not ended: no waiver of the review takes it along."""

    @property
    def whose(self) -> str:
        """Who is nagged about it: all that is theirs, at once."""
        return self.people[0] if self.people else self.role or "nobody"


def counts_from(book: Runbook, review: Review) -> datetime | None:
    """Deadlines count from the resolution; if somebody had to be asked first, from their yes. None: nothing is owed
    (yet)."""
    terms = review_terms(book, review.incident)
    if terms is None:
        return None
    if terms.required == "always":
        return review.incident.resolved_at
    return review.answer.at if review.answer and review.answer.wanted else None


def owed(book: Runbook, review: Review) -> tuple[OwedDuty, ...]:
    """What has not ended, soonest first."""
    found = (*_duties(book, review), *_follow_ups(book, review), *_approvals(book, review))
    return tuple(sorted(found, key=lambda each: each.due_at))


def deadlines(book: Runbook, review: Review) -> Iterator[Deadline]:
    """Of the duties of the review whose conditions hold, and of those of the incident that its end has not ended."""
    incident, since, terms = review.incident, counts_from(book, review), review_terms(book, review.incident)
    for duty in terms.duties if terms is not None and since is not None else ():
        begins = since if duty.moment == "resolved" else begins_at(incident, duty)
        if begins is not None and matches_at(book, duty.when, incident, begins + duty.after):
            due_at = max(begins + duty.after, matches_since(duty.when, incident))
            yield Deadline(duty, begins, on_its_day(book, duty, due_at))
    for duty in own_duties(book, incident) if not incident.cancelled else ():
        wanted = wanted_at(duty, incident) if is_carried(review, duty) else None
        if wanted is not None and matches_at(book, duty.when, incident, wanted):
            yield Deadline(duty, review.opened_at, on_its_day(book, duty, wanted), carried=True)


def is_carried(review: Review, duty: Duty) -> bool:
    """Is it a deadline of the incident that somebody has to keep, and was not asked for before the incident closed?"""
    asked = review.incident.settled.get(duty_key(DutyKind.DUTY, duty.id))
    return duty.is_deadline and duty.kind in OWED_KINDS and (asked is None or asked.settled_at > review.opened_at)


def _duties(book: Runbook, review: Review) -> Iterator[OwedDuty]:
    terms = review_terms(book, review.incident) or follow_ups.terms(book, review.incident)
    for each in deadlines(book, review):
        duty = each.duty
        if duty.kind in OWED_KINDS and duty.id not in review.ended:
            yield OwedDuty(
                name=duty.id,
                kind=duty.kind,  # type: ignore[arg-type]  # one of ASKED
                title=duty.id.replace("-", " "),
                since=max(each.begins_at, review.opened_at),
                due_at=each.due_at,
                remind=terms.remind,
                role=duty.owner,
                people=who_owes(book, review.incident, duty.owner),
                asked_by=duty_key(DutyKind.DUTY, duty.id),
                duty=duty,
                quiet_until=_quiet_until(review, duty.id),
                carried=each.carried,
            )


def _follow_ups(book: Runbook, review: Review) -> Iterator[OwedDuty]:
    for each in follow_ups.open_ones(review.incident):
        name = follow_ups.name_of(each)
        role = each.owner if each.owner in book.roles else None
        yield OwedDuty(
            name=name,
            kind="follow-up",
            title=f"follow-up {each.number}: {each.text}",
            since=max(each.added_at, review.opened_at),
            due_at=follow_ups.due_at(book, each),
            remind=follow_ups.terms(book, review.incident).follow_ups.remind,
            role=role,
            people=who_owes(book, review.incident, role) if role else (each.owner,),
            asked_by=duty_key(DutyKind.OTHER, name),
            quiet_until=_quiet_until(review, name),
        )


def _approvals(book: Runbook, review: Review) -> Iterator[OwedDuty]:
    """What waits for people outside to hear it: left by the incident, or drafted since. Of the status page only its
    last word: what it was to say before came to nothing. Nobody outside is to hear of what was opened in error."""
    incident, severity = review.incident, rules(book, review.incident)
    if incident.public.drafted == "resolved" and incident.public.approval is None and severity.status_page:
        yield from _approval(book, review, STATUS_PAGE, severity.status_page.owner, review.opened_at)
    for duty in () if incident.cancelled else known_duties(book, incident):
        draft = incident.drafts.get(duty.id)
        if draft is not None and draft.approval is None and duty_key(DutyKind.DUTY, duty.id) not in incident.settled:
            yield from _approval(book, review, duty.id, duty.owner, draft.at)


def _approval(book: Runbook, review: Review, name: str, role: str | None, drafted_at: datetime) -> Iterator[OwedDuty]:
    """A draft of the review's own asks for itself. No snooze holds it: people outside wait for it."""
    if name not in review.ended:
        yield OwedDuty(
            name=name,
            kind="approval",
            title=f"approve {name.replace('-', ' ')}",
            since=max(drafted_at, review.opened_at),
            due_at=max(drafted_at, review.opened_at),
            remind=timedelta(),
            role=role,
            people=who_owes(book, review.incident, role),
            asked_by=duty_key(DutyKind.DUTY_DRAFT if drafted_at > review.opened_at else DutyKind.APPROVE, name),
        )


def _quiet_until(review: Review, name: str) -> datetime | None:
    until = [review.snoozed[key] for key in (name, "") if key in review.snoozed]
    return max(until, default=None)


def asked_at(book: Runbook, each: OwedDuty) -> datetime:
    """When it is asked for: at the deadline, or when quiet hours or a snooze that hide it have ended."""
    at = after_quiet_hours(book.calendar, each.due_at)
    return max(at, each.quiet_until) if each.quiet_until else at
