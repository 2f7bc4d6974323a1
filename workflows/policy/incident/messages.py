"""What is written on an incident's timeline, and what has yet to be announced in its channel."""

from typing import Literal

from workflows.policy.wire.model import Instant, Wire


class TimelineEntry(Wire):
    """A line of the timeline. Equal lines in a row are one line with a count."""

    at: Instant
    text: str
    kind: str = "event"
    loud: bool = False
    """Something went wrong that somebody must see."""
    count: int = 1
    last_at: Instant | None = None


AnnouncementQueue = Literal["incident", "updates", "home"]
"""Where something is announced. What is stuck in one queue holds up no other."""


class Announcement(Wire):
    """Something that happened and that the channel does not know yet."""

    number: int
    at: Instant
    text: str
    template: str = "told"
    lane: AnnouncementQueue = "incident"
    by: str = ""
    mention: tuple[str, ...] = ()
    role: str | None = None
