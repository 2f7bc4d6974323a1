"""Who is let in, and what no other page can make their browser do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
from pydantic import SecretStr
from temporalio.client import Client

from settings import Settings
from starter.gateway.sessions import LINK_LASTS, MOST_ENDED, MOST_LINKS, SESSION_COOKIE, SESSION_LASTS, Sessions
from starter.temporal.incidents import Incidents
from tests.starter.api.conftest import ALICE, CHIEF, READER, TOKENS, bearer
from tests.starter.board.conftest import ORIGIN, PageSeen, logged_in, pressed, seen
from tests.starter.board.test_pages import declare
from tests.starter.conftest import GatewayUnderTest

PAGES = (
    "/incidents",
    "/incidents/x",
    "/incidents/x/channel",
    "/reviews",
    "/reviews/x",
    "/follow-ups",
    "/on-call",
    "/runbooks",
    "/declare",
)
MORE = ("/runbooks/acme", "/runbooks/acme/sev1.svg", "/report", "/report.svg")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


class TestLetIn:
    @pytest.mark.parametrize("path", [*PAGES, *MORE])
    async def test_nobody_sees_a_page_without_logging_in(self, path: str, tokens: GatewayUnderTest) -> None:
        """Not even on this machine: any program there could read it."""
        async with tokens.open() as http:
            answer = await http.get(path)
        assert (answer.status_code, answer.headers["Location"].partition("=")[0]) == (303, "/login?next")

    async def test_events_and_forms_of_strangers_are_refused(self, tokens: GatewayUnderTest) -> None:
        async with tokens.open() as http:
            assert (await http.get("/events")).status_code == 401
            assert (await http.post("/act/incidents/x/ack", headers=ORIGIN)).status_code == 401
            assert (await http.post("/declare", headers=ORIGIN)).status_code == 401

    async def test_a_wrong_token_is_refused_and_right_one_leads_where_they_wanted(
        self, tokens: GatewayUnderTest
    ) -> None:
        async with tokens.open() as http:
            assert (await http.post("/login", data={"token": "guessed"}, headers=ORIGIN)).status_code == 401
            answer = await http.post("/login", data={"token": ALICE, "next": "/reviews?page=2"}, headers=ORIGIN)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/reviews?page=2")

    @pytest.mark.parametrize(
        "evil", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
    )
    async def test_the_login_leads_to_no_other_site(self, evil: str, tokens: GatewayUnderTest) -> None:
        async with tokens.open() as http:
            answer = await http.post("/login", data={"token": ALICE, "next": evil}, headers=ORIGIN)
        assert answer.headers["Location"] == "/"

    async def test_a_cookie_is_no_token_of_the_api(self, alice: httpx.AsyncClient, working: Client) -> None:
        """A browser sends it by itself, whichever page asked for it."""
        assert (await alice.get("/api/v1/incidents")).status_code == 401

    async def test_whoever_logs_out_is_out(self, alice: httpx.AsyncClient, working: Client) -> None:
        await pressed(alice, await seen(alice, "/reviews"), "/logout")
        assert (await alice.get("/reviews")).status_code == 303

    async def test_a_cookie_that_somebody_kept_is_worth_nothing_after_the_logout(
        self, tokens: GatewayUnderTest, working: Client
    ) -> None:
        """Neither in another browser nor by a form. Her session on her phone goes on."""
        async with tokens.open() as http:
            phone, laptop = [await _cookie_of(http), await _cookie_of(http)]
            page = await seen(http, "/reviews")
            await pressed(http, page, "/logout")
            for cookie, status in ((laptop, 303), (phone, 200)):
                http.cookies.clear()
                http.cookies.set(SESSION_COOKIE, cookie)
                assert (await http.get("/reviews")).status_code == status
            http.cookies.clear()
            http.cookies.set(SESSION_COOKIE, laptop)
            assert (await pressed(http, page, "/logout")).status_code == 401
            assert (await http.get("/events")).status_code == 401

    async def test_who_reads_only_sees_no_buttons_and_can_press_none(
        self, alice: httpx.AsyncClient, tokens: GatewayUnderTest, working: Client
    ) -> None:
        path = await declare(alice)
        async with logged_in(tokens, READER) as http:
            page = await seen(http, path)
            assert [form.action for form in page.forms] == ["/logout"]
            token = page.form("/logout").fields["form_token"]
            answer = await http.post(f"/act{path}/ack", data={"form_token": token}, headers=ORIGIN)
            assert answer.status_code == 403
            assert (await http.get("/declare")).status_code == 403


async def test_words_for_the_public_come_from_those_who_are_named(tokens: GatewayUnderTest, working: Client) -> None:
    tokens.settings = tokens.settings.model_copy(update={"public_by": ("chief",)})
    async with logged_in(tokens) as http:
        form = await seen(http, "/declare")
        for said in ({"confirmed": "true"}, {}):
            answer = await pressed(http, form, "/declare", title="Slow", public="failing logins", **said)
            assert (answer.status_code, "TOCSIN_PUBLIC_BY" in answer.text) == (403, True), said
            assert "failing logins" in answer.text
        assert await Incidents(working).list() == ()
        page = await seen(http, await declare(http))
        for verb, said in (("update", {"text": "It is slow."}), ("resolve", {"text": "A bad deployment."})):
            answer = await pressed(http, page, f"/{verb}", public="true", **said)
            assert (answer.status_code, "TOCSIN_PUBLIC_BY" in answer.text) == (403, True), verb
    async with logged_in(tokens, CHIEF) as http:
        assert await declare(http, "Slow too", public="failing logins")


class TestCookie:
    async def test_no_script_reads_it_and_no_other_site_sends_it(self, tokens: GatewayUnderTest) -> None:
        async with tokens.open() as http:
            answer = await http.post("/login", data={"token": ALICE}, headers=ORIGIN)
        cookie = SimpleCookie(answer.headers["Set-Cookie"])[SESSION_COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
        assert 0 < int(cookie["max-age"]) <= SESSION_LASTS.total_seconds()
        assert ALICE not in answer.headers["Set-Cookie"]

    async def test_behind_a_trusted_proxy_that_encrypts_it_travels_encrypted_only(
        self, tokens: GatewayUnderTest
    ) -> None:
        settings = Settings(trusted_proxies=("127.0.0.1/32",), runbook="acme", api_tokens=TOKENS)
        async with replace(tokens, settings=settings).open() as http:
            headers = {**ORIGIN, "X-Forwarded-Proto": "https"}
            answer = await http.post("/login", data={"token": ALICE}, headers=headers)
        assert "Secure" in answer.headers["Set-Cookie"]

    def test_it_ends_with_its_time_its_token_and_its_key(self) -> None:
        sessions = Sessions.of(TOKENS, ["a long word"])
        cookie = sessions.begin(TOKENS[0], NOW)
        assert sessions.read(cookie, NOW + timedelta(hours=1))
        assert Sessions.of(TOKENS, ["a new word", "a long word"]).read(cookie, NOW)
        assert not sessions.read(cookie, NOW + SESSION_LASTS)
        assert not Sessions.of(TOKENS[1:], ["a long word"]).read(cookie, NOW)
        assert not Sessions.of(TOKENS, ["another word"]).read(cookie, NOW)

    def test_a_logout_is_remembered_for_as_long_as_the_session_would_have_lasted(self) -> None:
        """By the gateway that heard of it; and of too many the first are forgotten."""
        sessions, later = Sessions.of(TOKENS, ["a long word"]), NOW + SESSION_LASTS - timedelta(minutes=1)
        cookies = [sessions.begin(TOKENS[0], NOW) for _ in range(MOST_ENDED + 1)]
        for cookie in cookies[:-1]:
            session = sessions.read(cookie, NOW)
            assert session
            sessions.end(session, NOW)
        assert not any(sessions.read(cookie, later) for cookie in cookies[:-1])
        last = sessions.read(cookies[-1], NOW)
        assert last
        sessions.end(last, NOW)
        assert [bool(sessions.read(cookie, later)) for cookie in (*cookies[:2], cookies[-1])] == [True, False, False]

    @pytest.mark.parametrize("forged", ["", ".", "x.y", "eyJrIjoiIn0.", "\ud800.x", "a" * 9000])
    def test_a_forged_one_is_none(self, forged: str) -> None:
        assert Sessions.of(TOKENS, ["a long word"]).read(forged, NOW) is None


class TestOneTimeLink:
    async def test_it_leads_in_once_as_whoever_asked_for_it(self, tokens: GatewayUnderTest, working: Client) -> None:
        async with tokens.open() as http:
            link = (await http.post("/api/v1/login-links", headers=bearer(ALICE))).json()
            assert (await http.get(link["path"])).status_code == 303
            assert "alice" in (await seen(http, "/reviews")).words
            http.cookies.clear()
            assert (await http.get(link["path"])).status_code == 401
            assert (await http.get("/reviews")).status_code == 303

    async def test_strangers_get_none(self, tokens: GatewayUnderTest) -> None:
        async with tokens.open() as http:
            assert (await http.post("/api/v1/login-links")).status_code == 401
            assert (await http.get("/login/guessed")).status_code == 401

    def test_an_old_one_leads_nowhere_and_few_are_kept(self) -> None:
        sessions = Sessions.of(TOKENS, [])
        code, until = sessions.new_link(TOKENS[0], NOW)
        assert until == NOW + LINK_LASTS
        assert sessions.use_link(code, until) is None
        codes = [sessions.new_link(TOKENS[0], NOW)[0] for _ in range(MOST_LINKS + 1)]
        assert sessions.use_link(codes[0], NOW) is None
        assert sessions.use_link(codes[1], NOW) == TOKENS[0]


class TestProxy:
    async def test_whom_a_trusted_proxy_names_may_read(self, tokens: GatewayUnderTest, working: Client) -> None:
        settings = tokens.settings.model_copy(
            update={
                "trusted_proxies": Settings(trusted_proxies=("127.0.0.1/32",)).trusted_proxies,
                "user_header": "X-User",
            }
        )
        async with replace(tokens, settings=settings, headers={"X-User": "ann@example.com"}).open() as http:
            assert "ann@example.com" in (await seen(http, "/reviews")).words
            assert (await http.get("/declare")).status_code == 403

    @pytest.mark.parametrize("first", ["chief", "ann"])
    async def test_of_two_whom_a_proxy_names_it_is_neither(
        self, tokens: GatewayUnderTest, working: Client, first: str
    ) -> None:
        """A proxy that adds its header to those that came lets through what anybody may have sent."""
        proxies = Settings(trusted_proxies=("127.0.0.1/32",)).trusted_proxies
        changed = {"trusted_proxies": proxies, "user_header": "X-User", "user_scope": "admin"}
        settings = tokens.settings.model_copy(update=changed)
        async with replace(tokens, settings=settings, headers={}).open() as http:
            two = [("X-User", first), ("x-user", "bob")]
            assert (await http.get("/reviews", headers=two)).status_code == 303

    async def test_nobody_else_can_name_anybody(self, tokens: GatewayUnderTest, working: Client) -> None:
        settings = tokens.settings.model_copy(update={"user_header": "X-User", "user_scope": "admin"})
        async with replace(tokens, settings=settings, headers={"X-User": "ann"}).open() as http:
            assert (await http.get("/reviews")).status_code == 303


class TestOtherPages:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:8081"},
            {"Origin": "http://["},
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
    )
    async def test_no_other_page_can_send_a_form(
        self, headers: dict[str, str], alice: httpx.AsyncClient, working: Client
    ) -> None:
        page = await seen(alice, "/declare")
        form = page.form("/declare")
        said = {**form.fields, "title": "evil", "severity": "sev1", "confirmed": "true"}
        assert (await alice.post("/declare", data=said, headers=headers)).status_code == 403
        assert (await alice.post("/login", data={"token": ALICE}, headers=headers)).status_code == 403
        assert [row async for row in working.list_workflows("WorkflowType = 'incident'")] == []

    async def test_a_form_without_its_token_or_with_that_of_another_session_does_nothing(
        self, alice: httpx.AsyncClient, tokens: GatewayUnderTest, working: Client
    ) -> None:
        async with logged_in(tokens) as other:
            foreign = (await seen(other, "/declare")).form("/declare").fields["form_token"]
        for token in ("", foreign, "\u00e9"):
            said = {"title": "evil", "severity": "sev1", "confirmed": "true", "form_token": token}
            answer = await alice.post("/declare", data=said, headers=ORIGIN)
            assert answer.status_code == 403
            assert "load the page again" in PageSeen(answer.text).words

    async def test_while_a_secret_is_rotated_a_form_of_one_gateway_is_sent_to_another(
        self, tokens: GatewayUnderTest, working: Client
    ) -> None:
        old, new = SecretStr("the old one"), SecretStr("the new one")
        first, second = (
            replace(tokens, settings=tokens.settings.model_copy(update={"board_secrets": secrets}))
            for secrets in ((old, new), (new, old))
        )
        async with logged_in(first) as here, second.open() as there:
            page = await seen(here, await declare(here))
            there.cookies = here.cookies
            assert (await pressed(there, page, "/ack")).status_code == 200

    async def test_a_form_without_end_is_refused(self, alice: httpx.AsyncClient) -> None:
        long = await alice.post("/login", data={"token": "x" * 100_000}, headers=ORIGIN)
        many = await alice.post("/login", data={f"f{n}": "1" for n in range(200)}, headers=ORIGIN)
        assert (long.status_code, many.status_code) == (413, 400)

    async def test_nothing_is_loaded_from_elsewhere_and_nothing_stands_inline(
        self, alice: httpx.AsyncClient, working: Client
    ) -> None:
        path = await declare(alice)
        for each in ("/", path, "/declare", "/login", "/runbooks/acme", "/report", "/reviews"):
            answer = await alice.get(each)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            page = PageSeen(answer.text)
            assert {name for name, _ in page.attributes if name.startswith("on") or name == "style"} == set()
            assert "style" not in page.tags
            loaded = [value for name, value in page.attributes if name == "src"]
            assert [value for value in loaded if not value.startswith("/")] == []

    async def test_its_files_are_kept_for_as_long_as_they_stay_the_same(self, tokens: GatewayUnderTest) -> None:
        async with tokens.open() as http:
            page = await seen(http, "/login")
            files = [value for name, value in page.attributes if value.startswith("/assets/")]
            assert len(set(files)) == 3
            for file in files:
                answer = await http.get(file)
                assert answer.status_code == 200
                assert "immutable" in answer.headers["Cache-Control"]
            assert (await http.get("/assets/../board.py")).status_code == 404


async def test_a_strangers_browser_is_asked_to_log_in(tokens: GatewayUnderTest) -> None:
    async with replace(tokens, peer="192.0.2.7", headers={"Accept": "text/html,*/*"}).open() as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


async def _cookie_of(http: httpx.AsyncClient) -> str:
    """Of a new session of Alice's."""
    http.cookies.clear()
    await http.post("/login", data={"token": ALICE}, headers=ORIGIN)
    return http.cookies[SESSION_COOKIE]
