"""Lists, the digest and the look-up of one incident, with thousands open.

The incidents are bare workflows with the search attributes and memo of real ones, which nobody runs: real ones, each
opened and run by a worker, would take half an hour to make. What a reader gets of them is the same.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from benchmarks.figures import Figure, figure
from benchmarks.scale import BenchScale
from benchmarks.stage import stage
from starter.temporal import inventory
from starter.temporal.reviews import Reviews
from workflows.durable import search_attributes as known
from workflows.policy.keys.workflow_ids import review_of
from workflows.policy.review.debts import OWED_MEMO, Debt, ReviewDebts
from workflows.policy.views.standing import STANDING_MEMO, URGENCIES, IncidentStanding

SENDERS = 20
REVIEW_EVERY = 10
"""Incidents."""
CLOSED_FROM = 1_000_000
"""Numbers of those that have closed."""
TIMES = 5
"""Each is measured so often; the slowest counts."""


async def reading(scale: BenchScale) -> list[Figure]:
    async with stage() as at:
        letters = await open_rows(at.client, scale.open_incidents)
        incidents, reviews = at.incidents, Reviews(at.incidents)
        looks: dict[str, Callable[[], Awaitable[object]]] = {
            "list, first page": incidents.page,
            "list, page 50": lambda: incidents.page(50),
            "review list": reviews.page,
            "digest": lambda: inventory.take(incidents, reviews),
            "one incident by its six letters": lambda: incidents.find(letters),
        }
        took = {name: await _slowest(look) for name, look in looks.items()}
        whole = await _slowest(incidents.list, times=1)
    limits = {"list, first page": 1, "digest": 3, "one incident by its six letters": 1}
    figures = [figure(f"{scale.open_incidents:,} open: {name}", seconds, "s") for name, seconds in took.items()]
    wanted = [each.below(limits[name]) if name in limits else each for name, each in zip(looks, figures, strict=True)]
    return [*wanted, figure(f"{scale.open_incidents:,} open: list --all", whole, "s")]


async def _slowest(look: Callable[[], Awaitable[object]], times: int = TIMES) -> float:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        await look()
        took.append(time.perf_counter() - begun)
    return max(took)


async def open_rows(client: Client, number: int) -> str:
    """Returns the letters of one of them, when lists know all."""
    numbers, last = count(), ""

    async def sender() -> None:
        nonlocal last
        while (each := next(numbers)) < number:
            last = secrets.token_hex(3)
            await _row(client, each, last)
            if each % REVIEW_EVERY == 0:
                await _review(client, each)

    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    await _until_listed(client, number)
    return last


async def closed_rows(client: Client, number: int) -> None:
    """Incidents that have ended, until lists know all."""
    numbers = count()

    async def sender() -> None:
        while (each := next(numbers)) < number:
            await _row(client, CLOSED_FROM + each, secrets.token_hex(3))
            await client.get_workflow_handle(f"incident-bench-{CLOSED_FROM + each}").terminate()

    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    await _until_listed(client, number, "ExecutionStatus = 'Terminated'")


async def _until_listed(client: Client, number: int, query: str = "ExecutionStatus = 'Running'") -> None:
    while True:
        if (await client.count_workflows(query)).count >= number:
            return
        await asyncio.sleep(0.1)


async def _review(client: Client, number: int) -> None:
    now = datetime.now(UTC)
    due_at = now + timedelta(hours=number % 500 - 50)
    debts = [Debt(what="incident report", kind="review", owner="on-call", due_at=due_at)]
    await client.start_workflow(
        "review",
        id=review_of(f"bench-{number}"),
        task_queue="nobody",
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(known.SEVERITY, "sev1"), SearchAttributePair(known.REVIEW_DUE_AT, due_at)]
        ),
        memo={"title": "Checkout fails", "opened_at": now.isoformat(), OWED_MEMO: ReviewDebts(debts=tuple(debts))},
    )


async def _row(client: Client, number: int, letters: str) -> None:
    now = datetime.now(UTC)
    urgency = URGENCIES[number % len(URGENCIES)]
    named = [
        SearchAttributePair(known.INCIDENT, f"{now:%Y%m%d-%H%M}-{letters}"),
        SearchAttributePair(known.INCIDENT_LETTERS, letters),
        SearchAttributePair(known.SEVERITY, f"sev{min(urgency // 10, 4)}"),
        SearchAttributePair(known.PHASE, "investigating"),
        SearchAttributePair(known.SERVICE, f"service-{number % 50}"),
        SearchAttributePair(known.RUNBOOK, "company"),
        SearchAttributePair(known.NEXT_DUTY, "page VP Engineering: nobody has acknowledged it"),
    ]
    moments = [SearchAttributePair(known.NEXT_DUTY_AT, now + timedelta(minutes=10))]
    numbers = [SearchAttributePair(known.TIER, 1), SearchAttributePair(known.URGENCY, urgency)]
    standing = IncidentStanding(acknowledged_by="Ada", alive_at=now, updated_at=now, public="investigating")
    await client.start_workflow(
        "incident",
        id=f"incident-bench-{number}",
        task_queue="nobody",
        search_attributes=TypedSearchAttributes([*named, *moments, *numbers]),
        memo={"title": f"Checkout fails for {number} customers", "opened_at": now.isoformat(), STANDING_MEMO: standing},
    )
