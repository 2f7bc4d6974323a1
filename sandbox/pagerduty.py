"""PagerDuty in memory: which event rings a phone, which is swallowed, and what became of each incident.

The rules are those of https://developer.pagerduty.com/docs/send-alert-event: a key belongs to one open alert of its
service; triggers on it are only logged; once it is resolved, the same key opens a new incident and rings again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sandbox.ids import new_id

AlertStatus = Literal["triggered", "acknowledged", "resolved"]


@dataclass(frozen=True)
class Agent:
    """Who did it: a person, or the integration through which an event came."""

    name: str
    type: Literal["user_reference", "inbound_integration_reference"] = "user_reference"
    id: str = field(default_factory=lambda: new_id("P"))


@dataclass(frozen=True)
class PagerService:
    """Each routing key is the integration of one service."""

    routing_key: str
    id: str = field(default_factory=lambda: new_id("P"))


@dataclass(frozen=True)
class SandboxNote:
    id: str
    content: str
    by: str
    created_at: datetime


@dataclass(frozen=True)
class LogEntry:
    at: datetime
    what: Literal["trigger", "acknowledge", "resolve", "reopen", "annotate"]
    by: str
    text: str = ""


@dataclass(frozen=True)
class PhoneRing:
    """A phone rang."""

    at: datetime
    routing_key: str
    dedup_key: str
    incident_id: str
    summary: str


@dataclass
class SandboxIncident:
    id: str
    number: int
    incident_key: str
    service: PagerService
    title: str
    severity: str
    created_at: datetime
    alert_id: str
    status: AlertStatus = "triggered"
    notes: list[SandboxNote] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.status != "resolved"

    def write(
        self, what: Literal["trigger", "acknowledge", "resolve", "reopen", "annotate"], by: str, text: str = ""
    ) -> None:
        self.log.append(LogEntry(datetime.now(UTC), what, by, text))


Announce = Callable[[str, SandboxIncident, Agent], None]
"""Told what happened (`acknowledged`), to which incident, through whom."""


class SandboxPager:
    def __init__(self, announce: Announce) -> None:
        self.incidents: list[SandboxIncident] = []
        self.rings: list[PhoneRing] = []
        self._services: dict[str, PagerService] = {}
        self._announce = announce

    def reset(self) -> None:
        self.incidents.clear()
        self.rings.clear()
        self._services.clear()

    def incident(self, incident_id: str) -> SandboxIncident | None:
        return next((incident for incident in self.incidents if incident.id == incident_id), None)

    def open_incident(self, routing_key: str, dedup_key: str) -> SandboxIncident | None:
        for incident in self.incidents:
            if incident.open and (incident.service.routing_key, incident.incident_key) == (routing_key, dedup_key):
                return incident
        return None

    def trigger(self, routing_key: str, dedup_key: str, summary: str, severity: str) -> None:
        by = _integration(routing_key)
        known = self.open_incident(routing_key, dedup_key)
        if known:
            known.write("trigger", by.name, summary)
            return
        service = self._services.setdefault(routing_key, PagerService(routing_key))
        incident = SandboxIncident(
            id=new_id("Q"),
            number=len(self.incidents) + 1,
            incident_key=dedup_key,
            service=service,
            title=summary,
            severity=severity,
            created_at=datetime.now(UTC),
            alert_id=new_id("A"),
        )
        incident.write("trigger", by.name, summary)
        self.incidents.append(incident)
        self.rings.append(PhoneRing(incident.created_at, routing_key, dedup_key, incident.id, summary))
        self._announce("triggered", incident, by)

    def event(self, action: Literal["acknowledge", "resolve"], routing_key: str, dedup_key: str) -> None:
        """What the Events API does: without an open alert the event is dropped, and the sender never learns."""
        incident = self.open_incident(routing_key, dedup_key)
        if incident is None:
            return
        if action == "resolve":
            self.resolve(incident, _integration(routing_key))
        elif incident.status == "triggered":
            self.acknowledge(incident, _integration(routing_key))

    def acknowledge(self, incident: SandboxIncident, by: Agent) -> None:
        incident.status = "acknowledged"
        incident.write("acknowledge", by.name)
        self._announce("acknowledged", incident, by)

    def resolve(self, incident: SandboxIncident, by: Agent) -> None:
        incident.status = "resolved"
        incident.write("resolve", by.name)
        self._announce("resolved", incident, by)

    def reopen(self, incident: SandboxIncident, by: Agent) -> None:
        incident.status = "triggered"
        incident.write("reopen", by.name)
        self.rings.append(
            PhoneRing(
                datetime.now(UTC), incident.service.routing_key, incident.incident_key, incident.id, incident.title
            )
        )
        self._announce("reopened", incident, by)

    def annotate(self, incident: SandboxIncident, content: str, by: Agent) -> SandboxNote:
        note = SandboxNote(new_id("N"), content, by.name, datetime.now(UTC))
        incident.notes.append(note)
        incident.write("annotate", by.name, content)
        return note


def _integration(routing_key: str) -> Agent:
    return Agent(f"Events API V2 ({routing_key})", "inbound_integration_reference")
