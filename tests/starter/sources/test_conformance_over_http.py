"""What every source owes at its address: who is let in, who is not, what is answered, and never a 500."""

import json
import re
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from starter.gateway.admission import Unproved
from starter.sources.sns_calls import SnsCalls
from starter.sources.source import Source
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources import fixture, mutation
from tests.starter.sources.fixture import ALL, Proof
from tests.starter.sources.mutation import places, replaced
from tests.starter.sources.webhooks import webhook

every = pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)

ANSWERS = {202, 400, 401, 413, 422, 503}


@pytest.fixture
def locked(gate: GatewayUnderTest, source: Source) -> GatewayUnderTest:
    """With both of the source's secrets, as while one is rotated."""
    secrets = tuple(map(SecretStr, fixture.of(source).secrets))
    gate.settings = gate.settings.model_copy(update={source.secrets: secrets})
    if at_aws := fixture.of(source).sns:
        gate.sns = SnsCalls(at_aws)
    return gate


async def post(http: httpx.AsyncClient, source: Source, content: bytes, proof: Proof) -> httpx.Response:
    headers = [
        (name.encode(), value.encode()) for name, value in {**fixture.of(source).headers, **proof.headers}.items()
    ]
    return await http.post(
        f"/webhooks/{source.name}", content=proof.body or content, headers=headers, params=dict(proof.query)
    )


def firing(source: Source) -> bytes:
    return json.dumps(fixture.of(source).firing, ensure_ascii=False).encode()


@every
async def test_each_of_several_secrets_opens(source: Source, locked: GatewayUnderTest) -> None:
    for secret in fixture.of(source).secrets:
        async with locked.open() as http:
            answer = await post(http, source, firing(source), fixture.of(source).prove(firing(source), secret))
            assert answer.status_code == 202, answer.text
            assert answer.json()["incident"].startswith(f"incident-{source.name}-")


@every
async def test_a_delivery_with_an_id_counts_once(source: Source, locked: GatewayUnderTest) -> None:
    """Also for somebody who recorded it, and plays it back."""
    given, body = fixture.of(source), firing(source)
    proof = given.prove(body, given.secrets[0])
    reading = source.translate(webhook(body, {**given.headers, **proof.headers}))
    async with locked.open() as http:
        answers = [(await post(http, source, body, proof)).json() for _ in range(2)]
    assert [answer["accepted"] for answer in answers] == ([1, 0] if reading.delivery_id else [1, 1])


@every
async def test_nothing_else_does_and_nobody_learns_why(source: Source, locked: GatewayUnderTest) -> None:
    given, body = fixture.of(source), firing(source)
    genuine = given.prove(body, given.secrets[0])
    proofs = [Proof(), Proof(dict.fromkeys(genuine.headers, ""), dict.fromkeys(genuine.query, ""))]
    proofs += [
        Proof(dict.fromkeys(genuine.headers, wrong), dict.fromkeys(genuine.query, wrong))
        for wrong in ("guess", given.secrets[0] + "x", given.secrets[0][:-1], "ü", "\u202e", "x" * 5000)
    ]
    if not given.secrets[0].startswith("whsec_"):
        proofs.append(given.prove(body, "the secret of somebody else"))
    async with locked.open() as http:
        with capture_logs() as logs:
            answers = [await post(http, source, body, proof) for proof in proofs]
        ready = (await http.get("/readyz")).json()
    assert {answer.status_code for answer in answers} == {401}
    assert all(source.setting in answer.json()["error"] for answer in answers)
    assert ready["webhooks"][source.name] == {"refused": len(proofs)}
    for secret in given.secrets:
        assert secret not in str(logs) + str(ready) + "".join(answer.text for answer in answers)
    assert "guess" not in str(logs)


@every
async def test_a_body_that_was_changed_on_its_way_is_refused_if_it_is_signed(
    source: Source, locked: GatewayUnderTest
) -> None:
    given, body = fixture.of(source), firing(source)
    proof = given.prove(body, given.secrets[0])
    if proof.body or proof == given.prove(b"another body", given.secrets[0]):
        return  # SNS signs fields, see its own test; a token signs nothing
    async with locked.open() as http:
        for tampered in (body + b" ", body[:-1] + b" }", b" " + body, body.replace(b"a", b"b", 1)):
            assert (await post(http, source, tampered, proof)).status_code == 401


@every
async def test_beyond_loopback_it_is_closed_without_a_secret(source: Source, gate: GatewayUnderTest) -> None:
    gate.unproved = Unproved.NOBODY
    async with gate.open() as http:
        answer = await post(http, source, firing(source), Proof())
    assert answer.status_code == 403
    assert source.setting in answer.json()["error"]


@every
async def test_too_much_is_read_as_far_as_it_makes_sense(source: Source, locked: GatewayUnderTest) -> None:
    """With its proof: a signature is over all of it."""
    given, body = fixture.of(source), firing(source)
    padding = b" " * 3000
    locked.settings = locked.settings.model_copy(update={"max_body_bytes": len(body) + 1000})
    proof = given.prove(body + padding if len(body) > 2000 else body, given.secrets[0])
    async with locked.open() as http:
        answer = await post(http, source, body + padding if len(body) > 2000 else body, proof)
    assert answer.status_code == 202
    assert answer.json()["unreadable"] is None


@every
async def test_what_is_genuine_and_cannot_be_read_opens_one_incident_that_says_so(
    source: Source, locked: GatewayUnderTest
) -> None:
    given = fixture.of(source)
    unreadable = [b"", b"{", b"null", b"[]", b"{}", b'"text"', b"\xff\xfe\x00", b"key=value"]
    if given.sns:  # the proof stands in the envelope
        locked.settings = locked.settings.model_copy(update={source.secrets: ()})
    proofs = [Proof() if given.sns else given.prove(body, given.secrets[0]) for body in unreadable]
    async with locked.open() as http:
        answers = [await post(http, source, body, proof) for body, proof in zip(unreadable, proofs, strict=True)]
        ready = (await http.get("/readyz")).json()
    assert {answer.status_code for answer in answers} == {202}
    (incident,) = {answer.json()["incident"] for answer in answers}
    assert re.fullmatch(rf"incident-{re.escape(source.name)}-cannot-be-read-[0-9a-f]{{8}}", incident)
    assert all(answer.json()["unreadable"] and answer.json()["problems"] for answer in answers)
    assert ready["webhooks"][source.name]["unreadable"] == len(unreadable)
    (problem,) = ready["problems"]
    assert problem.startswith(f"{source.name}: a webhook could not be read {len(unreadable)} times, the last at 20")


@every
async def test_what_cannot_be_read_and_is_not_genuine_opens_nothing(source: Source, locked: GatewayUnderTest) -> None:
    async with locked.open() as http:
        answers = [await post(http, source, body, Proof()) for body in (b"", b"{", b"null", b"{}", b"x" * 5000)]
    wanted = {400, 422} if fixture.of(source).sns else {401}
    assert {answer.status_code for answer in answers} <= wanted
    assert await locked.incidents.list() == ()


@every
async def test_while_temporal_is_away_the_sender_is_asked_to_come_again(
    source: Source, gate: GatewayUnderTest, away: Incidents
) -> None:
    gate.incidents = away
    async with gate.open() as http:
        answer = await post(http, source, firing(source), Proof())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@every
async def test_nothing_that_is_sent_is_our_fault(source: Source, gate: GatewayUnderTest, away: Incidents) -> None:
    gate.incidents = away
    body = fixture.of(source).firing
    contents: list[bytes] = [*mutation.NO_JSON, *mutation.NO_BODY]
    for number, loc in enumerate(places(body)):
        values: list[Any] = [mutation.WRONG[number % len(mutation.WRONG)], mutation.HOSTILE[3]]
        contents += [json.dumps(replaced(body, loc, value)).encode() for value in values]
    async with gate.open() as http:
        for content in contents:
            answer = await post(http, source, content, Proof())
            assert answer.status_code in ANSWERS, content[:200]
            if answer.status_code != 202:
                assert answer.json()["error"]


@every
async def test_each_documented_example_is_accepted(source: Source, gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        for example in source.examples.values():
            answer = await http.post(f"/webhooks/{source.name}", json=example)
            assert answer.status_code == 202, answer.text
