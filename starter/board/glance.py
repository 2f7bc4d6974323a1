"""All that the first page shows, read once for everybody who looks."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starter.board.surroundings import NOTHING_AROUND, Surroundings
from starter.temporal.results import ListPage, ReviewSummary, Summary
from workflows.policy.review.debts import Debt
from workflows.policy.watches.heartbeat import HeartbeatSummary

MOST_ROWS_READ = 500
"""The most urgent ones; the others are counted."""
MOST_REVIEWS_READ = 100
MOST_DUE = 12
"""What is owed after incidents, on the first page."""


@dataclass(frozen=True)
class DueDebt:
    """Something that somebody owes after an incident, which may be open still."""

    incident: str
    title: str
    debt: Debt
    is_open: bool = False
    """The incident; otherwise its review has it."""

    @property
    def path(self) -> str:
        """Where it is done."""
        named = quote(self.incident, safe="")
        return f"/incidents/{named}#follow-ups" if self.is_open else f"/reviews/{named}"


@dataclass(frozen=True)
class Glance:
    at: datetime
    incidents: ListPage[Summary]
    reviews: ListPage[ReviewSummary]
    heartbeats: tuple[HeartbeatSummary, ...]
    around: Surroundings = NOTHING_AROUND
    alarms: tuple[str, ...] = ()
    """Why people may not be paged now."""

    @property
    def version(self) -> str:
        """Another one as soon as anything differs."""
        rows = (*self.incidents.rows, *self.reviews.rows, *self.heartbeats)
        beside = f"{self.incidents.total} {self.around.holders} {self.alarms}"
        return _short("".join(row.model_dump_json() for row in rows) + beside)

    def versions(self) -> Mapping[str, str]:
        """Of each incident by its id, and of all together by an empty one."""
        reviews = {row.incident: _short(row.model_dump_json()) for row in self.reviews.rows}
        incidents = {row.incident: _short(row.model_dump_json()) for row in self.incidents.rows}
        return {**reviews, **incidents, "": self.version}

    def due(self) -> list[DueDebt]:
        """What is owed, soonest first."""
        return sorted(self._debts(), key=lambda each: each.debt.due_at)

    def _debts(self) -> Iterator[DueDebt]:
        for review in self.reviews.rows:
            for debt in review.debts.debts if review.debts else ():
                yield DueDebt(review.incident, review.title, debt)
        for row in self.incidents.rows:
            for each in row.follow_ups_due if row.open else ():
                owed = Debt(what=each.text, kind="follow-up", owner=each.owner, due_at=each.due_at)
                yield DueDebt(row.incident, row.title, owed, is_open=True)

    def silent_first(self) -> list[HeartbeatSummary]:
        return sorted(self.heartbeats, key=lambda each: each.silent_since is None)

    def services(self) -> list[str]:
        return sorted({row.service for row in self.incidents.rows if row.service})


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
