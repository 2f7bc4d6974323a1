"""Reading an incident's history without its worker: what arrived, what was sent, what became of it."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import JsonValue, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from starter.temporal.results import HistoryLine
from workflows.policy.incident.events import AlertsReceived, Event
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.review.events import REVIEW_SIGNALS
from workflows.policy.review.results import ReviewInput
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import IncidentInput

_ENVELOPE = {"at", "id", "by", "via", "kind"}
_RUN_ENDS = {
    "workflow_execution_completed_event_attributes": "closed",
    "workflow_execution_terminated_event_attributes": "terminated by hand: nobody will be paged for this",
    "workflow_execution_canceled_event_attributes": "the workflow was cancelled: nobody will be paged for this",
    "workflow_execution_failed_event_attributes": "the workflow failed: nobody will be paged for this",
    "workflow_execution_continued_as_new_event_attributes": "goes on in a new run",
}


async def read(converter: DataConverter, events: AsyncIterable[HistoryEvent]) -> AsyncIterator[HistoryLine]:
    """The lines that people understand, in order."""
    sends: dict[int, str] = {}
    known, book = INCIDENT_SIGNALS, None
    async for event in events:
        match event.WhichOneof("attributes"):
            case "workflow_execution_started_event_attributes":
                if event.workflow_execution_started_event_attributes.workflow_type.name == "review":
                    known = REVIEW_SIGNALS
                book, opening = await _opening(converter, event)
                for line in opening:
                    yield line
            case "workflow_execution_signaled_event_attributes":
                signal = event.workflow_execution_signaled_event_attributes
                yield _line(event, await _signalled(known, converter, signal.signal_name, signal.input.payloads, book))
            case "workflow_execution_update_accepted_event_attributes":
                update = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
                yield _line(event, await _signalled(known, converter, update.name, update.args.payloads, book))
            case "activity_task_scheduled_event_attributes":
                sends[event.event_id] = await _summary(converter, event)
                yield _line(event, f"to do: {sends[event.event_id]}")
            case end if end in _RUN_ENDS:
                yield _line(event, _RUN_ENDS[end])
            case _:
                if text := _outcome(event, sends):
                    yield _line(event, text)


async def _opening(converter: DataConverter, event: HistoryEvent) -> tuple[Runbook | None, list[HistoryLine]]:
    """With the runbook, by which people are read."""
    payloads = event.workflow_execution_started_event_attributes.input.payloads
    try:
        if event.workflow_execution_started_event_attributes.workflow_type.name == "review":
            [begun] = await converter.decode(payloads, [ReviewInput])
            return begun.runbook, _kept(begun.review.incident)
        [start] = await converter.decode(payloads, [IncidentInput])
    except ValueError:  # of another version, or no argument at all
        return None, [_line(event, "began")]
    book = start.opening.runbook
    if start.incident is None:
        return book, [_line(event, f"declared {start.opening.severity.upper()}: {start.opening.title}")]
    return book, _kept(start.incident)


def _kept(incident: Incident) -> list[HistoryLine]:
    return [HistoryLine(at=entry.at, text=entry.text) for entry in incident.timeline]


async def _signalled(
    known: Mapping[str, type[Event]],
    converter: DataConverter,
    name: str,
    payloads: Sequence[Payload],
    book: Runbook | None,
) -> str:
    said = name.replace("_", " ")
    values: list[JsonValue] = await converter.decode(payloads)
    if name not in known or not values:
        return said
    try:
        events = [known[name].model_validate(value) for value in values]
    except ValidationError:
        return f"{said}, in words that could not be read"
    deliveries = [event for event in events if isinstance(event, AlertsReceived)]
    return _received(deliveries) if deliveries else "; ".join(_said(said, event, book) for event in events)


def _received(deliveries: Sequence[AlertsReceived]) -> str:
    alerts = [alert for delivery in deliveries for alert in delivery.alerts]
    firing = sum(alert.count for alert in alerts if alert.status == "firing")
    return f"alerts: {firing} firing, {sum(alert.count for alert in alerts) - firing} resolved"


def _said(said: str, event: Event, book: Runbook | None) -> str:
    details = event.model_dump(mode="json", exclude_defaults=True, exclude=_ENVELOPE)
    tail = "".join(f"; {name}: {value}" for name, value in details.items())
    by = as_people_read(book, event.by) if book else event.by
    return f"{said} by {by}" + (f" via {event.via}" if event.via else "") + tail


async def _summary(converter: DataConverter, event: HistoryEvent) -> str:
    if not event.user_metadata.HasField("summary"):
        return event.activity_task_scheduled_event_attributes.activity_type.name
    [summary] = await converter.decode([event.user_metadata.summary], [str])
    return str(summary)


def _outcome(event: HistoryEvent, sends: dict[int, str]) -> str | None:
    match event.WhichOneof("attributes"):
        case "activity_task_completed_event_attributes":
            return f"done: {sends[event.activity_task_completed_event_attributes.scheduled_event_id]}"
        case "activity_task_failed_event_attributes":
            failed = event.activity_task_failed_event_attributes
            return (
                f"failed: {sends[failed.scheduled_event_id]}: {failed.failure.cause.message or failed.failure.message}"
            )
        case "activity_task_timed_out_event_attributes":
            return f"gave up: {sends[event.activity_task_timed_out_event_attributes.scheduled_event_id]}"
        case "activity_task_canceled_event_attributes":
            return f"called off: {sends[event.activity_task_canceled_event_attributes.scheduled_event_id]}"
        case _:
            return None


def _line(event: HistoryEvent, text: str) -> HistoryLine:
    return HistoryLine(at=_time(event.event_time), text=text)


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
