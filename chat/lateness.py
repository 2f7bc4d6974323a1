"""Who was first, and when: for whoever presses what somebody else has done already."""

from datetime import datetime

from chat.people import Presser
from chat.words import moment, plain
from starter.desk.answers import ShownIncident
from starter.desk.desk import Desk
from starter.desk.meaning import in_one_word
from starter.temporal.results import LookupFailed, NobodyWorks, RefusedByIncident
from workflows.durable.clock import Clock
from workflows.policy.incident.events import Acknowledged, DraftApproved, Event, Resolved, RoleAssigned
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE
from workflows.policy.views.results import Status


async def incident_of(desk: Desk, part: str) -> Incident | None:
    """As it is now; None: nobody can say."""
    state = await state_of(desk, part)
    return state.incident if state else None


async def state_of(desk: Desk, part: str) -> Status | None:
    """The same, with the names of people."""
    try:
        shown = await desk.show(part)
    except (LookupFailed, NobodyWorks, RefusedByIncident):
        return None
    return shown.state if isinstance(shown, ShownIncident) else None


def _holder(state: Status, event: RoleAssigned, presser: Presser) -> str:
    """Who else has the role that somebody takes by a button."""
    person = state.incident.roles.get(event.role, "")
    if not person or person in (presser.person, presser.by):
        return ""
    name = state.name(person)
    role = "command" if event.role == COMMANDER_ROLE else state.role_name(event.role)
    since = next((entry.at for entry in reversed(state.incident.timeline) if _gives(entry.text, name)), None)
    return f"{plain(name)} was first, and has {plain(role)}{f' since {_when(state, since)}' if since else ''}."


def first(state: Status, event: Event, presser: Presser) -> str:
    """Who did before what this event does; empty: nobody else."""
    incident = state.incident
    match event:
        case Acknowledged():
            by, at = incident.acknowledged_by, incident.acknowledged_at
        case Resolved():
            by, at = incident.resolved_by, incident.resolved_at
        case DraftApproved():
            by, at = _approved(incident, event.draft)
        case RoleAssigned():
            return _holder(state, event, presser)
        case _:
            return ""
    if not by or at is None or state.name(by) == state.name(presser.by):
        return ""
    return f"{plain(state.name(by))} was first, {_when(state, at)}."


def _approved(incident: Incident, name: str) -> tuple[str, datetime | None]:
    """The approval of that draft; without a name, the last of any."""
    given = [draft.approval for key, draft in incident.drafts.items() if draft.approval and name in ("", key)]
    given += [incident.public.approval] if incident.public.approval and name in ("", STATUS_PAGE) else []
    last = max(given, key=lambda each: each.at, default=None)
    return (last.by, last.at) if last else ("", None)


def _gives(text: str, name: str) -> bool:
    said = text.partition(", instead of ")[0]
    return (" is " in said or "handed over" in said) and in_one_word(name) in in_one_word(said)


def _when(state: Status, at: datetime) -> str:
    """By the clock on the wall: a drill's own is compressed."""
    return moment(Clock(state.incident.declared_at, state.speed).wall(at))
