"""How long each part of an answer may take. Slack waits for three seconds, and a trigger lives no longer."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Waits:
    worker_s: float = 1.0
    """For a worker to answer; then what was said is recorded for later."""
    press_s: float = 0.3
    """For what a press changed; then it is left for the incident, and what became of it is told afterwards."""
    call_s: float = 1.5
    """For one call of Slack's Web API."""
    member_s: float = 0.8
    """For who somebody is: nobody's acknowledgement waits for their own name."""
    submission_s: float = 2.4
    """For all that a form does."""
    envelope_s: float = 2.8
    """For all that comes by Socket Mode."""

    def stretched(self, times: float) -> "Waits":
        """For a slow machine."""
        return Waits(**{each.name: times * getattr(self, each.name) for each in fields(self)})


AS_SLACK_WAITS = Waits()
