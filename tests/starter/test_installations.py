"""The running installation: published by a worker, read without one; and a gateway goes by it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from activities.temporal import Temporal
from settings import Settings
from starter.gateway.admission import Unproved
from starter.gateway.app import create_app
from starter.runbooks.library import Library, load
from starter.temporal.connection import TemporalConnection
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.results import Unpublished
from tests.starter.book import ACME
from tests.starter.conftest import GatewayUnderTest, incident_worker
from worker.publishing import publish
from workflows.durable.forward_alerts import ForwardAlerts
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import IncidentInput
from workflows.policy.watches.installation import Installation

ALERT = {"alerts": [{"status": "firing", "labels": {"alertname": "Down", "severity": "critical"}}], "groupKey": "g"}


@pytest.fixture
def other(tmp_path: Any) -> Library:
    """The worker's: `acme` says something else than the gateway's, and `beta` is known there only."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "acme.yaml").write_text(ACME.replace("critical: sev1", "critical: sev2"))
    (folder / "beta.yaml").write_text(ACME.replace("runbook: acme", "runbook: beta"))
    return load(folder)


@pytest.fixture
def installations(client: Client) -> Installations:
    return Installations(TemporalConnection(client))


async def test_where_no_worker_ever_ran_it_says_so(installations: Installations) -> None:
    with pytest.raises(Unpublished, match="no worker has published its runbooks here yet: start `tocsin worker`"):
        await installations.current()


async def test_what_a_worker_has_published_is_read_without_one(
    client: Client, library: Library, installations: Installations
) -> None:
    await publish(client, library, Settings(runbook="acme", speed=60))
    found = await installations.current()
    assert (found.runbooks, found.default, found.speed) == (library.runbooks, "acme", 60)


async def test_the_last_publisher_wins_and_what_it_changed_is_remembered(
    client: Client, library: Library, other: Library, installations: Installations
) -> None:
    settings = Settings(runbook="acme")
    await installations.publish(loaded(library, settings))
    assert (await installations.current()).changed == ()
    second = await Installations(TemporalConnection(client)).publish(loaded(other, settings))
    for _ in range(2):  # the same again changes nothing, and hides nothing
        found = await installations.current()
        assert found.runbooks == other.runbooks
        assert [each.split(":")[0] for each in found.changed] == ["runbook acme", "runbook beta"]
        assert found.changed_at == second.published_at
        await installations.publish(loaded(other, settings))


async def test_a_worker_whose_default_runbook_is_broken_leaves_what_was_published(
    client: Client, library: Library, installations: Installations
) -> None:
    await publish(client, library, Settings(runbook="acme"))
    await publish(client, Library(), Settings(runbook="acme"))
    assert (await installations.current()).runbooks == library.runbooks


async def opened(gate: GatewayUnderTest, path: str = "/webhooks/alertmanager") -> tuple[Any, Any]:
    """The answer to an alert, and `/readyz`, of a gateway that has just started."""
    app = create_app(gate.settings, gate.library, gate.incidents, unproved=Unproved.LOCAL)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080") as http,
    ):
        answer = await http.post(path, content=json.dumps(ALERT))
        assert answer.status_code == 202
        return answer.json(), (await http.get("/readyz")).json()


async def severity(client: Client, workflow_id: str) -> tuple[str, float]:
    async with incident_worker(client):
        status = await Incidents(client).status(workflow_id)
    return status.incident.severity, status.speed


async def test_a_gateway_goes_by_what_is_published_and_names_where_its_files_differ(
    gate: GatewayUnderTest, client: Client, other: Library, installations: Installations
) -> None:
    theirs = await installations.publish(loaded(other, Settings(runbook="acme", speed=60)))
    answer, ready = await opened(gate)
    assert answer["problems"] == []
    assert await severity(client, answer["incident"]) == ("sev2", 60)
    assert ready["runbooks"] == ["acme", "beta"]
    assert ready["installation"]["published"]["runbooks"] == theirs.publication.runbooks
    differing = ready["installation"]["differences"]
    assert [each.split(":")[0] for each in differing] == ["runbook acme", "runbook beta", "speed"]
    assert theirs.publication.runbooks["acme"] in differing[0]
    assert set(differing) <= set(ready["problems"])


async def test_a_runbook_that_only_the_gateway_has_is_not_followed_and_this_is_said(
    gate: GatewayUnderTest, library: Library, other: Library, installations: Installations
) -> None:
    await installations.publish(loaded(library, Settings(runbook="acme")))
    answer, _ = await opened(replace(gate, library=other), "/webhooks/alertmanager?runbook=beta")
    (problem,) = answer["problems"]
    assert problem["message"].startswith("there is no runbook 'beta': 'acme' was followed")
    assert "its file lies at this gateway only" in problem["message"]


async def test_an_alert_is_taken_by_the_gateways_own_files_where_nothing_is_published(
    gate: GatewayUnderTest, client: Client
) -> None:
    answer, ready = await opened(gate)
    assert await severity(client, answer["incident"]) == ("sev1", 1)
    (problem,) = answer["problems"]
    assert problem["message"].endswith("this gateway's own files were followed")
    assert ready["ready"]
    assert ready["installation"]["published"] is None
    assert any("no worker has published its runbooks here yet" in each for each in ready["problems"])


async def test_a_publication_of_another_shape_costs_no_alert(gate: GatewayUnderTest, client: Client) -> None:
    await client.start_workflow("installation", {"runbooks": "?"}, id="tocsin-installation", task_queue="nobody")
    answer, ready = await opened(gate)
    assert answer["accepted"] == 1
    assert "cannot read what the worker has published" in ready["installation"]["problem"]


async def test_what_a_silence_or_a_heartbeat_kept_opens_by_what_is_published_now(
    client: Client, book: Runbook, other: Library, installations: Installations
) -> None:
    await installations.publish(loaded(other, Settings(runbook="acme", speed=60)))
    kept = OpenRequest(runbook=book, severity="sev1", title="No heartbeat from backup")
    firing = Alert(fingerprint="f", status="firing", name="Down", starts_at=datetime.now(UTC))
    event = AlertsReceived(alerts=(firing,), via="alerts")
    await Temporal(Incidents(client)).forward_alerts(ForwardAlerts(workflow_id="kept", opening=kept, event=event))
    history = client.get_workflow_handle("kept").fetch_history_events(page_size=1)
    payloads = (await anext(history)).workflow_execution_started_event_attributes.input.payloads
    [life] = await client.data_converter.decode(payloads, [IncidentInput])
    assert (life.opening.runbook, life.opening.speed) == (other.runbooks["acme"], 60)


def test_what_is_loaded_says_who_and_which_version(library: Library) -> None:
    found: Installation = loaded(library, Settings(runbook="acme"))
    assert "@" in found.published_by
    assert found.version
