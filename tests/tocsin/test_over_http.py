"""The commands by the gateway's HTTP API, on a real socket: they need a token, and nothing of Temporal."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from settings import Settings
from settings.access import ApiToken, Scope, hashed
from starter.desk.answers import Declaration
from starter.gateway.serve import serve
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.results import RefusedByIncident
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import process, until_found
from tocsin.gateway_api import GatewayApi
from tocsin.gateway_call import GatewayAccess
from tocsin.http_desk import HttpDesk
from workflows.policy.incident.events import Acknowledged


def handed_out(name: str, scope: Scope) -> ApiToken:
    return ApiToken(name=name, scope=scope, sha256=hashed(f"of-{name}"))


@asynccontextmanager
async def served(client: Client, alone: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Its address. The commands of this test know no Temporal."""
    tokens = (handed_out("alice", "respond"), handed_out("reader", "read"), handed_out("chief", "admin"))
    chosen = Settings(runbook="acme", api_tokens=tokens)
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(chosen, load(alone / "books"), Incidents(client), port=0, on_listening=address.set_result)
    )
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TOCSIN_URL", await address)
    monkeypatch.setenv("TOCSIN_TOKEN", "of-alice")
    yield address.result()
    serving.cancel()
    await asyncio.wait([serving])


@pytest_asyncio.fixture
async def gateway(client: Client, alone: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    async with served(client, alone, monkeypatch) as address:
        yield address


async def test_what_would_go_out_is_asked_of_the_gateway_and_opens_nothing(
    tocsin: Tocsin, gateway: str, worker: Worker, alone: Path
) -> None:
    """As `declare` does at a terminal before it opens anything."""
    desk = HttpDesk(GatewayApi(GatewayAccess(gateway, "of-alice"), "nobody"))
    assert await desk.preview_public(Declaration(title="db-17 is down", severity="sev1", public="failing logins")) == ()
    with pytest.raises(RefusedByIncident, match="fill in TBD first"):
        await desk.preview_public(Declaration(title="db-17 is down", public="TBD"))
    assert "no open incident" in (await tocsin("list")).out


async def test_the_life_of_an_incident(tocsin: Tocsin, gateway: str, worker: Worker) -> None:
    declared = await tocsin("declare", "Checkout is slow", "--severity", "sev1", "--json")
    assert (declared.code, declared.err) == (0, "")
    incident, workflow = (json.loads(declared.out)[name] for name in ("incident", "workflow_id"))
    assert workflow.startswith("incident-declared-checkout-is-slow-")  # so Temporal's list says what it is
    assert "alice acknowledged through API" in (await until_found(tocsin, "ack")).out
    called = await tocsin("escalate", "boss", "--reason", "help")
    assert (called.code, "The Boss is ringing" in called.out) == (0, True)
    assert (await tocsin("flag", incident, "customer-facing")).code == 0
    assert (await tocsin("update", incident, "rolling back", "--phase", "identified")).code == 0
    assert "Checkout is slow" in (await tocsin("list")).out
    assert "Checkout is slow" in (await tocsin("list", "--all")).out
    assert f"incident      {incident}" in (await tocsin("show", incident[-6:])).out
    assert incident in (await tocsin("plan")).out
    assert (await tocsin("followup", "add", "an alert for it", "--due", "2w")).code == 0
    assert "an alert for it" in (await tocsin("followup", "list")).out
    assert (await tocsin("resolve", incident, "rolled back")).code == 0
    again = await tocsin("resolve", incident)
    assert (again.code, "already resolved" in again.err) == (1, True)


async def test_what_a_command_would_change_is_seen_and_not_done(tocsin: Tocsin, gateway: str, worker: Worker) -> None:
    declared = await tocsin("declare", "Checkout is slow", "--severity", "sev1", "--json")
    incident = json.loads(declared.out)["incident"]
    seen = await until_found(tocsin, "escalate", "boss", "--preview")
    assert f"{incident}: nothing is done yet" in seen.out
    assert "paged at once: The Boss" in seen.out
    assert "alice called" not in (await tocsin("show")).out
    stale = json.loads((await tocsin("severity", "sev2", "--preview", "--json")).out)["mark"]
    refused = await tocsin("reopen", "--preview")
    assert (refused.code, "is not resolved" in refused.err) == (1, True)
    assert (await tocsin("severity", "sev2")).code == 0
    with pytest.raises(RefusedByIncident, match=r"it has changed meanwhile: SEV-2 since .* by alice; look again"):
        await HttpDesk(GatewayApi(GatewayAccess(gateway, "of-alice"), "nobody")).ask("", Acknowledged(if_still=stale))


async def test_whom_the_command_names_is_not_who_does_it(
    tocsin: Tocsin, gateway: str, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tocsin("declare", "Slow", "--by", "VP Engineering")
    monkeypatch.setenv("TOCSIN_ME", "bob")
    acknowledged = await until_found(tocsin, "ack")
    assert "alice (for bob, unproved) acknowledged" in acknowledged.out
    assert "alice (for VP Engineering, unproved)" in (await tocsin("show")).out


async def test_somebody_whom_the_runbook_does_not_list_is_asked_about(
    tocsin: Tocsin, gateway: str, worker: Worker
) -> None:
    await tocsin("declare", "Slow")
    await until_found(tocsin, "note", "looking")
    refused = await tocsin("handoff", "Zoe")
    assert (refused.code, "--unlisted" in refused.err) == (1, True)
    assert (await tocsin("handoff", "Zoe", "--unlisted")).code == 0


@pytest.mark.parametrize(
    ("token", "words", "code", "says"),
    [
        ("nonsense", "list", 1, "no token, or none that is known here"),
        ("of-reader", "ack", 1, "the token of reader may read: this needs respond"),
        ("", "ack", 1, "TOCSIN_TOKEN is not set"),
        ("of-alice", "ack", 1, "no incident is open"),
        ("of-alice", "ack 1999", 1, "there is no incident '1999'; and none is open"),
        ("of-alice", "declare slow --severity urgent", 1, "severity: "),
        ("of-alice", "review show", 1, "no review is open"),
        ("of-alice", "review list", 0, ""),
    ],
)
async def test_a_no_is_one_clear_line(
    tocsin: Tocsin, gateway: str, monkeypatch: pytest.MonkeyPatch, token: str, words: str, code: int, says: str
) -> None:
    monkeypatch.setenv("TOCSIN_TOKEN", token)
    answer = await tocsin(*words.split())
    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert token == "" or token not in answer.err


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://tocsin.invalid", "http://[", "nonsense"])
async def test_a_gateway_that_cannot_be_reached_is_named(
    tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TOCSIN_URL", url)
    monkeypatch.setenv("TOCSIN_TOKEN", "of-alice")
    answer = await tocsin("ack")
    assert (answer.code, answer.out) == (2, "")
    assert f"cannot reach the gateway at {url}" in answer.err


async def test_without_a_worker_it_is_recorded_and_no_success(gateway: str) -> None:
    """In processes of their own, at the same time: each waits for the worker that is not there."""
    said = "recorded; no worker is running: nothing is being paged"
    declared = await process("declare", "Slow")
    acknowledged, shown = await asyncio.gather(process("ack"), process("show"))
    assert (declared.code, acknowledged.code, shown.code) == (2, 2, 2)
    assert said in declared.err
    assert said in acknowledged.err
    assert "Slow" in shown.out
