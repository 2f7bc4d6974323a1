"""Workflows that stand still because the worker's code cannot go on with them: whom that is told, and in which words.

No workflow can tell it: each would need the code that is broken. So its ladder is short, and knows no acknowledgement:
the people of the first tier at once, those of the next ten minutes later, until the code is mended.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from workflows.policy.runbook.callees import callees
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.bounded import cut
from workflows.policy.wire.model import Instant, Wire

CURE = "put the old code back, or deploy code that `tocsin replay --live` passes"
NEXT_TIER_AFTER = timedelta(minutes=10)
"""As long as it takes to put old code back."""
NAMES_MOST = 10

Gravity = Literal["sev1", "sev2", "sev3", "sev4", "no-incident"]
GRAVITIES: Final[tuple[Gravity, ...]] = ("sev1", "sev2", "sev3", "sev4", "no-incident")
"""Gravest first."""


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
    def gravity(self) -> Gravity:
        """An incident whose severity nobody knows is taken for grave."""
        if self.type != "incident":
            return "no-incident"
        return next((each for each in GRAVITIES if each == self.severity), "sev1")


class TierCall(NamedTuple):
    """A tier is called: for workflows of which the first began to fail at `oldest`, the last at `newest`."""

    oldest: datetime
    newest: datetime

    def rings_again(self, rung_at: datetime, now: datetime) -> bool:
        """Is somebody rung who was rung then? Who knows of some of them hears of newer ones after a pause: a deploy
        that stops one incident after the other must not ring with each."""
        return rung_at < self.oldest or (rung_at < self.newest and now - rung_at >= NEXT_TIER_AFTER)


class StuckLadder(NamedTuple):
    """Who is told of what stands still, tier by tier."""

    stuck: tuple[StuckWorkflow, ...]
    """The gravest at the top."""
    runbook: str
    severity: SeverityName
    tiers: tuple[tuple[str, ...], ...]

    @property
    def since(self) -> datetime:
        return min(each.since for each in self.stuck)

    @property
    def gravity(self) -> Gravity:
        """Of the gravest. Only they call people: what is less grave and older must not keep anybody from hearing of
        them, and what is newer is told with them."""
        return self.stuck[0].gravity

    def call(self, tier: int, now: datetime, *, at_once: bool = False) -> TierCall | None:
        """For which of the gravest this tier (the first is 0) is called by now. `at_once`: the tier before it cannot
        be reached."""
        waits = timedelta() if at_once else tier * NEXT_TIER_AFTER
        begun = [each.since for each in self.stuck if each.gravity == self.gravity]
        due = [since for since in begun if not waits or since + waits <= now]
        return TierCall(min(due), max(due)) if due else None

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
    for each in sorted(stuck, key=lambda one: (GRAVITIES.index(one.gravity), one.since, one.workflow_id)):
        by_book.setdefault(each.runbook if each.runbook in books else default.runbook, []).append(each)
    return [_ladder(books.get(name, default), group) for name, group in by_book.items()]


def _ladder(book: Runbook, stuck: Sequence[StuckWorkflow]) -> StuckLadder:
    gravity = stuck[0].gravity
    severity: SeverityName = "sev1" if gravity == "no-incident" else gravity
    tiers = tuple(callees(book, tier) for tier in book.severity(severity).escalation)
    return StuckLadder(tuple(stuck), book.runbook, severity, tiers[:1] if gravity == "no-incident" else tiers)
