"""What somebody sees instead of a page: a page that says why, and what to do. Programs are answered as ever."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect
from temporalio.client import Client

from starter.board.troubles import TROUBLES, trouble_page
from starter.gateway.errors import BUG
from tests.browser import browser, page
from tests.starter.api.conftest import READER
from tests.starter.board.browsing import BoardAddress, quick_board, violations
from tests.starter.board.conftest import ORIGIN, PageSeen, logged_in
from tests.starter.conftest import GatewayUnderTest

__all__ = ["browser", "page", "quick_board"]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OFF = {
    "GET /no/such/page": 404,
    "DELETE /": 405,
    "GET /runbooks/none": 404,
    "GET /runbooks/none/sev1.svg": 404,
    "POST /act/incidents/none/nothing": 403,
    "POST /act/incidents/none/ack": 403,
}


@pytest_asyncio.fixture
async def reader(tokens: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    async with logged_in(tokens, READER) as http:
        http.headers.update(BROWSER)
        yield http


@pytest.mark.parametrize(("asked", "status"), OFF.items())
async def test_a_browser_is_answered_with_a_page(
    asked: str, status: int, reader: httpx.AsyncClient, working: Client
) -> None:
    method, path = asked.split()
    answer = await reader.request(method, path, headers=ORIGIN)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    found = PageSeen(answer.text)
    assert "Log out" in found.words
    assert found.tags.count("h1") == 1
    assert ("href", "/") in found.attributes


async def test_whoever_is_not_known_gets_one_without_what_others_see(tokens: GatewayUnderTest) -> None:
    async with replace(tokens, headers={}).open() as http:
        answer = await http.get("/no/such/page", headers=BROWSER)
    assert answer.status_code == 404
    assert "Log out" not in answer.text
    assert "There is nothing here" in answer.text


async def test_a_program_is_answered_in_json(tokens: GatewayUnderTest) -> None:
    async with tokens.open() as http:
        for path in ("/no/such/page", "/api/v1/no-such", "/webhooks/no-such"):
            answer = await http.get(path)
            assert answer.status_code == 404
            assert answer.json()["error"]


async def test_a_form_that_is_too_large_is_said_on_a_page(reader: httpx.AsyncClient, working: Client) -> None:
    answer = await reader.post("/login", data={"token": "x" * 100_000}, headers=ORIGIN)
    assert answer.status_code == 413
    assert "This cannot be used" in answer.text


async def test_a_bug_is_said_on_a_page_and_to_programs_in_json(
    reader: httpx.AsyncClient, working: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("starter.gateway.board.Board.page", broken)
    transport = reader._transport
    assert isinstance(transport, httpx.ASGITransport)
    transport.raise_app_exceptions = False
    answer = await reader.get("/runbooks")
    assert answer.status_code == 500
    assert "tocsin ack" in answer.text
    spoken = await reader.get("/runbooks", headers={"Accept": "*/*"})
    assert spoken.json() == {"error": BUG, "problems": []}


@pytest.mark.parametrize("status", [*TROUBLES, 429])
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
async def test_each_can_be_heard_and_seen(
    status: int, theme: str, width: int, page: Page, quick_board: BoardAddress
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")

    async def answer(route: Route) -> None:
        await route.fulfill(status=status, body=trouble_page(status, "w" * 300), content_type="text/html")

    await page.route("**/troubled", answer)
    await page.goto(f"{quick_board.url}/troubled")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
