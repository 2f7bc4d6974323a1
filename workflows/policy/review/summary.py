"""A review in a few figures, kept in the memo `record` of its workflow: for digests and reports, which ask Temporal for
lists and open no state."""

from datetime import datetime
from typing import Literal

from workflows.policy.duties import follow_ups
from workflows.policy.duties.duties import review_terms
from workflows.policy.duties.obligations import clocks
from workflows.policy.review.owed import deadlines, owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.model import Instant, Wire


class ClosedReview(Wire):
    """Counts are of duties that somebody had to do, and of follow-ups; what was waived is in none but `waived`."""

    incident: str
    severity: SeverityName
    service: str = ""
    runbook: str
    title: str
    opened_at: Instant
    due_at: Instant | None = None
    """The last deadline of its duties; None: it has none."""
    closed_at: Instant | None = None
    kind: Literal["required", "asked", "wanted", "declined", "none"]
    """asked: nobody has answered yet whether it is to be; none: only things that the incident left are carried out."""
    submitted: int = 0
    on_time: int = 0
    waived: int = 0
    open: int = 0
    overdue: int = 0
    follow_ups: int = 0
    follow_ups_done: int = 0
    follow_ups_on_time: int = 0
    follow_ups_waived: int = 0


def summarize_review(book: Runbook, review: Review, now: datetime) -> ClosedReview:
    incident = review.incident
    ends = [ending for ending in review.ended.values() if not ending.waived]
    open_ones = [each for each in owed(book, review) if each.kind != "follow-up"]
    due = {each.duty.id: each.due_at for each in deadlines(book, review)}
    legal = clocks(book, incident)
    done = [each for each in incident.follow_ups if each.ending and not each.ending.waived]
    return ClosedReview(
        incident=incident.id,
        severity=incident.severity,
        service=incident.service,
        runbook=incident.runbook,
        title=incident.title,
        opened_at=review.opened_at,
        due_at=max((*due.values(), *(each.due_at for each in legal)), default=None),
        closed_at=review.closed_at,
        kind=_kind(book, review),
        submitted=len(ends),
        on_time=sum(
            ending.at <= due.get(name, review.opened_at) for name, ending in review.ended.items() if not ending.waived
        ),
        waived=len(review.ended) - len(ends),
        open=len(open_ones) + len(legal),
        overdue=sum(each.due_at < now for each in open_ones) + sum(each.due_at < now for each in legal),
        follow_ups=len(incident.follow_ups),
        follow_ups_done=len(done),
        follow_ups_on_time=sum(
            each.ending.at <= follow_ups.due_at(book, each) for each in done if each.ending is not None
        ),
        follow_ups_waived=sum(bool(each.ending and each.ending.waived) for each in incident.follow_ups),
    )


def _kind(book: Runbook, review: Review) -> Literal["required", "asked", "wanted", "declined", "none"]:
    terms = review_terms(book, review.incident)
    if terms is None:
        return "none"
    if terms.required == "always":
        return "required"
    if review.answer is None:
        return "declined" if review.closed_at else "asked"
    return "wanted" if review.answer.wanted else "declined"
