"""The status page in a real browser: no width is too narrow for it, whatever somebody wrote, and nothing runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from starter.public_page.site import PageFile, site
from tests.browser import browser, page
from tests.starter.board.browsing import violations
from tests.starter.public_pages import ACME, OVER, PAYMENTS_FAIL, planned, said, standing

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

__all__ = ["browser", "page"]
LONG = "<b>" + "x" * 180
CALM = site(standing(*PAYMENTS_FAIL, *OVER, planned(600, 720, components=("Search",))), ACME)
HOSTILE = site(
    standing(said(9, f"{LONG} {LONG}", name=LONG, components=(LONG,)), planned(5, 9, name=LONG), services=(LONG,)), ACME
)


async def shown(page: "Page", files: Mapping[str, PageFile], path: str = "index.html") -> None:
    async def answer(route: "Route") -> None:
        found = files[urlsplit(route.request.url).path.lstrip("/")]
        await route.fulfill(body=found.body, content_type=found.media_type)

    await page.route("**/*", answer)
    await page.goto(f"http://localhost:1/{path}")


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("path", ["index.html", "history.html"])
@pytest.mark.parametrize("files", [CALM, HOSTILE], ids=["calm", "hostile"])
async def test_nothing_is_wider_than_the_page(
    page: "Page", files: Mapping[str, PageFile], path: str, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await shown(page, files, path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.locator("b, script").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["index.html", "history.html"])
@pytest.mark.parametrize("files", [CALM, HOSTILE], ids=["calm", "hostile"])
async def test_who_hears_it_or_sees_little_misses_nothing(
    page: "Page", files: Mapping[str, PageFile], path: str, theme: str
) -> None:
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await shown(page, files, path)
    assert await violations(page) == []


async def test_the_first_thing_that_is_read_is_how_things_stand(page: "Page") -> None:
    await shown(page, CALM)
    assert await page.locator("h1").inner_text() == "Partial System Outage"
    assert "Partial System Outage" in await page.title()
