"""Durations as people compare them: no more exact than it matters."""

from datetime import timedelta

from workflows.policy.durations import write


def roughly(seconds: float | None) -> str:
    """`45s`, `2m 10s`, `12m`, `3h 5m`, `2d 4h`; empty for none."""
    if seconds is None:
        return ""
    unit = 1 if seconds < 600 else 60 if seconds < 86400 else 3600
    rounded = round(seconds / unit) * unit
    return write(timedelta(seconds=rounded)) if rounded else "0s"
