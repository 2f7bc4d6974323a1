"""Durations as people compare them: no more exact than it matters."""

from datetime import timedelta

from workflows.policy.time.durations import roughly, write

SHORT_SPAN = timedelta(minutes=10)
"""Below it, seconds matter."""


def took(seconds: float | None) -> str:
    """`45s`, `2m 10s`, `12m`, `3h 5m`, `2d 4h`; empty for none."""
    if seconds is None:
        return ""
    span = timedelta(seconds=round(seconds))
    if span < SHORT_SPAN:
        return write(span) if span else "0s"
    return roughly(span)
