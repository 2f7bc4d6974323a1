"""The only two ways in which a vendor can fail, whatever it calls them."""

from datetime import timedelta

LATER = frozenset({408, 420, 425, 429})
"""4xx that mean "not now". 420 is Statuspage's rate limit: https://developer.statuspage.io/#section/Rate-Limiting"""

LONGEST_WAIT = timedelta(days=1)
"""A vendor (or a proxy before it) that asks for more is not believed."""


class Unavailable(Exception):
    """Try later: a network failure, 5xx, a rate limit. What was sent may or may not have had its effect."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Rejected(Exception):
    """Will never work as it is: a bad key, a missing channel, a way that is not connected. A person has to act."""

    def __init__(self, message: str, route: str | None = None) -> None:
        super().__init__(message)
        self.route = route
        """Fingerprint of the setting that was refused, so that a changed setting is tried at once."""


def refusal(message: str, status: int, retry_after: str | None, route: str | None = None) -> Unavailable | Rejected:
    """What an HTTP answer other than success means; `retry_after` is the header of that name, if there was one.

    A success status gets here when its body was not the vendor's: a proxy spoke, and trying later is right.
    """
    if status < 300 or status in LATER or status >= 500:
        return Unavailable(message, wait(retry_after))
    return Rejected(message, route)


def wait(seconds: str | None) -> timedelta | None:
    """A Retry-After header as a duration; None if it is absent, a date (none of our vendors sends one) or nonsense."""
    if seconds is None or not seconds.isascii() or not seconds.isdecimal():
        return None
    return timedelta(seconds=min(int(seconds[:9]), LONGEST_WAIT.total_seconds()))
