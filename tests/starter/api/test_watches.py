"""Silences and heartbeats over the HTTP API."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from tests.starter.api.conftest import ALICE, CHIEF, READER, bearer, handed_out
from tests.starter.conftest import GatewayUnderTest, eventually
from worker.hosting import runner
from workflows.heartbeat import HeartbeatWorkflow
from workflows.queues import WORKFLOW_QUEUE
from workflows.silence import SilenceWorkflow

SILENCES, HEARTBEATS = "/api/v1/silences", "/api/v1/heartbeats"
MAINTENANCE = {"match": ["service=checkout", "alertname=~High.*"], "duration": "2h", "reason": "new disks"}
NIGHTLY = {"every": "1d", "grace": "1h", "severity": "sev2"}


@pytest_asyncio.fixture
async def watched(installation: Client) -> AsyncIterator[Client]:
    workflows = [SilenceWorkflow, HeartbeatWorkflow]
    async with Worker(installation, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()):
        yield installation


async def test_a_silence_is_added_extended_and_ended(http: httpx.AsyncClient, watched: Client) -> None:
    answer = await http.post(SILENCES, json={**MAINTENANCE, "for": "Bob"})
    assert answer.status_code == 201, answer.text
    card = answer.json()
    assert (card["by"], card["reason"]) == ("alice (for Bob, unproved)", "new disks")
    extended = await http.post(f"{SILENCES}/{card['id']}/extend", json={"duration": "1h"})
    assert extended.json()["ends_at"] > card["ends_at"]

    async def listed() -> list[dict[str, object]]:
        found: list[dict[str, object]] = (await http.get(SILENCES)).json()
        return found

    [one] = await eventually(listed)
    assert one["holds"] == 0
    assert (await http.post(f"{SILENCES}/{card['id']}/expire")).status_code == 204


async def test_a_heartbeat_is_expected_paused_and_forgotten(tokens: GatewayUnderTest, watched: Client) -> None:
    tokens.headers = bearer(CHIEF)
    async with tokens.open() as http:
        answer = await http.put(f"{HEARTBEATS}/backup", json=NIGHTLY)
        assert answer.status_code == 200, answer.text
        assert answer.json()["stands"].startswith("overdue at ")
        paused = await http.post(f"{HEARTBEATS}/backup/pause", json={"duration": "2h", "reason": "new disks"})
        assert paused.json()["stands"].startswith("paused until ")
        resumed = await http.post(f"{HEARTBEATS}/backup/resume")
        assert resumed.json()["stands"].startswith("overdue at ")
        assert (await http.delete(f"{HEARTBEATS}/backup")).status_code == 204
        assert (await http.post(f"{HEARTBEATS}/other/resume")).status_code == 404


@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        (READER, "GET", SILENCES, 200),
        (READER, "GET", HEARTBEATS, 200),
        (READER, "POST", SILENCES, 403),
        (READER, "POST", f"{SILENCES}/k7qxzm/expire", 403),
        (ALICE, "POST", f"{SILENCES}/k7qxzm/extend", 422),
        (ALICE, "POST", f"{SILENCES}/k7qxzm/expire", 404),
        (ALICE, "PUT", f"{HEARTBEATS}/backup", 403),
        (ALICE, "DELETE", f"{HEARTBEATS}/backup", 403),
        (READER, "POST", f"{HEARTBEATS}/backup/pause", 403),
        (CHIEF, "PUT", f"{HEARTBEATS}/Backup", 422),
        (CHIEF, "PUT", f"{HEARTBEATS}/backup", 422),
        ("nonsense", "DELETE", f"{HEARTBEATS}/backup", 401),
    ],
)
async def test_what_is_watched_is_not_for_everybody_to_change(
    tokens: GatewayUnderTest, installation: Client, token: str, method: str, path: str, status: int
) -> None:
    async with tokens.open() as http:
        assert (await http.request(method, path, headers=bearer(token))).status_code == status


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({**MAINTENANCE, "match": []}, "matchers"),
        ({**MAINTENANCE, "match": ["nonsense"]}, "match[0]"),
        ({**MAINTENANCE, "duration": "9w"}, ""),
        ({**MAINTENANCE, "reason": ""}, "reason"),
        ({**MAINTENANCE, "starts_at": "2099-01-01T00:00:00Z"}, "starts_at"),
        ({**MAINTENANCE, "by": "VP Engineering"}, "by"),
    ],
)
async def test_a_silence_that_cannot_be_is_named_by_its_field(
    http: httpx.AsyncClient, said: dict[str, object], field: str
) -> None:
    answer = await http.post(SILENCES, json=said)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["problems"]] == [field]


async def test_a_fault_of_ours_is_no_fault_of_a_field(
    http: httpx.AsyncClient, watched: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads `starts_at` looks for the mistake in what they wrote."""

    def broken(_: str) -> str:
        raise ValueError("a bug")

    monkeypatch.setattr("starter.desk.temporal_installation.new_id", broken)
    with pytest.raises(ValueError, match="a bug"):  # an answer 500, and a line with its trace in the log
        await http.post(SILENCES, json=MAINTENANCE)


async def test_a_silence_that_is_sent_again_is_the_same(http: httpx.AsyncClient, watched: Client) -> None:
    """Its sender saw no answer, and does not know whether it was added."""
    key = {"Idempotency-Key": "new disks"}
    first = await http.post(SILENCES, json=MAINTENANCE, headers=key)
    again = await http.post(SILENCES, json=MAINTENANCE, headers=key)
    other = await http.post(SILENCES, json=MAINTENANCE)
    assert [answer.status_code for answer in (first, again, other)] == [201, 201, 201]
    assert first.json()["id"] == again.json()["id"] != other.json()["id"]


async def test_a_silence_is_announced_by_those_who_may_let_words_out(tokens: GatewayUnderTest, watched: Client) -> None:
    tokens.settings = tokens.settings.model_copy(update={"public_by": ("chief",)})
    said = {**MAINTENANCE, "public": "New disks"}
    async with tokens.open() as http:
        refused = await http.post(SILENCES, json=said, headers=bearer(ALICE))
        quiet = await http.post(SILENCES, json=MAINTENANCE, headers=bearer(ALICE))
        public = await http.post(SILENCES, json=said, headers=bearer(CHIEF))
    assert (refused.status_code, "TOCSIN_PUBLIC_BY" in refused.text) == (403, True)
    assert (quiet.status_code, quiet.json()["public"]) == (201, "")
    assert (public.status_code, public.json()["public"]) == (201, "New disks")


async def test_who_did_something_stands_there_by_the_name_that_the_runbook_has(
    tokens: GatewayUnderTest, watched: Client
) -> None:
    """Whoever reads it later has no runbook at hand."""
    somebody = handed_out("of-the-boss", "boss", "admin")
    tokens.settings = tokens.settings.model_copy(update={"api_tokens": (somebody,)})
    tokens.headers = bearer("of-the-boss")
    async with tokens.open() as http:
        assert (await http.post(SILENCES, json=MAINTENANCE)).json()["by"] == "The Boss"
        assert (await http.post(SILENCES, json={**MAINTENANCE, "for": "Bob"})).json()["by"].startswith("The Boss (for ")
        assert (await http.put(f"{HEARTBEATS}/backup", json=NIGHTLY)).status_code == 200
        paused = (await http.post(f"{HEARTBEATS}/backup/pause", json={"duration": "2h", "reason": "new disks"})).json()
        assert "The Boss" in paused["stands"]
