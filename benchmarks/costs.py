"""What something costs: processor time by part, what the server wrote, and what stands in the histories."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.stage import BenchStage

TICKS, MEMORY_PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
_WRITES = re.compile(
    r'^persistence_requests\{[^}]*operation="(?:Create|Update|Complete|Add|Append|Delete)[^}]*\} (\S+)'
)
"""What Temporal's server asks of its database: https://docs.temporal.io/references/cluster-metrics"""
SERVER_PART, GATEWAY_PART, WORKER_PART = "Temporal server", "gateway", "worker"
WORKFLOW_TASKS = "workflow tasks"
THROWN_AWAY = "workflow tasks that were begun and thrown away"
"""Timed out while they ran, or failed: their work is done again."""
WAITED_TOO_LONG = "workflow tasks that left the process which had the workflow in memory"


def processor_seconds(at: BenchStage) -> Mapping[str, float]:
    """So far, by part."""
    used = _by_part(at, lambda fields: int(fields[11]) + int(fields[12]))
    return {name: ticks / TICKS for name, ticks in used.items()}


def memory(at: BenchStage) -> Mapping[str, float]:
    """What each part has in memory now, in bytes."""
    return {name: pages * MEMORY_PAGE for name, pages in _by_part(at, lambda fields: int(fields[21])).items()}


def _by_part(at: BenchStage, what: Callable[[Sequence[str]], int]) -> Mapping[str, int]:
    """With all that each part has started. Of proc_pid_stat(5), from its third field on."""
    found: dict[int, int] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        pid = int(stat.parent.name)
        found[pid], parents[pid] = what(fields), int(fields[1])
    return {
        name: sum(found[each] for each in found if part in _line(each, parents))
        for name, part in at.processes().items()
    }


def _line(pid: int, parents: Mapping[int, int]) -> Iterator[int]:
    """Itself, its parent, and so on."""
    while pid in parents:
        yield pid
        pid = parents[pid]


async def writes(at: BenchStage) -> float:
    """So far: requests of the server to its database that change something."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"http://127.0.0.1:{at.metrics_port}/metrics")
    return sum(float(found[1]) for found in map(_WRITES.match, answer.text.splitlines()) if found)


async def steps(client: Client) -> Counter[str]:
    """What all incidents together took so far: workflow tasks, and activities by name."""
    counted: Counter[str] = Counter()
    async for each in client.list_workflows("WorkflowType = 'incident'"):
        history = await client.get_workflow_handle(each.id, run_id=each.run_id).fetch_history()
        for event in history.events:
            match event.event_type:
                case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                    counted[WORKFLOW_TASKS] += 1
                case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                    counted[THROWN_AWAY] += 1
                case EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
                    sticky = event.workflow_task_timed_out_event_attributes.timeout_type == 2
                    counted[WAITED_TOO_LONG if sticky else THROWN_AWAY] += 1
                case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                    counted[event.activity_task_scheduled_event_attributes.activity_type.name] += 1
    return counted
