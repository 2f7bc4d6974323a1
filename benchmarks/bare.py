"""The floors: Temporal's own client against the same server, with workflows that do nothing, and nothing of ours."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.processes import Took, serve

QUEUE = "bare"


class Bare(BaseModel):
    """`start`: signal-with-start of a new workflow each time. `signal`: of `workflows` that run. `page`: a workflow is
    started and its one activity has begun; that needs a worker, and there is one."""

    model_config = ConfigDict(frozen=True)

    address: str
    what: Literal["start", "signal", "page"]
    at_once: int
    seconds: float | None = None
    count: int | None = None
    workflows: int = 1
    start_bytes: int = 0
    signal_bytes: int = 0


@activity.defn(name="bare")
async def arrived() -> float:
    return time.time()


@workflow.defn(name="bare")
class Nothing:
    @workflow.run
    async def run(self) -> float:
        at: float = await workflow.execute_activity("bare", start_to_close_timeout=timedelta(seconds=10))
        return at


async def measure(bare: Bare) -> Took:
    client = await Client.connect(bare.address)
    name = f"bare-{uuid4().hex}"
    if bare.what == "page":
        async with Worker(client, task_queue=QUEUE, workflows=[Nothing], activities=[arrived]):
            await _page(client, f"{name}-warm")
            return await _repeat(bare, lambda number: _page(client, f"{name}-{number}"))
    start, signal = b"x" * bare.start_bytes, b"x" * bare.signal_bytes
    if bare.what == "start":
        return await _repeat(bare, lambda number: _start(client, f"{name}-{number}", start, signal))
    for number in range(bare.workflows):
        await client.start_workflow("bare", id=f"{name}-{number}", task_queue="nobody")
    return await _repeat(bare, lambda number: _signal(client, f"{name}-{number % bare.workflows}", signal))


async def _page(client: Client, workflow_id: str) -> float:
    begun = time.time()
    at: float = await client.execute_workflow("bare", id=workflow_id, task_queue=QUEUE, result_type=float)
    return at - begun


async def _start(client: Client, workflow_id: str, start: bytes, signal: bytes) -> None:
    await client.start_workflow(
        "bare",
        *([start] if start else []),
        id=workflow_id,
        task_queue="nobody",
        start_signal="bare",
        start_signal_args=[signal] if signal else [],
    )


async def _signal(client: Client, workflow_id: str, signal: bytes) -> None:
    await client.get_workflow_handle(workflow_id).signal("bare", args=[signal] if signal else [])


async def _repeat(bare: Bare, once: Callable[[int], Awaitable[float | None]]) -> Took:
    begun, took, number = list[float](), list[float](), 0
    ends = time.time() + (bare.seconds or 1e9)

    async def sender() -> None:
        nonlocal number
        while time.time() < ends and (bare.count is None or number < bare.count):
            mine, at = number, time.time()
            number += 1
            measured = await once(mine)
            begun.append(at)
            took.append(time.time() - at if measured is None else measured)

    await asyncio.gather(*(sender() for _ in range(bare.at_once)))
    return Took(begun=begun, seconds=took)


if __name__ == "__main__":
    serve(Bare, measure)
    os._exit(0)  # the SDK's threads can crash an interpreter that finalizes (temporalio/sdk-python#300)
