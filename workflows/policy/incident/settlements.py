"""What has become of the effects of an incident: begun, or settled."""

from datetime import timedelta

from workflows.policy.incident.events import Outcome
from workflows.policy.keys.duty_keys import WrittenDuty
from workflows.policy.wire.model import Instant, Wire


class Settlement(Wire):
    """The last thing that a duty did."""

    occurrence: int
    due_at: Instant
    sent_at: Instant
    """When it was begun."""
    settled_at: Instant
    outcome: Outcome
    late: timedelta = timedelta()


class Start(Wire):
    """An effect that was begun and has not settled."""

    duty: WrittenDuty
    occurrence: int
    due_at: Instant
    started_at: Instant
    real_at: Instant


def got_lost(settled: Settlement) -> bool:
    return settled.outcome in ("rejected", "undelivered", "declined")


def is_declined(settled: Settlement | None) -> bool:
    """Whoever it was for has said no: no other way to them is worth a try."""
    return settled is not None and settled.outcome == "declined"
