"""What a human does at PagerDuty: in its app, on the phone, on its pages."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from sandbox.pagerduty import SandboxPager
from sandbox.pagerduty_incident import Agent, SandboxIncident

Press = Literal[
    "acknowledge", "unacknowledge", "resolve", "reopen", "reassigned", "delegated", "escalated", "note", "priority",
    "responder", "join", "decline", "status-update",
]  # fmt: skip


class Finger(BaseModel):
    """Who presses the button, and what they write or choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str = "Alice Example"
    to: str = "Eve Example"
    text: str = ""


def press(pager: SandboxPager, incident: SandboxIncident, action: Press, finger: Finger) -> None:  # noqa: C901 (a table)
    by = Agent(finger.by)
    match action:
        case "acknowledge":
            pager.acknowledge(incident, by)
        case "unacknowledge":
            pager.unacknowledge(incident, by)
        case "resolve":
            pager.resolve(incident, by)
        case "reopen":
            pager.reopen(incident, by)
        case "reassigned" | "delegated" | "escalated":
            pager.hand_on(incident, action, finger.to, by)
        case "note":
            pager.annotate(incident, finger.text, by)
        case "priority":
            pager.rate(incident, finger.text or None, incident.urgency, by)
        case "responder":
            pager.ask_responder(incident, finger.to, f"U{finger.to.upper()}", finger.text, by)
        case "join" | "decline":
            pager.reply(incident, "joined" if action == "join" else "declined", by)
        case "status-update":
            pager.publish(incident, finger.text, by)
