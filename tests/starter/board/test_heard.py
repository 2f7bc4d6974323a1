"""Every page of the board, for whoever hears pages or sees little: nothing that axe-core takes for serious.

Every page is each address that the gateway answers and each template: a new one without a line here fails.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import APIRoute
from jinja2 import Template
from playwright.async_api import Page, expect
from pydantic import SecretStr
from starlette.routing import Match
from temporalio.client import Client

from settings import Settings
from starter.board import html
from starter.gateway.app import create_app
from starter.temporal.incidents import Incidents
from tests.browser import browser, page
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import ALICE, READER, TOKENS, bearer
from tests.starter.board.browsing import SPEED, BoardAddress, book_in, procedure, violations
from tests.starter.conftest import eventually
from tests.starter.test_serve import serving
from workflows.policy.keys import answer_tickets
from workflows.policy.keys.answer_tickets import AnswerTicket

__all__ = ["browser", "page"]
EVERY_TEMPLATE: Final = {file.name for file in Path(html.__file__).parent.joinpath("templates").iterdir()}
FOR_PROGRAMS: Final = ("/api/", "/webhooks/", "/heartbeats/")
NO_PAGE_OF_THE_BOARD: Final = {
    "/docs": "plain, without a style; of programs' addresses",
    "/openapi.json": "for programs",
    "/healthz": "for programs",
    "/readyz": "for programs",
    "/events": "what pages hear",
    "/assets/{name}": "what pages load",
    "/on-call.svg": "a picture of a page, which says it in words",
    "/report.svg": "a picture of a page, which says it in words",
    "/runbooks/{name}/{severity}.svg": "a picture of a page, which says it in words",
    "/incidents/{incident}/channel": "leads to the chat, or to the incident",
}
SIGNS_LINKS = "what signs the links"
WHAT_IF = "/runbooks/acme?severity=sev1&ack=5m&resolve=1h"


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The templates of all pages that were shown."""
    seen: set[str] = set()
    find = html._PAGE_TEMPLATES.get_template

    def found(name: str, *more: Any) -> Template:
        seen.add(name)
        return find(name, *more)

    monkeypatch.setattr(html._PAGE_TEMPLATES, "get_template", found)
    return seen


@pytest.fixture
def opened(page: Page) -> set[str]:
    """The paths of all pages that the browser was sent to."""
    found: set[str] = set()
    page.on("request", lambda each: found.add(urlsplit(each.url).path) if each.is_navigation_request() else None)
    return found


def never_opened(app: FastAPI, opened: set[str]) -> set[str]:
    """What the gateway shows at, as its routes name it."""
    shown = [each for each in app.routes if isinstance(each, APIRoute) and "GET" in (each.methods or ())]
    asked = [{"type": "http", "method": "GET", "path": path} for path in opened]
    firsts = {next((each.path for each in shown if each.matches(scope)[0] is Match.FULL), "") for scope in asked}
    return {each.path for each in shown if not each.path.startswith(FOR_PROGRAMS)} - firsts


class Installation:
    """A board whose worker can go away."""

    def __init__(self, board: BoardAddress, app: FastAPI, worker: AsyncExitStack) -> None:
        self.board, self.app, self._worker = board, app, worker

    async def loses_its_worker(self) -> None:
        await self._worker.aclose()


@pytest_asyncio.fixture
async def installation(client: Client, settings: Settings, tmp_path: Path) -> AsyncIterator[Installation]:
    library = book_in(tmp_path / "books")
    changed = {"api_tokens": TOKENS, "speed": SPEED, "answer_secrets": (SecretStr(SIGNS_LINKS),)}
    settings = settings.model_copy(update=changed)
    async with (
        AsyncExitStack() as worker,
        serving(settings, library, Incidents(client)) as url,
        httpx.AsyncClient(trust_env=False, headers=bearer(ALICE), timeout=HANGS_AFTER_S) as http,
    ):
        await worker.enter_async_context(procedure(client, library, settings))
        yield Installation(BoardAddress(url, http), create_app(settings, library, Incidents(client)), worker)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
async def test_every_page_can_be_heard_and_seen(
    theme: str, width: int, installation: Installation, page: Page, client: Client, rendered: set[str], opened: set[str]
) -> None:
    board = installation.board
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    over, still_open = await board.declare("Checkout fails"), await board.declare("Search is slow", service="search")
    await _ends_owing_something(board, over)
    token = await _answer_token(client, still_open)
    paths = ["/login", f"/a/{token}", "/a/of-another", await board.link(), "/", "/incidents", "/reviews"]
    paths += [f"/reviews/{over}", "/follow-ups", "/on-call", "/runbooks", WHAT_IF, "/report", "/declare"]
    for path in (*paths, f"/incidents/{still_open}", f"/incidents/{over}", "/incidents/none-such"):
        await _can_be_heard(board, page, path)
    await page.goto(f"{board.url}/incidents/{still_open}")
    await page.locator("summary", has_text="Change the severity").click()
    await page.get_by_role("button", name="Change the severity").click()
    await expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
    assert await violations(page) == []
    await installation.loses_its_worker()
    await _can_be_heard(board, page, f"/incidents/{still_open}")
    await page.get_by_role("button", name="Log out").click()
    await page.get_by_label("Token").fill(READER)
    await page.get_by_role("button", name="Log in").click()
    await _can_be_heard(board, page, "/declare")
    await _can_be_heard(board, page, "/no-such-page")
    assert rendered == EVERY_TEMPLATE
    assert never_opened(installation.app, opened) == set(NO_PAGE_OF_THE_BOARD)


async def _can_be_heard(board: BoardAddress, page: Page, path: str) -> None:
    await page.goto(path if path.startswith(board.url) else board.url + path)
    assert await violations(page) == [], path


async def _ends_owing_something(board: BoardAddress, incident: str) -> None:
    """A review, and a follow-up of it."""
    api = f"{board.url}/api/v1"
    said = {f"followups/{incident}/add": "a test of it", f"incidents/{incident}/resolve": "rolled back"}
    for path, text in said.items():
        (await board.http.post(f"{api}/{path}", json={"text": text})).raise_for_status()

    async def reviews() -> str:
        return (await board.http.get(f"{api}/reviews")).raise_for_status().text

    await eventually(reviews, lambda listed: incident in listed)


async def _answer_token(client: Client, incident: str) -> str:
    incidents = Incidents(client)
    [workflow] = [row.workflow_id for row in await incidents.list() if row.incident == incident]
    status = await eventually(lambda: incidents.status(workflow), lambda status: bool(status.incident.rings))
    [ring] = list(status.incident.rings)[:1]
    soon = datetime.now(UTC) + timedelta(hours=1)
    return answer_tickets.written(AnswerTicket(ring, "on-call", soon), SIGNS_LINKS)
