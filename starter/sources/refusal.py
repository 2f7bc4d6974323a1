"""Ends a request with a status, in words for the sender's log."""

from collections.abc import Mapping


class Refusal(Exception):
    """Ends a request with this status."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.headers = headers


def later(error: str) -> Refusal:
    """503, which every sender repeats. Never 429: Alertmanager drops an alert that is answered so."""
    return Refusal(503, error, {"Retry-After": "5"})
