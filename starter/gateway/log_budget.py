"""How many lines the log gets of what anybody can bring about, who has proved nothing: a disk has an end."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from workflows.policy.time.durations import MINUTE

LINES_A_MINUTE: Final = 10
"""Of one kind: who is locked out is seen at once, and each time as long as that is seldom."""


@dataclass
class LogBudget:
    _minutes: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    """By the kind, of which there are few: when its minute began, and how often it has come since."""

    def left_out(self, kind: str, now: datetime) -> int | None:
        """How many lines of this kind the last minute went without; None: this one is left out, too."""
        begun, count = self._minutes.get(kind, (now, 0))
        missing = 0
        if now - begun >= MINUTE:
            begun, count, missing = now, 0, max(0, count - LINES_A_MINUTE)
        self._minutes[kind] = begun, count + 1
        return missing if count < LINES_A_MINUTE else None
