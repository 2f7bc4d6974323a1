"""What a review is started with, and what it says when it is asked."""

from datetime import datetime
from typing import Literal

from workflows.policy.incident.mark import mark
from workflows.policy.review.owed import owed
from workflows.policy.review.state import Review
from workflows.policy.review.summary import ClosedReview, summarize_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.shared import SharedRunbook
from workflows.policy.views.named import NamingPeople, names_in
from workflows.policy.views.results import WaitingDraft, running_obligations
from workflows.policy.wire.history import HISTORY_BYTES, HISTORY_EVENTS
from workflows.policy.wire.model import Instant, Wire


class ReviewInput(Wire):
    """The argument of the workflow `review`: how it starts, and, after continue-as-new, how far it has come."""

    runbook: SharedRunbook
    review: Review
    speed: float = 1.0
    history_limit: int = HISTORY_EVENTS
    history_bytes: int = HISTORY_BYTES


class OwedNow(Wire):
    """Something that is owed to a review, as commands list it."""

    name: str
    kind: Literal["checklist", "nag", "document", "follow-up", "approval", "obligation"]
    title: str
    role: str | None
    people: tuple[str, ...]
    due_at: Instant
    overdue: bool
    quiet_until: Instant | None = None


class ReviewStatus(NamingPeople):
    """The answer to the query `state`."""

    review: Review
    record: ClosedReview
    mark: str = ""
    """Of what it is like (`incident/mark.py`), for `if_still`."""
    owed: tuple[OwedNow, ...]
    drafts: tuple[WaitingDraft, ...] = ()
    """What waits for approval, as it would go out."""
    refusals: dict[str, str] = {}
    """As those of an incident."""
    speed: float = 1.0


def status(book: Runbook, review: Review, now: datetime, speed: float) -> ReviewStatus:
    lines = (
        OwedNow(
            name=each.name,
            kind=each.kind,
            title=each.title,
            role=each.role,
            people=each.people,
            due_at=each.due_at,
            overdue=each.due_at < now,
            quiet_until=each.quiet_until,
        )
        for each in owed(book, review)
    )
    legal = (
        OwedNow(
            name=each.name,
            kind="obligation",
            title=f"{each.title}, to {each.to}" if each.to else each.title,
            role=each.role,
            people=each.people,
            due_at=each.due_at,
            overdue=each.overdue,
        )
        for each in running_obligations(book, review.incident, now)
    )
    everything = sorted((*lines, *legal), key=lambda each: each.due_at)
    record = summarize_review(book, review, now)
    now_like = mark(review.incident)
    ended_by = (ending.by for ending in review.ended.values())
    return ReviewStatus(
        review=review,
        record=record,
        mark=now_like,
        owed=tuple(everything),
        speed=speed,
        names=names_in(book, review.incident, *ended_by),
    )
