"""Counts of what became of an incident's pages: a duty remembers only the last thing that it did."""

from datetime import timedelta

from workflows.policy.effects.effects import Page
from workflows.policy.wire.model import Wire

LATE = timedelta(minutes=1)
"""From here on lateness is said, and what comes next counts from when it went out, not from when it was due."""


class PageStatistics(Wire):
    pages: int = 0
    """That got through to the pager."""
    lost: int = 0
    """Rejected, or given up after half an hour."""
    by_hand: int = 0
    """Of all these, those that somebody asked for."""
    late: int = 0
    """Of `pages`, those that got through `LATE` or more after they were due."""
    latest: timedelta = timedelta()
    """How late the latest of them was, in real time."""
    tier: int = 0
    """The highest tier that was called."""
    unanswered: int = 0
    """How often the ladder was climbed to its end, and began again because nobody had answered."""
    forgotten: int = 0
    """How often it began again because whoever had acknowledged fell silent."""

    def settled(self, page: Page, through: bool, late: timedelta) -> "PageStatistics":
        return self.model_copy(
            update={
                "pages": self.pages + through,
                "lost": self.lost + (not through),
                "by_hand": self.by_hand + (page.tier == 0),
                "late": self.late + (through and late >= LATE),
                "latest": max(self.latest, late) if through else self.latest,
                "tier": max(self.tier, page.tier),
            }
        )

    def lost_after_all(self) -> "PageStatistics":
        """One that got through, and then reached nobody."""
        return self.model_copy(update={"pages": self.pages - 1, "lost": self.lost + 1})

    def began_again(self, forgotten: bool) -> "PageStatistics":
        return self.model_copy(
            update={"forgotten": self.forgotten + forgotten, "unanswered": self.unanswered + (not forgotten)}
        )
