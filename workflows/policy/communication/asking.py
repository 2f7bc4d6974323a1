"""Who takes the roles that nobody has. Where the runbook asks that at once, the declaration asks it: it shows them, can
give them, and mentions whom they fall to. It is asked again below it."""

from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.planning.destinations import DECLARED, DECLARED_HERE, declaration, has_own_channel
from workflows.policy.runbook.model import Runbook

ROLES = duty_key(DutyKind.UNFILLED_ROLES)


def empty_roles(book: Runbook, incident: Incident) -> list[str]:
    return [role for role in rules(book, incident).roles if role not in incident.roles]


def who_is_asked(book: Runbook, incident: Incident) -> tuple[str, ...]:
    people = (person for role in empty_roles(book, incident) for person in who_owes(book, incident, role))
    return tuple(dict.fromkeys(people))


def asks_by(book: Runbook, incident: Incident) -> WrittenDuty | None:
    """The declaration that asks for the roles, or has asked; None: the question is a message of its own."""
    if rules(book, incident).unfilled.after or incident.resolved:
        return None
    duty, place = (DECLARED_HERE, "channel") if has_own_channel(book, incident) else (DECLARED, "declaration")
    if place in incident.closed_places:
        return None
    return duty if not incident.has_settled(duty, declaration(incident, duty)) or ROLES in incident.questions else None
