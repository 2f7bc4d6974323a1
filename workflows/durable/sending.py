"""From a demand to an activity and back: queues, timeouts, and what Temporal's errors mean to the core.

What falls due together is sent together, once (`perform_together`); what is not known to have arrived then goes on by
itself (`perform`), tried again for as long as its table says. So nothing waits for a neighbour that a vendor refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from temporalio import exceptions, workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError, TimeoutType

from workflows.durable.batches import LARGEST_BATCH, TOGETHER, AttemptResult, AttemptResults, SendBatch
from workflows.durable.clock import Clock
from workflows.durable.deliveries import WithoutVendor, delivery
from workflows.durable.posts import first_ways, holder_of, mentioning, open_rings, post_of, rang_for
from workflows.durable.summaries import summary
from workflows.policy.effects.card import HIDDEN, CardLine
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Effect, Email, Invite, Page, Post, Publish, Receipt, Send
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.state import Incident
from workflows.policy.planning.destinations import channel_link, known_channel, way_to_channel
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.runbook.reach import WAYS_BY_EMAIL, ReachStep
from workflows.policy.wire.bounded import cut
from workflows.queues import HELD_UP
from workflows.texts.page_details import page_labels, page_links
from workflows.texts.render import Message

NEVER_BEGAN = (TimeoutType.SCHEDULE_TO_CLOSE, TimeoutType.SCHEDULE_TO_START)
"""No worker took it for as long as it is tried."""


@dataclass(frozen=True)
class Order:
    """A demand, ready to go."""

    demand: Demand
    send: Send
    why: str
    """For Temporal's UI."""
    wait: timedelta = timedelta()
    """How long its vendor asks not to be asked again."""
    is_first: bool = False
    """It goes before what waits: it has waited already."""

    @property
    def key(self) -> str:
        return self.demand.key

    def by_itself(self, wait: timedelta = timedelta()) -> "Order":
        """After a first attempt that may have had its effect."""
        return replace(self, send=self.send.model_copy(update={"again": True}), wait=wait)


Landed = EffectSettled | Order
"""What became of a send: settled, or an order to send it again by itself."""


def prepared(book: Runbook, incident: Incident, demand: Demand, said: Message, clock: Clock) -> Send:
    """Everything about a send that has to be decided at the moment it begins, in the wall clock's time."""
    before = incident.started.get(demand.key)
    effect = mentioning(book, incident, demand.effect)
    post = post_of(book, effect, clock.core(workflow.now()))
    ways = first_ways(book, post)
    is_page, people = isinstance(effect, Page), people_of(effect, ways)
    return Send(
        incident=incident.id,
        key=demand.key,
        vendor_key=incident.vendor_key(demand.key),
        effect=_without_facts(effect),
        subject=said.subject,
        text=with_channel(book, incident, demand, in_its_place(incident, demand, said.text)),
        links=links_beside(book, incident, demand),
        severity=incident.severity,
        runbook=incident.runbook,
        channel=(known_channel(book, incident) or "") if is_page else "",
        labels=page_labels(incident) if is_page else {},
        post=post,
        holder=holder_of(incident, post),
        first_ways=ways,
        beside=open_rings(incident, effect),
        rang=rang_for(incident, effect),
        zone=book.calendar.zone,
        card=tuple(_by_the_wall(line, clock) for line in said.card),
        names={person: book.person_name(person) for person in (*people, *((post.to,) if post else ()))},
        addresses=_addresses(book, people),
        due_at=clock.wall(demand.due_at),
        again=before is not None,
        nothing_there=isinstance(demand.effect, Publish) and not incident.public.begun,
        first_started_at=before.real_at if before else workflow.now(),
    )


def _by_the_wall(line: CardLine, clock: Clock) -> CardLine:
    return line.model_copy(update={"at": clock.wall(line.at)}) if line.at else line


def _without_facts(effect: Effect) -> Effect:
    """They travel in words."""
    return effect.model_copy(update={"facts": None}) if isinstance(effect, Post | Card) else effect


def people_of(effect: Effect, first_ways: Mapping[str, ReachStep]) -> tuple[str, ...]:
    """Whom it mentions or invites, or may ring by a way that knows them by their e-mail."""
    match effect:
        case Post(mention=people):
            return people
        case Invite(to=person):
            return (person,)
        case Page(to=person, way=way, address=address):
            holders = (step.address or each for each, step in first_ways.items() if step.way in WAYS_BY_EMAIL)
            return (*((address or person,) if way in WAYS_BY_EMAIL else ()), *holders)
    return ()


def _addresses(book: Runbook, people: Sequence[str]) -> dict[str, str]:
    known = {person: book.people[person].email for person in people if person in book.people}
    return {person: address for person, address in known.items() if address}


def in_its_place(incident: Incident, demand: Demand, text: str) -> str:
    """Where several incidents are talked of, each message says once which it is about."""
    if not isinstance(demand.effect, Post | Card) or incident.id in text or demand.effect.template == HIDDEN:
        return text
    to = demand.effect.to
    is_its_own = to.thread is not None or to.channel == incident.references.get("channel")
    if is_its_own:
        return text
    severity, title = severity_title(incident.severity), incident.title
    if (headline := f"{severity}: {title}") in text:
        return text.replace(headline, f"{headline} ({incident.id})", 1)
    return f"{severity}: {cut(title, 80)} ({incident.id})\n{text}"


def with_channel(book: Runbook, incident: Incident, demand: Demand, text: str) -> str:
    """A mail to colleagues says where the incident is worked on; a private one is worked on by those who are there."""
    link = channel_link(book, incident)
    if not link or not _leads_to_channel(incident, demand):
        return text
    return f"{text}\n\nChannel: {known_channel(book, incident)} {link}"


def links_beside(book: Runbook, incident: Incident, demand: Demand) -> tuple[tuple[str, str], ...]:
    """What stands beside the text of a page, or of a mail to colleagues; among it the way to a channel that nobody
    knows yet. No text has that: only the worker knows where the gateway is."""
    is_page = isinstance(demand.effect, Page)
    if not is_page and not _leads_to_channel(incident, demand):
        return ()
    way = "" if channel_link(book, incident) else way_to_channel(book, incident)
    return (*((("Channel", way),) if way else ()), *(page_links(book, incident) if is_page else ()))


def _leads_to_channel(incident: Incident, demand: Demand) -> bool:
    return isinstance(demand.effect, Email) and not demand.effect.public and not incident.private


def travelling_together(orders: Sequence[Order]) -> list[tuple[Order, ...]]:
    """One group for each destination, in the order of the first of each; a page is a group by itself."""
    groups: dict[str, list[Order]] = {}
    for each in orders:
        destination = delivery(each.demand.effect).destination
        groups.setdefault(destination.value if destination else each.key, []).append(each)
    return [
        tuple(group[at : at + LARGEST_BATCH]) for group in groups.values() for at in range(0, len(group), LARGEST_BATCH)
    ]


async def perform(order: Order) -> EffectSettled:
    """Run it to its end. Cancelling waits until the activity has really stopped (rule 5)."""
    if order.wait:
        await workflow.sleep(order.wait, summary=summary(f"its vendor asks to wait: {order.why}"))
    row = delivery(order.demand.effect)
    policy = row.policy
    try:
        receipt = await workflow.execute_activity(
            row.activity,
            order.send,
            result_type=Receipt,
            task_queue=policy.queue,
            start_to_close_timeout=policy.start_to_close,
            schedule_to_close_timeout=policy.give_up_after,
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=policy.longest_pause),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary(order.why),
            priority=_priority((order,)),
        )
    except ActivityError as error:
        return _failed(order, error)
    return _done(order, receipt)


async def perform_together(orders: Sequence[Order]) -> tuple[Landed, ...]:
    """Attempt all of them once. Nothing of those that were cancelled before they were sent."""
    policy = delivery(orders[0].demand.effect).policy
    try:
        answered: AttemptResults = await workflow.execute_activity(
            TOGETHER,
            SendBatch(sends=tuple(each.send for each in orders)),
            result_type=AttemptResults,
            task_queue=policy.queue,
            start_to_close_timeout=policy.start_to_close,
            schedule_to_close_timeout=policy.give_up_after,
            retry_policy=RetryPolicy(maximum_attempts=1),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary(f"{len(orders)} together: {'; '.join(each.why for each in orders)}"),
            priority=_priority(orders),
        )
    except ActivityError as error:
        return _all_failed(orders, error)
    return tuple(map(_landed, orders, answered.answers))


def _priority(orders: Sequence[Order]) -> Priority:
    return HELD_UP if any(each.is_first for each in orders) else delivery(orders[0].demand.effect).policy.priority


def withdrawn(landed: Landed) -> EffectSettled:
    """Cancelled in the middle of an attempt that then failed, a send ends with that failure: it is withdrawn all the
    same. One that got through before it heard of it did get through."""
    if isinstance(landed, EffectSettled) and landed.outcome == "done":
        return landed
    return EffectSettled(demand=landed.demand, outcome="superseded")


def _all_failed(orders: Sequence[Order], error: ActivityError) -> tuple[Landed, ...]:
    cause = error.cause
    if isinstance(cause, CancelledError):
        return ()
    if isinstance(cause, exceptions.TimeoutError) and cause.type in NEVER_BEGAN:
        return tuple(_failed(each, error) for each in orders)
    return tuple(each.by_itself() for each in orders)  # its worker died


def _landed(order: Order, answer: AttemptResult) -> Landed:
    if answer.receipt is not None:
        return _done(order, answer.receipt)
    return _refused(order, answer.failure, answer.problem, answer.route) or order.by_itself(answer.wait)


def _done(order: Order, receipt: Receipt) -> EffectSettled:
    said = order.send.text if isinstance(order.demand.effect, Publish) else ""
    return EffectSettled(demand=order.demand, outcome="done", receipt=receipt, said=said)


def _failed(order: Order, error: ActivityError) -> EffectSettled:
    cause = error.cause
    if isinstance(cause, CancelledError):
        return EffectSettled(demand=order.demand, outcome="superseded")
    if isinstance(cause, ApplicationError):
        route = str(cause.details[0]) if cause.details and cause.details[0] else None
        if refused := _refused(order, cause.type or "", cause.message, route):
            return refused
    last = cause.cause if isinstance(cause, FailureError) and cause.cause is not None else cause  # under a timeout
    problem = f"gave up: {last}"[:300]
    return EffectSettled(demand=order.demand, outcome="undelivered", problem=problem, receipt=_unsaid(order))


def _refused(order: Order, kind: str, problem: str, route: str | None) -> EffectSettled | None:
    """None: it may be tried again."""
    if kind == WithoutVendor.UNCONNECTED.value:
        return EffectSettled(demand=order.demand, outcome="unconnected", problem=problem, receipt=_unsaid(order))
    if kind == WithoutVendor.REJECTED.value:
        receipt = _unsaid(order)
        return EffectSettled(demand=order.demand, outcome="rejected", problem=problem, route=route, receipt=receipt)
    return None


def _unsaid(order: Order) -> Receipt:
    """For whoever does it by hand."""
    return Receipt(note=order.send.text if delivery(order.demand.effect).keeps_text else None)
