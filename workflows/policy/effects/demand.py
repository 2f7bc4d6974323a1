"""A demand: one effect that the runbook wants, when it is due, and why."""

from workflows.policy.effects.effects import Effect
from workflows.policy.keys.duty_keys import WrittenDuty, effect_key
from workflows.policy.wire.model import Instant, Wire


class Demand(Wire):
    duty: WrittenDuty
    """What demands it: `escalate/2/vp-engineering`, `update/channel`, ..."""
    occurrence: int = 1
    """Grows within a duty. What it counts is the duty's own: rounds of the ladder, seconds since declaration."""
    due_at: Instant
    reason: str
    """For people: on the page, the timeline, the log (rule 13)."""
    effect: Effect

    @property
    def key(self) -> str:
        """Unique within the incident, and the same however often it is computed."""
        return effect_key(self.duty, self.occurrence)
