"""What somebody can do who has stolen one secret: what it is for, and nothing else."""

import json
from base64 import b64encode

import pytest
from pydantic import SecretStr

from starter.gateway.admission import Unproved
from starter.sources.table import SOURCES
from tests.starter.api.conftest import ALICE, INCIDENTS_PATH, TOKENS, bearer
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources import fixture


def secret_of(name: str) -> str:
    """In a form that every source could have: Standard Webhooks want base64."""
    return f"whsec_{b64encode(name.encode()).decode()}"


STOLEN = secret_of("alertmanager")


@pytest.fixture
def closed(gate: GatewayUnderTest) -> GatewayUnderTest:
    """Each source has a secret of its own, and nobody is here."""
    secrets = {source.secrets: (SecretStr(secret_of(name)),) for name, source in SOURCES.items()}
    others = {"heartbeat_tokens": (SecretStr("of-heartbeats"),), "api_tokens": TOKENS}
    gate.settings = gate.settings.model_copy(update={**secrets, **others})
    gate.unproved, gate.peer = Unproved.NOBODY, "203.0.113.7"
    return gate


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"alertmanager"}))
async def test_a_sources_secret_is_that_sources_alone(name: str, closed: GatewayUnderTest) -> None:
    given = fixture.of(SOURCES[name])
    body = json.dumps(given.firing).encode()
    proofs = [given.prove(body, STOLEN)] if not given.sns else []
    async with closed.open() as http:
        for headers, query in [(bearer(STOLEN), {}), *((dict(each.headers), dict(each.query)) for each in proofs)]:
            answer = await http.post(f"/webhooks/{name}", content=body, headers=headers, params=query)
            assert answer.status_code == 401


@pytest.mark.parametrize("token", [STOLEN, "of-heartbeats"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", INCIDENTS_PATH),
        ("POST", INCIDENTS_PATH),
        ("POST", f"{INCIDENTS_PATH}/-/ack"),
        ("POST", "/api/v1/silences"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    ],
)
async def test_a_senders_secret_reads_nothing_and_speaks_for_nobody(
    token: str, method: str, path: str, closed: GatewayUnderTest
) -> None:
    async with closed.open() as http:
        assert (await http.request(method, path, headers=bearer(token), json={})).status_code == 401
        assert "problems" not in (await http.get("/readyz", headers=bearer(token))).json()


@pytest.mark.parametrize("token", [STOLEN, ALICE])
async def test_who_may_not_beat_beats_for_nobody(token: str, closed: GatewayUnderTest) -> None:
    async with closed.open() as http:
        assert (await http.get("/heartbeats/backup", headers=bearer(token))).status_code == 401


async def test_a_token_of_the_api_delivers_no_alerts(closed: GatewayUnderTest) -> None:
    async with closed.open() as http:
        answers = {name: await http.post(f"/webhooks/{name}", json={}, headers=bearer(ALICE)) for name in SOURCES}
    statuses = {name: answer.status_code for name, answer in answers.items()}
    proof_stands_in_the_body = statuses.pop("cloudwatch")
    assert 400 <= proof_stands_in_the_body < 500
    assert set(statuses.values()) == {401}
