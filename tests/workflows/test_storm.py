"""Very many alerts for one incident: each is counted, over continue-as-new too, and nobody is paged twice for it."""

import asyncio

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from starter.intake.group_commit import GroupCommit
from starter.temporal.incidents import Incidents
from tests.patience import HANGS_AFTER_S
from tests.workflows.incidents import Vendors, firing, incident, opening
from workflows.policy.incident.events import AlertsReceived

SENDERS, EACH = 20, 40


async def test_a_storm_over_many_runs_loses_no_alert_and_pages_once(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening(), history_limit=60) as live:
        live.handle = temporal.client.get_workflow_handle(live.handle.id)  # whichever run is the newest
        first_run = (await live.handle.describe()).run_id
        async with asyncio.timeout(HANGS_AFTER_S):
            await _storm(temporal.client, live.handle.id)
            counted = (await live.status()).incident
        assert (await live.handle.describe()).run_id != first_run
    assert counted.alerts_total == SENDERS * EACH
    assert sum(alert.count for alert in counted.alerts.values()) == SENDERS * EACH
    assert vendors.arrivals("escalate/1") == ["escalate/1/on-call/1"]


async def _storm(client: Client, workflow_id: str) -> None:
    commit = GroupCommit(Incidents(client))

    async def sender(number: int) -> None:
        for _ in range(EACH):
            delivery = AlertsReceived(by="test", via="alerts", alerts=(firing(f"f{number}"),))
            assert await commit.open(workflow_id, opening(), delivery)

    await asyncio.gather(*(sender(number) for number in range(SENDERS)))
