from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox_server import Sandbox, running_sandbox


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(server: Sandbox) -> Sandbox:
    await server.reset()
    return server


@pytest.fixture
def slack(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-test", base_url=sandbox.slack_url, retry_handlers=[])
