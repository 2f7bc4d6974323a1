"""What is remembered of an obligation that has come to apply."""

from workflows.policy.incident.follow_up import Ending
from workflows.policy.runbook.obligations import Obligation
from workflows.policy.wire.model import Instant, Wire


class ObligationRecord(Wire):
    terms: Obligation
    """As they were when it came to apply: a runbook that names it no more does not end it."""
    since: Instant
    """When it came to apply."""
    flagged_at: Instant | None = None
    """Of one that counts from its flags: when they were all set. It stays if they are cleared."""
    ended: dict[str, Ending] = {}
    """Per stage (empty: it has none)."""
