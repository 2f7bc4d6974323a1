"""Which rows somebody wants to see. It stands in the page's address, so that it can be sent to somebody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlencode

from starter.temporal.results import Summary
from workflows.policy.incident.who import is_same
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName


@dataclass(frozen=True)
class RowFilter:
    service: str = ""
    severity: str = ""
    mine: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "RowFilter":
        """Of an address, which anybody may write."""
        severity = asked.get("severity", "")
        known = severity if severity in get_args(SeverityName) else ""
        return cls(asked.get("service", "")[:200], known, asked.get("mine") == "1")

    @property
    def address(self) -> str:
        said = {"service": self.service, "severity": self.severity, "mine": "1" if self.mine else ""}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def is_set(self) -> bool:
        return bool(self.address)

    def among(self, rows: Iterable[Summary], me: str, books: Mapping[str, Runbook]) -> list[Summary]:
        return [row for row in rows if self._wants(row) and (not self.mine or is_mine(row, me, books))]

    def _wants(self, row: Summary) -> bool:
        return self.service in ("", row.service) and self.severity in ("", row.severity)


def is_mine(row: Summary, me: str, books: Mapping[str, Runbook]) -> bool:
    """Who leads it, or has said that they are on it."""
    book = books.get(row.runbook)
    names = (row.commander, row.acknowledged_by)
    return any(is_same(book, me, name) if book else me.casefold() == name.casefold() for name in names if name)
