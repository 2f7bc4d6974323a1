"""Tocsin's own status page: what was let out for the public, and nothing else (ADR 45).

    record = apply(record, event)       something was said in public, or a maintenance was announced
    changes_at(record, now)             when the page looks different by time alone

The workflow `status-page` keeps the record. Whoever shows the page folds the same events himself, so that it can be
read while no worker runs. The record has an end: what was over three months ago is taken down, and of too much the
oldest goes first.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from workflows.policy.incident.events import Event
from workflows.policy.runbook.impact import Impact
from workflows.policy.runbook.names import PublicStatus
from workflows.policy.time.durations import DAY
from workflows.policy.wire.bounded import Identity, Line, Text
from workflows.policy.wire.history import HISTORY_BYTES
from workflows.policy.wire.model import Instant, Wire

PAGE_KEEPS = 90 * DAY
MOST_ON_PAGE = 100
"""Incidents, and as many maintenances."""
MOST_UPDATES = 40
"""Of one incident: the first, and the newest."""
HEAVIEST_RECORD = 500_000
"""Bytes; Temporal takes four times as much."""
PAGE_WORKFLOW_ID = "tocsin-status-page"


class PageEntry(Wire):
    """Words that stand on the page."""

    key: Identity
    """Said again, it is the same update."""
    status: PublicStatus
    text: Text
    at: Instant
    corrected_at: Instant | None = None
    """When these words took the place of others, ..."""
    corrected_by: Identity = ""
    """... and by which correction."""


class PageIncident(Wire):
    """One incident, as the public knows it."""

    id: str
    name: Line
    impact: Impact = "none"
    components: tuple[Line, ...] = ()
    updates: tuple[PageEntry, ...]
    """The newest first."""

    @property
    def status(self) -> PublicStatus:
        return self.updates[0].status

    @property
    def is_over(self) -> bool:
        return self.status == "resolved"

    @property
    def begun_at(self) -> datetime:
        return self.updates[-1].at

    @property
    def updated_at(self) -> datetime:
        return max(each.corrected_at or each.at for each in self.updates)


class PageMaintenance(Wire):
    """Work that was announced."""

    id: str
    name: Line
    components: tuple[Line, ...] = ()
    starts_at: Instant
    ends_at: Instant
    announced_at: Instant

    def status(self, now: datetime) -> Literal["scheduled", "in_progress", "completed"]:
        if now >= self.ends_at:
            return "completed"
        return "in_progress" if now >= self.starts_at else "scheduled"


class PageRecord(Wire):
    """The state, and the argument of the workflow `status-page`."""

    incidents: tuple[PageIncident, ...] = ()
    """What was last spoken of first."""
    maintenances: tuple[PageMaintenance, ...] = ()
    history_limit: int = 400
    """Events: whoever shows the page reads them all."""
    history_bytes: int = HISTORY_BYTES // 8


class SaidInPublic(Event):
    """An update that was let out."""

    kind: Literal["say"] = "say"
    incident: str
    name: Line
    status: PublicStatus
    text: Text
    impact: Impact = "none"
    components: tuple[Line, ...] = ()


class CorrectedInPublic(Event):
    """The words of an update that was let out were wrong."""

    kind: Literal["correct"] = "correct"
    incident: str
    update: Identity
    """Its key."""
    text: Text


class MaintenanceAnnounced(Event):
    """Also when it has become longer or shorter. One that ends before it begins does not take place."""

    kind: Literal["announce"] = "announce"
    maintenance: str
    name: Line
    components: tuple[Line, ...] = ()
    starts_at: Instant
    ends_at: Instant


PAGE_SIGNALS: Mapping[str, type[Event]] = {
    "say": SaidInPublic,
    "correct": CorrectedInPublic,
    "announce": MaintenanceAnnounced,
}
"""Wire name of a signal -> the event it becomes. These names never change (rule 11)."""


def public_id(inner: str) -> str:
    """What we call it ourselves may say more than the public is to know."""
    return hashlib.sha256(inner.encode()).hexdigest()[:12]


def apply(record: PageRecord, event: Event) -> PageRecord:
    match event:
        case SaidInPublic():
            return _bounded(_said(record, event), event.at)
        case CorrectedInPublic():
            return _bounded(_corrected(record, event), event.at)
        case MaintenanceAnnounced():
            return _bounded(_announced(record, event), event.at)
    return record


def changes_at(record: PageRecord, now: datetime) -> datetime:
    """A maintenance begins or ends, or another day begins."""
    moments = (at for each in record.maintenances for at in (each.starts_at, each.ends_at) if at > now)
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    return min(tomorrow, *moments, tomorrow)


def _said(record: PageRecord, event: SaidInPublic) -> PageRecord:
    before = next((each for each in record.incidents if each.id == event.incident), None)
    if before and any(update.key == event.id for update in before.updates):
        return record
    said = PageEntry(key=event.id, status=event.status, text=event.text, at=event.at)
    updates = (said, *(before.updates if before else ()))
    if len(updates) > MOST_UPDATES:
        updates = (*updates[: MOST_UPDATES - 1], updates[-1])
    after = PageIncident(
        id=event.incident,
        name=before.name if before else event.name,
        impact=event.impact,
        components=event.components,
        updates=updates,
    )
    others = (each for each in record.incidents if each.id != event.incident)
    return record.model_copy(update={"incidents": (after, *others)})


def _corrected(record: PageRecord, event: CorrectedInPublic) -> PageRecord:
    news = {"text": event.text, "corrected_at": event.at, "corrected_by": event.id}

    def with_it(incident: PageIncident) -> PageIncident:
        updates = (
            each.model_copy(update=news) if each.key == event.update and each.corrected_by != event.id else each
            for each in incident.updates
        )
        return incident.model_copy(update={"updates": tuple(updates)})

    after = (with_it(each) if each.id == event.incident else each for each in record.incidents)
    return record.model_copy(update={"incidents": tuple(after)})


def _announced(record: PageRecord, event: MaintenanceAnnounced) -> PageRecord:
    before = next((each for each in record.maintenances if each.id == event.maintenance), None)
    others = tuple(each for each in record.maintenances if each.id != event.maintenance)
    if event.ends_at <= event.starts_at:
        return record.model_copy(update={"maintenances": others})
    planned = PageMaintenance(
        id=event.maintenance,
        name=event.name,
        components=event.components,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        announced_at=before.announced_at if before else event.at,
    )
    return record.model_copy(update={"maintenances": (planned, *others)})


def _bounded(record: PageRecord, now: datetime) -> PageRecord:
    """What is not over gives way last."""
    goes_on = [each for each in record.incidents if not each.is_over]
    over = [each for each in record.incidents if each.is_over and now - each.updated_at <= PAGE_KEEPS]
    kept = (*goes_on, *over)[:MOST_ON_PAGE]
    planned = [each for each in record.maintenances if now - each.ends_at <= PAGE_KEEPS]
    last_first = sorted(planned, key=lambda each: each.ends_at, reverse=True)
    incidents = tuple(sorted(_fitting(kept), key=lambda each: each.updated_at, reverse=True))
    return record.model_copy(update={"incidents": incidents, "maintenances": tuple(last_first[:MOST_ON_PAGE])})


def _fitting(incidents: tuple[PageIncident, ...]) -> tuple[PageIncident, ...]:
    """The first of them, as many as may travel; of what goes on at least the first and the last words."""
    kept: list[PageIncident] = []
    room = HEAVIEST_RECORD
    for each in incidents:
        weight = _weight(each)
        if weight > room and each.is_over:
            continue
        shown = each if weight <= room else each.model_copy(update={"updates": _first_and_last(each.updates)})
        kept.append(shown)
        room -= _weight(shown)
    return tuple(kept)


def _first_and_last(updates: tuple[PageEntry, ...]) -> tuple[PageEntry, ...]:
    return updates if len(updates) < 2 else (updates[0], updates[-1])


def _weight(incident: PageIncident) -> int:
    return len(incident.model_dump_json().encode())
