"""A legal clock on the real server: over the close, the hand-over to the review, and continue-as-new."""

from collections import Counter

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Vendors, company, opening
from tests.workflows.reviews import DAY, HOUR, MINUTE, reviewed
from workflows.durable import search_attributes as known
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.obligations import Obligation
from workflows.policy.runbook.people import Person


def law() -> Runbook:
    book = company()
    clock = {
        "id": "gdpr",
        "severities": ["sev1"],
        "from": "declared",
        "within": "100h",
        "owner": "dpo",
        "deputy": "ciso",
    }
    people = {**book.people, "dpo": Person(name="The DPO"), "ciso": Person(name="The CISO")}
    return book.model_copy(update={"people": people, "obligations": (Obligation.model_validate(clock),)})


@pytest.mark.parametrize("history_limit", [60, 8000])
async def test_it_is_paged_about_by_the_review_until_a_human_ends_it_and_nothing_comes_twice(
    temporal: WorkflowEnvironment, history_limit: int
) -> None:
    vendors = Vendors()
    async with reviewed(temporal, vendors, opening(runbook=law()), history_limit=history_limit) as live:
        before = await live.status()
        await live.at(live.incident.declared_at + 101 * HOUR + 30 * MINUTE)
        status = await live.status()
        shown = (await live.handle.describe()).typed_search_attributes
        answer = await live.handle.execute_update("obligation_sent", {"reference": "case 7", "by": "Ann"})
        await live.at(live.incident.declared_at + 6 * DAY)
        timeline = await live.timeline()
    owed = {each.name: each.due_at for each in before.owed}
    assert owed["gdpr"] == live.incident.declared_at + 100 * HOUR
    assert shown[known.REVIEW_DUE_AT] == min(each.due_at for each in status.owed)
    assert [each.overdue for each in status.owed if each.name == "gdpr"] == [True]
    assert vendors.arrivals("obligation/") == [f"obligation/gdpr/{number}" for number in (1, 2, 3, 4, 5)]
    pages = [send.key.rpartition("/")[2] for send in vendors.arrived if send.key.startswith("obliged/dpo/")]
    assert [int(second) // 360 / 10 for second in pages] == [97.5, 100, 101]
    assert max(Counter(vendors.arrivals()).values()) == 1
    assert vendors.arrivals("hush/resolved/obliged/")
    assert any("Ann sent gdpr, 1h 30m late: case 7" in line for line in (*timeline, *str(answer).splitlines()))
