from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox_server import SandboxServer, running_sandbox


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[SandboxServer]:
    async with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(server: SandboxServer) -> SandboxServer:
    await server.reset()
    return server


@pytest.fixture
def slack(sandbox: SandboxServer) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-test", base_url=sandbox.slack_url, retry_handlers=[])
