"""What PagerDuty keeps of an incident: its alert, its notes, who has it, who helps, and a log of it all."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sandbox.ids import new_id

AlertStatus = Literal["triggered", "acknowledged", "resolved"]
Urgency = Literal["high", "low"]
Logged = Literal[
    "trigger", "acknowledge", "unacknowledge", "resolve", "reopen", "annotate", "notify", "assign", "escalate",
    "delegate", "priority_change", "responder_request", "status_update",
]  # fmt: skip


@dataclass(frozen=True)
class Agent:
    """Who did it: a person, or the integration through which an event came."""

    name: str
    type: Literal["user_reference", "inbound_integration_reference"] = "user_reference"
    id: str = field(default_factory=lambda: new_id("P"))


SERVICE_IS_OFF = "R0OFF"
"""How a routing key begins whose service is disabled: its events are taken, and dropped."""
OUT_OF_SIGHT = "R0UNSEEN"
"""And one whose service rings as any other, but no token sees it: it belongs to another team, and is private."""


@dataclass(frozen=True)
class PagerService:
    """Each routing key is the integration of one service."""

    routing_key: str
    id: str = field(default_factory=lambda: new_id("P"))

    @property
    def is_off(self) -> bool:
        return self.routing_key.startswith(SERVICE_IS_OFF)

    @property
    def in_sight(self) -> bool:
        return not self.routing_key.startswith(OUT_OF_SIGHT)


@dataclass(frozen=True)
class SandboxNote:
    id: str
    content: str
    by: str
    created_at: datetime


@dataclass(frozen=True)
class SandboxStatusUpdate:
    id: str
    message: str
    by: str
    created_at: datetime


@dataclass
class SandboxResponder:
    """Somebody who was asked to help."""

    user: str
    user_id: str
    message: str
    state: Literal["pending", "joined", "declined", "user_cancelled"] = "pending"
    requested_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class LogEntry:
    at: datetime
    what: Logged
    by: str
    text: str = ""
    way: str = ""
    """Of what notifies somebody: how."""
    user_id: str = ""
    """And who that is, if it does not follow from the name."""


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
    assignees: list[str] = field(default_factory=list)
    priority: str | None = None
    urgency: Urgency = "high"
    notes: list[SandboxNote] = field(default_factory=list)
    responders: list[SandboxResponder] = field(default_factory=list)
    status_updates: list[SandboxStatusUpdate] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.status != "resolved"

    def write(self, what: Logged, by: str, text: str = "", way: str = "", user_id: str = "") -> None:
        self.log.append(LogEntry(datetime.now(UTC), what, by, text, way, user_id))


PartOfIncident = SandboxNote | SandboxStatusUpdate | SandboxResponder | None
"""What happened to an incident may be about a part of it."""
