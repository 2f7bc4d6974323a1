"""What comes next, as lists show it: some steps ahead, so that not every step of a procedure has to be written down."""

from datetime import datetime
from typing import Final

from workflows.policy.effects.card import ComingDuty
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, ConfirmRing, Invite, Page
from workflows.policy.engine import Plan
from workflows.policy.planning.wording import what
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.standing import HEAVIEST_DUTY
from workflows.policy.wire.bounded import fit
from workflows.policy.wire.model import Wire

COMING_MEMO: Final = "coming"
"""The memo's name: never changes."""
FORESEEN_STEPS: Final = 3


class ComingDuties(Wire):
    """Whoever shows it knows what comes next at any moment until something else is written."""

    duties: tuple[ComingDuty, ...] = ()
    """Soonest first. The last stands until others are written: so a page, and what is late, stays until it is out."""

    def next(self, now: datetime) -> ComingDuty | None:
        last = self.duties[-1] if self.duties else None
        return next((each for each in self.duties if each.at > now), last)


def coming_duties(book: Runbook, present: Plan, steps: int = FORESEEN_STEPS) -> ComingDuties:
    """Of what somebody waits for: what is under way, by itself, a page first; otherwise what comes next, up to the next
    page."""
    under_way = [each for each in present.due if not isinstance(each.effect, Card | Invite | ConfirmRing)]
    begun = [*(wanted.demand for wanted in present.waiting), *under_way]
    if begun:
        return ComingDuties(duties=(_said(book, min(begun, key=_page_first)),))
    coming = present.soonest_of(steps) or tuple(filter(None, [present.soonest]))
    pages = (number for number, each in enumerate(coming, start=1) if isinstance(each.effect, Page))
    return ComingDuties(duties=tuple(_said(book, each) for each in coming[: next(pages, None)]))


def _page_first(demand: Demand) -> tuple[datetime, bool]:
    return demand.due_at, not isinstance(demand.effect, Page)


def _said(book: Runbook, demand: Demand) -> ComingDuty:
    return ComingDuty(what=fit(f"{what(book, demand)}: {demand.reason}", HEAVIEST_DUTY), at=demand.due_at)
