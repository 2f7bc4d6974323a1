"""The embedded Temporal server for tests: the real one, in which time can be moved.

The dynamic settings are what makes a skip cost milliseconds instead of a second, and what keeps virtual time exact over
continue-as-new.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from workflows.durable.search_attributes import BOOLEANS, DATETIMES, INTEGERS, KEYWORDS

BINARY = str(Path(sys.executable).with_name("temporal"))

QUICK_SKIPS = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "system.workflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="1ms"',
    "history.timerProcessorMaxPollRPS=2000",
    "history.transferProcessorMaxPollRPS=2000",
    'history.workflowIdReuseMinimalInterval="0s"',
    "system.forceSearchAttributesCacheRefreshOnRead=true",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",  # five take half a minute
)


@asynccontextmanager
async def time_skipping_server(*settings: str) -> AsyncIterator[WorkflowEnvironment]:
    """Time stands at the wall's until `fast_forward` moves it for one workflow."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=BINARY,
        dev_server_log_level="error",
        dev_server_extra_args=[arg for value in (*QUICK_SKIPS, *settings) for arg in ("--dynamic-config-value", value)],
        data_converter=pydantic_data_converter,
        search_attributes=[*KEYWORDS, *DATETIMES, *INTEGERS, *BOOLEANS],
        ts_config=TimeSkippingConfig(
            enabled=False,
            max_session_skip_count=100_000,
            disable_propagation=True,  # a review's time begins where that of its incident ended, and stands, too
        ),
    )
    try:
        yield environment
    finally:
        await environment.shutdown()
        await asyncio.sleep(0.3)  # temporalio/sdk-python#300: the interpreter may crash if it ends at once
