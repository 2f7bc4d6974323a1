"""Whom a tier calls as the runbook has it, while nobody else holds a role."""

from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Tier


def callees(book: Runbook, tier: Tier) -> tuple[str, ...]:
    holders = [book.roles[role].falls_to for role in tier.roles]
    managed = [book.roles[role].falls_to for role in tier.managers_of]
    managers = [book.people[person].manager for person in managed if person]
    return tuple(dict.fromkeys(person for person in (*tier.page, *holders, *managers) if person))
