"""Workflows that stand still because the worker's code cannot go on with them: whom that is told, and in which words.

No workflow can tell it: each would need the code that is broken. So its ladder is short, and knows no acknowledgement:
the people of the first tier at once, those of the next ten minutes later, until the code is mended.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.bounded import cut
from workflows.policy.wire.model import Instant, Wire

CURE = "put the old code back, or deploy code that `tocsin replay --live` passes"
NEXT_TIER_AFTER = timedelta(minutes=10)
"""As long as it takes to put old code back."""
NAMES_MOST = 10


class StuckWorkflow(Wire):
    """Its tasks fail, again and again."""

    workflow_id: str
    type: str
    name: str
    """As people call it: an incident's id and title."""
    severity: str = ""
    runbook: str = ""
    since: Instant
    why: str

    @property
    def is_incident(self) -> bool:
        return self.type == "incident"


class StuckLadder(NamedTuple):
    """Who is told of what stands still, tier by tier."""

    stuck: tuple[StuckWorkflow, ...]
    """Incidents first, the gravest at the top."""
    runbook: str
    severity: SeverityName
    tiers: tuple[tuple[str, ...], ...]

    @property
    def since(self) -> datetime:
        return min(each.since for each in self.stuck)

    def due_at(self, tier: int) -> datetime:
        """Counted from 0."""
        return self.since + tier * NEXT_TIER_AFTER

    @property
    def subject(self) -> str:
        first, *others = self.stuck
        more = f" and {len(others)} more" if others else ""
        return cut(f"STUCK: {first.name}{more}: nobody is being paged for it", 250)

    @property
    def text(self) -> str:
        names = [f"- {each.name}" for each in self.stuck[:NAMES_MOST]]
        rest = [f"- and {len(self.stuck) - NAMES_MOST} more"] if len(self.stuck) > NAMES_MOST else []
        intro = f"Tocsin's code cannot go on with these since {self.since:%Y-%m-%d %H:%M:%S} UTC. No tier is called:"
        what = f"What to do: {CURE}. Then each goes on, and what is overdue is made up for."
        return "\n".join((intro, *names, *rest, f"Why: {self.stuck[0].why}.", what))


def stuck_ladders(
    stuck: Iterable[StuckWorkflow], books: Mapping[str, Runbook], default: Runbook
) -> Sequence[StuckLadder]:
    """One for each runbook, by its gravest incident's severity. What is no incident calls the first tier only."""
    by_book: dict[str, list[StuckWorkflow]] = {}
    for each in sorted(stuck, key=lambda one: (not one.is_incident, one.severity, one.since, one.workflow_id)):
        by_book.setdefault(each.runbook if each.runbook in books else default.runbook, []).append(each)
    return [_ladder(books.get(name, default), group) for name, group in by_book.items()]


def _ladder(book: Runbook, stuck: Sequence[StuckWorkflow]) -> StuckLadder:
    gravest = stuck[0]
    known: dict[str, SeverityName] = {name: name for name in ("sev1", "sev2", "sev3", "sev4")}
    severity = known.get(gravest.severity, "sev1")
    tiers = tuple(callees(book, tier) for tier in book.severity(severity).escalation)
    return StuckLadder(tuple(stuck), book.runbook, severity, tiers if gravest.is_incident else tiers[:1])
