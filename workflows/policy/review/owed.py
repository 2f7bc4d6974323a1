"""What people owe a review: each item with its deadline and the people to ask. Items that have ended are left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from workflows.policy.duties import follow_ups
from workflows.policy.duties.duties import known_duties, on_its_day, review_terms
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


def review_duties(book: Runbook, review: Review) -> tuple[Duty, ...]:
    """Those of its duties whose conditions hold."""
    since, terms = counts_from(book, review), review_terms(book, review.incident)
    if since is None or terms is None:
        return ()
    return tuple(duty for duty in terms.duties if matches_at(book, duty.when, review.incident, since + duty.after))


def _duties(book: Runbook, review: Review) -> Iterator[OwedDuty]:
    since, terms = counts_from(book, review), review_terms(book, review.incident)
    if since is None or terms is None:
        return
    for duty in review_duties(book, review):
        if duty.kind in OWED_KINDS and duty.id not in review.ended:
            yield OwedDuty(
                name=duty.id,
                kind=duty.kind,  # type: ignore[arg-type]  # one of ASKED
                title=duty.id.replace("-", " "),
                since=max(since, review.opened_at),
                due_at=deadline(book, review, duty, since),
                remind=terms.remind,
                role=duty.owner,
                people=who_owes(book, review.incident, duty.owner),
                asked_by=duty_key(DutyKind.DUTY, duty.id),
                duty=duty,
                quiet_until=_quiet_until(review, duty.id),
            )


def deadline(book: Runbook, review: Review, duty: Duty, since: datetime) -> datetime:
    return on_its_day(book, duty, max(since + duty.after, matches_since(duty.when, review.incident)))


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
    """A draft of the review's own asks for itself."""
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
            quiet_until=_quiet_until(review, name),
        )


def _quiet_until(review: Review, name: str) -> datetime | None:
    until = [review.snoozed[key] for key in (name, "") if key in review.snoozed]
    return max(until, default=None)


def asked_at(book: Runbook, each: OwedDuty) -> datetime:
    """When it is asked for: at the deadline, or when quiet hours or a snooze that hide it have ended."""
    at = after_quiet_hours(book.calendar, each.due_at)
    return max(at, each.quiet_until) if each.quiet_until else at
