"""What is called at Slack because somebody pressed: modals, answers to the presser alone, and questions who they are.

The client, its time-outs and what its errors mean are those of the adapter that posts (`activities/slack_api.py`).
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog
from pydantic import JsonValue
from slack_sdk.models.views import View

from activities.errors import Rejected, Unavailable
from activities.slack_answers import SlackAnswer, SlackDone
from activities.slack_api import Call, SlackApi
from chat.words import LONGEST_SECTION

FILL_AGAIN_AFTER_S: Final = (1.0, 3.0)
"""A form that Slack does not take now is filled a little later: whoever waits before it sees "just a moment"."""
MOST_UNDER_WAY = 1_000
"""Answers that are on their way at once: the others are not given, and what was done stands."""

log = structlog.get_logger()


class ShownView(SlackAnswer):
    id: str
    hash: str = ""


class ViewShown(SlackAnswer):
    view: ShownView


class Replies:
    """An answer that does not arrive undoes nothing, and raises nothing."""

    def __init__(self, api: SlackApi, url: str) -> None:
        self._api = api
        self._trusted = (f"https://hooks.{urlsplit(url).hostname}/", url.partition("/api/")[0] + "/")
        self._under_way: set[asyncio.Task[None]] = set()

    def later(self, response_url: str, text: str) -> None:
        """Only whoever pressed sees it: https://docs.slack.dev/interactivity/handling-user-interaction"""
        self.message(response_url, {"response_type": "ephemeral", "text": text})

    def message(self, response_url: str, body: Mapping[str, JsonValue]) -> None:
        if not response_url.startswith(self._trusted) or len(self._under_way) >= MOST_UNDER_WAY:
            log.warning("an answer was not given", to=response_url[:60])
            return
        self.beside(self._post(response_url, {**body, "replace_original": False}))

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _post(self, response_url: str, body: Mapping[str, JsonValue]) -> None:
        session = self._api.web.session
        assert session is not None  # the property opens it
        try:
            async with session.post(response_url, json=body) as answer:
                if answer.status >= 400:
                    log.warning("Slack did not take an answer", status=answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack did not take an answer", problem=type(error).__name__)

    async def close(self) -> None:
        """What is said by then is said; the rest would open a connection that nobody closes."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=1)
        for each in late:
            each.cancel()
        await asyncio.gather(*late, return_exceptions=True)


class Whispers:
    """Words to one person where nothing that they did has an address for answers. Raises nothing, as above."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def here(self, channel: str, user: str, said: Mapping[str, JsonValue]) -> None:
        """In a channel that they are in; nobody else sees it. `said`: `text`, and maybe `blocks`."""
        text, blocks = str(said.get("text", ""))[:LONGEST_SECTION], said.get("blocks")
        shown: Any = blocks  # the SDK says which types it knows, and sends what it is given
        await self._say(self._api.web.chat_postEphemeral(channel=channel, user=user, text=text, blocks=shown))

    async def apart(self, user: str, text: str) -> None:
        """In the app's own conversation with them."""
        await self._say(self._api.web.chat_postMessage(channel=user, text=text[:LONGEST_SECTION]))

    async def _say(self, call: Call) -> None:
        try:
            await self._api.ask(call, SlackDone)
        except (Unavailable, Rejected) as error:
            log.warning("Slack did not take an answer", problem=str(error))


class Modals:
    """Opened at once, because a trigger lives for three seconds, and filled when it is known with what."""

    def __init__(self, api: SlackApi, within_s: float) -> None:
        self._api = api
        self._within_s = within_s

    async def open(self, trigger_id: str, view: View) -> ShownView:
        """Raises Unavailable, Rejected, TimeoutError."""
        call = self._api.web.views_open(trigger_id=trigger_id, view=view)
        async with asyncio.timeout(self._within_s):
            return (await self._api.ask(call, ViewShown)).view

    async def fill(self, shown: ShownView, view: View) -> None:
        """Unless it has changed since it was shown, which its hash says."""
        for pause in (*FILL_AGAIN_AFTER_S, None):
            call = self._api.web.views_update(view_id=shown.id, hash=shown.hash or None, view=view)
            try:
                await self._api.ask(call, SlackDone)
            except Rejected as error:  # it was closed, or has been filled
                log.warning("a form was not filled", problem=str(error))
            except Unavailable as error:
                log.warning("a form was not filled", problem=str(error), again_in=pause)
                if pause is not None:
                    await asyncio.sleep(pause)
                    continue
            return
