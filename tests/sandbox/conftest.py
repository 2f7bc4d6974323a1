from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.browser import browser, page
from tests.sandbox.slack_hands import SlackHands
from tests.sandbox.toy_app import ToyApp, running_toy_app
from tests.sandbox_server import SandboxServer, running_sandbox

__all__ = ["browser", "page"]


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[SandboxServer]:
    async with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def sandbox(server: SandboxServer) -> SandboxServer:
    await server.reset()
    await server.control("POST", "slack/app", json={"url": None})  # a reset leaves it connected
    return server


@pytest.fixture
def slack(sandbox: SandboxServer) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-test", base_url=sandbox.slack_url, retry_handlers=[])


@pytest.fixture
async def toy_app(hands: SlackHands) -> AsyncIterator[ToyApp]:
    """An app that Slack calls over HTTP."""
    async with running_toy_app() as app:
        await hands.connect(app.url, app.secret)
        yield app


@pytest.fixture
def hands(sandbox: SandboxServer) -> SlackHands:
    return SlackHands(sandbox)
