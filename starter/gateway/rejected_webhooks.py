"""Deliveries that were refused or could not be read: nobody may overlook a sender whose alerts do not get through."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from starter.gateway.log_budget import LogBudget
from starter.sources.source import Source

SHOWN_FOR = timedelta(days=1)
"""A delivery that was dropped for its form. A sender that is locked out is shown until it is let in."""
LOGGED_EVERY = timedelta(minutes=1)
NOWHERE = "an unknown address"

log = structlog.get_logger()


@dataclass(frozen=True)
class _Row:
    name: str
    """The source's."""
    count: int
    last_at: datetime
    sender: str

    @property
    def last(self) -> str:
        return f"the last at {self.last_at:%Y-%m-%d %H:%M:%S} UTC from {self.sender}"


@dataclass(frozen=True)
class _LockedOut(_Row):
    source: Source

    def __str__(self) -> str:
        text = (
            f"{self.name}: a webhook was refused {_times(self.count, ' in a row')}, {self.last}: "
            f"compare {self.source.setting} with what the sender has"
        )
        return f"{text}. {self.source.when_refused}" if self.source.when_refused else text


@dataclass(frozen=True)
class _Dropped(_Row):
    outcome: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: a webhook {self.outcome} {_times(self.count)}, {self.last}: {self.reason}"


class RejectedWebhooks:
    def __init__(self) -> None:
        self._rows: dict[str, _LockedOut] = {}
        self._dropped: dict[tuple[str, str], _Dropped] = {}
        self._logged_at: dict[str, datetime] = {}
        self._budget = LogBudget()

    def refused(self, source: Source, at: datetime, sender: str) -> None:
        """Logged as an error each time, as long as that is seldom, and without what was presented."""
        before = self._rows.get(source.name)
        row = _LockedOut(source.name, before.count + 1 if before else 1, at, sender, source)
        self._rows[source.name] = row
        left_out = self._budget.left_out(source.name, at)
        if left_out is not None:
            log.error(
                "webhook refused: wrong token or signature",
                source=source.name,
                sender=sender,
                in_a_row=row.count,
                check=source.setting,
                means=source.when_refused or None,
                not_logged=left_out or None,
            )

    def dropped(self, source: Source, outcome: str, reason: str, at: datetime, sender: str) -> None:
        """`outcome`: one of few, such as "was answered 413". Logged once a minute for each source."""
        self._count(source.name, outcome, reason, at, sender)

    def nowhere(self, status: int, reason: str, at: datetime, sender: str) -> None:
        """Sent to an address that there is not: counted as one, for anybody can make up more."""
        self._count(NOWHERE, f"was answered {status}", reason, at, sender)

    def _count(self, name: str, outcome: str, reason: str, at: datetime, sender: str) -> None:
        key = (name, outcome)
        before = self._dropped.get(key)
        row = _Dropped(name, before.count + 1 if before else 1, at, sender, outcome, reason)
        self._dropped[key] = row
        last = self._logged_at.get(name)
        if last is None or at - last >= LOGGED_EVERY:
            self._logged_at[name] = at
            event = f"webhook {outcome.removeprefix('was ')}"
            log.error(event, source=name, reason=reason, sender=sender, so_often=row.count)

    def genuine(self, source: Source) -> None:
        self._rows.pop(source.name, None)

    def problems(self, now: datetime) -> list[str]:
        """In words, for `/readyz`."""
        lately = [row for row in self._dropped.values() if now - row.last_at < SHOWN_FOR]
        return [*map(str, self._rows.values()), *map(str, lately)]


def _times(count: int, more: str = "") -> str:
    return "once" if count == 1 else f"{count} times{more}"
