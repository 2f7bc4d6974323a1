"""What has ended, on the board: page by page, and in figures."""

import re
from collections.abc import AsyncIterator
from functools import partial
from types import SimpleNamespace

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from benchmarks.reading import closed_rows
from starter.board.html import rendered
from starter.gateway.access import Actor
from starter.gateway.visitors import Visitor
from tests.starter.board.conftest import logged_in, seen
from tests.starter.conftest import GatewayUnderTest, eventually

CLOSED = 7


@pytest_asyncio.fixture
async def ended(tokens: GatewayUnderTest, installation: Client) -> AsyncIterator[httpx.AsyncClient]:
    """Alice's browser, and incidents that have ended without a word."""
    await closed_rows(installation, CLOSED)
    async with logged_in(tokens) as http:
        yield http


async def test_what_has_closed_is_paged_through_once_and_whole(
    ended: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.gateway.routes.board_pages.CLOSED_ON_A_PAGE", 2)
    found: list[str] = []
    path = "/incidents"
    while path:
        page = await seen(ended, path)
        links = [value for name, value in page.attributes if name == "href"]
        found += [link for link in links if link.startswith("/incidents/")]
        path = next((link for link in links if "run=" in link), "")
    assert len(found) == len(set(found)) == CLOSED


@pytest.mark.parametrize(
    ("before", "said"),
    [("2000-01-01", "None."), ("yesterday", f"{CLOSED}, as far back"), ("9999-12-31T23:59:59-14:00", "Checkout fails")],
)
async def test_a_day_leads_to_what_had_closed_by_then(before: str, said: str, ended: httpx.AsyncClient) -> None:
    assert said in (await seen(ended, f"/incidents?before={before}")).words


def test_a_figure_says_itself_what_it_is_of_because_on_a_phone_a_table_has_no_head() -> None:
    spread = SimpleNamespace(median_s=60.0, p90_s=None)
    times = {"acknowledge": spread, "mitigate": spread, "resolve": spread}
    group = SimpleNamespace(name="sev1", incidents=7, open=2, **times)
    seen = SimpleNamespace(severities=[group], services=[group], total=group)
    html = rendered(
        "report.html", me=Visitor(Actor("alice", "read"), ("",)), seen=seen, days=30, caption="", sentences=()
    )
    assert len(re.findall(r'<td data-label="Incidents">7', html)) == 3
    assert re.findall(r"<td>[\d–]", html) == []


async def test_the_report_says_what_its_table_does_not(ended: httpx.AsyncClient) -> None:
    """As soon as Temporal's list knows when they ended."""
    wanted = f"{CLOSED} that ended without a record"
    page = await eventually(partial(seen, ended, "/report"), lambda page: wanted in page.words)
    assert "The last 30 days" in page.words
