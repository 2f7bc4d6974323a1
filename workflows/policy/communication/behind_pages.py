"""What recurs in the channel and falls due at the moment of a page does not leave beside that page, but with the card
that shows what became of it, in one activity. Nobody misses it in those seconds; no page ever waits (ADR 29)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from workflows.policy.communication.asking import ROLES
from workflows.policy.communication.card import PAUSE, Prospects
from workflows.policy.communication.updates import REMINDER, UPDATE
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page

BEHIND_PAGE: Final = "the page of that moment"
"""What such a demand waits for."""
RECURRING = frozenset({UPDATE, REMINDER, ROLES})


def pages_of(due: Sequence[Demand]) -> tuple[Demand, ...]:
    return tuple(each for each in due if isinstance(each.effect, Page))


def held_until(due: Sequence[Demand]) -> Mapping[str, datetime]:
    """Until when at the latest, by key: as long as the card waits, and never longer than that from its own time on. So
    what is overdue waits for nothing."""
    paged_by = Prospects(paging=pages_of(due)).paged_by
    if paged_by is None:
        return {}
    return {each.key: min(paged_by, each.due_at + PAUSE) for each in due if each.duty in RECURRING}
