"""What people outside were told of an incident, and what waits for somebody's approval."""

from workflows.policy.runbook.names import PublicStatus
from workflows.policy.wire.bounded import Line, Text
from workflows.policy.wire.model import Instant, Wire

STATUS_PAGE = "status-page"
"""The draft for the status page, by name."""


class ApprovedWords(Wire):
    """A human's words for the status page, or the approval of a draft."""

    at: Instant
    by: Line
    text: Text = ""


class Draft(Wire):
    """Something for people outside that a human lets out."""

    at: Instant
    approval: ApprovedWords | None = None
    withheld: bool = False
    """It has a gap: only words let it out."""


class Correction(Wire):
    """A human's words for the place of those that went out before."""

    at: Instant
    by: Line
    text: Text
    key: str
    """Of the effect by which those went out."""
    status: PublicStatus
    before: str
    """How they begin."""


class Public(Wire):
    """What the public has been told, and what it may be told."""

    issue: Line = ""
    """What somebody wrote for the public as they declared it: `failing logins`."""
    cause: bool = False
    """The words with which it was resolved were written for the public, too."""
    begun: bool = False
    """Something was sent to the page, and may stand there whatever became of the sending."""
    status: PublicStatus | None = None
    says: Text = ""
    """What went there last ..."""
    said_at: Instant | None = None
    """... and when it did."""
    said_key: str = ""
    """The key of the effect by which it went; empty: it is not known that anything stands there."""
    corrected_at: Instant | None = None
    """When it took the place of other words."""
    correction: Correction | None = None
    """It has yet to go out."""
    counts_from: Instant | None = None
    """The next update counts from here: the last one posted, or else the deadline that was missed."""
    drafted: PublicStatus | None = None
    """A draft of this status waits for approval ..."""
    drafted_at: Instant | None = None
    """... since then."""
    approval: ApprovedWords | None = None
    words: ApprovedWords | None = None
    withheld: PublicStatus | None = None
    """This status could not go out, because its text has a gap: only words let it out."""
