"""What is kept for somebody who did not wait for an answer."""

from typing import Literal

from workflows.policy.incident.events import Event
from workflows.policy.wire.bounded import Identity, Text


class RefusalKept(Event):
    """An event arrived as a signal. A signal is never refused (rule 12), and changes what it still can; whoever sent it
    is told afterwards why that is less than they wanted."""

    kind: Literal["refusal_kept"] = "refusal_kept"
    of: Identity
    """The id of that event."""
    why: Text
