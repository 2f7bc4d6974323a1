"""What a body costs the gateway by step: reading, interpreting and grouping it, with no network and no Temporal.

The least of many rounds, as a busy machine only ever adds to it. What is missing of a request's whole cost
(`one-incident`) is the HTTP server's, the event loop's and the Temporal client's.
"""

import gc
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from benchmarks.bodies import Bodies
from benchmarks.figures import Figure, figure
from benchmarks.planning import COMPANY
from benchmarks.scale import BenchScale
from starter.gateway.beside import is_short
from starter.intake.grouping import group
from starter.intake.ignoring import set_aside
from starter.intake.interpreting import interpret
from starter.intake.parts import events_of
from starter.intake.translating import translated
from starter.runbooks.library import load
from starter.sources.reading import Webhook
from starter.sources.table import SOURCES

ALERTS_OF_A_BODY = (1, 50)
WITHIN_A_ROUND_S = 0.004
"""A round is short, so that some of them are not interrupted."""
LIMIT_OF_A_BODY = 2**20


async def steps_of_intake(scale: BenchScale) -> list[Figure]:
    gc.collect()
    gc.freeze()  # as the gateway does
    return [each for alerts in ALERTS_OF_A_BODY for each in _of_a_body(alerts, rounds=max(1, scale.idle))]


def _of_a_body(alerts: int, rounds: int) -> list[Figure]:
    steps = _steps(Bodies(name="steps", incidents=1, alerts=alerts).of(0))
    costs = {name: min(_cost(work) for _ in range(rounds)) for name, work in steps.items()}
    rows = [figure(f"  {name}", cost * 1e6, "us") for name, cost in costs.items()]
    return [figure(f"a body of {alerts} alerts in the gateway", sum(costs.values()) * 1e6, "us"), *rows]


def _steps(body: bytes) -> Mapping[str, Callable[[], object]]:
    """By what is done, in its order."""
    source, book, now = SOURCES["alertmanager"], load(COMPANY).runbooks["company"], datetime.now(UTC)
    webhook = Webhook(body, now)
    sent = translated(source, webhook, LIMIT_OF_A_BODY)
    interpreted = interpret(source.name, sent, book, now)
    reading, _ = set_aside(interpreted)
    (batch,) = group(reading).batches
    (event,) = events_of(source.name, batch, now)
    return {
        "is it short?": lambda: is_short(body),
        "what its sender says": lambda: translated(source, webhook, LIMIT_OF_A_BODY),
        "what that means by the runbook": lambda: interpret(source.name, sent, book, now),
        "what opens nothing": lambda: set_aside(interpreted),
        "which incident it is for": lambda: group(reading),
        "in few signals": lambda: list(events_of(source.name, batch, now)),
        "how much that weighs": lambda: event.model_dump_json(exclude_defaults=True),
    }


def _cost(work: Callable[[], object]) -> float:
    """Seconds of processor time."""
    times, began = 0, time.thread_time()
    while (took := time.thread_time() - began) < WITHIN_A_ROUND_S:
        work()
        times += 1
    return took / times
