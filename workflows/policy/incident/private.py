"""What only people who are named may see."""

from typing import Final

from workflows.policy.incident.state import Incident

PRIVATE_FLAGS: Final = frozenset({"private", "security"})


def is_private(incident: Incident) -> bool:
    return not PRIVATE_FLAGS.isdisjoint(incident.flags)
