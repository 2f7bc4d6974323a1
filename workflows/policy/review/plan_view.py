"""A review for someone who knows nothing of the code: what is owed, and the plan."""

from workflows.policy.duties.obligations import clocks
from workflows.policy.review.debts import owner_of
from workflows.policy.review.owed import owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.calendar import clock
from workflows.policy.views.plan_view import markdown_lines, plain
from workflows.policy.views.results import PlanView

FEW = 20


def as_markdown(book: Runbook, review: Review, view: PlanView) -> str:
    """Current details in the Temporal UI."""
    incident = review.incident
    state = f"closed {review.closed_at:%Y-%m-%d}" if review.closed_at else f"open since {review.opened_at:%Y-%m-%d}"
    head = [
        f"**Review of {severity_title(incident.severity)}: {plain(incident.title)}**",
        f"{incident.id} · {state}",
        "",
    ]
    open_ones = [
        f"- [ ] {plain(each.title)}: {plain(owner_of(book, each))}, "
        f"by {clock(book.calendar.zone, each.due_at, view.now)}"
        for each in owed(book, review)
    ]
    legal = [
        f"- [ ] {plain(each.title)}: by {clock(book.calendar.zone, each.due_at, view.now)}"
        for each in clocks(book, incident)
    ]
    return "\n".join([*head, *legal, *open_ones[:FEW], "", *markdown_lines(book, view)])
