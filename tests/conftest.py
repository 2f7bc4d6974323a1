"""What all tests share: one embedded server for the session."""

import os
from collections.abc import AsyncIterator

import hypothesis
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from tests.temporal_server import time_skipping_server

# Readline leaves them in the environment of whoever runs pytest, which its workers inherit (`-n`): the console of the
# program would be 80 columns wide for good, whatever a test asks for.
for size in ("COLUMNS", "LINES"):
    os.environ.pop(size, None)

# How long something takes is no test's business: a clock would tell of whatever else the machine was doing. How much
# work it is can be counted (tests/policy/counting.py); times are measured by `make bench`.
hypothesis.settings.register_profile("tocsin", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("tocsin")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with time_skipping_server() as environment:
        yield environment
