"""How an incident is opened, and told what happened, once it is known which, and what."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from starter.desk.answers import Called, Declaration, Declared
from starter.desk.fate import FATE_WITHIN, fate
from starter.desk.meaning import meant
from starter.desk.verbs import Addressee, verb_of
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.results import (
    FoundIncident,
    NobodyWorks,
    Recorded,
    RefusedByIncident,
    Unpublished,
    Unreachable,
)
from starter.temporal.reviews import Reviews
from starter.temporal.rings import is_legal_page
from workflows.policy.incident.events import Acknowledged, Cancelled, Escalated, Event
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident
from workflows.policy.keys import workflow_ids
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.first_page import FirstPage, first_page, page_of
from workflows.policy.views.foreseen import Foreseen
from workflows.policy.views.results import Outgoing, UpdateResult
from workflows.policy.watches.installation import Installation

log = structlog.get_logger()


async def ask(
    known: Incidents, part: str, event: Event, fate_within: timedelta = FATE_WITHIN, *, unlisted: bool
) -> UpdateResult:
    """Find the incident that is meant (empty: the only one), let it take the event, and say what changed.

    Raises LookupFailed, RefusedByIncident, Unlisted, Recorded.
    """
    there, event = await _understood(known, part, event, unlisted=unlisted)
    answer = await known.ask(there.workflow_id, event)
    if not isinstance(event, Escalated):
        return answer
    return await _called(known, there.workflow_id, event, answer, fate_within)


async def foresee(known: Incidents, part: str, event: Event, *, unlisted: bool) -> Foreseen:
    """What `ask` would do. Raises LookupFailed, RefusedByIncident, Unlisted, NobodyWorks."""
    there, event = await _understood(known, part, event, unlisted=unlisted)
    return await known.foresee(there.workflow_id, event)


async def _understood(known: Incidents, part: str, event: Event, *, unlisted: bool) -> tuple[FoundIncident, Event]:
    there = await found(known, part, event)
    return there, await worded(known, there, event, unlisted=unlisted)


async def found(known: Incidents, part: str, event: Event) -> FoundIncident:
    """Whom it is said to. Raises LookupFailed."""
    return await _find(known, addressee(event))(part or None)


def addressee(event: Event) -> Addressee:
    """What a page about a legal clock is about may be over: then its review hears who has seen it."""
    legal = isinstance(event, Acknowledged) and is_legal_page(event.ring)
    return "either" if legal else verb_of(event).to


async def worded(known: Incidents, there: FoundIncident, event: Event, *, unlisted: bool) -> Event:
    """With the names that the incident knows. Raises LookupFailed, RefusedByIncident, Unlisted."""
    if isinstance(event, Cancelled) and event.duplicate_of:
        event = await _resolved(known, event)
    if verb_of(event).names_somebody and (book := await _book(known, there)):
        event = meant(event, book, unlisted=unlisted)
    return event


def opening(there: Installation, book: Runbook, said: Declaration, by: str) -> OpenRequest:
    """Raises ValidationError when a field is not what an incident can have, RefusedByIncident when something in it is
    yet to be filled in."""
    from workflows.texts.proofreading import left_open_in  # with Jinja2, which only who declares needs

    if no := left_open_in(book, said.public):
        raise RefusedByIncident(no)
    fields = said.model_dump(exclude={"runbook"})
    severity = said.severity or book.intake.default_severity
    own = {"runbook": book, "severity": severity, "declared_by": by, "speed": there.speed, "no_pager": there.no_pager}
    return OpenRequest.model_validate({**fields, **own})


async def preview_public(request: OpenRequest) -> tuple[Outgoing, ...]:
    """What goes out by itself: hours of the incident are gone through, beside the event loop."""
    from workflows.texts.outside import by_itself

    return await asyncio.to_thread(by_itself, request, datetime.now(UTC))


async def declare(
    known: Incidents, request: OpenRequest, event_id: str = "", fate_within: timedelta = FATE_WITHIN
) -> Declared:
    """Open it, and say what became of its first page. The same event id opens it once. Raises Recorded.

    Once it is open, nothing that fails makes it look as if it were not. What goes out is found out meanwhile.
    """
    foreseen = asyncio.ensure_future(preview_public(request))
    name = hashlib.sha256(event_id.encode()).hexdigest()[:32] if event_id else None
    try:
        workflow_id = await known.declare(request, name)
        incident, page = await _fate_of(known, workflow_id, request, fate_within)
    finally:
        await asyncio.wait([foreseen])
    if problem := foreseen.exception():
        log.error("what goes out by itself could not be found out", incident=incident.id, exc_info=problem)
    return Declared(
        incident=incident.id,
        workflow_id=workflow_id,
        runbook=request.runbook.runbook,
        severity=request.severity,
        first_page=page,
        outgoing=() if problem else foreseen.result(),
        unforeseen=f"what goes out by itself is not known: {type(problem).__name__}" if problem else "",
    )


async def _fate_of(
    known: Incidents, workflow_id: str, request: OpenRequest, within: timedelta
) -> tuple[Incident, FirstPage]:
    """Raises Recorded: it is open, whoever is away by now."""
    try:
        return await fate(known, workflow_id, partial(first_page, request.runbook), within)
    except NobodyWorks as nobody:
        raise nobody.recorded() from None
    except (Unreachable, RefusedByIncident) as error:
        raise Recorded(f"opened as {workflow_id}; {error}", "who rings is not known: tocsin show") from None


def _find(known: Incidents, to: Addressee) -> Callable[[str | None], Awaitable[FoundIncident]]:
    match to:
        case "incident":
            return known.find
        case "review":
            return Reviews(known).find
        case "either":
            return Reviews(known).find_either


async def _book(known: Incidents, found: FoundIncident) -> Runbook | None:
    """As far as anybody can say now: without it the words go as they are."""
    try:
        if workflow_ids.is_review(found.workflow_id):
            followed = (await Reviews(known).status(found)).review.incident.runbook
        else:
            followed = (await known.status(found.workflow_id, found.run_id)).incident.runbook
        return (await Installations(known.connection).current()).runbooks.get(followed)
    except (NobodyWorks, Unpublished):
        return None


async def _resolved(known: Incidents, event: Cancelled) -> Cancelled:
    """With the whole id of the other incident, and that of its workflow. Raises RefusedByIncident, LookupFailed."""
    other = await known.find(event.duplicate_of)
    if (await known.status(other.workflow_id)).incident.resolved:
        raise RefusedByIncident(f"{other.incident} is over, and receives nothing: tocsin show {other.incident}")
    names = {"duplicate_of": other.incident, "duplicate_workflow": other.workflow_id}
    return event.model_copy(update=names)


async def _called(
    known: Incidents, workflow_id: str, event: Event, answer: UpdateResult, fate_within: timedelta
) -> UpdateResult:
    """The answer with the page's fate; as it is where nothing can be said of it: the call stands all the same."""
    incident = (await known.status(workflow_id)).incident
    call = next((call for call in reversed(incident.calls) if call.by == event.by), None)
    try:
        book = (await Installations(known.connection).current()).runbooks.get(incident.runbook)
    except Unpublished:
        return answer
    if call is None or book is None:
        return answer
    _, page = await fate(known, workflow_id, partial(page_of, call, book), fate_within)
    return Called(**dict(answer), page=page)
