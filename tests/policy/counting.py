"""How much work something is, counted: the same number on every machine, busy or not.

A time says as much about the machine as about the code. What a timed test guards is that work does not grow faster than
what is asked for; that can be counted. Times are measured by `make bench ONLY=planning`.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import pytest

from workflows.policy import engine
from workflows.policy.effects import demand
from workflows.policy.simulation import simulate


@dataclass
class Work:
    plans: int = 0
    demands: int = 0


@contextmanager
def counted(patch: pytest.MonkeyPatch) -> Iterator[Work]:
    """What a simulation costs, in plans made and demands built."""
    work = Work()
    plan, build = engine.plan, demand.Demand.__init__

    def planning(*given: object, **named: object) -> object:
        work.plans += 1
        return plan(*given, **named)  # type: ignore[arg-type] # those of `plan`

    def building(self: demand.Demand, **named: object) -> None:
        work.demands += 1
        build(self, **named)

    with patch.context() as patched:
        patched.setattr(simulate, "plan", planning)
        patched.setattr(demand.Demand, "__init__", building)
        yield work


def calls(work: Callable[[], object]) -> int:
    """How many functions it calls, Python's and C's alike."""
    count = 0

    def count_it(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_it)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
