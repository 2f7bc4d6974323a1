"""The storm's floor: bare workflows that ring twice, over others that are open; and when their worker was away."""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from benchmarks.processes import serve

LADDER_QUEUE = "bare-storm"
OPENERS = 20
LONG_S = 6 * 3600


class BareStorm(BaseModel):
    """`open_workflows` ring once and stay open. Then `count` are started, so many a second, and ring, and again
    `gap_s` after they were due. Then `overdue` more, whose second ring falls due while there is no worker."""

    model_config = ConfigDict(frozen=True)

    address: str
    namespace: str
    open_workflows: int
    count: int
    rate: float
    overdue: int
    gap_s: float


class BareRings(BaseModel):
    """Seconds: from the start to the first ring; how late the second was; from the worker's return to overdue ones."""

    model_config = ConfigDict(frozen=True)

    first: list[float]
    late: list[float]
    overdue: list[float]


class _Bell:
    def __init__(self) -> None:
        self.rang: dict[str, list[float]] = defaultdict(list)
        self._heard = asyncio.Event()

    @activity.defn(name="ring")
    async def ring(self) -> None:
        self.rang[activity.info().workflow_id or ""].append(time.time())
        self._heard.set()

    async def until(self, names: Iterable[str], times: int) -> None:
        awaited = set(names)
        while awaited := {name for name in awaited if len(self.rang[name]) < times}:
            self._heard.clear()
            await self._heard.wait()
            await asyncio.sleep(0.1)  # not to look through all of them at each ring


@workflow.defn(name="ladder")
class Ladder:
    @workflow.run
    async def run(self, gap_s: float) -> None:
        due = workflow.now() + timedelta(seconds=gap_s)
        await workflow.execute_activity("ring", start_to_close_timeout=timedelta(seconds=10))
        await workflow.sleep(max(timedelta(milliseconds=1), due - workflow.now()))
        await workflow.execute_activity("ring", start_to_close_timeout=timedelta(seconds=10))


async def measure(order: BareStorm) -> BareRings:
    chosen = {**os.environ, "TEMPORAL_ADDRESS": order.address, "TEMPORAL_NAMESPACE": order.namespace}
    client = await Client.connect(**ClientConfig.load_client_connect_config(override_env_vars=chosen))
    bell, name = _Bell(), uuid4().hex
    async with _worker(client, bell):
        await _open(client, f"{name}-open", order.open_workflows, bell)
        begun = await _start(client, f"{name}-storm", order.count, order.rate, order.gap_s)
        await bell.until(begun, 2)
        overdue = await _start(client, f"{name}-late", order.overdue, order.rate, order.gap_s)
        await bell.until(overdue, 1)
    await asyncio.sleep(max(overdue.values()) + order.gap_s + 1 - time.time())
    back = time.time()
    async with _worker(client, bell):
        await bell.until(overdue, 2)
    return BareRings(
        first=[bell.rang[each][0] - at for each, at in begun.items()],
        late=[bell.rang[each][1] - at - order.gap_s for each, at in begun.items()],
        overdue=[bell.rang[each][1] - back for each in overdue],
    )


def _worker(client: Client, bell: _Bell) -> Worker:
    return Worker(
        client, task_queue=LADDER_QUEUE, workflows=[Ladder], activities=[bell.ring], max_cached_workflows=20_000
    )


async def _open(client: Client, name: str, count: int, bell: _Bell) -> None:
    places = asyncio.Semaphore(OPENERS)

    async def one(number: int) -> None:
        async with places:
            await client.start_workflow("ladder", LONG_S, id=f"{name}-{number}", task_queue=LADDER_QUEUE)

    await asyncio.gather(*(one(number) for number in range(count)))
    await bell.until([f"{name}-{number}" for number in range(count)], 1)


async def _start(client: Client, name: str, count: int, rate: float, gap_s: float) -> dict[str, float]:
    """When each was due."""
    begun = time.time()

    async def one(number: int) -> None:
        await asyncio.sleep(begun + number / rate - time.time())
        await client.start_workflow("ladder", gap_s, id=f"{name}-{number}", task_queue=LADDER_QUEUE)

    await asyncio.gather(*(one(number) for number in range(count)))
    return {f"{name}-{number}": begun + number / rate for number in range(count)}


if __name__ == "__main__":
    serve(BareStorm, measure)
    os._exit(0)  # the SDK's threads can crash an interpreter that finalizes (temporalio/sdk-python#300)
