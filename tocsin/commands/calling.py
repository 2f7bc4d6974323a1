"""What became of the page of somebody who was called by hand, for whoever has just called them."""

from functools import partial

from rich.console import Group, RenderableType

from starter.temporal.incidents import Incidents
from starter.temporal.results import Unpublished
from tocsin.commands.fate import FATE_WITHIN, fate
from tocsin.commands.session import installation
from tocsin.failure import ExitCode, Failure
from tocsin.view.answers import changed as in_words
from tocsin.view.plain import plain
from workflows.policy.incident.events import Event
from workflows.policy.views.first_page import FirstPage, page_of
from workflows.policy.views.results import UpdateResult


class Called(UpdateResult):
    """`escalate --json`."""

    page: FirstPage


async def called(known: Incidents, workflow_id: str, event: Event, answer: UpdateResult) -> UpdateResult:
    """The answer with the page's fate; as it is where nothing can be said of it: the call stands all the same."""
    incident = (await known.status(workflow_id)).incident
    call = next((call for call in reversed(incident.calls) if call.by == event.by), None)
    try:
        book = (await installation(known)).runbooks.get(incident.runbook)
    except Unpublished:
        return answer
    if call is None or book is None:
        return answer
    _, page = await fate(known, workflow_id, partial(page_of, call, book), FATE_WITHIN)
    return Called(**dict(answer), page=page)


def shown(answer: UpdateResult) -> RenderableType:
    if not isinstance(answer, Called):
        return in_words(answer)
    return Group(in_words(answer), plain(answer.page.text, "green" if answer.page.well else "bold red"))


def check(answer: UpdateResult) -> None:
    """Raises Failure when those who were called have not been reached."""
    if isinstance(answer, Called) and not answer.page.well:
        raise Failure(f"nobody has been reached yet: {answer.page.text}", ExitCode.not_reached)
