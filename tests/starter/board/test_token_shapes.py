"""What the great identity providers say of the same person, each in its own shape: who she is here, and what she may.

Written by hand after what they document: Keycloak's and Dex's claims, Entra ID's ID tokens, Okta's thin ID tokens,
Auth0's namespaced claims, Google's and Cognito's.
"""

from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

import pytest

from settings.access import Scope
from starter.gateway.identities import LONGEST_IDENTITY, identity_of
from starter.gateway.identity_provider import LoginFailed
from tests.starter.board.conftest import PageSeen
from tests.starter.board.provider import CLIENT_ID, ProviderUnderTest, identity_provider
from tests.starter.board.test_identity_provider import board
from tests.starter.conftest import GatewayUnderTest

SRE = "0760b6cf-170e-4a14-91b3-4b78e0739963"
WHO_MAY: dict[str, Scope] = {"/sre": "respond", "sre": "respond", SRE: "respond", "ann@example.com": "read"}
PAIRWISE = "3OBtLXUC2ZrN_ADLNjW9X4o0lcd61py7lgHw3Skh77s"
ENTRA: dict[str, Any] = {
    "sub": PAIRWISE,
    "oid": "cb7eda1b-d09a-40ae-b8bb-37836ebc6abd",
    "tid": "833ced3d-cb2e-41de-92f1-29e2af035ddc",
    "name": "Ann Example",
    "preferred_username": "ann@example.com",
    "ver": "2.0",
}
TENANT = f"/{ENTRA['tid']}/v2.0"
PROVED: dict[str, Any] = {"email": "ann@example.com", "email_verified": True}


@dataclass(frozen=True)
class TokenShape:
    path: str
    token: dict[str, Any]
    name: str
    may_act: bool
    userinfo: dict[str, Any] = field(default_factory=dict)
    groups: str = "groups"


SHAPES = {
    "Keycloak, a realm with groups by their path": TokenShape(
        "/realms/acme",
        {"sub": "f3b1", "typ": "ID", "azp": CLIENT_ID, "preferred_username": "boss", "groups": ["/sre"], **PROVED},
        "ann@example.com",
        may_act=True,
    ),
    "Keycloak, an address that nobody has confirmed": TokenShape(
        "/realms/acme", {"sub": "f3b1", **PROVED, "email_verified": False}, "", may_act=False
    ),
    "Entra ID, which says nothing of addresses": TokenShape(
        TENANT, {**ENTRA, "groups": [SRE]}, f"oidc:{PAIRWISE}", may_act=True
    ),
    "Entra ID, an address that an administrator wrote": TokenShape(
        TENANT, {**ENTRA, "email": "ann@example.com", "groups": [SRE]}, f"oidc:{PAIRWISE}", may_act=True
    ),
    "Entra ID, an address of a domain that is verified": TokenShape(
        TENANT, {**ENTRA, "email": "Ann@example.com", "xms_edov": True}, "ann@example.com", may_act=False
    ),
    "Entra ID, the same as it writes it for some": TokenShape(
        TENANT, {**ENTRA, "email": "ann@example.com", "xms_edov": "1"}, "ann@example.com", may_act=False
    ),
    "Entra ID, a proof of no address, and an address without a proof": TokenShape(
        TENANT,
        {**ENTRA, "xms_edov": True, "groups": [SRE]},
        f"oidc:{PAIRWISE}",
        may_act=True,
        userinfo={"sub": PAIRWISE, "email": "ann@example.com"},
    ),
    "Entra ID, an address of a domain that is not": TokenShape(
        TENANT, {**ENTRA, "email": "ann@example.com", "xms_edov": False}, "", may_act=False
    ),
    "Okta, a thin token and the rest in the userinfo": TokenShape(
        "/oauth2/default",
        {"sub": "00u1x2y3z4AbCdEfG5d7", "ver": 1, "amr": ["pwd", "mfa"], "idp": "00o1"},
        "ann@example.com",
        may_act=True,
        userinfo={"sub": "00u1x2y3z4AbCdEfG5d7", "groups": ["Everyone", "sre"], **PROVED},
    ),
    "Auth0, claims with a namespace": TokenShape(
        "",
        {"sub": "google-oauth2|1034", "https://acme.example/groups": ["sre"], **PROVED},
        "ann@example.com",
        may_act=True,
        groups="https://acme.example/groups",
    ),
    "Google": TokenShape(
        "", {"sub": "1103", "azp": CLIENT_ID, "hd": "example.com", **PROVED}, "ann@example.com", may_act=False
    ),
    "Cognito, whose truths are texts": TokenShape(
        "/eu-central-1_AbCdEf",
        {"sub": "aaaa-bbbb", "token_use": "id", "cognito:groups": ["sre"], **PROVED, "email_verified": "true"},
        "ann@example.com",
        may_act=True,
        groups="cognito:groups",
    ),
    "Dex, a subject that stands for a connector's": TokenShape(
        "/dex", {"sub": "CiQwOGE4Njg0Yi1kYjg4", "groups": "sre", **PROVED}, "ann@example.com", may_act=True
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
async def test_she_is_let_in_as_who_is_proved(gate: GatewayUnderTest, shape: TokenShape) -> None:
    provider = ProviderUnderTest(claims=shape.token, userinfo=shape.userinfo, path=shape.path)
    async with (
        identity_provider(provider),
        board(gate, provider, oidc_may=WHO_MAY, oidc_groups=shape.groups) as login,
    ):
        if not shape.name:
            assert "may not look at this board: TOCSIN_OIDC_MAY says who may" in await login.refused()
            return
        assert (await login.whole()).status_code == 303
        assert shape.name in PageSeen((await login.http.get("/on-call")).text).words
        assert (await login.http.get("/declare")).status_code == (200 if shape.may_act else 403)


@pytest.mark.parametrize("said", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True}], ids=str)
def test_whose_groups_are_left_out_because_they_are_too_many_reads_why(said: dict[str, Any]) -> None:
    with pytest.raises(LoginFailed, match="more groups than your provider lists"):
        identity_of({**ENTRA, **said}, WHO_MAY, "groups", ())
    assert identity_of({**ENTRA, **said, **PROVED}, WHO_MAY, "groups", ()).name == "ann@example.com"


@pytest.mark.parametrize(
    "issuer", ["https://login.example/{tenantid}/v2.0", "https://login.example/833ced3d/v2.0/"], ids=str
)
async def test_a_provider_of_many_tenants_is_named_as_it_calls_itself(gate: GatewayUnderTest, issuer: str) -> None:
    provider = ProviderUnderTest(path="/common/v2.0", metadata={"issuer": issuer})
    async with identity_provider(provider), board(gate, provider) as login:
        answer = await login.http.get("/login/oidc")
    assert answer.status_code == 401
    assert f"calls itself {issuer}, not TOCSIN_OIDC_ISSUER" in PageSeen(answer.text).words


@pytest.mark.parametrize("endpoint", ["/nowhere", "/keys", "http://127.0.0.1:1/userinfo"])
async def test_who_is_proved_is_let_in_without_the_userinfo(gate: GatewayUnderTest, endpoint: str) -> None:
    """It may stand on a host that nobody here can reach, and it may be signed, which is no JSON."""
    provider = ProviderUnderTest(claims={"sub": "u1", **PROVED, "groups": ["sre"]})
    async with identity_provider(provider):
        there = endpoint if "://" in endpoint else provider.url + endpoint
        provider.metadata = {"userinfo_endpoint": there}
        async with board(gate, provider, oidc_may=WHO_MAY) as login:
            assert (await login.whole()).status_code == 303
            assert (await login.http.get("/declare")).status_code == 200


LONG = "samlp|acme-corporate-directory-of-all-subsidiaries|" + "x" * 180
FAR_ALIKE = [
    ({"sub": f"{LONG}1"}, {"sub": f"{LONG}2"}),
    ({"sub": f"{LONG}"}, {"sub": f"{LONG[:40]}"}),
    ({"sub": "a\u202eb"}, {"sub": "a b"}),
    ({"sub": "a  b"}, {"sub": "a b"}),
    (
        {"sub": "u1", "email": f"{'a' * 64}@one.example.com", "email_verified": True},
        {"sub": "u1", "email": f"{'a' * 64}@two.example.com", "email_verified": True},
    ),
]


@pytest.mark.parametrize(("one", "other"), FAR_ALIKE)
def test_two_people_never_have_one_name_however_long_and_alike_theirs_are(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    names = {identity_of(claims, {"*": "read"}, "groups", ()).name for claims in (one, other)}
    assert len(names) == 2
    assert all(len(name) <= LONGEST_IDENTITY for name in names)


async def test_a_proxy_tells_two_people_apart_too(gate: GatewayUnderTest) -> None:
    known = {"user_header": "X-User", "user_scope": "read", "trusted_proxies": (ip_network("127.0.0.1/32"),)}
    proxied = replace(gate, settings=gate.settings.model_copy(update=known))
    shown = set()
    async with proxied.open() as http:
        for who in (f"{LONG}1", f"{LONG}2"):
            answer = await http.get("/on-call", headers={"X-User": who})
            assert answer.status_code == 200
            shown.add(PageSeen(answer.text).words.partition("Log out")[0])
    assert len(shown) == 2
