"""Time compression for demos and drills: an incident's own clock, which may run faster than the wall's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.policy.wire.bounded import LATEST


@dataclass(frozen=True)
class Clock:
    """core = opened + (real - opened) x speed. At speed 1 the two clocks are one."""

    opened_at: datetime
    speed: float

    def core(self, real: datetime) -> datetime:
        """What the incident's clock shows at a real moment: at the latest `LATEST`. Time before the opening is not
        compressed."""
        if self.speed == 1.0 or real <= self.opened_at:
            return real
        return self.opened_at + min((real - self.opened_at) * self.speed, LATEST - self.opened_at)

    def wall(self, core: datetime) -> datetime:
        """The real moment at which the incident's clock shows this."""
        return core if core <= self.opened_at else self.opened_at + self.real(core - self.opened_at)

    def real(self, span: timedelta) -> timedelta:
        """How long a span of the incident's time really takes."""
        return span / self.speed
