"""What people and vendors say is redacted before it is stored, whichever way it comes."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any, get_args

import pytest
import pytest_asyncio
from pydantic import BaseModel, SecretStr
from temporalio.client import Client
from temporalio.worker import Worker

from settings.access import ApiToken, hashed
from starter.desk.verbs import VERBS, Verb
from starter.sources.redaction import redaction
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.redacting import FREE_TEXTS, redacted
from starter.temporal.silences import Silences
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.test_pagerduty_rings import event as pagerduty_event
from tests.starter.test_redaction import PATTERNS, SECRET
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.heartbeat import Spec
from workflows.policy.wire.bounded import Text

[KEPT] = get_args(Text)[1:]
"""What marks a text."""
API = {"Authorization": "Bearer of-alice"}
FOUND_BY = {"ring"}
"""Texts by which something is found: no person writes them."""


@pytest_asyncio.fixture
async def open_one(gate: GatewayUnderTest, client: Client, book: Runbook) -> str:
    """Of a gateway that redacts; its workflow id."""
    token = ApiToken(name="alice", scope="respond", sha256=hashed("of-alice"))
    changed = {"api_tokens": (token,), "pagerduty_webhook_secrets": (SecretStr("shared"),)}
    gate.settings = gate.settings.model_copy(update=changed)
    gate.incidents = Incidents(client, redact=redaction(PATTERNS))
    return await gate.incidents.declare(
        OpenRequest(runbook=book, severity="sev1", title=f"{SECRET} cannot pay", labels={"who": SECRET})
    )


async def stored(client: Client, *workflows: str) -> str:
    histories = [await client.get_workflow_handle(each).fetch_history() for each in workflows]
    return "".join(str(event) for history in histories for event in history.events)


def hides(everything: str) -> bool:
    return not any(part in everything.lower() for part in ("jane", "555-0199"))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.group} {verb.name}")
def test_whatever_a_verb_lets_somebody_say_in_words_is_free_text(verb: Verb) -> None:
    """A new field of that kind is redacted, too, or it stands above with a reason."""
    words = {name for name in verb.fields if KEPT in verb.event.model_fields[name].metadata or name in FREE_TEXTS}
    assert words - FOUND_BY <= set(FREE_TEXTS)


@pytest.mark.parametrize("name", FREE_TEXTS)
def test_a_text_that_grows_by_it_is_still_one_that_is_taken(name: str) -> None:
    class Said(BaseModel):
        text: str = ""
        reason: str = ""
        reference: str = ""
        link: str = ""
        title: str = ""
        public: str = ""

    most = FREE_TEXTS[name]
    masked = getattr(redacted(Said.model_validate({name: "ab" * (most // 2)}), redaction(("a",))), name)
    assert "a" not in masked
    assert len(masked) <= most


async def test_a_note_of_pagerdutys_holds_none_of_it(gate: GatewayUnderTest, client: Client, open_one: str) -> None:
    ring = f"{open_one}/20261121-0003-k7/escalate/1/on-call/1"
    data = {"id": "Q1", "type": "incident", "incident_key": ring, "message": f"{SECRET} called"}
    told = pagerduty_event(event_type="incident.status_update_published", data=data)
    content = json.dumps({"event": told}).encode()
    mac = hmac.new(b"shared", content, hashlib.sha256).hexdigest()
    async with gate.open() as http:
        answer = await http.post("/webhooks/pagerduty", content=content, headers={"X-PagerDuty-Signature": f"v1={mac}"})
    assert answer.json()["accepted"] == 1, answer.text
    everything = await stored(client, open_one)
    assert "*** *** called" in everything
    assert hides(everything + open_one)


async def test_what_people_say_over_the_api_holds_none_of_it(
    gate: GatewayUnderTest, client: Client, open_one: str, worker: Worker
) -> None:
    said: dict[str, dict[str, Any]] = {
        "note": {"text": f"{SECRET} called"},
        "severity": {"severity": "sev2", "reason": f"{SECRET} can pay again"},
        "update": {"text": f"{SECRET} is told"},
        "resolve": {"text": f"over for {SECRET}"},
    }
    async with gate.open() as http:
        for verb, body in said.items():
            answer = await http.post(f"/api/v1/incidents/{open_one}/{verb}", json=body, headers=API)
            assert answer.status_code == 200, answer.text
    everything = await stored(client, open_one)
    assert "over for *** ***" in everything
    assert hides(everything)


@pytest.mark.parametrize("room", range(0, 40, 4))
async def test_of_what_is_cut_in_the_middle_no_part_is_kept(
    gate: GatewayUnderTest, client: Client, open_one: str, worker: Worker, room: int
) -> None:
    """A text is cut before anybody looks what stands in it, and half a secret is recognized no more."""
    body = {"text": "x" * (2990 - room) + f" {SECRET}" * 3}
    async with gate.open() as http:
        answer = await http.post(f"/api/v1/incidents/{open_one}/note", json=body, headers=API)
        assert answer.status_code == 200, answer.text
    assert hides(await stored(client, open_one))


async def test_whatever_is_said_of_a_new_incident_holds_none_of_it(client: Client, book: Runbook) -> None:
    long = "x" * 190 + SECRET
    opening = OpenRequest(
        runbook=book, severity="sev1", title="Down", service=f"of {SECRET}", public=long, labels={"who": long}
    )
    workflow = await Incidents(client, redact=redaction(PATTERNS)).declare(opening)
    assert hides(await stored(client, workflow))


async def test_a_heartbeats_service_holds_none_of_it(client: Client, book: Runbook) -> None:
    opening = OpenRequest(runbook=book, severity="sev2", title="backup", service=f"of {SECRET}")
    known = Heartbeats(Incidents(client, redact=redaction(PATTERNS)).connection)
    await known.add("backup", Spec(every=timedelta(minutes=2), opening=opening))
    assert hides(await stored(client, "heartbeat-backup"))


async def test_a_silence_that_asks_for_what_is_masked_is_refused(
    gate: GatewayUnderTest, client: Client, open_one: str
) -> None:
    """It would hold nothing: the alerts that it is meant for bear something else."""
    body = {"match": [f"who={SECRET}"], "duration": "2h", "reason": "new disks"}
    async with gate.open() as http:
        answer = await http.post("/api/v1/silences", json=body, headers=API)
    assert answer.status_code == 409
    assert "matches no alert: what TOCSIN_REDACT lists is ***" in answer.json()["error"]


async def test_a_silences_reason_holds_none_of_it(gate: GatewayUnderTest, client: Client, open_one: str) -> None:
    body = {"match": ["service=checkout"], "duration": "2h", "reason": f"for {SECRET}"}
    async with gate.open() as http:
        assert (await http.post("/api/v1/silences", json=body, headers=API)).status_code == 201
    [card] = await eventually(Silences(Incidents(client).connection).list)
    assert card.reason == "for *** ***"


async def test_by_names_things_are_still_found(open_one: str, gate: GatewayUnderTest, worker: Worker) -> None:
    """An incident's id may match a pattern: what finds it is no text."""
    gate.incidents = Incidents(gate.incidents.connection.client, redact=redaction((r"\d+", "alice")))
    async with gate.open() as http:
        answer = await http.post(f"/api/v1/incidents/{open_one}/note", json={"text": "on 2026-11-21"}, headers=API)
        assert answer.status_code == 200, answer.text
        shown = (await http.get(f"/api/v1/incidents/{open_one}", headers=API)).text
    assert "on ***-***-***" in shown
    assert "alice" in shown


def test_whoever_sees_less_or_waits_less_redacts_the_same(client: Client) -> None:
    """As readers of the API do, and Slack."""
    mask = redaction(PATTERNS)
    known = Incidents(client, redact=mask)
    for other in (known.without_private(), known.with_patience(timedelta(seconds=1)).without_private()):
        assert other.connection.redact is mask
