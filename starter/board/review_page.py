"""One review, as a page has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starter.desk.answers import ShownReview
from workflows.durable.clock import Clock
from workflows.policy.incident.state import Incident
from workflows.policy.review.results import OwedNow
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import PlanView


@dataclass(frozen=True)
class ReviewPage:
    shown: ShownReview
    book: Runbook | None
    real_now: datetime

    @property
    def incident(self) -> Incident:
        return self.shown.state.review.incident

    @property
    def view(self) -> PlanView:
        return self.shown.plan

    def real(self, at: datetime) -> datetime:
        return Clock(self.incident.declared_at, self.view.speed).wall(at)

    def whose(self, owed: OwedNow) -> str:
        people = [self.shown.state.name(person) for person in owed.people]
        role = [self.book.role_name(owed.role) if self.book else owed.role] if owed.role else []
        return " / ".join((*role, *people)) or "nobody"


def review_page(shown: ShownReview, books: Mapping[str, Runbook], real_now: datetime) -> ReviewPage:
    return ReviewPage(shown, books.get(shown.state.review.incident.runbook), real_now)
