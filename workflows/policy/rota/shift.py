"""A shift: who is on call, from when until when."""

from typing import NamedTuple

from workflows.policy.wire.bounded import Line
from workflows.policy.wire.model import Instant, Wire

NOBODY = ""
"""Who is on call in a gap."""


class Stint(NamedTuple):
    """Somebody's claim to a stretch of time."""

    who: str
    begins_at: Instant
    ends_at: Instant


class Shift(Wire):
    """A stretch of time and who is on call in it."""

    who: Line = NOBODY
    """A person of the runbook, or a name as it was found elsewhere."""
    begins_at: Instant
    ends_at: Instant | None = None
    """None: as far as is known."""


class Override(Wire):
    """Somebody takes a stretch of another's: what a rota says then does not count."""

    who: Line
    begins_at: Instant
    ends_at: Instant
    by: Line = ""
