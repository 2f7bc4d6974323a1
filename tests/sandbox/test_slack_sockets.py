"""Socket Mode, as Slack's own client speaks it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.patience import HANGS_AFTER_S
from tests.sandbox.slack_hands import PATIENCE, SlackHands
from tests.sandbox_server import SandboxServer

pytest.importorskip("wsproto", reason="without wsproto the sandbox has no Socket Mode: make setup-dev")


@dataclass
class SocketApp:
    client: SocketModeClient
    requests: list[SocketModeRequest] = field(default_factory=list)
    answer: dict[str, object] | None = None
    silent: bool = False

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if not self.silent:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.answer))


@pytest.fixture
async def socket_app(sandbox: SandboxServer, hands: SlackHands) -> AsyncIterator[SocketApp]:
    await hands.set_up(patience=PATIENCE)
    web = AsyncWebClient(base_url=sandbox.slack_url, retry_handlers=[])
    app = SocketApp(SocketModeClient("xapp-test", web_client=web))
    app.client.socket_mode_request_listeners.append(app.take)
    await app.client.connect()
    await until_connected(sandbox)
    yield app
    await app.client.close()
    await until_connected(sandbox, False)  # the next test's calls would go to a socket that closes


async def until_connected(sandbox: SandboxServer, connected: bool = True) -> None:
    async with asyncio.timeout(HANGS_AFTER_S):
        while ((await sandbox.state())["slack_calls"] == "socket") != connected:
            await asyncio.sleep(0.01)


async def test_a_command_comes_in_an_envelope_and_is_answered_with_it(socket_app: SocketApp, hands: SlackHands) -> None:
    socket_app.answer = {"text": "two are open"}
    seen = await hands.command("incidents", "list")
    [request] = socket_app.requests
    assert (request.type, request.payload["text"], request.accepts_response_payload) == ("slash_commands", "list", True)
    assert (seen["ephemerals"][0]["text"], seen["delivery"]["problem"]) == ("two are open", "")


async def test_an_event_says_which_attempt_it_is(socket_app: SocketApp, hands: SlackHands) -> None:
    await hands.say("incidents", "<@U0TOCSIN> hello")
    assert (socket_app.requests[0].type, socket_app.requests[0].retry_attempt) == ("events_api", 0)


async def test_what_is_not_acknowledged_in_time_failed(socket_app: SocketApp, hands: SlackHands) -> None:
    socket_app.silent = True
    await hands.set_up(patience=0.01)
    assert (await hands.command("incidents", "list"))["delivery"]["problem"] == "operation_timeout"


async def test_a_refreshed_connection_is_another_one(
    socket_app: SocketApp, sandbox: SandboxServer, hands: SlackHands
) -> None:
    await sandbox.control("POST", "slack/refresh", json={})
    await until_connected(sandbox)
    assert (await hands.command("incidents", "list"))["delivery"]["status"] == 200


async def test_a_socket_is_opened_with_the_apps_token_only(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await slack.apps_connections_open(app_token="xoxb-test")
    assert (await slack.apps_connections_open(app_token="xapp-test"))["url"].startswith("ws://127.0.0.1:")
