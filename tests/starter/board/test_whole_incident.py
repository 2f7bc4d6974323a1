"""A whole incident on the board, in a browser: to its end, and through its review."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect
from temporalio.client import Client

from settings import Settings
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

__all__ = ["browser", "page", "quick_board"]
IN_MINUTES = re.compile(r"^in \d+m$")
"""48 hours, at the speed of that board."""
UPDATES = "\n    updates: {every: 15m, owner: commander, to: '#incidents'}\n    verify_for: 5m\n"
"""Something is always next, however late the browser comes."""
ITS_CHANGE = """async () => {
  const due = () => document.querySelector('.row .countdown')?.dateTime;
  const first = due();
  while (due() === first) await new Promise(requestAnimationFrame);
  return [Date.parse(first), Date.now()];
}"""
"""When what comes next was due, and when the row said something else: read in the page, where nothing comes between."""


@pytest_asyncio.fixture
async def busy_board(client: Client, settings: Settings, tmp_path: Path) -> AsyncIterator[BoardAddress]:
    book = WHOLE_BOOK.replace("\n    verify_for: 5m\n", UPDATES)
    assert UPDATES in book
    async with board_at(client, book_in(tmp_path / "books", book), settings) as found:
        yield found


async def test_a_countdown_reaches_zero_and_the_page_changes_by_itself(busy_board: BoardAddress, page: Page) -> None:
    await busy_board.declare("Search is slow")
    with nothing_wrong(page):
        await page.goto(await busy_board.link())
        row = page.locator(".row")
        await expect(row.locator(".countdown")).to_have_text(re.compile(r"\d:\d\d"))
        due, changed = await page.evaluate(ITS_CHANGE)
        assert due <= changed, "it changed before its time"
        await expect(row).to_contain_text("tier 2 called")
        await expect(page.locator("#news")).to_contain_text("brought up to date")


async def test_it_is_led_to_its_end_and_its_review_is_closed(quick_board: BoardAddress, page: Page) -> None:
    incident = await quick_board.declare("Checkout fails", service="checkout")
    with nothing_wrong(page):
        await page.goto(await quick_board.link())
        await page.goto(f"{quick_board.url}/incidents/{incident}")
        await approve_what_waits(page)
        await page.get_by_role("button", name="Acknowledge", exact=True).click()
        await expect(page.locator("#happened")).to_contain_text("alice acknowledged through board")
        await page.locator("#tasks").get_by_role("button", name="Done").click()
        await expect(page.locator("#tasks")).to_contain_text("1 of 1 done")
        await lower_the_severity(page)
        await page.locator("summary", has_text="Resolve").click()
        await page.get_by_label("What it was, and what was done").fill("rolled back")
        await page.get_by_role("button", name="Resolve").click()
        await page.get_by_role("button", name="Do it").click()
        await expect(page.locator("#head .phase")).to_have_text("resolved")
        await expect(page.locator("#head .labels")).to_contain_text("closed")
        await close_the_review(quick_board, page)


async def approve_what_waits(page: Page) -> None:
    await expect(page.locator("#drafts")).to_contain_text("status page: investigating")
    await expect(page.locator("#public")).to_contain_text("nothing has been said there")
    await page.locator("#drafts").get_by_role("button", name="Let it out").click()
    await expect(page.locator("#drafts")).to_have_count(0)
    await expect(page.locator("#public")).to_contain_text("investigating")


async def lower_the_severity(page: Page) -> None:
    """Seen first, then done."""
    await page.locator("summary", has_text="Change the severity").click()
    await page.get_by_role("button", name="Change the severity").click()
    await expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
    await expect(page.locator("main")).to_contain_text("Nothing has been done yet")
    await page.get_by_role("button", name="Do it").click()
    await expect(page.locator("#head .sev")).to_have_text("SEV-2")


async def close_the_review(board: BoardAddress, page: Page) -> None:
    await page.goto(f"{board.url}/reviews")
    await expect(page.get_by_role("link", name="Checkout fails")).to_be_visible()
    await expect(page.locator(".row .countdown")).to_have_text(IN_MINUTES)
    await page.get_by_role("link", name="Checkout fails").click()
    await expect(page.get_by_role("heading", name="Review: Checkout fails")).to_be_visible()
    assert await violations(page) == []
    await page.locator("#owed summary", has_text="Done").first.click()
    await page.get_by_label("Where it can be read").fill("https://wiki.example/report")
    await page.locator("#owed details[open] button", has_text="Done").click()
    await expect(page.locator("main .notice.good")).to_be_visible()
    await expect(page.locator("#head .phase")).to_have_text("review closed")
