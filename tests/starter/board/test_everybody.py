"""The board for everybody: who hears pages, who has only keys, who has a phone; and whatever strangers wrote."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from temporalio.client import Client

from settings import Settings
from starter.temporal.incidents import Incidents
from tests.browser import browser, page
from tests.starter.board.browsing import (
    WHOLE_BOOK,
    BoardAddress,
    board_at,
    book_in,
    nothing_wrong,
    quick_board,
    violations,
)
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived

__all__ = ["browser", "page", "quick_board"]
SHOTS = os.environ.get("BOARD_SHOTS", "")
"""A folder: then pictures are kept of what is seen."""
LISTS = ("/", "/incidents", "/reviews", "/follow-ups", "/on-call", "/runbooks", "/runbooks/acme", "/report", "/declare")
CUT_OFF = """[...document.querySelectorAll('.top nav a')]
  .filter((each) => each.getBoundingClientRect().right > each.parentElement.getBoundingClientRect().right + 1)
  .map((each) => each.textContent)"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIDEWAYS = """[...document.querySelectorAll('.wide:has(.list)')]
  .filter((each) => each.scrollWidth > each.clientWidth).length"""
EVIL = """"><script>window.hacked=1</script><img src=x onerror=window.hacked=1>{{ 7*7 }}</textarea>' \u202etxt.exe"""
NAME_IN_FOCUS = "(e => (e.labels?.[0]?.textContent || e.textContent || '').trim())(document.activeElement)"
WIDE_WORD = "W" * 90
LEFT_EDGES = """(words) => {
  const text = [...document.querySelectorAll('code')].find((each) => each.textContent === words).firstChild;
  return ['2', '-', words.at(-1)].map((letter, at) => {
    const range = document.createRange(), index = at < 2 ? words.indexOf(letter) : words.length - 1;
    range.setStart(text, index); range.setEnd(text, index + 1);
    return range.getBoundingClientRect().left;
  });
}"""
"""Where the date of an id begins and ends, and where its letters end."""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_who_hears_a_page_or_sees_little_misses_nothing(
    theme: str, quick_board: BoardAddress, page: Page
) -> None:
    incident = await quick_board.declare("Search is slow", service="search")
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await page.goto(await quick_board.link())
    for path in (*LISTS, f"/incidents/{incident}"):
        await page.goto(quick_board.url + path)
        assert await violations(page) == [], path
    await page.locator("summary", has_text="Change the severity").click()
    assert await violations(page) == [], "with a form that is open"
    await page.get_by_role("button", name="Change the severity").click()
    await expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
    assert await violations(page) == [], "what it would change"
    await page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [found for found in await violations(page) if found.startswith("image-alt")], "nothing would be found"


async def test_without_a_session_the_login_can_be_heard_too(quick_board: BoardAddress, page: Page) -> None:
    await page.goto(f"{quick_board.url}/login")
    assert await violations(page) == []


async def test_a_title_that_runs_from_right_to_left_does_not_turn_what_stands_beside_it(
    quick_board: BoardAddress, page: Page
) -> None:
    incident = await quick_board.declare("پرداخت")
    await page.goto(await quick_board.link())
    await page.goto(f"{quick_board.url}/incidents")
    assert await page.evaluate(LEFT_EDGES, incident) == sorted(await page.evaluate(LEFT_EDGES, incident))


@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_no_page_is_wider_than_the_screen(width: int, quick_board: BoardAddress, page: Page) -> None:
    incident = await quick_board.declare(f"Search {WIDE_WORD}", service=WIDE_WORD)
    await page.set_viewport_size({"width": width, "height": 900})
    with nothing_wrong(page):
        await page.goto(await quick_board.link())
        for path in (*LISTS, f"/incidents/{incident}"):
            await page.goto(quick_board.url + path)
            await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            assert await page.evaluate(WIDER) <= 0, path
            assert await page.evaluate(CUT_OFF) == [], path
            assert await page.evaluate(SIDEWAYS) == 0, path
            if SHOTS:
                name = path.strip("/").replace("/", "-")[:20] or "front"
                await page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


async def test_on_paper_stands_what_is_known_and_nothing_to_press(quick_board: BoardAddress, page: Page) -> None:
    incident = await quick_board.declare("Search is slow", service="search")
    await page.goto(await quick_board.link())
    await page.emulate_media(media="print")
    for path, said in (("/on-call", "The Boss"), ("/", "Search is slow"), (f"/incidents/{incident}", "What happened")):
        await page.goto(quick_board.url + path)
        await expect(page.locator("main").get_by_text(said).first).to_be_visible()
        assert not await page.locator("button:visible, input:visible").count(), path


async def to(page: Page, name: str) -> None:
    """With the Tab key, as somebody goes who sees where they are."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        seen = await page.evaluate(NAME_IN_FOCUS)
        if seen.startswith(name):
            return
    raise AssertionError(f"the Tab key never comes to {name!r}")


async def test_keys_alone_declare_acknowledge_and_write(quick_board: BoardAddress, page: Page) -> None:
    await page.goto(await quick_board.link())
    await to(page, "Declare an incident")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("What is wrong")).to_be_focused()
    await page.keyboard.type("Search is slow")
    await to(page, "See whom it pages")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Declare it")).to_be_visible()
    await to(page, "Declare it")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Search is slow")).to_be_visible()
    await to(page, "Acknowledge")
    await page.keyboard.press("Enter")
    await expect(page.locator("#happened")).to_contain_text("alice acknowledged through board")
    await to(page, "Write a note")
    await page.keyboard.press("Enter")
    await to(page, "Note")
    await page.keyboard.type("it began with the deploy")
    await to(page, "Write a note")
    await page.keyboard.press("Enter")
    await expect(page.locator("#happened")).to_contain_text("it began with the deploy")


@pytest_asyncio.fixture
async def hostile(client: Client, settings: Settings, tmp_path: Path) -> AsyncIterator[BoardAddress]:
    """Whose runbook, people and roles have names that were made to break a page."""
    said = EVIL.replace("'", "''")
    book = WHOLE_BOOK
    for name in (
        "On-call Engineer",
        "The Boss",
        "Incident Commander",
        "Acme's procedure",
        "Freeze deployments",
        "Outage",
    ):
        book = book.replace(f" {name}", f" '{said}'")
    async with board_at(client, book_in(tmp_path / "evil", book), settings) as found:
        yield found


async def test_names_that_were_made_to_break_a_page_break_none(
    hostile: BoardAddress, page: Page, client: Client
) -> None:
    incident = await hostile.declare(EVIL, service=EVIL[:90], labels={EVIL[:40]: EVIL}, public=EVIL[:60])
    (row,) = await Incidents(client).list()
    evil = {"name": EVIL, "summary": EVIL, "labels": {EVIL[:50]: EVIL}, "link": "javascript:window.hacked=1"}
    alert = Alert.model_validate({"fingerprint": EVIL, "starts_at": datetime.now(UTC), **evil})
    await Incidents(client).signal(row.workflow_id, AlertsReceived(by=EVIL, via=EVIL, alerts=(alert,)))
    api = f"{hostile.url}/api/v1/incidents/{incident}"
    for verb, said in (("ack", {"for": EVIL[:50]}), ("note", {"text": EVIL}), ("update", {"text": EVIL})):
        (await hostile.http.post(f"{api}/{verb}", json=said)).raise_for_status()
    await page.set_viewport_size({"width": 360, "height": 900})
    with nothing_wrong(page):
        await page.goto(await hostile.link())
        for path in (*LISTS, f"/incidents/{incident}"):
            await page.goto(hostile.url + path)
            assert await page.evaluate("window.hacked") is None, path
            assert await page.evaluate(WIDER) <= 0, path
            assert await page.locator("main img[src=x], main script").count() == 0, path
            assert await page.locator("a[href^='javascript']").count() == 0, path
        await expect(page.locator("#happened")).to_contain_text("<script>window.hacked=1</script>")
