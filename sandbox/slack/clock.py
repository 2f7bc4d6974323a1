"""Slack's clock: the machine's, and what a test has put on top."""

import time


class SlackClock:
    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._last_us = 0

    def reset(self) -> None:
        self._ahead_s = 0.0

    def move(self, s: float) -> None:
        """Later by so many seconds, from now on."""
        self._ahead_s += s

    def now(self) -> float:
        return time.time() + self._ahead_s

    def new_ts(self) -> str:
        """Slack's message ids are times, unique in a workspace here, and always rising."""
        self._last_us = max(int(self.now() * 1_000_000), self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06}"
