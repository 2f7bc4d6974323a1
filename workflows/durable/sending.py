"""From a demand to an activity and back: queues, timeouts, and what Temporal's errors mean to the core."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError

from workflows.durable.deliveries import WithoutVendor, delivery
from workflows.durable.summaries import summary
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Post, Receipt, Send
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.state import Incident
from workflows.policy.planning.destinations import known_channel
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.wire.bounded import cut
from workflows.texts.incident_values import page_labels, page_links
from workflows.texts.render import Message


def order(book: Runbook, incident: Incident, demand: Demand, said: Message, due_at: datetime) -> Send:
    """Everything about a send that has to be decided at the moment it begins. `due_at` is the wall clock's."""
    before = incident.started.get(demand.key)
    is_page = isinstance(demand.effect, Page)
    return Send(
        incident=incident.id,
        key=demand.key,
        vendor_key=incident.vendor_key(demand.key),
        effect=demand.effect,
        subject=said.subject,
        text=in_its_place(incident, demand, said.text),
        links=page_links(book, incident) if is_page else (),
        severity=incident.severity,
        runbook=incident.runbook,
        channel=(known_channel(book, incident) or "") if is_page else "",
        labels=page_labels(incident) if is_page else {},
        zone=book.calendar.zone,
        due_at=due_at,
        again=before is not None,
        first_started_at=before.real_at if before else workflow.now(),
    )


def in_its_place(incident: Incident, demand: Demand, text: str) -> str:
    """Where several incidents are talked of, each message says which it is about."""
    if not isinstance(demand.effect, Post) or incident.id in text:
        return text
    to = demand.effect.to
    is_its_own = to.thread is not None or to.channel == incident.references.get("channel")
    headline = f"{severity_title(incident.severity)}: {cut(incident.title, 80)} ({incident.id})"
    return text if is_its_own else f"{headline}\n{text}"


async def perform(demand: Demand, send: Send, why: str) -> EffectSettled:
    """Run it to its end. Cancelling waits until the activity has really stopped (rule 5)."""
    row = delivery(demand.effect)
    policy = row.policy
    try:
        receipt = await workflow.execute_activity(
            row.activity,
            send,
            result_type=Receipt,
            task_queue=policy.queue,
            start_to_close_timeout=policy.start_to_close,
            schedule_to_close_timeout=policy.give_up_after,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=policy.longest_pause),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary(why),
        )
    except ActivityError as error:
        return _failed(demand, send, error)
    return EffectSettled(demand=demand, outcome="done", receipt=receipt)


def withdrawn(settled: EffectSettled) -> EffectSettled:
    """Cancelled in the middle of an attempt that then failed, a send ends with that failure: it is withdrawn all the
    same. One that got through before it heard of it did get through."""
    if settled.outcome == "done":
        return settled
    return EffectSettled(demand=settled.demand, outcome="superseded")


def _failed(demand: Demand, send: Send, error: ActivityError) -> EffectSettled:
    cause = error.cause
    if isinstance(cause, CancelledError):
        return EffectSettled(demand=demand, outcome="superseded")
    unsaid = Receipt(note=send.text if delivery(demand.effect).keeps_text else None)  # for whoever does it
    if isinstance(cause, ApplicationError) and cause.type == WithoutVendor.UNCONNECTED.value:
        return EffectSettled(demand=demand, outcome="unconnected", problem=cause.message, receipt=unsaid)
    if isinstance(cause, ApplicationError) and cause.type == WithoutVendor.REJECTED.value:
        route = str(cause.details[0]) if cause.details and cause.details[0] else None
        return EffectSettled(demand=demand, outcome="rejected", problem=cause.message, route=route, receipt=unsaid)
    last = cause.cause if isinstance(cause, FailureError) and cause.cause is not None else cause  # under a timeout
    return EffectSettled(demand=demand, outcome="undelivered", problem=f"gave up: {last}"[:300], receipt=unsaid)
