"""How incidents and reviews stand, for whoever asks; without a worker, what their histories know by themselves."""

from starter.desk.answers import Remembered, ShownIncident, ShownReview
from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, NobodyWorks
from starter.temporal.reviews import Reviews
from workflows.policy.views.results import PlanView


async def show(known: Incidents, part: str) -> ShownIncident | Remembered:
    """Raises LookupFailed."""
    return await show_found(known, await known.find(part or None, closed=True))


async def show_found(known: Incidents, found: FoundIncident) -> ShownIncident | Remembered:
    """For whoever has looked for it already. Raises NothingOpen (no such workflow any more)."""
    try:
        state = await known.status(found.workflow_id, found.run_id)
        return ShownIncident(state=state, plan=await known.plan_view(found.workflow_id, found.run_id))
    except NobodyWorks as error:
        return await _remembered(known, found, error)


async def plan(known: Incidents, part: str) -> PlanView | Remembered:
    """Raises LookupFailed."""
    found = await known.find(part or None, closed=True)
    try:
        return await known.plan_view(found.workflow_id, found.run_id)
    except NobodyWorks as error:
        return await _remembered(known, found, error)


async def show_review(known: Incidents, part: str) -> ShownReview | Remembered:
    """Raises LookupFailed."""
    return await show_found_review(known, await Reviews(known).find(part or None, closed=True))


async def show_found_review(known: Incidents, found: FoundIncident) -> ShownReview | Remembered:
    """For whoever has looked for it already. Raises NothingOpen (no such workflow any more)."""
    reviews = Reviews(known)
    try:
        return ShownReview(state=await reviews.status(found), plan=await reviews.plan_view(found))
    except NobodyWorks as error:
        return await _remembered(known, found, error)


async def _remembered(known: Incidents, found: FoundIncident, error: NobodyWorks) -> Remembered:
    history = await known.history(found.workflow_id, found.run_id)
    late = error.perhaps_late
    return Remembered(incident=found.incident, history=list(history), problem=str(error), perhaps_late=late)
