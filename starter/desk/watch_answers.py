"""Silences and heartbeats as people say them, and as they are told of them. Imports nothing of Temporal's."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from workflows.policy.runbook.matchers import Matcher
from workflows.policy.time.durations import Duration
from workflows.policy.watches.heartbeat import HeartbeatSummary
from workflows.policy.watches.silence import FARTHEST_SILENCE, SilenceSummary
from workflows.policy.wire.model import Instant


class BeginsTooLate(Exception):
    """A silence that would begin farther ahead than one may; the message says how far."""


class SilenceRequest(BaseModel):
    """What somebody says who silences alerts."""

    model_config = ConfigDict(frozen=True)

    match: tuple[Matcher, ...]
    """All must match: `service=checkout`, `alertname=~High.*`."""
    duration: Duration
    reason: str = Field(min_length=1)
    starts_at: Instant | None = None
    """Now if left out."""
    public: str = Field("", max_length=200)
    """What the status page calls the work, if the public is to be told of it."""

    def card(self, name: str, by: str, now: datetime, components: tuple[str, ...] = ()) -> SilenceSummary:
        """Raises ValidationError when a field is not what a silence can have, and BeginsTooLate."""
        starts_at = max(self.starts_at or now, now)
        if starts_at - now > FARTHEST_SILENCE:
            raise BeginsTooLate(f"a silence begins at most {FARTHEST_SILENCE.days} days ahead")
        return SilenceSummary(
            id=name,
            matchers=self.match,
            starts_at=starts_at,
            ends_at=starts_at + self.duration,
            by=by,
            reason=self.reason,
            public=self.public,
            components=components,
        )


class HeartbeatRequest(BaseModel):
    """What somebody says who expects a sender to call."""

    model_config = ConfigDict(frozen=True)

    every: str
    grace: str = "1m"
    severity: str = ""
    """The runbook's default if left out."""
    service: str = ""
    runbook: str = ""
    """The installation's default if left out."""


class ListedSilence(BaseModel):
    """One of a list of silences."""

    silence: SilenceSummary
    holds: int | None
    """Incidents that it keeps from opening; None: no worker answers."""


class ListedHeartbeat(BaseModel):
    """One of a list of heartbeats."""

    expected: HeartbeatSummary
    stands: str | None
    """None: no worker answers."""
    problem: str = ""
    """Why."""
