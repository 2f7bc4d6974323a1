"""What people do on the board: by forms, so that it works without any script. Each goes the desk's way, like every
command and request."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from starter.board.forms import said_in_form
from starter.desk.answers import Declaration
from starter.desk.meaning import Unlisted
from starter.desk.verbs import VERB_BY_NAME, Verb
from starter.gateway.board import Board, form_of, in_words, status_of
from starter.gateway.page_headers import BOARD_HEADERS
from starter.gateway.routes.board_pages import Aftermath, incident_html, review_html
from starter.gateway.visitors import Visitor
from starter.sources.refusal import Refusal
from starter.temporal.results import LookupFailed, NobodyWorks, Recorded, RefusedByIncident, Unpublished, Unreachable
from workflows.policy.incident.events import Event
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import PreviewLine, Scenario
from workflows.texts.preview import preview

VIA_BOARD = "board"
LONGEST_FORM_KEY = 64
_NOT_DONE = (RefusedByIncident, Unlisted, LookupFailed, ValidationError, Refusal)
FIRST_HOUR = timedelta(hours=1)


def router(board: Board) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    _declare(routes, board)

    @routes.post("/act/{group}/{incident}/{name}")
    async def act(group: str, incident: str, name: str, request: Request) -> Response:
        visitor = board.visitors.entered(request, "respond")
        form = await form_of(request, visitor)
        return await _act(board, visitor, _verb(group, name), incident, form)

    @routes.post("/look/{group}/{incident}/{name}")
    async def look(group: str, incident: str, name: str, request: Request) -> Response:
        visitor = board.visitors.entered(request, "respond")
        form = await form_of(request, visitor)
        return await _look(board, visitor, _verb(group, name), incident, form)

    return routes


def _verb(group: str, name: str) -> Verb:
    """Raises Refusal."""
    verb = VERB_BY_NAME.get((group, name))
    if verb is None:
        raise Refusal(404, f"nobody can {name} {group}")
    return verb


async def _look(board: Board, visitor: Visitor, verb: Verb, incident: str, form: Mapping[str, str]) -> Response:
    """What it would change now; nothing happens. To do it, the mark of what was looked at is sent back."""
    try:
        found = await board.desk(visitor).foresee(incident, event_of(verb, visitor, {**form, "if_still": ""}))
    except _NOT_DONE as error:
        said = Aftermath(refused=in_words(error), verb=verb, form=form)
        return await _page(board, visitor, verb, incident, _status(error), said)
    except (NobodyWorks, Unreachable) as error:
        return board.trouble(visitor, error, f"/incidents/{incident}")
    written = {name: form[name] for name in verb.fields if form.get(name, "").strip()}
    back = _home(verb, found.incident)
    html = board.page("look.html", visitor, verb=verb, found=found, said=written, back=back)
    return HTMLResponse(html, headers=BOARD_HEADERS)


async def _act(board: Board, visitor: Visitor, verb: Verb, incident: str, form: Mapping[str, str]) -> Response:
    try:
        event = event_of(verb, visitor, form)
        board.desks.check_may_say(visitor.actor, event)
        done = await board.desk(visitor).ask(incident, event)
    except (*_NOT_DONE, Recorded) as error:
        said = Aftermath(refused=in_words(error), verb=verb, form=form)
        return await _page(board, visitor, verb, incident, _status(error), said)
    except Unreachable as error:
        return board.trouble(visitor, error, f"/incidents/{incident}")
    board.expire()
    return await _page(board, visitor, verb, incident, 200, Aftermath(done))


def _home(verb: Verb, incident: str) -> str:
    """Where it is said."""
    return f"/{'reviews' if verb.group == 'reviews' else 'incidents'}/{quote(incident, safe='')}"


async def _page(board: Board, visitor: Visitor, verb: Verb, incident: str, status: int, said: Aftermath) -> Response:
    """Where it was done, with what became of it. Loaded again, it does nothing twice: its key is the same."""
    html = review_html if verb.group == "reviews" else incident_html
    return await board.answer(visitor, html(board, visitor, incident, said), status)


def event_of(verb: Verb, visitor: Visitor, form: Mapping[str, str]) -> Event:
    """Raises ValidationError."""
    key = form.get("key", "")[:LONGEST_FORM_KEY] or uuid4().hex
    known = {"by": visitor.name, "via": VIA_BOARD, "id": f"board/{visitor.name}/{key}"}
    known |= {"if_still": form.get("if_still", "")}
    return verb.event_of(said_in_form(form, verb), **known)


def _status(error: Exception) -> int:
    if isinstance(error, Refusal):
        return error.status
    return 422 if isinstance(error, ValidationError) else status_of(error)


def _declare(routes: APIRouter, board: Board) -> None:
    @routes.get("/declare")
    async def ask(request: Request) -> Response:
        visitor = board.visitors.entered(request, "respond")
        return HTMLResponse(_declaration_html(board, visitor, {}), headers=BOARD_HEADERS)

    @routes.post("/declare")
    async def declare(request: Request) -> Response:
        visitor = board.visitors.entered(request, "respond")
        form = await form_of(request, visitor)
        try:
            said = _declaration(form)
            board.desks.check_may_say(visitor.actor, said)
            if form.get("confirmed") != "true":
                return HTMLResponse(await _before_html(board, visitor, said, form), headers=BOARD_HEADERS)
            key = form.get("key", "")[:LONGEST_FORM_KEY] or uuid4().hex
            opened = await board.desk(visitor).declare(said, visitor.name, f"board/{visitor.name}/{key}")
        except (ValidationError, Refusal, RefusedByIncident, Unpublished) as error:
            html = _declaration_html(board, visitor, form, in_words(error))
            return HTMLResponse(html, _status(error), BOARD_HEADERS)
        except (Recorded, Unreachable) as error:
            return board.trouble(visitor, error)
        board.expire()
        return RedirectResponse(f"/incidents/{opened.incident}", 303, BOARD_HEADERS)


def _declaration(form: Mapping[str, str]) -> Declaration:
    given = {name: form[name].strip() for name in ("title", "severity", "service", "public", "runbook") if name in form}
    flags = tuple(name.removeprefix("flag-") for name in form if name.startswith("flag-"))
    return Declaration.model_validate({**given, "flags": flags})


def _declaration_html(board: Board, visitor: Visitor, form: Mapping[str, str], refused: str = "") -> str:
    there = board.published.in_force
    book = there.runbooks.get(form.get("runbook", "")) or there.runbooks.get(there.default)
    return board.page("declare.html", visitor, form=defaultdict(str, form), book=book, refused=refused, before=None)


async def _before_html(board: Board, visitor: Visitor, said: Declaration, form: Mapping[str, str]) -> str:
    """What would follow in its first hour, before anybody is woken."""
    there = board.published.in_force
    book = there.runbooks.get(said.runbook or there.default)
    outgoing = await board.desk(visitor).preview_public(said)
    lines = await asyncio.to_thread(_first_hour, book, said) if book else []
    before = {"outgoing": outgoing, "pages": [line for line in lines if line.kind == "page"]}
    return board.page("declare.html", visitor, form=defaultdict(str, form), book=book, refused="", before=before)


def _first_hour(book: Runbook, said: Declaration) -> list[PreviewLine]:
    severity = next((name for name in book.severities if name == said.severity), book.intake.default_severity)
    now = datetime.now(UTC).replace(microsecond=0)
    return preview(book, Scenario(severity=severity, at=now, flags=said.flags, until=FIRST_HOUR))
