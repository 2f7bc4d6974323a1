"""Who holds a post while an incident lasts: what was found out, and when."""

from collections.abc import Mapping
from datetime import datetime

from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import hour_of
from workflows.policy.wire.bounded import Line
from workflows.policy.wire.model import Instant, Wire


class PostHolder(Wire):
    """The last that was found out about a post."""

    who: Line = ""
    """A person of the runbook, or a name as it stands elsewhere; empty: nobody, or nothing is known."""
    until: Instant | None = None
    known_at: Instant | None = None
    """When that was found out; None: never yet."""
    problem: Line = ""
    """Why the last attempt to find out failed."""

    def in_words(self, book: Runbook, now: datetime) -> str:
        """`Ann (on call until Mon 09:00)`; empty if nobody knows."""
        if not self.who:
            return "nobody" if self.known_at and not self.problem else ""
        zone = book.calendar.zone
        until = f" until {hour_of(zone, self.until, now)}" if self.until else ""
        asked = f", as of {hour_of(zone, self.known_at, now)}" if self.problem and self.known_at else ""
        return f"{book.person_name(self.who)} (on call{until}{asked})"


def held_posts(book: Runbook, holders: Mapping[str, PostHolder], now: datetime) -> tuple[str, ...]:
    """`On-call Engineer: Ann (on call until Mon 09:00)`, of each post of which that is known."""
    held = {post: known.in_words(book, now) for post, known in holders.items()}
    return tuple(f"{book.person_name(post)}: {said}" for post, said in held.items() if said)
