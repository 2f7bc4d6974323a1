"""Socket Mode: the same calls through a connection that we open, so that nothing has to be reachable from outside.

https://docs.slack.dev/apis/events-api/using-socket-mode. An envelope is acknowledged when Temporal has what is in it.
The SDK's client hands envelopes over one after another, so each is answered in a task of its own: nobody's press waits
for somebody else's.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import aiohttp
import structlog
from pydantic import JsonValue
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from activities.plain_text import quote
from chat.health import Health
from chat.payloads import SlackCallPayload
from chat.reading import from_envelope
from starter.sources.reading import Unreadable
from starter.sources.refusal import Refusal

CONNECTED_LOOK_EVERY_S: Final = 5.0
MOST_ENVELOPES: Final = 500
"""Under way at once; what is beyond is not acknowledged, and Slack says so to whoever pressed."""
EVENTS_API: Final = "events_api"
"""What nobody waits for. It comes again until it is acknowledged, and one that cannot be read never can be."""

log = structlog.get_logger()


class Answering(Protocol):
    async def answer(self, payload: SlackCallPayload) -> JsonValue: ...


@dataclass
class SocketMode:
    app_token: str
    url: str
    chat: Answering
    health: Health
    within_s: float
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Until it is cancelled. What is wrong with it stands in the chat's health."""
        web = AsyncWebClient(base_url=self.url, retry_handlers=[])
        client = SocketModeClient(self.app_token, web_client=web)
        client.socket_mode_request_listeners.append(self._received)
        try:
            while True:
                await self._keep(client)
                await asyncio.sleep(CONNECTED_LOOK_EVERY_S)
        finally:
            for each in self.under_way:
                each.cancel()
            await client.close()

    async def _keep(self, client: SocketModeClient) -> None:
        """The SDK connects again by itself once it was connected."""
        try:
            if client.current_session is None:
                await client.connect()
            connected = await client.is_connected()
            self.health.socket_problem = "" if connected else "not connected"
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            problem = quote(str(error), [self.app_token])
            if problem != self.health.socket_problem:
                log.error("Socket Mode is not connected", problem=problem)
            self.health.socket_problem = problem

    async def _received(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if len(self.under_way) >= MOST_ENVELOPES:
            log.error("too many calls of Slack's at once: one was not answered", kind=request.type)
            return
        task = asyncio.create_task(self._answered(client, request))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _answered(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        payload: Any = None
        try:
            async with asyncio.timeout(self.within_s):
                payload = await self.chat.answer(from_envelope(request.type, request.payload))
        except (Refusal, TimeoutError) as refusal:
            log.error("a call of Slack's was not acknowledged", kind=request.type, problem=str(refusal))
            return
        except Unreadable as error:
            log.error("a call of Slack's cannot be read", kind=request.type, problem=str(error))
            if request.type != EVENTS_API:
                return  # so Slack says to whoever pressed that it failed
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
