"""How an incident is told what happened, once it is known which, and what."""

from starter.temporal.incidents import Incidents
from starter.temporal.reviews import Reviews
from tocsin.commands.calling import called
from tocsin.commands.event_command import Addressee
from tocsin.commands.session import incidents
from tocsin.failure import Failure
from workflows.policy.incident.events import Cancelled, Escalated, Event
from workflows.policy.views.results import UpdateResult


async def ask(to: Addressee, prefix: str, event: Event) -> UpdateResult:
    """Find the incident that is meant, tell it what happened, and say what changed. Raises Failure, LookupFailed."""
    known = await incidents()
    reviews = Reviews(known)
    find = {"incident": known.find, "review": reviews.find, "either": reviews.find_either}[to]
    found = await find(prefix or None)
    if isinstance(event, Cancelled) and event.duplicate_of:
        event = await _resolved(known, event)
    answer = await known.ask(found.workflow_id, event)
    return await called(known, found.workflow_id, event, answer) if isinstance(event, Escalated) else answer


async def _resolved(known: Incidents, event: Cancelled) -> Cancelled:
    """With the whole id of the other incident, and that of its workflow. Raises Failure, LookupFailed."""
    other = await known.find(event.duplicate_of)
    if (await known.status(other.workflow_id)).incident.resolved:
        raise Failure(f"{other.incident} is over, and receives nothing: tocsin show {other.incident}")
    names = {"duplicate_of": other.incident, "duplicate_workflow": other.workflow_id}
    return event.model_copy(update=names)
