"""What an event would do if it happened now, for whoever wants to see it before they say it."""

from pydantic import BaseModel, ConfigDict

from workflows.policy.effects.effects import Page
from workflows.policy.engine import Plan
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.difference import PlanChange
from workflows.policy.views.plan_view import newly_due
from workflows.policy.views.results import Outgoing
from workflows.policy.views.summary import DrillClock
from workflows.policy.wire.model import Instant


class Foreseen(BaseModel):
    """The answer to the query `foresee`: nothing of it has happened."""

    model_config = ConfigDict(frozen=True)

    incident: str
    now: Instant
    """In the incident's own time, as are all moments here ..."""
    drill_clock: DrillClock | None = None
    """... if it has one of its own."""
    zone: str = "UTC"
    """Whose clock people go by there."""
    mark: str
    """Of the state that this is foreseen from: sent back as `if_still`, it is done only if this still holds."""
    refused: str = ""
    """Why it would not be done; all that follows is empty then."""
    changed: tuple[str, ...] = ()
    """What the timeline would say."""
    pages: tuple[str, ...] = ()
    """Who would be paged at once, by name."""
    changes: tuple[PlanChange, ...] = ()
    """What would become of the plan, soonest first."""
    outgoing: tuple[Outgoing, ...] = ()
    """What people outside would be told because of it."""


def paged_at_once(book: Runbook, before: Plan, after: Plan) -> tuple[str, ...]:
    """Who is not being paged already."""
    pages = (each.effect for each in newly_due(before, after))
    return tuple(dict.fromkeys(book.person_name(page.to) for page in pages if isinstance(page, Page)))
