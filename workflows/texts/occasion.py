"""When and for what something is said, and whether people outside read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Email, Publish
from workflows.policy.incident.state import Incident
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook


@dataclass(frozen=True)
class Occasion:
    """Something is said: for a demand, of an incident that stands so, at that time."""

    book: Runbook
    incident: Incident
    demand: Demand
    now: datetime
    render: Callable[[Self, str], str]
    """Fills the text of that name: a draft quotes what would go out."""
    review: Review | None = None
    """The incident's, once it has begun."""


INSIDE = frozenset(
    (
        "cause",
        "impact",
        "resolution",
        "labels",
        "links",
        "told",
        "ended",
        "happened",
        "record",
        "timeline",
        "last_update",
    )
)
"""What alerts say, and people among themselves: not known in public, unless somebody has read it first (rule 21)."""
RESOLUTION = frozenset(("cause", "resolution"))


def is_public(demand: Demand) -> bool:
    """For people outside."""
    effect = demand.effect
    return isinstance(effect, Publish) or (isinstance(effect, Email) and effect.public)


def is_unread(demand: Demand) -> bool:
    """For people outside, and nobody has read it before it leaves the house."""
    effect = demand.effect
    return is_public(demand) and not (isinstance(effect, Publish | Email) and effect.approved)


def not_for(demand: Demand, incident: Incident) -> frozenset[str]:
    """The values that whoever reads this is not to know."""
    if not is_unread(demand):
        return frozenset()
    return INSIDE - RESOLUTION if incident.public.cause else INSIDE
