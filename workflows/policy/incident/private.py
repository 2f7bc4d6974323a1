"""What only people who are named may see."""

from workflows.policy.incident.state import PRIVATE_FLAGS, Incident


def is_private(incident: Incident) -> bool:
    """Once flagged it stays so: whoever takes the flag away has not shown it to everybody. What is flagged after its
    close is private for as long as it is flagged: of its chat nothing is moved any more."""
    return incident.private or not PRIVATE_FLAGS.isdisjoint(incident.flags)
