"""Which ring a call was made for, as far as this process knows: with a call, Twilio lists nothing of ours.

What was made for another ring must not count for this one: a page that nobody was called for would be lost. So a call
that may as well be another's counts for none, and the phone rings once more.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from activities.errors import NotTaken, Rejected, Unavailable

ATTEMPTS_KEPT_IN_MIND = 1000
CALL_SKEW = timedelta(seconds=2)
"""Twilio tells whole seconds. More would take the call of another ring for this one."""


@dataclass(eq=False)
class CallAttempt:
    ring: str
    number: str
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None
    call: str | None = None
    """None: its answer is not there, and perhaps never will be. There may be a call of it."""

    def may_have_made(self, created_at: datetime) -> bool:
        return self.begun_at - CALL_SKEW <= created_at <= (self.ended_at or datetime.now(UTC)) + CALL_SKEW


class CallAttempts:
    """Of this process."""

    def __init__(self) -> None:
        self._kept: deque[CallAttempt] = deque(maxlen=ATTEMPTS_KEPT_IN_MIND)

    @contextmanager
    def another(self, ring: str, number: str) -> Iterator[CallAttempt]:
        attempt = CallAttempt(ring, number)
        self._kept.append(attempt)
        try:
            yield attempt
        except (Rejected, NotTaken):
            self._kept.remove(attempt)  # Twilio says that it made none
            raise
        finally:
            attempt.ended_at = datetime.now(UTC)

    def earlier(self, ring: str, number: str, listed: Mapping[str, datetime]) -> str | None:
        """The call that was made for this ring. None: there was none. `listed`: the calls to that number since the ring
        was first tried, and when each was created. Raises Unavailable if that is not known."""
        whose = {attempt.call: attempt.ring for attempt in self._kept if attempt.call}
        if ours := next((call for call in listed if whose.get(call) == ring), None):
            return ours
        free = {call: at for call, at in listed.items() if call not in whose}
        lost = [attempt for attempt in self._kept if attempt.number == number and not attempt.call]
        return self._taken(free, [each for each in lost if each.ring == ring], lost) if free else None

    def _taken(self, free: Mapping[str, datetime], mine: list[CallAttempt], lost: list[CallAttempt]) -> str | None:
        """If there are more calls than others can have made, one of them is ours: and which it is, is all the same."""
        if not mine:
            raise Unavailable("another process tried it first, and there is a call of which nobody knows whose it is")
        fit = [(attempt, call) for call, at in free.items() for attempt in mine if attempt.may_have_made(at)]
        calls = {call for _, call in fit}
        rivals = [each for each in lost if each not in mine and any(each.may_have_made(free[call]) for call in calls)]
        if not fit:
            return None
        if len(calls) <= len(rivals):
            raise Unavailable("there is a call that may have been made for another page")
        attempt, call = fit[0]
        attempt.call = call
        return call
