"""docs/status-page.png: Tocsin's own status page as a browser shows it, of an incident that is made up.

`python -m tests.docs.public_page_picture` makes it anew. It needs the Chromium of `tests/browser.py`, and no server.
"""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, Route, async_playwright

from starter.public_page.site import site
from tests.browser import CHROMIUM
from tests.docs.markdown import ROOT
from tests.starter.public_pages import ACME, OVER, PAYMENTS_FAIL, planned, standing

FILES = site(standing(*PAYMENTS_FAIL, *OVER, planned(600, 720, components=("Search",))), ACME)


async def shot(browser: Browser, to: Path, width: int, height: int, scheme: str = "light") -> None:
    page = await browser.new_page(
        java_script_enabled=False,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": height},
    )

    async def answer(route: Route) -> None:
        found = FILES[urlsplit(route.request.url).path.lstrip("/") or "index.html"]
        await route.fulfill(body=found.body, content_type=found.media_type)

    await page.route("**/*", answer)
    await page.goto("http://status.test/")
    await page.screenshot(path=to)
    await page.close()


async def write() -> None:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await shot(chromium, ROOT / "docs" / "status-page.png", 900, 1000)
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(write())
