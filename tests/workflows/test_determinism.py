"""What Temporal's sandbox would have guarded and no import contract can see (ADR 28)."""

import asyncio
import copy
import importlib
import os
import pkgutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator, MutableMapping, MutableSequence, MutableSet
from types import ModuleType

import grimp

import workflows
from tests.workflows.retracing import HISTORIES, replay

LOOKED_THROUGH = {"temporalio", "pydantic", "pydantic_core", "jinja2"}
"""Libraries that workflows use. Whether one asks a clock is not seen from our imports: somebody has looked."""
MUTABLE = (MutableMapping, MutableSequence, MutableSet)


async def retraced(seed: int) -> list[str]:
    """Every decision of every recorded workflow, in a process in which sets have another order."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tests.workflows.retracing"),
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdout=PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().splitlines()


async def test_every_process_makes_the_same_decisions_of_the_same_history() -> None:
    """Another worker goes on with what this one began; Temporal would notice only some of the differences."""
    first, *others = await asyncio.gather(*(retraced(seed) for seed in (0, 1, 2)))
    recorded = sum(path.read_text().count('"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"') for path in HISTORIES)
    assert recorded > 100
    assert sum(line.startswith("activity ") for line in first) == recorded
    assert all(other == first for other in others)


def test_workflows_use_no_library_that_nobody_has_looked_through() -> None:
    graph = grimp.build_graph("workflows", include_external_packages=True)
    imported = {name for name in graph.modules if not name.startswith("workflows")}
    assert imported - sys.stdlib_module_names == LOOKED_THROUGH


async def test_workflows_share_nothing_that_changes() -> None:
    """What one incident left in a module would be in the next one's decisions, and in no history."""
    before = {name: copy.copy(value) for name, value in shared()}
    assert before
    for path in HISTORIES:
        await replay(path)
    assert [name for name, value in shared() if before.get(name) != value] == []


def shared() -> Iterator[tuple[str, object]]:
    """Every list, mapping and set that stands in a module of the workflows, or in a class there."""
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, MUTABLE) and not name.startswith("__"):
                yield f"{module.__name__}.{name}", value
            if isinstance(value, type) and value.__module__ == module.__name__:
                for inner, held in vars(value).items():
                    if isinstance(held, MUTABLE) and not inner.startswith("__"):
                        yield f"{module.__name__}.{name}.{inner}", held


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(workflows.__path__, "workflows.")
    return [importlib.import_module(each.name) for each in found]
