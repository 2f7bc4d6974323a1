"""The board as a person has it: in a browser, which runs its script, keeps its policy and presses its buttons."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.browser import browser, page
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import ALICE, TOKENS, bearer
from tests.starter.conftest import eventually
from tests.starter.test_serve import serving

pytest.importorskip("playwright", reason="make setup-dev brings the browser's driver")
from playwright.async_api import Page, expect

__all__ = ["browser", "page"]
SHOTS = os.environ.get("BOARD_SHOTS", "")
"""A folder: then pictures are kept of what is seen."""


@dataclass
class Address:
    url: str
    http: httpx.AsyncClient

    async def link(self) -> str:
        answer = await self.http.post(f"{self.url}/api/v1/login-links")
        return self.url + str(answer.raise_for_status().json()["path"])

    async def declare(self, title: str, **more: str) -> str:
        """However busy the machine is: the same key is the same incident."""
        path, key = f"{self.url}/api/v1/incidents", {"Idempotency-Key": title[:50]}

        async def asked() -> httpx.Response:
            return await self.http.post(path, json={"title": title, **more}, headers=key)

        return str((await eventually(asked, lambda answer: answer.status_code == 201)).json()["incident"])


@pytest_asyncio.fixture
async def board(settings: Settings, library: Library, working: Client) -> AsyncIterator[Address]:
    settings = settings.model_copy(update={"api_tokens": TOKENS})
    async with (
        serving(settings, library, Incidents(working)) as url,
        httpx.AsyncClient(trust_env=False, headers=bearer(ALICE), timeout=HANGS_AFTER_S) as http,
    ):
        yield Address(url, http)


@asynccontextmanager
async def at(width: int, page: Page) -> AsyncIterator[Page]:
    await page.set_viewport_size({"width": width, "height": 900})
    yield page


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def test_an_incident_is_declared_acknowledged_and_resolved(board: Address, page: Page) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    await page.goto(await board.link())
    await expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()
    await page.get_by_role("link", name="Declare an incident").click()
    await page.get_by_label("What is wrong").fill("Checkout fails for everybody")
    await page.get_by_label("SEV-1").check()
    await page.get_by_label("Service").fill("checkout")
    await page.get_by_role("button", name="See whom it pages").click()
    await expect(page.get_by_text("pages On-call Engineer").first).to_be_visible()
    await page.get_by_role("button", name="Declare it").click()
    await expect(page.get_by_role("heading", name="Checkout fails for everybody")).to_be_visible()
    await shot(page, "incident")
    await page.get_by_role("button", name="Acknowledge", exact=True).click()
    await expect(page.get_by_text("alice acknowledged through board").first).to_be_visible()
    await page.locator("summary", has_text="Change the severity").click()
    await page.get_by_role("button", name="Change the severity").click()
    await expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
    await shot(page, "look")
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("#head .sev")).to_have_text("SEV-2")
    await page.locator("summary", has_text="Resolve").click()
    await page.get_by_role("button", name="Resolve").click()
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("#head .phase")).to_have_text("resolved")
    assert refused == []


async def test_a_page_changes_by_itself_and_counts_down(board: Address, page: Page) -> None:
    await page.goto(await board.link())
    await expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()
    await board.declare("Search is slow", severity="sev1", service="search")
    await expect(page.get_by_role("link", name="Search is slow")).to_be_visible(timeout=60_000)
    countdown = page.locator(".row .countdown")
    first = await countdown.inner_text()
    await expect(countdown).not_to_have_text(first)
    await shot(page, "board")


async def test_what_somebody_is_writing_stays_when_the_page_changes(board: Address, page: Page) -> None:
    incident = await board.declare("Search is slow", severity="sev1")
    await page.goto(await board.link())
    await page.goto(f"{board.url}/incidents/{incident}")
    await page.locator("summary", has_text="Post an update").click()
    words = page.get_by_label("What is known")
    await words.fill("half a sentence")
    await board.http.post(f"{board.url}/api/v1/incidents/{incident}/ack")
    await expect(page.locator("#head")).to_contain_text("alice")
    assert await words.input_value() == "half a sentence"


async def test_without_a_script_everything_works(board: Address, browser: "object") -> None:
    incident = await board.declare("Search is slow", severity="sev1")
    context = await browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = await context.new_page()
    await page.goto(await board.link())
    await page.goto(f"{board.url}/incidents/{incident}")
    await page.get_by_role("button", name="Acknowledge", exact=True).click()
    await expect(page.get_by_text("alice acknowledged through board").first).to_be_visible()
    await context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_nothing_is_wider_than_the_screen(width: int, board: Address, page: Page) -> None:
    incident = await board.declare("Unbreakable" + "x" * 200, severity="sev1", service="y" * 150)
    async with at(width, page):
        await page.goto(await board.link())
        await expect(page.locator(".row")).to_have_count(1)
        for path in ("/", f"/incidents/{incident}", "/declare", "/runbooks/acme", "/report", "/on-call", "/reviews"):
            await page.goto(board.url + path)
            overflow = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, (path, width)
            await shot(page, f"{path.strip('/').replace('/', '-')[:12] or 'front'}-{width}")


async def test_the_keyboard_alone_is_enough(board: Address, page: Page) -> None:
    incident = await board.declare("Search is slow", severity="sev1")
    await page.goto(await board.link())
    await page.goto(f"{board.url}/incidents/{incident}")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == "Acknowledge":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("alice acknowledged through board").first).to_be_visible()


async def test_it_can_be_read_in_the_dark(board: Address, page: Page) -> None:
    incident = await board.declare("Search is slow", severity="sev2")
    await page.emulate_media(color_scheme="dark")
    await page.goto(await board.link())
    await page.goto(f"{board.url}/incidents/{incident}")
    await asyncio.sleep(0)
    paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in paper.removeprefix("rgb(").removesuffix(")").split(",")) < 64
    await shot(page, "dark")


async def test_on_a_phone_nothing_floats_above_what_is_read(board: Address, page: Page) -> None:
    """When it was brought up to date stands at the page's end; that it may be old is seen wherever somebody reads."""
    incident = await board.declare("Search is slow", severity="sev1")
    await page.set_viewport_size({"width": 360, "height": 640})
    await page.goto(await board.link())
    await page.goto(f"{board.url}/incidents/{incident}")
    news = page.locator("#news")
    assert await news.evaluate("(each) => getComputedStyle(each).position") == "static"
    await page.evaluate("stale('no connection: what you see may be old')")
    assert await news.evaluate("(each) => getComputedStyle(each).position") == "fixed"
    await expect(news).to_be_in_viewport()
