"""What people say of a legal clock."""

from typing import Literal

from workflows.policy.incident.events import Event
from workflows.policy.wire.bounded import Line, Text


class ObligationSent(Event):
    """What a legal clock runs for was told to whom it is owed."""

    kind: Literal["obligation_sent"] = "obligation_sent"
    obligation: Line = ""
    """Its id, or `id/stage`; empty: the only one."""
    reference: Text = ""
    """By which it can be found there."""
    text: Text = ""


class ObligationNotApplicable(Event):
    """It need not be told, and somebody stands for that."""

    kind: Literal["obligation_not_applicable"] = "obligation_not_applicable"
    obligation: Line = ""
    reason: Text = ""
