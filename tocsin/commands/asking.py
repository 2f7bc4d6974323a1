"""How an incident is told what happened, once it is known which, and what."""

import sys

import typer

from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, NobodyWorks, Unpublished
from starter.temporal.reviews import Reviews
from tocsin.commands.calling import called
from tocsin.commands.event_command import Addressee
from tocsin.commands.meaning import Unlisted, meant
from tocsin.commands.session import incidents, installation
from tocsin.failure import Failure
from workflows.policy.incident.events import Cancelled, Escalated, Event, HandedOff, RoleAssigned
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import UpdateResult


async def ask(to: Addressee, prefix: str, event: Event, *, unlisted: bool, may_ask: bool) -> UpdateResult:
    """Find the incident that is meant, tell it what happened, and say what changed. Raises Failure, LookupFailed."""
    known = await incidents()
    reviews = Reviews(known)
    find = {"incident": known.find, "review": reviews.find, "either": reviews.find_either}[to]
    found = await find(prefix or None)
    if isinstance(event, Cancelled) and event.duplicate_of:
        event = await _resolved(known, event)
    if isinstance(event, RoleAssigned | HandedOff) and (book := await _book(known, reviews, found)):
        event = _meant(event, book, unlisted, may_ask and sys.stdin.isatty())
    answer = await known.ask(found.workflow_id, event)
    return await called(known, found.workflow_id, event, answer) if isinstance(event, Escalated) else answer


async def _book(known: Incidents, reviews: Reviews, found: FoundIncident) -> Runbook | None:
    """As far as anybody can say now: without it the words go as they are."""
    try:
        if found.workflow_id.startswith("review-"):
            followed = (await reviews.status(found)).review.incident.runbook
        else:
            followed = (await known.status(found.workflow_id, found.run_id)).incident.runbook
        return (await installation(known)).runbooks.get(followed)
    except (NobodyWorks, Unpublished):
        return None


def _meant(event: Event, book: Runbook, unlisted: bool, may_ask: bool) -> Event:
    """Raises Failure when somebody is named whom the runbook does not list, and nobody says that this is meant."""
    try:
        return meant(event, book, unlisted=unlisted)
    except Unlisted as who:
        if may_ask and typer.confirm(f"{who}\nIs somebody else meant all the same?"):
            return meant(event, book, unlisted=True)
        raise Failure(f"{who}. For somebody else say --unlisted") from None


async def _resolved(known: Incidents, event: Cancelled) -> Cancelled:
    """With the whole id of the other incident, and that of its workflow. Raises Failure, LookupFailed."""
    other = await known.find(event.duplicate_of)
    if (await known.status(other.workflow_id)).incident.resolved:
        raise Failure(f"{other.incident} is over, and receives nothing: tocsin show {other.incident}")
    names = {"duplicate_of": other.incident, "duplicate_workflow": other.workflow_id}
    return event.model_copy(update=names)
