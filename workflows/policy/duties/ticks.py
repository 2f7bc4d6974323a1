"""Lines of a checklist that are done. Whoever reads the checklist sees it there, so the channel is not told."""

from workflows.policy.duties.duties import own_duties
from workflows.policy.incident.announce import log
from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty


def tick(book: Runbook, incident: Incident, event: Ticked) -> Incident:
    duty = _meant(book, incident, event)
    if duty is None:
        return log(incident, event.at, f"{event.actor} ticked line {event.line} of {event.duty!r}, which there is not")
    line, done = duty.items[event.line - 1], incident.ticks.get(duty.id, ())
    if event.line in done:
        return log(incident, event.at, f"{event.actor} ticked as well: {line}", kind="tick")
    ticks = {**incident.ticks, duty.id: tuple(sorted((*done, event.line)))}
    return log(incident.model_copy(update={"ticks": ticks}), event.at, f"{event.actor} ticked: {line}", kind="tick")


def why_refused(book: Runbook, incident: Incident, event: Ticked) -> str | None:
    duty = _meant(book, incident, event)
    if duty is None:
        return f"{event.duty!r} is no checklist with a line {event.line}: {_checklists(book, incident)}"
    return None if event.line not in incident.ticks.get(duty.id, ()) else f"it is ticked: {duty.items[event.line - 1]}"


def _meant(book: Runbook, incident: Incident, event: Ticked) -> Duty | None:
    found = next((each for each in own_duties(book, incident) if each.id == event.duty), None)
    is_line = found is not None and found.kind == "checklist" and 1 <= event.line <= len(found.items)
    return found if is_line else None


def _checklists(book: Runbook, incident: Incident) -> str:
    known = [f"{each.id} has {len(each.items)}" for each in own_duties(book, incident) if each.kind == "checklist"]
    return ", ".join(known) or "there is none"
