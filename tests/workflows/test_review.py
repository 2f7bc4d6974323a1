"""The second workflow: begins where the incident ends, and lives until nothing is owed any more."""

from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Vendors, incident, opening, shipped
from tests.workflows.reviews import DAY, HOUR, closed, reviewed
from workflows.durable import search_attributes as known
from workflows.policy.review.summary import ClosedReview


async def test_a_review_begins_when_its_incident_closes_and_ends_when_all_is_submitted(
    temporal: WorkflowEnvironment,
) -> None:
    vendors = Vendors()
    async with reviewed(temporal, vendors, opening()) as live:
        before = await live.status()
        await live.after(24 * HOUR)
        for each in before.owed:
            await live.handle.execute_update("submit", {"duty": each.name, "by": "Alice", "link": "https://wiki/1"})
        await live.to_the_end()
        status, timeline = await live.status(), await live.timeline()
        memo = await (await live.handle.describe()).memo_value("record", None, type_hint=ClosedReview)
        shown = (await live.handle.describe()).typed_search_attributes
    assert before.review.opened_at == live.incident.closed_at
    assert [each.name for each in before.owed] == [
        "post-mortem-meeting", "post-mortem-document", "action-items", "share-learnings",
    ]  # fmt: skip
    assert status.owed == ()
    assert timeline[-1] == "the review is closed"
    assert memo == status.record
    assert (memo.submitted, memo.on_time, memo.open, memo.kind) == (4, 4, 0, "required")
    assert shown[known.INCIDENT] == live.incident.id
    assert shown[known.PHASE] == "closed"
    assert shown.get(known.REVIEW_DUE_AT) is None


async def test_an_incident_that_owes_nothing_has_no_review(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev3")) as live:
        record = await closed(live)
        found = [each.id async for each in temporal.client.list_workflows(f"TocsinIncident = '{record.id}'")]
    assert found == [live.handle.id]


async def test_what_is_not_submitted_is_nagged_about_until_it_is_waived(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with reviewed(temporal, vendors, opening()) as live:
        await live.after(21 * DAY)
        nagged = vendors.arrivals("review/overdue/")
        await live.handle.execute_update("waive", {"by": "Bob", "reason": "a drill"})
        await live.to_the_end()
        timeline = await live.timeline()
    assert 12 <= len(nagged) <= 15  # of 19 days, the working ones
    assert "Bob waived the review: a drill" in timeline


async def test_three_weeks_of_nags_and_fifteen_follow_ups_are_under_2000_events(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors()
    async with reviewed(temporal, vendors, opening(runbook=shipped("samia"))) as live:
        for number in range(15):
            follow_up = {"text": f"measure {number}", "owner": f"person-{number % 5}", "by": "Alice"}
            await live.handle.execute_update("follow_up_added", follow_up)
        await live.after(24 * DAY)
        nags = [send.key for send in vendors.arrived if send.effect.kind in ("nag", "checklist")]
        history = await live.handle.fetch_history()
    assert len([key for key in nags if key.startswith(("review/", "duty/", "follow-up-"))]) >= 40
    assert len(vendors.arrivals()) == len(set(vendors.arrivals()))
    assert len(history.events) < 2000


async def test_continue_as_new_after_every_few_events_loses_and_doubles_nothing(temporal: WorkflowEnvironment) -> None:
    """In a history of sixty events there is room for one nag or two. What is due together may arrive in any order."""
    sent: dict[int, list[str]] = {}
    for limit in (60, 8000):
        vendors = Vendors()
        async with reviewed(temporal, vendors, opening(), history_limit=limit) as live:
            first_run = (await live.handle.describe()).run_id
            await live.handle.signal("follow_up_added", {"text": "test it", "owner": "bob", "due_on": "2026-12-24"})
            await live.after(12 * DAY)
            await live.handle.signal("submit", {"duty": "share-learnings", "by": "Alice"})
            await live.after(16 * DAY)
            status, timeline = await live.status(), await live.timeline()
            assert ((await live.handle.describe()).run_id != first_run) == (limit == 60)
        assert len(vendors.arrivals()) == len(set(vendors.arrivals()))
        assert len(status.owed) == 4
        assert any("Alice submitted share learnings" in line for line in timeline)
        sent[limit] = sorted(key.split("/")[1] for key in vendors.arrivals("review/"))
    assert sent[60] == sent[8000]
