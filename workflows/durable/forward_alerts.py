"""Activities by which a workflow uses Temporal as a client: it forwards alerts to their incident, as the gateway does,
lists silences, and finds out when the gateway listened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

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
Answered = TypeVar("Answered")


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
    why = "which runbook is loaded now?"
    return await _asked("opening_as_of_now", [opening], OpenRequest, why, within=FORWARD_WITHIN) or opening


async def look_for_the_gateway(since: datetime) -> GatewayPresence | None:
    """When it listened since then, as far as that can be found out quickly."""
    return await _asked("look_for_the_gateway", [since], GatewayPresence, "did the gateway listen?", COMMS_QUEUE)


class CaptureBySilence(Wire):
    """The argument of the activity `hold_by_silence`."""

    silence: str
    event: Captured


class SilencesListed(Wire):
    """The answer of the activity `list_silences`."""

    cards: tuple[SilenceSummary, ...] = ()


async def other_silences() -> tuple[SilenceSummary, ...]:
    """None if that cannot be found out quickly: then what is held opens."""
    found = await _asked("list_silences", [], SilencesListed, "does another silence match?")
    return found.cards if found else ()


async def capture_by_silence(held: CaptureBySilence) -> bool:
    """False: it is not known to hold them."""
    why = f"silence {held.silence} holds {held.event.opening.title}"
    return await _asked("hold_by_silence", [held], bool, why) or False


async def _asked(
    activity: str,
    arguments: Sequence[object],
    answer: type[Answered],
    why: str,
    queue: str = PAGE_QUEUE,  # what waits for the answer may be a page
    within: timedelta = NOT_FOR_LONG,
) -> Answered | None:
    """None if that cannot be found out in this time: whoever asks goes on without."""
    try:
        found: Answered = await workflow.execute_activity(
            activity,
            args=arguments,
            result_type=answer,
            task_queue=queue,
            start_to_close_timeout=FORWARD_WITHIN,
            schedule_to_close_timeout=within,
            summary=summary(why),
        )
    except ActivityError:
        return None
    return found
