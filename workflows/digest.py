"""The workflow `digest`: takes an inventory, and says what is open and owed. A schedule starts it every working day."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from workflows.durable import sending
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Effect, Send
from workflows.policy.incident.events import EffectSettled
from workflows.policy.keys import vendor_keys
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.time.calendar import day_in
from workflows.policy.time.durations import DAY
from workflows.policy.watches.digest import MOST, Digested, DigestOrder, Inventory, compose
from workflows.queues import COMMS_QUEUE

DIGEST, MAILED, UNMAILED = (duty_key(DutyKind.OTHER, name) for name in ("digest", "digest-mail", "digest-unmailed"))


@workflow.defn(name="digest")
class DigestWorkflow:
    @workflow.run
    async def run(self, order: DigestOrder) -> Digested:
        """Raises ApplicationError, so that it is seen to have failed, when there was something to say and no way to."""
        text = compose(await _take_inventory(), MOST)
        if not text:
            return Digested(said=False)
        messages: list[tuple[WrittenDuty, Effect]] = [(DIGEST, order.post)]
        if order.mail is not None:
            messages.append((MAILED, order.mail))
        settled = await asyncio.gather(*(_send(order, duty, effect, text) for duty, effect in messages))
        remarks = [_remark(each) for each in settled]
        problems = tuple(f"{duty}: {remark}" for (duty, _), remark in zip(messages, remarks, strict=True) if remark)
        if all(each.outcome != "done" for each in settled):
            raise ApplicationError(f"the digest reached nobody: {'; '.join(problems)}", type="Unsaid")
        if settled[0].outcome == "done" and order.mail is not None and remarks[1]:
            await _send(order, UNMAILED, order.post, f"This was not mailed to everybody: {remarks[1]}")
        return Digested(said=True, problems=problems)


def _remark(settled: EffectSettled) -> str:
    """What somebody has to see: that it failed, or that some of many were not reached."""
    if settled.outcome != "done":
        return settled.problem
    return settled.receipt.note or "" if settled.receipt.warns else ""


async def _take_inventory() -> Inventory:
    inventory: Inventory = await workflow.execute_activity(
        "take_stock",
        result_type=Inventory,
        task_queue=COMMS_QUEUE,
        start_to_close_timeout=timedelta(minutes=2),
        schedule_to_close_timeout=timedelta(hours=1),
        retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        summary="what is open, and who owes what",
    )
    return inventory


async def _send(order: DigestOrder, duty: WrittenDuty, effect: Effect, text: str) -> EffectSettled:
    """Under a key of its day: a second digest of the same day finds that it has been sent."""
    begun_at = workflow.info().workflow_start_time
    day = day_in(order.zone, begun_at)
    reason = "every working day on which there is something to say"
    demand = Demand(duty=duty, occurrence=int(f"{day:%Y%m%d}"), due_at=begun_at, reason=reason, effect=effect)
    subject = f"Incidents and reviews, {day:%a %d %b %Y}"
    send = Send(
        incident=f"digest-{day}",
        key=demand.key,
        vendor_key=vendor_keys.of_nobody(demand.key),
        effect=effect,
        subject=subject,
        text=f"{subject}\n\n{text}",
        severity="sev4",
        again=True,
        first_started_at=begun_at - DAY,
    )
    return await sending.perform(sending.Order(demand, send, duty.replace("-", " ")))
