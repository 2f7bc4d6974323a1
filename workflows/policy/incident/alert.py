"""One alert of a monitoring system, as an event brings it and an incident keeps it that waits for the next one."""

from typing import Literal

from pydantic import Field

from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.bounded import Identity, Labels, Line, Text
from workflows.policy.wire.model import Instant, Wire

Ends = Literal["by-sender", "never"]
"""Does an alert's sender say of itself when it is over? `never`: it says that something happened, and no more, or says
the end only if somebody makes it. Its silence means nothing then; an end that comes all the same counts."""


class Alert(Wire):
    """One alert of a monitoring system, in our words. Its texts are data, never templates (rule 9)."""

    fingerprint: Identity
    status: Literal["firing", "resolved"] = "firing"
    name: Line = "alert"
    summary: Line = ""
    starts_at: Instant
    dated: bool = True
    """False: its sender does not say when it began, and `starts_at` is the time of this message. A repeat is then as
    late as a new beginning, and means one only when it is known that the alert had ended."""
    labels: Labels = {}
    service: Line = ""
    """What is in trouble, as the runbook's `intake` calls it."""
    link: Text = ""
    severity: SeverityName | None = None
    harmless: bool = False
    """It has not ended (`resolved` though it is called): its sender says now that it is nobody's concern."""
    ends: Ends = "by-sender"
    group: Identity = ""
    """What the sender puts together: a group may end as a whole."""
    count: int = Field(default=1, ge=1)
    """How often it was received so, one after the other: repeats travel as one."""
