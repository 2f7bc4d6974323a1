"""The only two ways in which a vendor can fail, whatever it calls them."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRIED_STATUSES = frozenset({408, 420, 425, 429})
"""4xx that mean "not now". 420 is Statuspage's rate limit: https://developer.statuspage.io/#section/Rate-Limiting"""

MALFORMED = frozenset({400, 413, 414, 415, 422})
"""4xx that are about what was sent, and not about who sent it."""

LONGEST_WAIT = timedelta(days=1)
"""A vendor (or a proxy before it) that asks for more is not believed."""


class Unavailable(Exception):
    """Try later: a network failure, 5xx, a rate limit. What was sent may or may not have had its effect."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotTaken(Unavailable):
    """Try later, and surely nothing has come of it: the vendor says that it did not take it now."""


class Rejected(Exception):
    """Will never work as it is: a bad key, a missing channel, a way that is not connected. A person has to act."""

    def __init__(self, message: str, route: str | None = None) -> None:
        super().__init__(message)
        self.route = route
        """Fingerprint of the setting that was refused, so that a changed setting is tried at once."""


class Malformed(Rejected):
    """Refused for what it says or carries: with less in it, it may be taken."""


def vendor_error(
    message: str, status: int, retry_after: str | None, route: str | None = None
) -> Unavailable | Rejected:
    """What an HTTP answer other than success means; `retry_after` is the header of that name, if there was one.

    A success status gets here when its body was not the vendor's: a proxy spoke, and trying later is right.
    """
    if status in RETRIED_STATUSES:
        return NotTaken(message, wait(retry_after))
    if status < 300 or status >= 500:
        return Unavailable(message, wait(retry_after))
    return Malformed(message, route) if status in MALFORMED else Rejected(message, route)


def wait(header: str | None) -> timedelta | None:
    """A Retry-After header as a duration: seconds, or a date (vendors send none, but proxies before them do).

    None if it is absent, past, or nonsense: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    seconds = _seconds(header.strip()) if header else None
    if seconds is None or not 0 <= seconds < math.inf:
        return None
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))


def _seconds(header: str) -> float | None:
    if header.isascii() and header.isdecimal():
        return int(header[:9])
    try:
        return float(header)
    except ValueError:
        return _until(header)


def _until(date: str) -> float | None:
    try:
        return (parsedate_to_datetime(date).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
