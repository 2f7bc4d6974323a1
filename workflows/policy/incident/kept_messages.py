"""The messages of an incident that are kept true: where each stands, and what it shows."""

from typing import Final

from workflows.policy.wire.model import Instant, Wire

AT_HOME: Final = "home"
IN_CHANNEL_OF_ITS_OWN: Final = "channel"
IN_LEFT_CHANNEL: Final = "left"
"""In the open channel that was left for a private one."""
CHECKLIST: Final = "checklist/"


class KeptMessage(Wire):
    reference: str
    """`channel-id:timestamp`."""
    shows: str
    """The fingerprint of what it showed last, or was last meant to show."""
    at: Instant
    """When it was posted or edited last."""
    posted: int = 1
    """How often: somebody may delete it, and it is posted again once."""
    given_up: bool = False
    """It was deleted again, or cannot be edited any more."""


def checklist_of(name: str) -> str:
    """`name`: of the duty."""
    return f"{CHECKLIST}{name}"
