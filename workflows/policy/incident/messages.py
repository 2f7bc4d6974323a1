"""What is written on an incident's timeline, and what its channel still has to be told."""

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


Lane = Literal["incident", "updates", "home"]
"""Where something is told. Each has its own queue: what is stuck in one holds up no other."""


class Tell(Wire):
    """Something that happened and that the channel has not been told yet."""

    number: int
    at: Instant
    text: str
    template: str = "told"
    lane: Lane = "incident"
    by: str = ""
    mention: tuple[str, ...] = ()
    role: str | None = None
