"""Work that was done and thrown away: turns that took too long, and whose outcome the server did not want any more."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from benchmarks.figures import Figure, figure
from benchmarks.stage import BenchStage

SDK_WORDS = ("task not found", "duration exceeded")
"""Of Temporal's SDK in the worker's log."""
_REFUSED_TURNS = re.compile(
    r'^temporal_(?:request_failure_total\{[^}]*operation="RespondWorkflowTaskCompleted"'
    r"|workflow_task_execution_failed_total\{)[^}]*\} (\S+)"
)
"""https://docs.temporal.io/references/sdk-metrics"""


@dataclass(frozen=True)
class Discarded:
    logged: Mapping[str, int]
    refused: float
    """By the metrics of the worker process that runs now."""


async def discarded(at: BenchStage) -> Discarded:
    """So far."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        metrics = (await http.get(f"http://{at.worker_metrics}/metrics")).raise_for_status().text
    return counted(at.log.read_text(errors="replace"), metrics)


def counted(log: str, metrics: str) -> Discarded:
    said = log.lower()
    refused = sum(float(found[1]) for found in map(_REFUSED_TURNS.match, metrics.splitlines()) if found)
    return Discarded({words: said.count(words) for words in SDK_WORDS}, refused)


def figures_of(first: Discarded, second: Discarded) -> list[Figure]:
    """Of two worker processes, one after the other, with the same log."""
    lines = [figure(f'"{words}" in the log', number, "lines").exactly(0) for words, number in second.logged.items()]
    refused = first.refused + second.refused
    return [*lines, figure("workflow tasks failed or refused, by the metrics", refused, "tasks").exactly(0)]
