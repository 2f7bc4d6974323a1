"""Activities by which a workflow uses Temporal as a client: it forwards alerts to their incident, as the gateway does,
lists silences, and finds out when the gateway listened."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.durable.summaries import summary
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.watches.heartbeat import GatewayPresence
from workflows.policy.watches.silence import Captured, SilenceSummary
from workflows.policy.wire.model import Wire
from workflows.queues import COMMS_QUEUE, PAGE_QUEUE

FORWARD_WITHIN = timedelta(seconds=10)
"""An attempt; Temporal answers in milliseconds."""
NOT_FOR_LONG = timedelta(seconds=30)


class ForwardAlerts(Wire):
    """The argument of the activity `hand_on_alerts`."""

    workflow_id: str
    opening: OpenRequest
    event: AlertsReceived


async def forward(alerts: ForwardAlerts, why: str) -> bool:
    """Once this returns, the incident has them. False: all have resolved, and no incident was open to hear it.

    Tried until it works: whoever gives up here is silent.
    """
    delivered: bool = await workflow.execute_activity(
        "hand_on_alerts",
        alerts,
        result_type=bool,
        task_queue=PAGE_QUEUE,  # what opens an incident is as urgent as its page
        start_to_close_timeout=FORWARD_WITHIN,
        retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10)),
        summary=summary(why),
    )
    return delivered


class Move(Wire):
    """The argument of the activity `move_alerts`."""

    workflow_id: str
    incident: str
    """They are for this one, and for no other that comes under the same workflow id."""
    origin: str
    """The id of the incident whose they were."""
    events: tuple[AlertsReceived, ...]


async def move(alerts: Move) -> bool:
    """Once this returns, the other incident has them. False: it is closed. Tried until it works."""
    delivered: bool = await workflow.execute_activity(
        "move_alerts",
        alerts,
        result_type=bool,
        task_queue=PAGE_QUEUE,
        start_to_close_timeout=FORWARD_WITHIN,
        retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10)),
        summary=summary(f"alerts of {alerts.origin} to {alerts.incident}"),
    )
    return delivered


async def as_of_now(opening: OpenRequest) -> OpenRequest:
    """The request, changed to the runbook that the installation has loaded now, if that can be found out quickly."""
    try:
        current: OpenRequest = await workflow.execute_activity(
            "opening_as_of_now",
            opening,
            result_type=OpenRequest,
            task_queue=PAGE_QUEUE,
            start_to_close_timeout=FORWARD_WITHIN,
            schedule_to_close_timeout=FORWARD_WITHIN,
            summary="which runbook is loaded now?",
        )
    except ActivityError:
        return opening
    return current


async def look_for_the_gateway(since: datetime) -> GatewayPresence | None:
    """When it listened since then, as far as that can be found out quickly."""
    try:
        found: GatewayPresence = await workflow.execute_activity(
            "look_for_the_gateway",
            since,
            result_type=GatewayPresence,
            task_queue=COMMS_QUEUE,
            start_to_close_timeout=FORWARD_WITHIN,
            schedule_to_close_timeout=NOT_FOR_LONG,
            summary="did the gateway listen?",
        )
    except ActivityError:
        return None
    return found


class CaptureBySilence(Wire):
    """The argument of the activity `hold_by_silence`."""

    silence: str
    event: Captured


class SilencesListed(Wire):
    """The answer of the activity `list_silences`."""

    cards: tuple[SilenceSummary, ...] = ()


async def other_silences() -> tuple[SilenceSummary, ...]:
    """None if that cannot be found out quickly: then what is held opens."""
    try:
        found: SilencesListed = await workflow.execute_activity(
            "list_silences",
            result_type=SilencesListed,
            task_queue=PAGE_QUEUE,  # what waits for the answer may be a page
            start_to_close_timeout=FORWARD_WITHIN,
            schedule_to_close_timeout=NOT_FOR_LONG,
            summary="does another silence match?",
        )
    except ActivityError:
        return ()
    return found.cards


async def capture_by_silence(held: CaptureBySilence) -> bool:
    """False: it is not known to hold them."""
    try:
        took: bool = await workflow.execute_activity(
            "hold_by_silence",
            held,
            result_type=bool,
            task_queue=PAGE_QUEUE,
            start_to_close_timeout=FORWARD_WITHIN,
            schedule_to_close_timeout=NOT_FOR_LONG,
            summary=summary(f"silence {held.silence} holds {held.event.opening.title}"),
        )
    except ActivityError:
        return False
    return took
