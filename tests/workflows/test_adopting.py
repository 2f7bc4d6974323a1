"""A runbook is adopted by a running incident, on the real server."""

from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from tests.policy.builders import minutes, runbook, severity, tier
from tests.workflows.incidents import Live, Vendors, incident, opening
from workflows.policy.incident.events import RunbookAdopted
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import UpdateResult

LATE = runbook(severity(tier("alice"), tier("bob", after=60, unless="resolved")))
SOON = runbook(severity(tier("alice"), tier("bob", after=20, unless="resolved")), version="2")
OTHER = runbook(severity(tier("alice")), runbook="other")
A_LITTLE_LATER = timedelta(seconds=30.2)


async def adopt(live: Live, book: Runbook) -> UpdateResult:
    event = RunbookAdopted(runbook=book, by="Alice").model_dump(mode="json", exclude_defaults=True)
    changed: UpdateResult = await live.handle.execute_update("adopt", event, result_type=UpdateResult)
    return changed


async def test_what_comes_next_follows_the_runbook_that_was_adopted(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening(runbook=LATE)) as live:
        await live.at(minutes(5) + A_LITTLE_LATER)
        changed = await adopt(live, SOON)
        assert changed.changed == ("Alice adopted the runbook acme as it is now, version 2",)
        await live.at(minutes(21))
        sent = [(at, key) for at, key in await live.sends() if "bob" in key]
    assert sent == [(20 * 60, "escalate/2/bob/1")]


async def test_it_stays_adopted_over_continue_as_new(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with incident(temporal, vendors, opening(runbook=LATE), history_limit=40) as live:
        first_run = (await live.handle.describe()).run_id
        live.handle = temporal.client.get_workflow_handle(live.handle.id)
        await live.at(minutes(5) + A_LITTLE_LATER)
        await adopt(live, SOON)
        for _ in range(8):
            await live.handle.signal("note", {"text": "one more event"})
        await live.at(minutes(21))
        assert (await live.handle.describe()).run_id != first_run
    assert vendors.arrivals("escalate/2") == ["escalate/2/bob/1"]


async def test_another_runbook_is_refused_and_a_signal_of_it_is_only_noted(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening(runbook=LATE)) as live:
        await live.at(minutes(5) + A_LITTLE_LATER)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await adopt(live, OTHER)
        assert "cannot go on by other" in str(refused.value.cause)
        event = RunbookAdopted(runbook=OTHER, by="Bob").model_dump(mode="json", exclude_defaults=True)
        await live.handle.signal("adopt", event)
        timeline = await live.timeline()
        assert "Bob adopted a runbook, which changes nothing" in timeline[-1]
        assert [line.at for line in (await live.plan()).lines if line.what == "page Bob"]
