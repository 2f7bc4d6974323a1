"""Login by an identity provider: who it is, what they may do, and whose word does not count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from settings.access import Scope
from starter.gateway.identities import LONGEST_IDENTITY, identity_of
from starter.gateway.identity_provider import LoginFailed
from starter.gateway.sessions import SESSION_COOKIE, SESSION_LASTS, Sessions
from starter.runbooks.library import Library
from tests.starter.board.conftest import PageSeen
from tests.starter.board.provider import CLIENT_ID, CLIENT_SECRET, ProviderUnderTest, identity_provider
from tests.starter.conftest import GatewayUnderTest
from workflows.policy.runbook.model import Runbook

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MAY: dict[str, Scope] = {"sre": "respond", "ann@example.com": "admin", "*": "read"}


@dataclass
class Login:
    """A browser between the gateway and the provider."""

    http: httpx.AsyncClient
    provider: ProviderUnderTest

    async def begin(self, wanted: str = "/reviews?page=2") -> str:
        """Where the provider sends it back to."""
        answer = await self.http.get("/login/oidc", params={"next": wanted})
        assert answer.status_code == 303, answer.text
        async with httpx.AsyncClient() as browser:
            sent = await browser.get(answer.headers["Location"])
        return str(sent.headers["Location"])

    async def end(self, address: str) -> httpx.Response:
        parts = urlsplit(address)
        return await self.http.get(f"{parts.path}?{parts.query}")

    async def whole(self, wanted: str = "/reviews?page=2") -> httpx.Response:
        return await self.end(await self.begin(wanted))

    async def refused(self) -> str:
        answer = await self.whole()
        assert answer.status_code == 401, answer.headers
        assert SESSION_COOKIE not in answer.headers.get("Set-Cookie", "")
        return PageSeen(answer.text).words


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[ProviderUnderTest]:
    made = ProviderUnderTest()
    async with identity_provider(made):
        yield made


@asynccontextmanager
async def board(gate: GatewayUnderTest, provider: ProviderUnderTest, **more: Any) -> AsyncIterator[Login]:
    known = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "oidc_may": MAY,
    }
    settings = gate.settings.model_copy(update={**known, **more})
    async with replace(gate, settings=settings, headers={}).open() as http:
        yield Login(http, provider)


@pytest_asyncio.fixture
async def login(gate: GatewayUnderTest, provider: ProviderUnderTest) -> AsyncIterator[Login]:
    async with board(gate, provider) as login:
        yield login


async def test_whoever_logs_in_there_comes_to_where_they_wanted(login: Login) -> None:
    login.provider.claims |= {"email_verified": True}
    answer = await login.whole()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/reviews?page=2")
    page = PageSeen((await login.http.get("/on-call")).text)
    assert "ann@example.com" in page.words
    assert (await login.http.get("/declare")).status_code == 200
    assert (await login.http.get("/api/v1/incidents")).status_code == 401  # a cookie is no token


async def test_what_is_asked_of_the_provider(login: Login) -> None:
    await login.begin()
    asked = login.provider.asked
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT_ID, "openid email profile")
    assert asked["code_challenge_method"] == "S256"
    assert asked["tenant"] == "1"  # an endpoint may have a query of its own
    assert asked["redirect_uri"] == "http://127.0.0.1:8080/login/oidc/back"
    first = (asked["state"], asked["nonce"], asked["code_challenge"])
    await login.begin()
    assert not {*first} & {*login.provider.asked.values()}


async def test_its_cookies_are_read_by_no_script_and_leave_with_the_login(login: Login) -> None:
    begun = SimpleCookie((await login.http.get("/login/oidc")).headers["Set-Cookie"])["tocsin_login"]
    assert (begun["httponly"], begun["samesite"], begun["path"]) == (True, "lax", "/login/oidc")
    assert int(begun["max-age"]) == 600
    ended = SimpleCookie("; ".join((await login.whole()).headers.get_list("Set-Cookie")))
    assert ended["tocsin_login"].value == ""


@pytest.mark.parametrize("supported", [["client_secret_basic"], ["client_secret_post"]])
async def test_the_client_proves_itself_as_the_provider_wants_it(login: Login, supported: list[str]) -> None:
    login.provider.metadata = {"token_endpoint_auth_methods_supported": supported}
    assert (await login.whole()).status_code == 303


async def test_groups_that_only_the_userinfo_names_count(login: Login) -> None:
    login.provider.userinfo = {"sub": "u1", "groups": ["sre"]}
    await login.whole()
    assert (await login.http.get("/declare")).status_code == 200
    login.http.cookies.clear()
    login.provider.userinfo = {"sub": "somebody else", "groups": ["sre"]}
    await login.whole()
    assert (await login.http.get("/declare")).status_code == 403


@pytest.mark.parametrize(
    ("token", "userinfo", "name"),
    [
        ({"email": "ann@example.com"}, {"email": "eve@example.com", "email_verified": True}, "oidc:u1"),
        ({"email": "ann@example.com"}, {"email_verified": True}, "oidc:u1"),
        ({"email_verified": True}, {"email": "ann@example.com"}, "oidc:u1"),
        ({"email": "ann@example.com"}, {"email": "ann@example.com", "email_verified": True}, "ann@example.com"),
        ({}, {"email": "ann@example.com", "email_verified": True}, "ann@example.com"),
    ],
)
async def test_an_address_is_proved_by_whoever_names_it(
    login: Login, token: dict[str, Any], userinfo: dict[str, Any], name: str
) -> None:
    """Else whoever may write any address into their profile there becomes somebody else by an address of their own."""
    login.provider.claims = {"sub": "u1", **token}
    login.provider.userinfo = {"sub": "u1", **userinfo}
    await login.whole()
    assert name in PageSeen((await login.http.get("/on-call")).text).words


async def test_a_new_key_of_the_provider_is_found(login: Login) -> None:
    assert (await login.whole()).status_code == 303
    login.provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
    assert (await login.whole()).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "of another login"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 99_999_999_999},
        {"sub": None},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_login_proves_nothing(login: Login, wrong: dict[str, Any]) -> None:
    login.provider.wrong = wrong
    await login.refused()


async def test_only_the_providers_own_key_signs(login: Login) -> None:
    login.provider.signs_with = RSAKey.generate_key(2048)
    assert "proves nothing" in await login.refused()
    login.provider.signs_with = OctKey.import_key(CLIENT_SECRET.ljust(32, "x"))
    login.provider.header = {"alg": "HS256"}
    assert "proves nothing" in await login.refused()
    login.provider.header = {"alg": "none"}
    assert "proves nothing" in await login.refused()


async def test_an_answer_counts_in_the_browser_that_asked_and_once(login: Login) -> None:
    address = await login.begin()
    kept = dict(login.http.cookies)
    login.http.cookies.clear()
    assert (await login.end(address)).status_code == 401  # somebody else's browser
    login.http.cookies.update(kept)
    parts = urlsplit(address)
    code = parse_qs(parts.query)["code"][0]
    for query in (f"code={code}&state=x", f"code={code}", f"state={parse_qs(parts.query)['state'][0]}", ""):
        login.http.cookies.update(kept)
        assert (await login.http.get(f"{parts.path}?{query}")).status_code == 401, query
    assert login.provider.redeemed == []
    for status in (303, 401):  # the provider redeems a code once
        login.http.cookies.update(kept)
        assert (await login.end(address)).status_code == status


async def test_what_the_provider_refuses_is_said_and_is_text(login: Login) -> None:
    login.provider.error = "<script>alert(1)</script>"
    assert "the identity provider says: <script>" in await login.refused()


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": "http://127.0.0.1:1/keys"}],
    ids=str,
)
async def test_a_provider_that_cannot_be_used_lets_nobody_in(
    gate: GatewayUnderTest, provider: ProviderUnderTest, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    async with board(gate, provider) as login:
        answer = await login.http.get("/login/oidc")
        if answer.status_code == 303:
            assert "cannot be reached" in await login.refused()
        else:
            assert answer.status_code == 401


async def test_a_provider_that_is_away_leaves_the_tokens(gate: GatewayUnderTest, provider: ProviderUnderTest) -> None:
    async with board(gate, provider, oidc_issuer="http://127.0.0.1:1") as login:
        answer = await login.http.get("/login/oidc")
    assert answer.status_code == 401
    page = PageSeen(answer.text)
    assert "cannot be reached" in page.words
    assert page.form("/login")


async def test_the_login_leads_to_no_other_site(login: Login) -> None:
    assert (await login.whole("https://evil.example")).headers["Location"] == "/"


async def test_without_a_provider_the_login_does_not_name_one(gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        assert "/login/oidc" not in (await http.get("/login")).text


class TestWhoTheyAre:
    PROVED: dict[str, Any] = {"sub": "u1", "email": "Ann@Example.com", "email_verified": True}

    @pytest.mark.parametrize(
        ("claims", "name", "rule"),
        [
            (PROVED, "ann@example.com", "ann@example.com"),
            ({**PROVED, "email_verified": "true"}, "ann@example.com", "ann@example.com"),
            ({**PROVED, "email_verified": False}, "oidc:u1", "*"),
            ({"sub": "u1", "email": "ann@example.com"}, "oidc:u1", "*"),
            ({"sub": "u1", "groups": ["sre", 7]}, "oidc:u1", "sre"),
            ({"sub": "u1", "groups": "sre"}, "oidc:u1", "sre"),
            ({"sub": "u1", "groups": ["ann@example.com"]}, "oidc:u1", "*"),
            ({"sub": "u1", "groups": {"sre": True}}, "oidc:u1", "*"),
            ({"sub": "alice", "preferred_username": "chief", "name": "chief"}, "oidc:alice", "*"),
            ({**PROVED, "groups": ["sre"]}, "ann@example.com", "ann@example.com"),
        ],
    )
    def test_only_what_is_proved_counts_and_the_widest_rule(self, claims: Any, name: str, rule: str) -> None:
        found = identity_of(claims, MAY, "groups", ())
        assert (found.name, found.rule) == (name, rule)

    def test_a_person_of_the_runbook_has_their_name_there(self, library: Library, book: Runbook) -> None:
        key = next(iter(book.people))
        person = book.people[key].model_copy(update={"email": "Ann@example.com"})
        known = book.model_copy(update={"people": {**book.people, key: person}})
        assert identity_of(self.PROVED, {"*": "read"}, "groups", [known]).name == key

    @pytest.mark.parametrize("of", [lambda end: {"sub": "s" * 90 + end}, lambda end: {"sub": f"s{end}"}])
    def test_two_subjects_are_two_however_long_they_are(self, of: Any) -> None:
        ends = ("a", "b", " a", "\u200ba", "  a")
        names = {identity_of(of(end), MAY, "groups", ()).name for end in ends}
        assert len(names) == len(ends)
        assert all(len(name) <= LONGEST_IDENTITY for name in names)

    def test_whom_no_rule_names_is_not_let_in(self) -> None:
        with pytest.raises(LoginFailed, match="TOCSIN_OIDC_MAY"):
            identity_of(self.PROVED, {"sre": "respond"}, "groups", ())

    def test_a_session_ends_with_its_rule_and_has_its_scope_of_today(self) -> None:
        cookie = Sessions.of((), ["key"], {"sre": "respond"}).begin_as("ann", "sre", NOON)
        now = Sessions.of((), ["key"], {"sre": "read"}).read(cookie, NOON + timedelta(hours=1))
        assert now
        assert (now.name, now.scope) == ("ann", "read")
        assert Sessions.of((), ["key"], {"other": "read"}).read(cookie, NOON) is None
        assert Sessions.of((), ["key"], {"sre": "read"}).read(cookie, NOON + SESSION_LASTS) is None

    def test_what_was_sealed_for_one_use_is_nothing_for_another(self) -> None:
        sessions = Sessions.of((), ["key"], {"sre": "read"})
        sealed = sessions.seal("login", {"o": "ann", "m": "sre", "n": "1"}, NOON)
        assert sessions.read(sealed, NOON) is None
