"""PagerDuty in memory: which event rings a phone, which is swallowed, and what became of each incident.

The rules are those of https://developer.pagerduty.com/docs/send-alert-event: a key belongs to one open alert of its
service; triggers on it are only logged; once it is resolved, the same key opens a new incident and rings again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from sandbox.ids import new_id
from sandbox.pagerduty_incident import (
    Agent,
    Logged,
    PagerService,
    PartOfIncident,
    PhoneRing,
    SandboxIncident,
    SandboxNote,
    SandboxResponder,
    SandboxStatusUpdate,
    Urgency,
)

NOBODY_ON_CALL = "R0NOBODY"
"""How a routing key begins whose service nobody is on call for: its events are taken, and dropped."""
WHOEVER_IS_ON_CALL = "Alice Example"
"""Whoever is on call, at every other service."""
HANDED_ON: dict[str, Logged] = {"reassigned": "assign", "delegated": "delegate", "escalated": "escalate"}
"""By the event: what the log says."""

Announce = Callable[[str, SandboxIncident, Agent, PartOfIncident], None]
"""Told what happened (`acknowledged`), to which incident, through whom, and about which part of it."""


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

    def services_in_sight(self) -> list[PagerService]:
        return [service for service in self._services.values() if service.in_sight]

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
        if routing_key.startswith(NOBODY_ON_CALL) or service.is_off:
            return
        incident = SandboxIncident(
            id=new_id("Q"),
            number=len(self.incidents) + 1,
            incident_key=dedup_key,
            service=service,
            title=summary,
            severity=severity,
            created_at=datetime.now(UTC),
            alert_id=new_id("A"),
            assignees=[WHOEVER_IS_ON_CALL],
        )
        incident.write("trigger", by.name, summary)
        incident.write("notify", WHOEVER_IS_ON_CALL, way="phone")
        self.incidents.append(incident)
        self.rings.append(PhoneRing(incident.created_at, routing_key, dedup_key, incident.id, summary))
        self._announce("triggered", incident, by, None)

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
        self._announce("acknowledged", incident, by, None)

    def resolve(self, incident: SandboxIncident, by: Agent) -> None:
        incident.status = "resolved"
        incident.write("resolve", by.name)
        self._announce("resolved", incident, by, None)

    def reopen(self, incident: SandboxIncident, by: Agent) -> None:
        incident.status = "triggered"
        incident.write("reopen", by.name)
        self._ring_again(incident)
        self._announce("reopened", incident, by, None)

    def annotate(self, incident: SandboxIncident, content: str, by: Agent) -> SandboxNote:
        note = SandboxNote(new_id("N"), content, by.name, datetime.now(UTC))
        incident.notes.append(note)
        incident.write("annotate", by.name, content)
        self._announce("annotated", incident, by, note)
        return note

    def unacknowledge(self, incident: SandboxIncident, by: Agent) -> None:
        incident.status = "triggered"
        incident.write("unacknowledge", by.name)
        self._ring_again(incident)
        self._announce("unacknowledged", incident, by, None)

    def hand_on(
        self, incident: SandboxIncident, how: Literal["reassigned", "delegated", "escalated"], to: str, by: Agent
    ) -> None:
        """Whoever gets it has yet to answer: it rings again."""
        incident.status, incident.assignees = "triggered", [to]
        incident.write(HANDED_ON[how], by.name, to)
        incident.write("notify", to, way="phone")
        self._ring_again(incident)
        self._announce(how, incident, by, None)

    def rate(self, incident: SandboxIncident, priority: str | None, urgency: Urgency, by: Agent) -> None:
        is_news, incident.priority, incident.urgency = priority != incident.priority, priority, urgency
        if is_news:
            incident.write("priority_change", by.name, priority or "none")
            self._announce("priority_updated", incident, by, None)

    def ask_responder(self, incident: SandboxIncident, user: str, user_id: str, message: str, by: Agent) -> None:
        asked = SandboxResponder(user, user_id, message)
        incident.responders.append(asked)
        incident.write("responder_request", by.name, user)
        incident.write("notify", user, way="phone", user_id=user_id)
        self._ring_again(incident)
        self._announce("responder.added", incident, by, asked)

    def reply(self, incident: SandboxIncident, state: Literal["joined", "declined"], by: Agent) -> None:
        for asked in incident.responders:
            if asked.user == by.name:
                asked.state = state
                self._announce("responder.replied", incident, by, asked)

    def let_go(self, incident: SandboxIncident, user_id: str) -> str:
        """Whoever was asked to help and has not replied is rung no longer."""
        states = [asked.state for asked in incident.responders if asked.user_id == user_id]
        for asked in incident.responders:
            if asked.user_id == user_id and asked.state == "pending":
                asked.state = "user_cancelled"
        if "pending" in states:
            return "cancelled"
        return next((state for state in reversed(states) if state != "user_cancelled"), "not_found")

    def publish(self, incident: SandboxIncident, message: str, by: Agent) -> SandboxStatusUpdate:
        update = SandboxStatusUpdate(new_id("S"), message, by.name, datetime.now(UTC))
        incident.status_updates.append(update)
        incident.write("status_update", by.name, message)
        self._announce("status_update_published", incident, by, update)
        return update

    def _ring_again(self, incident: SandboxIncident) -> None:
        key, title = incident.service.routing_key, incident.title
        self.rings.append(PhoneRing(datetime.now(UTC), key, incident.incident_key, incident.id, title))


def _integration(routing_key: str) -> Agent:
    return Agent(f"Events API V2 ({routing_key})", "inbound_integration_reference")
