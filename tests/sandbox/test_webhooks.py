"""What PagerDuty tells its gateways, over the wire."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI, Request, Response

from sandbox.serve import serving
from sandbox.world import Subscriber
from tests.patience import HANGS_AFTER_S
from tests.sandbox.pager import events, incidents, trigger
from tests.sandbox_server import SandboxServer, running_sandbox

SECRET = "s3cret"


@dataclass
class FakeGateway:
    """A gateway that answers as told, and remembers."""

    answers: Iterable[int] = ()
    received: asyncio.Queue[tuple[dict[str, str], bytes]] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self._answers = iter(self.answers)

    async def take(self, request: Request) -> Response:
        self.received.put_nowait((dict(request.headers), await request.body()))
        return Response(status_code=next(self._answers, 202))

    async def next(self) -> tuple[dict[str, str], bytes]:
        return await asyncio.wait_for(self.received.get(), HANGS_AFTER_S)


def app_of(gateway: FakeGateway) -> FastAPI:
    app = FastAPI()
    app.add_api_route("/hook", gateway.take, methods=["POST"])
    return app


@contextlib.asynccontextmanager
async def subscribed(sandbox: SandboxServer, *answers: int) -> AsyncIterator[FakeGateway]:
    gateway = FakeGateway(answers)
    async with serving(app_of(gateway)) as url:
        await sandbox.subscribe(f"{url}/hook", SECRET)
        yield gateway
        await sandbox.reset()


async def test_an_event_has_the_documented_shape_and_signature(sandbox: SandboxServer) -> None:
    async with subscribed(sandbox) as gateway:
        await trigger(sandbox, "k1")
        headers, body = await gateway.next()
    event = json.loads(body)["event"]
    data = event["data"]
    assert (event["event_type"], event["resource_type"]) == ("incident.triggered", "incident")
    assert (data["type"], data["status"], data["incident_key"], data["title"]) == (
        "incident",
        "triggered",
        "k1",
        "down",
    )
    assert data["service"]["summary"] == "R0ALICE"
    assert headers["x-pagerduty-signature"] == "v1=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


async def test_a_human_at_the_pager_is_named(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    async with subscribed(sandbox) as gateway:
        seen = []
        for action in ("acknowledge", "resolve", "reopen"):
            await sandbox.press(incident["id"], action, by="Bob Example")
            seen.append(json.loads((await gateway.next())[1])["event"])
    assert [event["event_type"] for event in seen] == [
        "incident.acknowledged",
        "incident.resolved",
        "incident.reopened",
    ]
    assert {(event["agent"]["type"], event["agent"]["summary"]) for event in seen} == {
        ("user_reference", "Bob Example")
    }


async def test_what_the_events_api_did_is_told_too(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    async with subscribed(sandbox) as gateway:
        await events(sandbox, lambda session: session.acknowledge("k1"))
        event = json.loads((await gateway.next())[1])["event"]
    assert (event["event_type"], event["agent"]["type"]) == ("incident.acknowledged", "inbound_integration_reference")


@pytest.mark.parametrize("answer", [500, 503, 429])
async def test_a_subscriber_in_trouble_gets_the_same_event_again(sandbox: SandboxServer, answer: int) -> None:
    async with subscribed(sandbox, answer) as gateway:
        await trigger(sandbox)
        (first, first_body), (second, second_body) = await gateway.next(), await gateway.next()
        assert first["x-webhook-id"] == second["x-webhook-id"]
        assert first_body == second_body


async def test_a_refused_event_is_dropped_and_counted(sandbox: SandboxServer) -> None:
    async with subscribed(sandbox, 401) as gateway:
        for key in ("k1", "k2", "k3"):
            await trigger(sandbox, key)
        keys = [json.loads((await gateway.next())[1])["event"]["data"]["incident_key"] for _ in range(3)]
        [tally] = (await sandbox.state())["webhooks"]
    assert (keys, tally["dropped"]) == (["k1", "k2", "k3"], 1)


async def test_a_subscriber_that_is_away_gets_it_when_it_comes_back(sandbox: SandboxServer) -> None:
    async with serving(FastAPI()) as url:
        port = int(url.rpartition(":")[2])
    await sandbox.subscribe(f"{url}/hook", SECRET)
    await trigger(sandbox)
    gateway = FakeGateway()
    async with serving(app_of(gateway), port):
        await gateway.next()
    await sandbox.reset()


async def test_the_first_subscriber_stays_over_a_reset() -> None:
    gateway = FakeGateway()
    async with (
        serving(app_of(gateway)) as url,
        running_sandbox(subscriber=Subscriber(f"{url}/hook", SECRET)) as sandbox,
    ):
        await trigger(sandbox)
        await gateway.next()
        await sandbox.reset()
        await trigger(sandbox)
        await gateway.next()
