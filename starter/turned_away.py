"""Webhooks that were refused, remembered until a genuine one comes: nobody may overlook that a sender is locked out."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from starter.sources.source import Source

log = structlog.get_logger()


@dataclass(frozen=True)
class _Row:
    source: Source
    count: int
    last_at: datetime
    sender: str

    def __str__(self) -> str:
        times = "once" if self.count == 1 else f"{self.count} times in a row"
        last = f"{self.last_at:%Y-%m-%d %H:%M:%S} UTC"
        text = (
            f"{self.source.name}: a webhook was refused {times}, the last at {last} from {self.sender}: "
            f"compare {self.source.setting} with what the sender has"
        )
        return f"{text}. {self.source.when_refused}" if self.source.when_refused else text


class TurnedAway:
    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}

    def refused(self, source: Source, at: datetime, sender: str) -> None:
        """Logged as an error each time, without what was presented."""
        before = self._rows.get(source.name)
        row = _Row(source, before.count + 1 if before else 1, at, sender)
        self._rows[source.name] = row
        log.error(
            "webhook refused: wrong token or signature",
            source=source.name,
            sender=sender,
            in_a_row=row.count,
            check=source.setting,
            means=source.when_refused or None,
        )

    def genuine(self, source: Source) -> None:
        self._rows.pop(source.name, None)

    def problems(self) -> list[str]:
        """In words, for `/readyz`."""
        return [str(row) for row in self._rows.values()]
