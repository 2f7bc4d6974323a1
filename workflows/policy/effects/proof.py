"""What a pager knows of a ring after it took it: whether it reached anybody, whom, and how."""

from workflows.policy.wire.bounded import ForeignName, Line
from workflows.policy.wire.model import Instant, Wire

NOTIFYING_VERBS = {
    "phone": "called",
    "sms": "texted",
    "push": "sent a push notification to",
    "email": "mailed",
}
"""By how somebody was reached; in any other way they were `notified`."""


class Notified(Wire):
    """The pager reached for somebody."""

    who: ForeignName = ""
    """Their name there. Empty: it knows only whom we rang."""
    way: ForeignName = ""
    """One of `NOTIFYING_VERBS`, if the pager says."""
    at: Instant


class RingProof(Wire):
    pager: Line
    """Its name."""
    there: bool
    """The ring became something that rings; otherwise the pager took it, and dropped it."""
    nobody: bool = False
    """It is there, and is nobody's."""
    declined: bool = False
    """Whoever was asked has said no."""
    missed: ForeignName = ""
    """By what somebody was reached for who did not answer: a telephone rang in vain."""
    why: Line = ""
    """Why it reached nobody, if the pager says."""
    notified: tuple[Notified, ...] = ()
    """Oldest first."""
    answered_by: ForeignName = ""
    """Who has acknowledged or closed it there, where nothing else would tell us."""
    closed: bool = False
    """They closed it."""

    @property
    def reached_nobody(self) -> bool:
        return self.nobody or not self.there
