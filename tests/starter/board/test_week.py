"""Who is on call, on the board: a week, and swaps."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from starter.board.on_call_page import moment_there, shown_week
from starter.pictures.rota import MIDDLE_ROTA, NARROW_ROTA, WIDE_ROTA
from starter.runbooks.library import Library, load
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.shifts import Shifts
from tests.browser import browser, page
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import ALICE, READER, TOKENS, bearer
from tests.starter.board.browsing import BoardAddress
from tests.starter.board.conftest import logged_in, pressed, seen
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.test_serve import serving
from tests.workflows.shifts import RotaWorld
from worker.hosting import runner
from workflows.policy.watches.installation import Installation
from workflows.queues import COMMS_QUEUE, WORKFLOW_QUEUE
from workflows.shift import ShiftWorkflow

__all__ = ["browser", "page"]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ROTA_BOOK = """
runbook: acme
title: A rota
home: "#incidents"
calendar: {zone: Europe/Berlin}
people:
  on-call:
    name: On-call Engineer
    on_call: {rota: [ann, ben], every: 1d, from: 2026-01-01, hand_over: "09:00"}
  nights:
    name: Night Watch
    on_call: {rota: [ann], from: 2999-01-04, hand_over: "09:00"}
  ann: {name: Ann <b>}
  ben: {name: Ben}
severities:
  sev1: {title: Outage, definition: Nothing works, escalation: [{page: [on-call]}, {page: [nights], after: 10m}]}
"""


@pytest.fixture
def rotas(tmp_path: Path) -> Library:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "acme.yaml").write_text(ROTA_BOOK)
    return load(tmp_path / "books")


@pytest_asyncio.fixture
async def kept(tokens: GatewayUnderTest, client: Client, rotas: Library) -> AsyncIterator[GatewayUnderTest]:
    """What a worker keeps that has loaded the rotas, behind a gateway."""
    there, world, connection = loaded(rotas, tokens.settings), RotaWorld(), tokens.incidents.connection
    await Installations(connection).publish(there)
    activities: list[Callable[..., Any]] = [
        world.read_roster, world.set_user_group, world.check_coverage, world.take_inventory, world.post,
    ]  # fmt: skip
    async with (
        Worker(client, task_queue=WORKFLOW_QUEUE, workflows=[ShiftWorkflow], workflow_runner=runner()),
        Worker(client, task_queue=COMMS_QUEUE, activities=activities),
    ):
        await Shifts(connection).keep(there)
        yield replace(tokens, library=rotas)


async def test_a_week_says_who_is_on_call_now_next_and_each_day(kept: GatewayUnderTest) -> None:
    async with logged_in(kept) as http:
        page = await seen(http, "/on-call")
        for said in ("On-call Engineer", "Ben", "Ann <b>", "Week of Mon", "Nobody is Night Watch: "):
            assert said in page.words, said
        assert page.tags.count("b") == 0
        drawn = await http.get(next(value for _, value in page.attributes if value.startswith("/on-call.svg")))
        assert drawn.headers["Content-Type"] == "image/svg+xml"
        assert drawn.text.count("<rect") >= 9
        other = await seen(http, "/on-call?from=2026-01-08")
        assert "Week of Mon 5 Jan" in other.words
        assert ("href", "/on-call?from=2026-01-12") in other.attributes


@pytest.mark.parametrize(("width", "drawn"), [(360, NARROW_ROTA), (768, MIDDLE_ROTA), (1440, WIDE_ROTA)])
async def test_the_whole_week_is_seen_at_once_and_its_letters_can_be_read(
    kept: GatewayUnderTest, page: Page, width: int, drawn: int
) -> None:
    settings = kept.settings.model_copy(update={"api_tokens": TOKENS})
    async with serving(settings, kept.library, kept.incidents) as url:
        async with httpx.AsyncClient(trust_env=False, headers=bearer(ALICE), timeout=HANGS_AFTER_S) as http:
            link = await BoardAddress(url, http).link()
        await page.set_viewport_size({"width": width, "height": 900})
        await page.goto(link)
        await page.goto(f"{url}/on-call")
        seen_now = await page.evaluate(
            "async () => { const img = document.querySelector('img.picture'); await img.decode();"
            " const box = img.getBoundingClientRect(), text = await (await fetch(img.currentSrc)).text();"
            " return [box.left, box.right, text.match(/viewBox=.0 0 ([0-9]+)/)[1]]; }"
        )
    left, right, units = seen_now
    assert (left >= 0, right <= width, int(units)) == (True, True, drawn)
    assert 0.9 < (right - left) / drawn < 1.1


async def test_the_first_page_names_them_too(kept: GatewayUnderTest) -> None:
    async with logged_in(kept) as http:
        words = (await seen(http, "/")).words
    assert "On-call Engineer" in words
    assert "Night Watch nobody" in words


async def test_a_shift_is_taken_with_a_form(kept: GatewayUnderTest) -> None:
    async with logged_in(kept) as http:
        page = await seen(http, "/on-call")
        for who in ("ann", "ben"):
            done = await pressed(http, page, "/on-call/override", who=who, duration="2h")
            assert done.status_code == 303, done.text

        async def names() -> str:
            return (await seen(http, "/on-call")).words

        words = await eventually(names, lambda words: "Swapped" in words)
        assert "(by alice)" in words
        refused = await pressed(http, page, "/on-call/override", who="stranger", duration="2h")
        assert (refused.status_code, "is nobody of the runbook" in refused.text) == (409, True)
        wrong = await pressed(http, page, "/on-call/override", who="ann", duration="sometime")
        assert wrong.status_code == 422
    async with logged_in(kept, READER) as http:
        assert [form.action for form in (await seen(http, "/on-call")).forms] == ["/logout"]


def installation(zone: str) -> Installation:
    return Installation(runbooks={}, default=zone, published_at=NOW)


@pytest.mark.parametrize(
    ("written", "monday"),
    [
        ("", date(2026, 11, 23)),
        ("2026-11-29", date(2026, 11, 23)),
        ("2026-11-30", date(2026, 11, 30)),
        ("2027-01-01", date(2026, 12, 28)),
        ("9999-12-31", date(2026, 11, 23)),
        ("0001-01-01", date(2026, 11, 23)),
        ("<script>", date(2026, 11, 23)),
    ],
)
def test_a_week_begins_on_the_monday_of_the_day_that_is_asked_for(written: str, monday: date) -> None:
    assert shown_week(installation(""), written, NOW).monday == monday


def test_a_week_in_which_clocks_change_is_as_long_as_it_is(rotas: Library) -> None:
    there = loaded(rotas, Settings(runbook="acme"))
    week = shown_week(there, "2026-10-20", NOW)
    assert (week.zone, week.span) == ("Europe/Berlin", timedelta(hours=7 * 24 + 1))
    assert week.begin == datetime(2026, 10, 18, 22, tzinfo=UTC)


def test_a_clock_field_is_meant_by_the_clock_of_the_post() -> None:
    assert moment_there("2026-11-27T02:00", "Europe/Berlin") == datetime(2026, 11, 27, 1, tzinfo=UTC)
    assert moment_there("tomorrow", "Europe/Berlin") == "tomorrow"


async def test_who_is_not_let_in_sees_no_picture(kept: GatewayUnderTest) -> None:
    async with kept.open() as http:
        assert (await http.get("/on-call.svg")).status_code == 303
