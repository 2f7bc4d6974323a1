"""The address that `up` prints is a page for people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from starter.gateway.front_page import PROBLEMS, FrontLinks, front_page
from starter.gateway.routes.front import what_is_wrong
from starter.gateway.routes.health import CanaryHealth, Readiness, SilencesHealth, Standing
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest

UI, SANDBOX = "http://127.0.0.1:8233", "http://127.0.0.1:8099"


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def with_links(gate: GatewayUnderTest) -> GatewayUnderTest:
    return replace(gate, settings=gate.settings.model_copy(update={"temporal_ui_url": UI, "sandbox_url": SANDBOX}))


async def test_it_leads_to_the_sandbox_the_open_incidents_and_the_documentation(gate: GatewayUnderTest) -> None:
    async with with_links(gate).open() as http:
        answer = await http.get("/")
        page = Page(answer.text)
        assert answer.status_code == 200
        assert "Tocsin is well" in page.text
        assert "tocsin declare" in page.text
        board, sandbox, ui, docs, readyz = page.links
        assert (board, sandbox, docs, readyz) == ("/login", SANDBOX, "/docs", "/readyz")
        assert (await http.get(docs)).status_code == 200
    assert urlsplit(ui).path == f"/namespaces/{gate.incidents.connection.client.namespace}/workflows"
    assert parse_qs(urlsplit(ui).query) == {"query": ["WorkflowType = 'incident' AND ExecutionStatus = 'Running'"]}


async def test_temporal_understands_what_the_link_asks_for(gate: GatewayUnderTest) -> None:
    async with with_links(gate).open() as http:
        (_, _, ui, *_) = Page((await http.get("/")).text).links
    (query,) = parse_qs(urlsplit(ui).query)["query"]
    found = gate.incidents.connection.client.list_workflows(query)
    assert [each async for each in found] == []


class TestWell:
    def test_nothing_is_known_of_a_worker_before_the_first_canary(self) -> None:
        assert list(what_is_wrong(found(canary=CanaryHealth(last_success_at=None, problem=None)), []))

    def test_a_canary_that_has_come_back_is_well(self) -> None:
        back = CanaryHealth(last_success_at=datetime.now(UTC), problem=None)
        assert not list(what_is_wrong(found(canary=back), []))

    def test_a_workflow_that_is_stuck_is_not_well(self) -> None:
        back = CanaryHealth(last_success_at=datetime.now(UTC), problem=None)
        assert list(what_is_wrong(found(canary=back), ["x is stuck"])) == ["x is stuck"]


def found(canary: CanaryHealth) -> Readiness:
    return Readiness(
        ready=True,
        temporal="reachable",
        runbooks=["acme"],
        installation=Standing(published=None, problem=None, differences=[]),
        problems=[],
        webhooks={},
        connections={},
        canary=canary,
        silences=SilencesHealth(active=[], problem=None),
    )


async def test_without_a_sandbox_and_a_ui_it_leads_to_none(gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        assert Page((await http.get("/")).text).links == ["/login", "/docs", "/readyz"]


async def test_it_says_that_temporal_is_away(gate: GatewayUnderTest, away: Incidents) -> None:
    async with replace(gate, incidents=away).open() as http:
        answer = await http.get("/")
    assert answer.status_code == 503
    assert "Tocsin is not well" in answer.text
    assert f"Temporal at {away.address}" in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        lambda gate: replace(gate, peer="192.0.2.7"),
        lambda gate: replace(gate, headers={"X-Forwarded-For": "192.0.2.7"}),
        lambda gate: replace(gate, headers={"Origin": "https://evil.example"}),
        lambda gate: replace(gate, headers={"Host": "tocsin.example.com"}),
        lambda gate: replace(gate, headers={"Authorization": "Bearer guessed"}, peer="192.0.2.7"),
    ],
)
async def test_strangers_hear_only_whether_it_is_ready(
    asked: Callable[[GatewayUnderTest], GatewayUnderTest], gate: GatewayUnderTest, away: Incidents
) -> None:
    async with asked(with_links(gate)).open() as http:
        ready = await http.get("/")
    async with asked(replace(with_links(gate), incidents=away)).open() as http:
        not_ready = await http.get("/")
    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert (not_ready.status_code, not_ready.text) == (503, "not ready\n")


async def test_a_browser_may_load_and_run_nothing_on_it(gate: GatewayUnderTest) -> None:
    async with with_links(gate).open() as http:
        answer = await http.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not {"script", "img", "link", "iframe", "form"} & set(Page(answer.text).tags)


def test_what_others_have_written_is_text_there() -> None:
    evil = "<script>alert(1)</script>\"'><img src=x>"
    page = Page(front_page(FrontLinks(f"http://x/{evil}", f"http://y/{evil}", evil), [evil], [evil]))
    assert not {"script", "img"} & set(page.tags)
    assert page.text.count(evil) == 2


def test_many_problems_are_counted() -> None:
    lines = [f"problem {number}." for number in range(PROBLEMS + 3)]
    page = Page(front_page(FrontLinks("", "", "default"), [], lines))
    assert [line in page.text for line in lines] == [True] * PROBLEMS + [False] * 3
    assert "and 3 more" in page.text
