"""A real browser for tests: the Chromium of this machine, driven by playwright.

A folder's conftest takes the fixtures: `from tests.browser import browser, page`. Without a browser the tests that need
one are skipped, and say so; where nobody looks (CI) they fail.
"""

import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.patience import HANGS_AFTER_S

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_BROWSER = "there is no Chromium on this machine, and this test looks at a page: apt-get install chromium"
WIDE = 1440


@pytest.fixture(scope="session")
async def browser() -> "AsyncIterator[Browser]":
    if CHROMIUM is None:
        assert not os.environ.get("CI"), NO_BROWSER
        pytest.skip(NO_BROWSER)
    driver = pytest.importorskip("playwright.async_api", reason="make setup-dev brings the browser's driver")
    driver.expect.set_options(timeout=HANGS_AFTER_S * 1_000)
    async with driver.async_playwright() as playwright:
        # Whoever runs tests as root, as containers do, gets no Chromium with its own sandbox.
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: "Browser") -> "AsyncIterator[Page]":
    """An empty page in light colours. What its scripts throw, and what it would load from elsewhere, fails the test."""
    context = await browser.new_context(viewport={"width": WIDE, "height": 900}, color_scheme="light", locale="en-GB")
    opened = await context.new_page()
    opened.set_default_timeout(HANGS_AFTER_S * 1_000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: wrong.append(request.url) if _is_elsewhere(request.url) else None)
    yield opened
    await context.close()
    assert wrong == []


def _is_elsewhere(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:", "about:"))
