"""docs/board.png and docs/board-incident.png: the pages as a browser shows them, of incidents that were simulated.

`python -m tests.docs.board_picture` makes both anew. It needs the Chromium of `tests/browser.py`, and no server.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

from markupsafe import Markup
from playwright.async_api import Page, Route, async_playwright

from starter.board import owed_acts
from starter.board.acts import acts
from starter.board.filters import RowFilter
from starter.board.glance import DueDebt, Glance
from starter.board.html import ASSETS, rendered
from starter.board.incident_page import incident_page
from starter.board.surroundings import Surroundings
from starter.desk.answers import ShownIncident
from starter.desk.on_call_answers import NamedShift, PostOnCall
from starter.gateway.access import Actor
from starter.gateway.routes.board_pages import Aftermath
from starter.gateway.routes.front import TakenWebhooks
from starter.gateway.visitors import Visitor
from starter.pictures.course import course
from starter.runbooks import library
from starter.temporal.backlogs import Backlog
from starter.temporal.results import ListPage, ReviewSummary, Summary
from tests.browser import CHROMIUM
from tests.docs.markdown import ROOT
from workflows.policy.incident.events import Acknowledged, FlagChanged, Noted, RoleAssigned, UpdatePosted
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.review.debts import Debt
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.named import names_in
from workflows.policy.views.plan_view import plan_view
from workflows.policy.views.results import Status

DECLARED = datetime(2026, 11, 27, 2, 4, tzinfo=UTC)
CAROL = Visitor(Actor("carol", "respond"), ("of-a-picture",))
NO_LINKS = SimpleNamespace(sandbox_url="", temporal_ui_url="")
PICTURE_WIDTH = 1180


def played(book: Runbook) -> Simulation:
    """Nobody answers for seven minutes; then Carol does, and works."""
    opening = OpenRequest(
        runbook=book, severity="sev1", title="Checkout fails for everybody", service="checkout", source="alertmanager"
    )
    simulation = Simulation.of(opening, DECLARED)
    for minutes, event in (
        (7, Acknowledged(by="Carol", via="PagerDuty")),
        (8, RoleAssigned(by="Carol", role="commander", person="Carol")),
        (11, FlagChanged(by="Carol", flag=book.flags[0])) if book.flags else (11, Noted(by="Carol", text="looking")),
        (14, Noted(by="Dan", text="error rate rose with deploy 4.2 at 01:58")),
        (16, UpdatePosted(by="Carol", text="We are rolling 4.2 back; the next word at 02:50.", phase="identified")),
    ):
        simulation.run_to(DECLARED + timedelta(minutes=minutes))
        simulation.happen(event.model_copy(update={"at": simulation.now}))
    simulation.run_to(DECLARED + timedelta(minutes=21, seconds=40))
    return simulation


def one_incident(book: Runbook, simulation: Simulation) -> str:
    incident = simulation.incident.model_copy(update={"id": "20261127-0204-k7qxzm"})
    view = plan_view(book, incident, simulation.plan(), simulation.now, 1.0, frozenset())
    status = Status(incident=incident, verification=timedelta(minutes=15), names=names_in(book, incident))
    shown = ShownIncident(state=status, plan=view)
    page = incident_page(shown, {book.runbook: book}, simulation.now)
    drawn = Markup(course(incident, view, page.person))
    values = {"me": CAROL, "links": NO_LINKS, "page": page, "acts": acts(page), "owed": owed_acts, "course": drawn}
    return rendered("incident.html", **values, said=Aftermath(), version="")


def row(minutes: int, severity: str, title: str, service: str, **more: object) -> Summary:
    begun = DECLARED - timedelta(minutes=minutes)
    name = f"{begun:%Y%m%d-%H%M}-k7qxzm"
    known = {
        "workflow_id": name,
        "run_id": "",
        "incident": name,
        "open": True,
        "runbook": "company",
        "phase": "identified",
    }
    return Summary.model_validate(
        {**known, "title": title, "severity": severity, "service": service, "started_at": begun, **more}
    )


def around(at: datetime) -> Surroundings:
    """Who is on call, and queues in which nothing waits."""
    morning = at.replace(hour=9, minute=0, second=0)
    now, following = (
        NamedShift(who=name.lower(), name=name, begins_at=begin, ends_at=begin + timedelta(days=1))
        for name, begin in (("Carol", morning - timedelta(days=1)), ("Dan", morning))
    )
    post = PostOnCall(
        runbook="company", post="on-call", name="On-call Engineer", zone="UTC", now=now, next=following, shifts=()
    )
    queues = (
        Backlog(name=name, waiting=0, oldest=timedelta(), is_worked=True) for name in ("decisions", "pages", "messages")
    )
    return Surroundings((post,), tuple(queues))


def first_page(book: Runbook, at: datetime) -> str:
    rows = (
        row(
            0, "sev1", "Checkout fails for everybody", "checkout", tier=2, acknowledged_by="Carol", commander="Carol",
            updated_at=at - timedelta(minutes=5, seconds=40), public="investigating",
            next_duty="remind Incident Commander of the update: the next update is due 3m later",
            next_duty_at=at + timedelta(minutes=7, seconds=12),
        ),
        row(
            9, "sev2", "Search answers slowly in Europe", "search", tier=1, phase="investigating",
            next_duty="page Backup Engineer: not acknowledged within 15m", next_duty_at=at + timedelta(seconds=48),
        ),
        row(
            140, "sev3", "Nightly export is late", "reports", tier=1, acknowledged_by="Dan", phase="monitoring",
            updated_at=at - timedelta(minutes=50), next_duty="post update, because none came: it is due every 4h",
            next_duty_at=at + timedelta(hours=1, minutes=5),
        ),
    )  # fmt: skip
    reviews: ListPage[ReviewSummary] = ListPage(rows=(), size=100, total=0)
    glance = Glance(at, ListPage(rows=rows, size=500, total=3), reviews, (), around(at))
    debt = Debt(what="incident report", kind="review", owner="Dan", due_at=at + timedelta(hours=31))
    values: dict[str, object] = {"me": CAROL, "links": NO_LINKS, "glance": glance, "rows": rows, "wanted": RowFilter()}
    values |= {
        "due": [DueDebt("20261125-1412-vv3n8d", "Logins fail", debt)],
        "silences": (),
        "wrong": [],
        "remarks": [],
    }
    canary = SimpleNamespace(last_success_at=at - timedelta(seconds=20))
    return rendered("board.html", **values, canary=canary, books={book.runbook: book}, webhooks=TakenWebhooks(1204, 0))


async def _asset(route: Route) -> None:
    found = ASSETS[urlsplit(route.request.url).path.removeprefix("/assets/")]
    await route.fulfill(body=found.body, content_type=found.media_type)


async def _shot(page: Page, html: str, name: str, height: int) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(body=html, content_type="text/html; charset=utf-8")

    await page.route("http://board.test/", answer)
    await page.set_viewport_size({"width": PICTURE_WIDTH, "height": height})
    await page.goto("http://board.test/")
    await page.screenshot(path=ROOT / "docs" / name)
    await page.unroute("http://board.test/")


async def write() -> None:
    book = library.load(ROOT / "runbooks").runbooks["company"]
    simulation = played(book)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await chromium.new_page(java_script_enabled=False, color_scheme="light")
        await page.route("**/assets/*", _asset)
        await _shot(page, first_page(book, simulation.now), "board.png", 880)
        await _shot(page, one_incident(book, simulation), "board-incident.png", 1250)
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(write())
