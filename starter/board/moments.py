"""Moments and spans as they stand on a page. `board.js` counts on from there in the same form."""

from datetime import UTC, datetime, timedelta

from workflows.policy.time.calendar import hour_of
from workflows.policy.time.durations import DAY, HOUR, roughly

NEVER = "–"


def countdown(at: datetime, now: datetime) -> str:
    """`7:12` to go, or `7:12 late`; from an hour on `1h 5m`, and `2d 4h`."""
    span = at - now
    return _counted(span) if span >= timedelta() else f"{_counted(-span)} late"


def since(at: datetime | None, now: datetime) -> str:
    """`T+7:12`"""
    return NEVER if at is None else f"T+{_counted(max(now - at, timedelta()))}"


def _counted(span: timedelta) -> str:
    if span < HOUR:
        minutes, seconds = divmod(int(span.total_seconds()), 60)
        return f"{minutes}:{seconds:02}"
    return roughly(span)


def stamp(at: datetime | None, today: datetime | None = None) -> str:
    """`14:02:11`, with its day unless that is the day of `today`."""
    if at is None:
        return NEVER
    at = at.astimezone(UTC)
    if today is not None and at.date() == today.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%Y-%m-%d %H:%M}"


def ago(at: datetime | None, now: datetime) -> str:
    """`5m ago`, of what is over, also where somebody's clock is ahead."""
    return in_words(at and min(at, now), now)


def in_words(at: datetime | None, now: datetime) -> str:
    """`5m ago`, `in 3d 2h`."""
    if at is None:
        return NEVER
    span = abs(at - now)
    said = roughly(span) if span >= timedelta(minutes=1) else f"{int(span.total_seconds())}s"
    return f"in {said}" if at > now else f"{said} ago"


def there(at: datetime, zone: str, now: datetime) -> str:
    """By the clock of those who live there: `Mon 09:00`."""
    return hour_of(zone, at, now)


def is_soon(at: datetime, now: datetime) -> bool:
    return at - now < DAY
