"""What all tests share: one embedded server for the session."""

from collections.abc import AsyncIterator

import hypothesis
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.temporal_server import time_skipping_server

# What takes how long is held where it matters (tests/policy/test_preview.py), in processor time: a wall clock would
# tell of whatever else the machine was doing.
hypothesis.settings.register_profile("tocsin", deadline=None)
hypothesis.settings.load_profile("tocsin")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with time_skipping_server() as environment:
        yield environment
