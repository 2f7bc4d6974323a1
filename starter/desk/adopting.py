"""How a running incident takes up its runbook as the installation has it now: first what that would change."""

from starter.desk.answers import Adoption
from starter.temporal.drills import changes_in_real_time
from starter.temporal.incidents import Incidents
from starter.temporal.results import RefusedByIncident
from workflows.durable.clock import Clock
from workflows.policy.incident.events import RunbookAdopted
from workflows.policy.reducers.adopting import why_not
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.difference import changes
from workflows.policy.views.results import UpdateResult


async def foresee_adoption(known: Incidents, part: str, book: Runbook) -> Adoption:
    """Raises LookupFailed, NobodyWorks, and RefusedByIncident when the incident cannot go on by this runbook."""
    found = await known.find(part or None)
    status = await known.status(found.workflow_id, found.run_id)
    if no := why_not(status.incident, book):
        raise RefusedByIncident(no)
    view = await known.plan_view(found.workflow_id, found.run_id)
    wall = Clock(status.incident.declared_at, status.speed).wall
    changed = sorted(changes(view.lines, book, status.incident, view.now), key=lambda change: change.line.at)
    return Adoption(
        incident=status.incident.id,
        runbook=book.runbook,
        changes=list(changes_in_real_time(changed, wall)),
        adopted=False,
        now=wall(view.now),
    )


async def adopt(known: Incidents, part: str, adopted: RunbookAdopted) -> UpdateResult:
    """Raises LookupFailed, RefusedByIncident, Recorded."""
    found = await known.find(part or None)
    return await known.ask(found.workflow_id, adopted)
