"""What only people who are named may see."""

from workflows.policy.incident.state import PRIVATE_FLAGS, Incident


def is_private(incident: Incident) -> bool:
    return not PRIVATE_FLAGS.isdisjoint(incident.flags)
