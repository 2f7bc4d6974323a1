"""What a measurement left behind: in Temporal's histories, and on the sandbox's wire."""

import asyncio
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter
from temporalio.client import Client

from benchmarks.stage import BenchStage


class Sizes(BaseModel):
    """Bytes that one of our signal-with-starts carried."""

    model_config = ConfigDict(frozen=True)

    start: int
    signal: int


class _HistoryEvent(BaseModel):
    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: str
    payload: dict[str, object] = {}


class _Entry(BaseModel):
    n: int
    at: datetime
    path: str
    body: dict[str, object]


class RungPage(BaseModel):
    """One that reached the pager, whether it was the first of its kind or not."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    name: str
    group: int
    """The incident, as `Bodies` name and count them."""
    tier: int


TRACE_WITHIN_S = 120
_ENTRIES = TypeAdapter(list[_Entry])
_RING = re.compile(r".*/escalate/(\d+)/[^/]+/\d+")
_GROUP = re.compile(r"\b([a-z]+)-(\d+)\b")


async def sizes(client: Client) -> Sizes:
    """Of the only incident that there is."""
    [one] = [each async for each in client.list_workflows("WorkflowType = 'incident'")]
    history = await client.get_workflow_handle(one.id).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    signal = next(
        event.workflow_execution_signaled_event_attributes
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    )
    return Sizes(start=started.input.ByteSize(), signal=signal.input.ByteSize())


async def pages(at: BenchStage, name: str) -> list[RungPage]:
    """Those of the incidents of `Bodies(name=name)`."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        answer = await http.get(f"{at.sandbox}/control/wire", params={"vendor": "pagerduty"})
    found, _ = pages_of(answer.raise_for_status().content)
    return [page for page in found if page.name == name]


def pages_of(wire: bytes, since: int = 0) -> tuple[list[RungPage], int]:
    """What the sandbox says of its wire: the pages of ladders; and the number of the last request, or `since`."""
    found, entries = list[RungPage](), _ENTRIES.validate_json(wire)
    for entry in entries:
        if entry.path.endswith("/enqueue"):
            event = _HistoryEvent.model_validate(entry.body)
            ring = _RING.fullmatch(event.dedup_key)
            group = _GROUP.search(str(event.payload.get("summary")))
            if event.event_action == "trigger" and ring and group:
                found.append(RungPage(at=entry.at, name=group[1], group=int(group[2]), tier=int(ring[1])))
    return found, entries[-1].n if entries else since


async def arrived_first(at: BenchStage, name: str, tier: int, incidents: Iterable[int]) -> dict[int, float]:
    """Once these incidents have all paged that tier: incident -> when first, in seconds since 1970."""
    awaited = set(incidents)
    async with asyncio.timeout(TRACE_WITHIN_S):
        while True:
            found = [page for page in await pages(at, name) if page.tier == tier]
            first = {page.group: page.at.timestamp() for page in sorted(found, key=lambda page: page.at, reverse=True)}
            if awaited <= first.keys():
                return first
            await asyncio.sleep(0.5)


async def events(client: Client, workflow_id: str) -> int:
    """In the history of the longest of its runs."""
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    lengths = []
    for run in runs:
        described = await client.get_workflow_handle(run.id, run_id=run.run_id).describe()
        lengths.append(described.history_length)
    return max(lengths)
