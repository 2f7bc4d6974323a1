"""The next incident of a group is about its own alerts: of what was said of the one before, nothing comes along."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Vendors, firing, incident, opening, rate_limited, resolved
from tests.workflows.test_record import runs
from workflows.incident import IncidentWorkflow

MINUTE = timedelta(minutes=1)


async def test_it_is_about_its_own_alerts(temporal: WorkflowEnvironment) -> None:
    first = opening().model_copy(
        update={
            "declared_by": "Alice",
            "flags": ("personal-data",),
            "labels": {"service": "checkout", "team": "a"},
            "service": "checkout",
            "links": (("runbook", "https://example.com/checkout"),),
        }
    )
    stays = Vendors(answers={"post": rate_limited(timedelta(hours=1), times=99)})  # for what it still has to say
    async with incident(temporal, stays, first, alerts=(firing(),)) as live:
        await live.at(2 * MINUTE)
        await live.handle.signal("alert", {"alerts": [resolved().model_dump(mode="json")]})
        await live.at(31 * MINUTE)
        over = (await live.status()).incident
        its_own = {
            "labels": {"service": "search", "team": "b"},
            "service": "search",
            "link": "https://example.com/search",
        }
        again = firing("f2", over.declared_at + 31 * MINUTE).model_copy(update=its_own)
        await live.handle.signal("alert", {"alerts": [again.model_dump(mode="json")]})
        await live.at(33 * MINUTE)
        await runs(temporal, live.handle.id, 2)
        now = temporal.client.get_workflow_handle(live.handle.id)
        after = (await now.query(IncidentWorkflow.state)).incident
        await now.terminate()
    assert after.id != over.id
    assert (after.declared_by, after.flags) == ("", frozenset())
    assert (after.service, after.labels) == ("search", its_own["labels"])
    assert after.links == (("link", "https://example.com/search"),)
    assert after.severity == first.runbook.intake.default_severity  # the alert says nothing of its own
