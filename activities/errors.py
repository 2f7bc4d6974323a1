"""The only two ways in which a vendor can fail, whatever it calls them."""

from datetime import timedelta


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
