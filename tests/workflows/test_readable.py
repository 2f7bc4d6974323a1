"""What the Temporal UI shows to someone who knows nothing of the code."""

from datetime import timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import Vendors, incident, opening
from workflows.durable import search_attributes as known
from workflows.incident import IncidentWorkflow

MINUTE = timedelta(minutes=1)


async def test_timers_and_activities_say_what_they_are_for_and_why(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.at(31 * MINUTE)
        history = await live.handle.fetch_history()
    converter = temporal.client.data_converter.payload_converter
    summaries = {
        str(converter.from_payload(event.user_metadata.summary))
        for event in history.events
        if event.event_type in (EventType.EVENT_TYPE_TIMER_STARTED, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    }
    assert "page VP Engineering: not resolved within 30m" in summaries
    assert "page On-call Engineer: not acknowledged within 5m" in summaries
    assert "open the channel #incident-" in str(summaries)


async def test_current_details_are_the_plan_in_markdown(temporal: WorkflowEnvironment) -> None:
    hostile = opening().model_copy(update={"title": "[click](https://evil.example) <img src=x>"})
    async with incident(temporal, Vendors(), hostile) as live:
        await live.at(1 * MINUTE)
        metadata = await live.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    details = metadata.current_details
    assert "page On-call Engineer, because not acknowledged within 5m" in details
    assert "[click]" not in details.replace("\\[", "")
    assert "<img" not in details.replace("\\<", "")


async def test_search_attributes_follow_the_incident(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening("sev2")) as live:
        await live.at(1 * MINUTE)
        await live.handle.execute_update("change_severity", {"severity": "sev1"})
        await live.handle.execute_update("hand_off", {"to": "bob"})
        await live.handle.execute_update("mitigate", {"by": "bob"})
        await live.at(31 * MINUTE)
        shown = (await live.handle.describe()).typed_search_attributes
        status = (await live.status()).incident
    assert shown[known.INCIDENT] == status.id
    assert shown[known.SEVERITY] == "sev1"
    assert shown[known.PHASE] == "monitoring"
    assert shown[known.SERVICE] == "checkout"
    assert shown[known.RUNBOOK] == "company"
    assert shown[known.COMMANDER] == "bob"
    assert shown[known.TIER] == 2
    assert shown[known.NEXT_DUTY_AT] > status.declared_at + 31 * MINUTE - timedelta(seconds=5)


async def test_a_note_or_a_repeated_alert_does_not_arm_the_timer_anew(temporal: WorkflowEnvironment) -> None:
    async with incident(temporal, Vendors(), opening()) as live:
        await live.at(1 * MINUTE)
        before = await _timers(live.handle)
        for n in range(5):
            await live.handle.signal("note", {"text": f"note {n}"})
        await live.status()
        assert await _timers(live.handle) == before


async def _timers(handle: WorkflowHandle[IncidentWorkflow, None]) -> int:
    history = await handle.fetch_history()
    return sum(event.event_type == EventType.EVENT_TYPE_TIMER_STARTED for event in history.events)
