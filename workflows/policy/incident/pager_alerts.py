"""Who was rung because of an incident, and what became of that at the pager."""

from typing import Literal

from workflows.policy.wire.model import Instant, Wire


class PagerAlert(Wire):
    """An alert that stands open at the pager because we rang somebody."""

    person: str
    rang: str = ""
    """Who was rung, if `person` is a post that no pager knows."""
    rung_at: Instant
    state: Literal["ringing", "answered", "acknowledged"] = "ringing"
    """answered: the acknowledgement covers it, and the pager has yet to hear of it."""


class Renewal(Wire):
    """The ladder was begun anew although somebody may have answered: they answered something less grave."""

    at: Instant
    reason: str
    older: tuple[str, ...] = ()
    """The keys of the ladder's rings that stood open then. Who acknowledges one of these has not answered this."""


class ManualPage(Wire):
    """Somebody was asked for by hand."""

    number: int
    people: tuple[str, ...]
    at: Instant
    by: str
    reason: str = ""
