"""`tocsin route`: where an alert would go, and why."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from starter.intake.identity import workflow_id
from starter.runbooks.library import Library
from starter.sources.reading import Webhook
from starter.sources.table import SOURCES
from starter.temporal.incidents import Incidents
from starter.temporal.silences import Silences
from tests.starter.conftest import eventually
from tests.starter.sources.webhooks import delivery
from tests.tocsin.conftest import Tocsin
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.watches.silence import SilenceSummary

PAYLOADS = Path(__file__).parents[1] / "payloads"


def alert(status: str = "firing", name: str = "HighErrorRate", **labels: str) -> dict[str, Any]:
    return {"status": status, "labels": {"alertname": name, **labels}, "annotations": {"summary": "20 % errors"}}


async def routed(tocsin: Tocsin, folder: Path, body: object, source: str = "alertmanager", *more: str) -> Any:
    file = folder / "payload.json"
    file.write_text(json.dumps(body))
    answer = await tocsin("route", str(file), "--source", source, "--json", *more)
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


async def test_a_captured_webhook_of_alertmanager_is_explained(tocsin: Tocsin, alone: Path) -> None:
    payload = PAYLOADS / "alertmanager-0.33.1-firing-grouped-2.json"
    answer = await tocsin("route", str(payload), "--source", "alertmanager")
    assert answer.code == 0
    for told in (
        "SEV-1: HighErrorRate",
        "2 alerts; opens an incident, or finds the one that is open",
        "severity=critical, on HighErrorRate",
        "service=checkout, on HighErrorRate",
        "TOCSIN_RUNBOOK: the webhook names none",
    ):
        assert told in " ".join(answer.out.split())


async def test_the_incident_is_the_one_that_the_gateway_would_find(
    tocsin: Tocsin, alone: Path, library: Library
) -> None:
    payload = PAYLOADS / "alertmanager-0.33.1-firing-single.json"
    answer = await tocsin("route", str(payload), "--source", "alertmanager", "--json")
    (batch,) = delivery("alertmanager", payload.read_bytes(), library.runbooks["acme"]).batches
    (route,) = json.loads(answer.out)["routes"]
    assert route["incident"] == batch.workflow_id
    assert (route["severity"], route["title"]) == (batch.opening.severity, batch.opening.title)


@pytest.mark.parametrize(
    ("alerts", "severity", "why"),
    [
        ([alert(severity="critical")], "sev1", "severity=critical, on HighErrorRate"),
        ([alert(severity="SEV2")], "sev2", "severity=SEV2, on HighErrorRate"),
        ([alert()], "sev2", "the runbook's default: no alert has a label severity"),
        ([alert(severity="odd")], "sev2", "the runbook's default: nobody knows severity=odd"),
        (
            [alert(severity="warning"), alert(name="Down", severity="critical")],
            "sev1",
            "severity=critical, on Down, the gravest of them",
        ),
        (
            [alert(severity="warning")],
            "sev3",
            "severity=warning, on HighErrorRate; the runbook has no sev3, and follows the rules of the next graver one",
        ),
        ([alert("resolved", severity="critical"), alert(severity="sev2")], "sev2", "severity=sev2, on HighErrorRate"),
    ],
)
async def test_it_says_which_label_decided_how_grave_it_is(
    tocsin: Tocsin, alone: Path, alerts: list[dict[str, Any]], severity: str, why: str
) -> None:
    (route,) = (await routed(tocsin, alone, {"groupKey": "g", "alerts": alerts}))["routes"]
    assert (route["severity"], route["why"]["severity"]) == (severity, why)


async def test_it_says_which_label_named_the_service(tocsin: Tocsin, alone: Path) -> None:
    found = {}
    for labels in ({"job": "api", "service": "checkout"}, {"job": "api"}, {}):
        (route,) = (await routed(tocsin, alone, {"alerts": [alert(**labels)]}))["routes"]
        found[route["service"]] = route["why"]["service"]
    assert found == {
        "checkout": "service=checkout, on HighErrorRate",
        "api": "job=api, on HighErrorRate",
        "": "no alert has a label service or job",
    }


async def test_it_says_by_which_labels_the_runbook_groups_and_what_the_service_is_called(
    tocsin: Tocsin, alone: Path
) -> None:
    acme = alone / "books" / "acme.yaml"
    rules = "intake:\n  group_by: [service, region]\n  services: {chk-eu: checkout}\n"
    acme.write_text(acme.read_text().replace("intake:\n", rules))
    found = await routed(tocsin, alone, {"groupKey": "g", "alerts": [alert(service="chk-eu", region="eu"), alert()]})
    one, other = found["routes"]
    assert one["why"]["incident"] == "the runbook's group_by: region=eu, service=checkout"
    assert one["why"]["service"] == "service=chk-eu, on HighErrorRate, by the runbook's map of services"
    assert "groupKey" in other["why"]["incident"]
    assert found["problems"][0]["message"].startswith("alerts without service, region were grouped as their sender")


async def test_it_says_which_silence_would_hold_what(tocsin: Tocsin, alone: Path, client: Client) -> None:
    silences = Silences(Incidents(client).connection)
    now = datetime.now(UTC)
    card = {"matchers": [Matcher.parse("service=checkout")], "by": "Alice", "reason": "new disks"}
    for number, begins in enumerate((now, now + timedelta(hours=1))):
        times = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
        await silences.add(SilenceSummary.model_validate({"id": f"s{number}", **card, **times}))
    await eventually(silences.list, lambda known: len(known) == 2)
    alerts = {
        "alerts": [alert(service="checkout"), alert(name="Other"), alert("resolved", "Third", service="checkout")]
    }
    (silent,) = (await routed(tocsin, alone, alerts))["silences"]
    assert (silent["silence"], silent["alerts"]) == ("s0", ["HighErrorRate"])
    told = " ".join((await tocsin("route", str(alone / "payload.json"), "--source", "alertmanager")).out.split())
    assert "held by silence s0 until" in told
    assert "an alert that fires again within 5m flaps" in told


async def test_without_temporal_it_says_that_silences_are_not_known(tocsin: Tocsin, alone: Path) -> None:
    assert (await routed(tocsin, alone, {"alerts": [alert()]}))["silences"] is None
    told = " ".join((await tocsin("route", str(alone / "payload.json"), "--source", "alertmanager")).out.split())
    assert "silences: Temporal could not be asked" in told


async def test_what_has_resolved_opens_nothing(tocsin: Tocsin, alone: Path) -> None:
    (route,) = (await routed(tocsin, alone, {"alerts": [alert("resolved")]}))["routes"]
    assert route["opens"] is False


async def test_each_group_of_the_generic_webhook_is_an_incident_of_its_own(tocsin: Tocsin, alone: Path) -> None:
    sent = {"alerts": [{"key": "a", "title": "A", "severity": "sev1"}, {"key": "b", "title": "B", "severity": "odd"}]}
    found = await routed(tocsin, alone, sent, "generic")
    assert [route["title"] for route in found["routes"]] == ["A", "B"]
    assert found["routes"][0]["why"]["severity"] == "its own severity, on A"
    assert found["problems"][0]["field"] == "alerts[1].severity"


async def test_another_runbook_may_be_asked_for(tocsin: Tocsin, alone: Path) -> None:
    (alone / "books" / "other.yaml").write_text(
        (alone / "books" / "acme.yaml").read_text().replace(": acme", ": other")
    )
    (route,) = (await routed(tocsin, alone, {"alerts": [alert()]}, "alertmanager", "--runbook", "other"))["routes"]
    assert route["runbook"] == "other"
    assert route["why"]["runbook"].startswith("asked for by name; out of this shell's files, for cannot reach Temporal")


async def test_where_an_installation_runs_it_is_its_runbook_that_counts(
    tocsin: Tocsin, alone: Path, client: Client
) -> None:
    acme = alone / "books" / "acme.yaml"
    acme.write_text(acme.read_text().replace("critical: sev1", "critical: sev2"))  # not loaded there
    (alone / "payload.json").write_text(json.dumps({"alerts": [alert(severity="critical")]}))
    answer = await tocsin("route", "payload.json", "--source", "alertmanager", "--json")
    (route,) = json.loads(answer.out)["routes"]
    assert route["severity"] == "sev1"
    assert route["why"]["runbook"].startswith("the default there: the webhook names none; published by ")
    assert answer.err.startswith(f"not used here: your acme in {alone}/books (")


@pytest.mark.parametrize(
    ("body", "more", "says"),
    [
        ("{", (), "the body is not JSON"),
        ('{"alerts": []}', (), "alerts: the list is empty"),
        ("{}", (), "alerts: is missing"),
        ('{"alerts": []}', ("--runbook", "nope"), "there is no runbook 'nope'; there is: acme"),
    ],
)
async def test_what_cannot_be_routed_is_one_line(
    tocsin: Tocsin, alone: Path, body: str, more: tuple[str, ...], says: str
) -> None:
    (alone / "payload.json").write_text(body)
    answer = await tocsin("route", "payload.json", "--source", "alertmanager", *more)
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    assert says in answer.err


async def test_what_cannot_be_read_would_open_an_incident_that_says_so(tocsin: Tocsin, alone: Path) -> None:
    (alone / "payload.json").write_text("{")
    answer = await tocsin("route", "payload.json", "--source", "alertmanager")
    assert "would open incident-alertmanager-" in answer.err
    assert "cannot read what alertmanager sends" in answer.err


async def test_half_an_emoji_is_read(tocsin: Tocsin, alone: Path) -> None:
    (alone / "payload.json").write_text(r'{"key": "half", "title": "Checkout fails \ud83d", "severity": "sev1"}')
    answer = await tocsin("route", "payload.json", "--source", "generic")
    assert (answer.code, answer.err) == (0, "")
    assert "Checkout fails" in answer.out


async def test_a_file_that_is_not_there_is_named(tocsin: Tocsin, alone: Path) -> None:
    answer = await tocsin("route", "nope.json", "--source", "alertmanager")
    assert (answer.code, answer.err) == (1, "nope.json cannot be read: No such file or directory\n")


async def test_it_is_what_the_gateway_makes_of_the_same_address(tocsin: Tocsin, alone: Path, tmp_path: Path) -> None:
    body = {"groupKey": "g", "receiver": "r", "alerts": [alert(), alert(name="Down", severity="sev2"), {}]}
    plain = await routed(tocsin, tmp_path, body)
    asked = await routed(tocsin, tmp_path, body, "alertmanager", "--severity", "critical", "--installation", "berlin")
    assert [route["severity"] for route in plain["routes"]] == ["sev2", "sev2"]
    assert [route["severity"] for route in asked["routes"]] == ["sev1", "sev2"], "what cannot be read says itself"
    assert asked["routes"][0]["why"]["severity"].startswith("the address's ?severity=, on HighErrorRate")
    query = {"severity": "critical", "installation": "berlin"}
    sent = Webhook(json.dumps(body).encode(), datetime.now(UTC), query=query)
    tenant = SOURCES["alertmanager"].translate(sent).tenant
    assert asked["routes"][0]["incident"] == workflow_id("alertmanager", tenant, "g")
    for before, after in zip(plain["routes"], asked["routes"], strict=True):
        assert before["incident"] != after["incident"]
