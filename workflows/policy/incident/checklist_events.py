"""What people say of a checklist."""

from typing import Literal

from pydantic import Field

from workflows.policy.incident.events import Event
from workflows.policy.wire.bounded import Line


class Ticked(Event):
    """A line of a checklist is done."""

    kind: Literal["tick"] = "tick"
    duty: Line
    """The checklist's id."""
    line: int = Field(ge=1, le=1000)
    """Its number, from one."""
