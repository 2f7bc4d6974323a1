"""Everything that came in over the wire, for tests and for the curious."""

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qsl

from pydantic import JsonValue

Vendor = Literal["slack", "pagerduty", "ntfy", "opsgenie", "twilio", "webhook", "apprise", "statuspage", "jira", "mail"]

REQUESTS_KEPT = 10_000


@dataclass
class WireEntry:
    """One request. `answered` is the status that was sent back; None: not yet, or the connection was cut."""

    n: int
    at: datetime
    vendor: Vendor
    method: str
    path: str
    query: dict[str, str]
    body: JsonValue
    answered: int | None = None


class WireLog:
    def __init__(self) -> None:
        self._entries: deque[WireEntry] = deque(maxlen=REQUESTS_KEPT)
        self._count = 0

    def record(self, vendor: Vendor, method: str, path: str, query: str, body: bytes) -> WireEntry:
        self._count += 1
        entry = WireEntry(self._count, datetime.now(UTC), vendor, method, path, dict(parse_qsl(query)), fields_of(body))
        self._entries.append(entry)
        return entry

    def entries(self, vendor: Vendor | None = None, since: int = 0) -> list[WireEntry]:
        """The requests after number `since`, oldest first."""
        return [entry for entry in self._entries if entry.n > since and vendor in (None, entry.vendor)]

    def clear(self) -> None:
        """Forget the entries; the numbers go on."""
        self._entries.clear()


def fields_of(body: bytes) -> JsonValue:
    """JSON if it is JSON, else the fields of a form. Whatever it is, it must be recorded: nothing is raised."""
    text = body.decode(errors="replace")
    try:
        parsed: JsonValue = json.loads(text)
    except ValueError:
        return dict[str, JsonValue](parse_qsl(text))
    return parsed
