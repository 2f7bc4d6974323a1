"""What fires and opens nothing: it is said and counted, and what is open hears of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from temporalio.worker import Worker

from starter.intake.ignoring import set_aside
from starter.intake.interpreting import interpret
from starter.intake.silencing import silenced
from starter.runbooks.library import Library
from starter.sources.reading import Reading, SentAlert
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.sources.webhooks import NOW
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.silence import SilenceSummary

GENERIC = "/webhooks/generic"


def generic(severity: str, key: str = "disk", **more: Any) -> dict[str, Any]:
    return {"key": key, "title": "Disk fills up", "severity": severity, **more}


def prometheus(*alerts: dict[str, str], status: str = "firing") -> dict[str, Any]:
    sent = [{"status": status, "labels": labels, "annotations": {}} for labels in alerts]
    return {"version": "4", "groupKey": "g", "receiver": "tocsin", "status": status, "alerts": sent}


def with_intake(gate: GatewayUnderTest, **intake: Any) -> GatewayUnderTest:
    book = gate.library.runbooks["acme"].model_copy(update={"intake": Intake.model_validate(intake)})
    gate.library = Library({"acme": book}, gate.library.problems)
    return gate


async def posted(http: httpx.AsyncClient, body: object, address: str = GENERIC) -> dict[str, Any]:
    answer = await http.post(address, json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("word", ["none", "ok", "info", "Informational", "debug", "NOTICE"])
async def test_a_harmless_word_opens_nothing_and_the_answer_says_why(word: str, gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        answer = await posted(http, generic(word))
        ready = (await http.get("/readyz")).json()
    assert (answer["accepted"], answer["incidents"]) == (0, [])
    assert answer["opens_nothing"] == [{"why": f"severity={word} opens nothing: Disk fills up", "alerts": 1}]
    assert f"severity={word} opens nothing" in answer["ignored"]
    assert ready["webhooks"]["generic"] == {"ignored": 1}
    assert not await gate.incidents.list()


async def test_what_is_grave_beside_it_opens(gate: GatewayUnderTest) -> None:
    body = prometheus({"alertname": "Fine", "severity": "info"}, {"alertname": "Down", "severity": "critical"})
    async with gate.open() as http:
        answer = await posted(http, body, "/webhooks/alertmanager")
    (opened,) = await eventually(gate.incidents.list)
    assert answer["incidents"] == [opened.workflow_id]
    assert [each["why"] for each in answer["opens_nothing"]] == ["labels.severity=info opens nothing: Fine"]
    assert opened.title.startswith("Down")


@pytest.mark.parametrize("name", ["Watchdog", "InfoInhibitor"])
async def test_what_only_proves_that_alerting_works_opens_nothing_however_grave_it_is(
    name: str, gate: GatewayUnderTest
) -> None:
    body = prometheus({"alertname": name, "severity": "critical"})
    async with gate.open() as http:
        answer = await posted(http, body, "/webhooks/alertmanager")
        assert answer["ignored"] == f"the runbook ignores alertname={name}: {name}"
        with_intake(gate, ignore=[])
    async with gate.open() as http:
        assert (await posted(http, body, "/webhooks/alertmanager"))["accepted"] == 1, "the runbook may say otherwise"


async def test_the_runbook_ignores_what_it_names_and_no_more(gate: GatewayUnderTest) -> None:
    with_intake(gate, severities={"meh": "ignore"}, ignore=["alertname=~Test.*", ["team=lab", "severity!=critical"]])
    alerts = (
        {"alertname": "A", "severity": "meh"},
        {"alertname": "TestOfThePump", "severity": "critical"},
        {"alertname": "C", "team": "lab", "severity": "warning"},
        {"alertname": "D", "team": "lab", "severity": "critical"},
        {"alertname": "E", "team": "shop", "severity": "warning"},
    )
    async with gate.open() as http:
        answer = await posted(http, prometheus(*alerts), "/webhooks/alertmanager")
    assert [each["why"].rpartition(": ")[2] for each in answer["opens_nothing"]] == ["A", "TestOfThePump", "C"]


async def test_the_end_of_what_is_ignored_now_ends_what_is_open(gate: GatewayUnderTest, worker: Worker) -> None:
    async with gate.open() as http:
        (opened,) = (await posted(http, generic("critical")))["incidents"]
        answer = await posted(http, generic("info", status="resolved"))
    assert answer["incidents"] == [opened]
    assert await _phase(gate.incidents, opened, "resolved")


async def test_what_is_lowered_to_a_harmless_level_asks_for_nobody_and_may_become_grave_again(
    gate: GatewayUnderTest, worker: Worker
) -> None:
    """All of one episode: its sender states the same beginning each time."""
    since = {"starts_at": "2026-11-21T00:03:12Z"}
    async with gate.open() as http:
        (opened,) = (await posted(http, generic("critical", **since)))["incidents"]
        lowered = await posted(http, generic("ok", **since))
        assert (lowered["incidents"], lowered["ignored"]) == ([opened], None)
        assert await _phase(gate.incidents, opened, "resolved")
        await posted(http, generic("critical", **since))
        assert await _phase(gate.incidents, opened, "investigating")


def test_a_silence_keeps_nothing_that_would_open_nothing(book: Runbook) -> None:
    """Otherwise it would open when the silence ends."""
    said = Reading((SentAlert("g", "f", "Down", severity="info"), SentAlert("g", "h", "Down", severity="critical")))
    matchers, ends_at = (Matcher.parse("alertname=Down"),), NOW + timedelta(hours=1)
    card = SilenceSummary(id="s", matchers=matchers, starts_at=NOW, ends_at=ends_at, by="Alice", reason="new disks")
    reading, _ = set_aside(interpret("test", said, book, NOW))
    (held,) = silenced(reading, [card])
    assert [alert.fingerprint for alert in held.firing] == ["h"]


async def _phase(incidents: Incidents, workflow_id: str, phase: str) -> bool:
    async def phase_now() -> str:
        return (await incidents.status(workflow_id)).incident.phase

    return await eventually(phase_now, lambda seen: seen == phase) == phase
