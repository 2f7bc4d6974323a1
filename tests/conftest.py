"""What all tests share: one embedded server for each file. One for all grows to gigabytes, and slower and slower."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
from fastapi._compat.v2 import ModelField
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from temporalio.testing import WorkflowEnvironment
from temporalio.worker._workflow import _WorkflowWorker

from tests.patience import HANGS_AFTER_S
from tests.temporal_server import time_skipping_server

# Readline leaves them in the environment of whoever runs pytest, which its workers inherit (`-n`): the console of the
# program would be 80 columns wide for good, whatever a test asks for.
for size in ("COLUMNS", "LINES"):
    os.environ.pop(size, None)

# How long something takes is no test's business: a clock would tell of whatever else the machine was doing. How much
# work it is can be counted (tests/policy/counting.py); times are measured by `make bench`.
hypothesis.settings.register_profile("tocsin", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("tocsin")


@pytest.fixture(scope="session", autouse=True)
def _a_machine_may_stand_still() -> Iterator[None]:
    """The SDK takes a turn of two seconds for a deadlock and interrupts it. Then its worker may never end, and a test
    that waits for that hangs: "Eviction processed, but 4 tasks remain" (ADR 28). It has no setting for it."""
    begin = _WorkflowWorker.__init__

    def patient(worker: _WorkflowWorker, *given: Any, **named: Any) -> None:
        begin(worker, *given, **named)
        worker._deadlock_timeout_seconds = HANGS_AFTER_S

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_WorkflowWorker, "__init__", patient)
        yield


@pytest.fixture(scope="session", autouse=True)
def _types_are_understood_once() -> Iterator[None]:
    """Thousands of tests build a gateway, each of 900 fields: most of the time of the whole suite. What pydantic makes
    of a field is the same for each gateway."""
    understand, known = ModelField.__post_init__, dict[tuple[object, str], TypeAdapter[Any]]()

    def recall(field: ModelField) -> None:
        rules = FieldInfo.__repr__(field.field_info)  # fastapi's own leaves out bounds and patterns
        type_and_rules = (field.field_info.annotation, f"{rules} {field.config}")
        if type_and_rules not in known:
            understand(field)
            known[type_and_rules] = field._type_adapter
        field._type_adapter = known[type_and_rules]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ModelField, "__post_init__", recall)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with time_skipping_server() as environment:
        yield environment
