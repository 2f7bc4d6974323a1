"""How things stand for the public, by what was said and the services that runbooks list. Nothing is measured."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, Literal

from workflows.policy.runbook.impact import COMPONENT_STATUS, ComponentStatus, gravest
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.public_page import PageIncident, PageMaintenance, PageRecord, public_id

Indicator = Literal["none", "minor", "major", "critical", "maintenance"]
DESCRIPTIONS: Final[Mapping[Indicator, str]] = {
    "critical": "Major Service Outage",
    "major": "Partial System Outage",
    "minor": "Minor Service Outage",
    "maintenance": "Service Under Maintenance",
    "none": "All Systems Operational",
}
"""Statuspage's own words, which programs know."""
LOOKED_INTO: Final = "A problem is being looked into"


@dataclass(frozen=True)
class PageIdentity:
    """Whose page it is, and where it stands; the address may not be known."""

    name: str
    url: str = ""

    @property
    def base(self) -> str:
        """Ends in a slash, unless it is empty."""
        return f"{self.url.rstrip('/')}/" if self.url else ""


@dataclass(frozen=True)
class Component:
    name: str
    status: ComponentStatus

    @property
    def id(self) -> str:
        return public_id(f"component {self.name}")


@dataclass(frozen=True)
class HistoryDay:
    day: date
    incidents: tuple[PageIncident, ...]
    maintenances: tuple[PageMaintenance, ...]


@dataclass(frozen=True)
class PublicStanding:
    """At one moment."""

    record: PageRecord
    services: tuple[str, ...]
    now: datetime

    @cached_property
    def open_incidents(self) -> tuple[PageIncident, ...]:
        return tuple(each for each in self.record.incidents if not each.is_over)

    @cached_property
    def planned(self) -> tuple[PageMaintenance, ...]:
        """What goes on or is to come, the next first."""
        coming = (each for each in self.record.maintenances if each.status(self.now) != "completed")
        return tuple(sorted(coming, key=lambda each: each.starts_at))

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """Those that the runbooks list, and those that were said to be affected before a runbook changed."""
        named = (name for each in self.open_incidents for name in each.components)
        return tuple(Component(name, self._status(name)) for name in dict.fromkeys((*self.services, *named)))

    @cached_property
    def indicator(self) -> Indicator:
        worst = gravest(each.impact for each in self.open_incidents)
        return "maintenance" if worst == "none" and self._at_work() and not self.open_incidents else worst

    @property
    def description(self) -> str:
        return LOOKED_INTO if self.indicator == "none" and self.open_incidents else DESCRIPTIONS[self.indicator]

    @property
    def updated_at(self) -> datetime:
        said = [each.updated_at for each in self.record.incidents]
        moments = (at for each in self.record.maintenances for at in (each.announced_at, each.starts_at, each.ends_at))
        return max((*said, *(at for at in moments if at <= self.now)), default=self.now)

    def history(self, days: int) -> Iterator[HistoryDay]:
        """The newest day first, also those on which nothing was."""
        today = self.now.date()
        for back in range(days):
            day = today - timedelta(days=back)
            begun = tuple(each for each in self.record.incidents if each.begun_at.date() == day)
            done = tuple(each for each in self.record.maintenances if self._was_done_on(each, day))
            yield HistoryDay(day, begun, done)

    def _was_done_on(self, maintenance: PageMaintenance, day: date) -> bool:
        return maintenance.status(self.now) == "completed" and maintenance.starts_at.date() == day

    def _at_work(self) -> tuple[PageMaintenance, ...]:
        return tuple(each for each in self.planned if each.status(self.now) == "in_progress")

    def _status(self, name: str) -> ComponentStatus:
        worst = gravest(each.impact for each in self.open_incidents if name in each.components)
        if worst == "none" and any(name in each.components for each in self._at_work()):
            return "under_maintenance"
        return COMPONENT_STATUS[worst]


def public_services(books: Iterable[Runbook]) -> tuple[str, ...]:
    """As the runbooks call them in public, in their order."""
    return tuple(dict.fromkeys(name for book in books for name in book.intake.services.values()))
