"""What falls due together for one destination: the argument of the activity `send_together`, and its answer."""

from datetime import timedelta

from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.wire.model import Wire

TOGETHER = "send_together"
"""A wire name: it never changes."""
LARGEST_BATCH = 20
"""Sends in a batch: the heaviest together are far below what Temporal takes as one argument."""


class SendBatch(Wire):
    """Sends that have nothing to do with each other."""

    sends: tuple[Send, ...]


class AttemptResult(Wire):
    """What became of one of them."""

    receipt: Receipt | None = None
    """Only of one that got through."""
    failure: str = ""
    """The type of the failure, by the names of the deliveries' table; of any other kind, it may be tried again."""
    problem: str = ""
    route: str | None = None
    wait: timedelta = timedelta()
    """How long the vendor asks not to be asked again."""


class AttemptResults(Wire):
    """In the order of the sends."""

    answers: tuple[AttemptResult, ...]
