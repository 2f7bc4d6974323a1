"""/status at the gateway: for everybody, the same for all, and there while Temporal is away."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import httpx
import pytest
import pytest_asyncio

from settings import Settings
from starter.gateway import public_site
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.public_pages import PublicPages
from tests.starter.conftest import GatewayUnderTest
from tests.starter.public_pages import PAYMENTS_FAIL, said

NOW_AND_AGAIN = patch.object(public_site, "LOOKED_AT_EVERY", timedelta())


@pytest.fixture
def shown(gate: GatewayUnderTest) -> GatewayUnderTest:
    page = {"public_page": "gateway", "public_page_name": "Acme"}
    return replace(gate, settings=gate.settings.model_copy(update=page), peer="203.0.113.9")


@pytest_asyncio.fixture
async def http(shown: GatewayUnderTest) -> AsyncIterator[httpx.AsyncClient]:
    """Of anybody."""
    async with shown.open() as client:
        yield client


async def test_what_was_said_stands_there_with_no_worker_and_no_token(
    http: httpx.AsyncClient, incidents: Incidents
) -> None:
    for event in PAYMENTS_FAIL:
        await PublicPages(incidents.connection).say(event)
    for path in ("/status", "/status/"):
        answer = await http.get(path)
        assert answer.status_code == 200
        assert "A change of this morning is the cause." in answer.text
    summary = (await http.get("/status/api/v2/summary.json")).json()
    assert [incident["name"] for incident in summary["incidents"]] == ["Payments fail for some customers"]
    assert (await http.get("/status/feed.atom")).headers["content-type"].startswith("application/atom+xml")
    assert (await http.get("/status/status.css")).headers["content-type"].startswith("text/css")
    assert (await http.get("/status/../settings")).status_code == 404


async def test_its_headers_let_nothing_run_and_everybody_keep_it(http: httpx.AsyncClient) -> None:
    answer = await http.get("/status")
    assert "set-cookie" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "public, max-age=30"
    again = await http.get("/status", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await http.head("/status")
    assert (head.status_code, head.content) == (200, b"")


async def test_all_who_look_cost_one_look_at_temporal(http: httpx.AsyncClient) -> None:
    looks = 0
    known = PublicPages.known

    async def counted(self: PublicPages) -> object:
        nonlocal looks
        looks += 1
        return await known(self)

    with patch.object(PublicPages, "known", counted):
        for _ in range(20):
            assert (await http.get("/status")).status_code == 200
    assert looks == 1


async def test_while_temporal_is_away_the_page_stands_as_it_was(
    http: httpx.AsyncClient, incidents: Incidents, away: Incidents
) -> None:
    pages = PublicPages(incidents.connection)
    await pages.say(PAYMENTS_FAIL[0])
    before = await http.get("/status")
    with NOW_AND_AGAIN, patch.object(PublicPages, "known", PublicPages(away.connection).known):
        assert (await http.get("/status")).text == before.text
    with NOW_AND_AGAIN:
        await pages.say(said(1, "over", "resolved"))
        assert "over" in (await http.get("/status")).text


async def test_what_is_not_known_is_not_said_to_be_well(shown: GatewayUnderTest, away: Incidents) -> None:
    async with replace(shown, incidents=away).open() as http:
        answer = await http.get("/status")
    assert answer.status_code == 503
    assert answer.headers["cache-control"] == "no-store"
    assert "Operational" not in answer.text


async def test_without_the_setting_there_is_no_page(gate: GatewayUnderTest) -> None:
    async with replace(gate, peer="203.0.113.9").open() as http:
        assert (await http.get("/status")).status_code == 404


async def test_the_services_are_those_of_the_runbooks_that_are_followed(
    shown: GatewayUnderTest, library: Library, settings: Settings
) -> None:
    book = library.runbooks["acme"]
    listed = book.model_copy(update={"intake": book.intake.model_copy(update={"services": {"pay": "Payments"}})})
    async with replace(shown, library=replace(library, runbooks={"acme": listed})).open() as http:
        summary = (await http.get("/status/api/v2/summary.json")).json()
    assert [each["name"] for each in summary["components"]] == ["Payments"]
