"""Without a secret a request is taken only where that is meant, and only if it plainly comes from this machine."""

import httpx
import pytest

from settings import Settings
from starter.gateway.admission import Unproved
from starter.temporal.incidents import Incidents
from tests.starter.api.conftest import ALICE, READER, TOKENS, bearer
from tests.starter.conftest import GatewayUnderTest

GENERIC = "/webhooks/generic"
ONE = {"key": "checkout", "title": "Checkout is down"}
HOST = "127.0.0.1:8080"
FOREIGN = [
    {"X-Forwarded-For": "203.0.113.7"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": HOST},
    {"Forwarded": "for=203.0.113.7"},
    {"Forwarded": ""},
    {"X-Real-IP": "127.0.0.1"},
    {"Via": "1.1 proxy"},
    {"CF-Connecting-IP": "203.0.113.7"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": f"http://{HOST}.evil.example"},
    {"Referer": "https://evil.example/page"},
    {"Referer": f"http://{HOST}@evil.example/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "tocsin.example.com"},
    {"Host": "localhost.evil.example"},
    {"Host": "127.0.0.1.nip.io:8080"},
    {"Host": "user@127.0.0.1"},
    {"Host": ""},
]
LOCAL = [
    {},
    {"Host": "localhost:8080"},
    {"Host": "[::1]:8080"},
    {"Host": "127.0.0.2"},
    {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"},
    {"Referer": f"http://{HOST}/docs"},
    {"Sec-Fetch-Site": "none"},
]


def named(headers: dict[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in headers.items()) or "as curl sends it"


@pytest.mark.parametrize("headers", FOREIGN, ids=named)
@pytest.mark.parametrize("content_type", ["text/plain", "application/json"])
async def test_what_may_have_come_from_elsewhere_opens_nothing(
    gate: GatewayUnderTest, away: Incidents, headers: dict[str, str], content_type: str
) -> None:
    """Nothing is asked of Temporal, or the answer would be 503."""
    gate.incidents = away
    async with gate.open() as http:
        answer = await http.post(GENERIC, json=ONE, headers={"Content-Type": content_type, **headers})
    assert answer.status_code == 403
    assert "tocsin token add generic" in answer.json()["error"]


@pytest.mark.parametrize("headers", LOCAL, ids=named)
async def test_what_is_plainly_local_is_taken_on_the_sandbox(gate: GatewayUnderTest, headers: dict[str, str]) -> None:
    async with gate.open() as http:
        answer = await http.post(GENERIC, json=ONE, headers=headers)
    assert answer.status_code == 202


async def test_from_another_machine_is_not_local(gate: GatewayUnderTest, away: Incidents) -> None:
    gate.incidents, gate.peer = away, "192.0.2.7"
    async with gate.open() as http:
        assert (await http.post(GENERIC, json=ONE)).status_code == 403


@pytest.mark.parametrize(
    "path", [GENERIC, "/webhooks/pagerduty", "/webhooks/jira", "/webhooks/cloudwatch", "/heartbeats/a"]
)
async def test_beside_the_sandbox_a_source_without_a_secret_is_closed_to_everybody(
    gate: GatewayUnderTest, away: Incidents, path: str
) -> None:
    gate.incidents, gate.unproved = away, Unproved.NOBODY
    async with gate.open() as http:
        answer = await http.post(path, json=ONE)
    assert answer.status_code == 403
    assert answer.json()["error"].startswith("this route is closed: ")


async def test_who_said_that_anybody_may_is_believed(gate: GatewayUnderTest) -> None:
    gate.unproved, gate.peer = Unproved.ANYBODY, "192.0.2.7"
    async with gate.open() as http:
        answer = await http.post(GENERIC, json=ONE, headers={"Host": "tocsin.example.com"})
    assert answer.status_code == 202


class TestDetail:
    @pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
    @pytest.mark.parametrize("headers", [FOREIGN[0], FOREIGN[8], FOREIGN[14], FOREIGN[16]], ids=named)
    async def test_documents_are_for_who_has_a_token_or_is_plainly_here(
        self, gate: GatewayUnderTest, path: str, headers: dict[str, str]
    ) -> None:
        gate.settings = gate.settings.model_copy(update={"api_tokens": TOKENS})
        async with gate.open() as http:
            assert (await http.get(path)).status_code == 200
            assert (await http.get(path, headers=headers)).status_code == 401
            assert (await http.get(path, headers={**headers, **bearer("nonsense")})).status_code == 401
            assert (await http.get(path, headers={**headers, **bearer(READER)})).status_code == 200

    @pytest.mark.parametrize("headers", FOREIGN, ids=named)
    async def test_whoever_has_no_proof_hears_only_whether_it_is_ready(
        self, gate: GatewayUnderTest, headers: dict[str, str]
    ) -> None:
        async with gate.open() as http:
            answer = await http.get("/readyz", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"ready": True})

    async def test_not_ready_is_said_to_everybody_and_why_to_who_may_know(
        self, gate: GatewayUnderTest, away: Incidents
    ) -> None:
        gate.incidents, gate.settings = away, gate.settings.model_copy(update={"api_tokens": TOKENS})
        async with gate.open() as http:
            stranger = await http.get("/readyz", headers=FOREIGN[0])
            known = await http.get("/readyz", headers={**FOREIGN[0], **bearer(ALICE)})
        assert (stranger.status_code, stranger.json()) == (503, {"ready": False})
        assert (known.status_code, "temporal" in known.json()) == (503, True)

    async def test_the_page_of_documents_asks_nobody_else(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            page = await http.get("/docs")
        assert "/api/v1/incidents/{incident}/ack" in page.text
        assert [each for each in ("<script", "<link", "src=", "href=", "<img", "url(") if each in page.text] == []
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert isinstance(page, httpx.Response)


class TestProxies:
    @pytest.mark.parametrize(
        ("peer", "forwarded", "sender"),
        [
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
            ("10.0.0.1", "<script>alert(1)</script>", "10.0.0.1"),
            ("10.0.0.1", "x" * 5000, "10.0.0.1"),
            ("10.0.0.1", "fe80::1%\x1b[2J", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("192.0.2.7", "203.0.113.7", "192.0.2.7"),
            ("127.0.0.1", "203.0.113.7", "127.0.0.1"),
        ],
    )
    async def test_where_a_request_came_from_only_configured_proxies_say(
        self, gate: GatewayUnderTest, peer: str, forwarded: str, sender: str
    ) -> None:
        chosen = Settings(runbook="acme", trusted_proxies="10.0.0.0/8", api_tokens=TOKENS)
        gate.settings, gate.peer, gate.unproved = chosen, peer, Unproved.NOBODY
        async with gate.open() as http:
            await http.post(GENERIC, json=ONE, headers={"X-Forwarded-For": forwarded})
            shown = (await http.get("/readyz", headers=bearer(READER))).json()["problems"]
        assert [f" from {sender}: " in problem for problem in shown if problem.startswith("generic")] == [True]
