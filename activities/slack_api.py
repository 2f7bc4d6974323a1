"""Slack's Web API as the adapter uses it: answers parsed, failures one of our two kinds, lists page by page."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import aiohttp
from pydantic import ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from activities.errors import Rejected, Unavailable, vendor_error
from activities.plain_text import quote
from activities.slack_answers import AnswerPage, Channels, Messages, SlackAnswer, SlackChannel, SlackMessage

SLACK_TIMEOUT_S = 5
"""Seconds for a whole call."""
KEPT_S = 15
ANSWER_PAGE_SIZE = 200
MOST_ANSWER_PAGES = 20
"""A look-up reads at most 20 pages of 200; what is further away than that counts as not there."""

RETRIED_ERRORS = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Errors that come with `ok: false` and pass: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""

ABOUT_THE_MESSAGE = frozenset(
    [
        "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_arguments",
        "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "invalid_attachments",
    ]
)  # fmt: skip
"""Refused for how it looks or how much it is: with less in it, it may be taken."""

WHAT_TO_DO = {
    "channel_not_found": "create the channel, or invite the app if it is private",
    "not_in_channel": "invite the app to the channel",
    "is_archived": "unarchive the channel",
    "missing_scope": "install the app again with the scopes of docs/slack-app-manifest.yaml",
    "invalid_auth": "set TOCSIN_SLACK_TOKEN",
    "not_authed": "set TOCSIN_SLACK_TOKEN",
    "account_inactive": "set TOCSIN_SLACK_TOKEN",
    "token_revoked": "set TOCSIN_SLACK_TOKEN",
    "token_expired": "set TOCSIN_SLACK_TOKEN",
}

# At DEBUG it logs every text that is sent, and every answer.
logging.getLogger("slack_sdk").setLevel(logging.WARNING)


def channel_link(api_url: str, channel: str) -> str:
    """Opens it in whatever client its reader has: https://docs.slack.dev/interactivity/deep-linking"""
    return f"{api_url.partition('/api/')[0]}/app_redirect?channel={channel}"


A = TypeVar("A", bound=SlackAnswer)
P = TypeVar("P", bound=AnswerPage)
Call = Awaitable[AsyncSlackResponse]


class SlackRefused(Rejected):
    """Slack said no, and `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack says {code}" + (f": {WHAT_TO_DO[code]}" if code in WHAT_TO_DO else ""))
        self.code = code
        self.about_the_message = code in ABOUT_THE_MESSAGE


class SlackApi:
    """Connections are kept for a quarter of a minute: nothing between here and Slack forgets one that soon. One that is
    gone all the same costs an attempt; nobody sends again by themselves."""

    def __init__(self, token: str, url: str) -> None:
        # By default the client sends again after a connection reset: two messages from one call.
        self._web = AsyncWebClient(token, base_url=url, timeout=SLACK_TIMEOUT_S, retry_handlers=[])
        self._token = token

    @property
    def web(self) -> AsyncWebClient:
        if self._web.session is None:  # only where a loop runs
            self._web.session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT_S),
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_S),
            )
        return self._web

    async def close(self) -> None:
        if self._web.session is not None:
            await self._web.session.close()
            self._web.session = None

    async def ask(self, call: Call, answer: type[A]) -> A:
        """Makes the call and reads its answer. Raises Unavailable or Rejected; the token appears in neither."""
        try:
            return answer.model_validate((await call).data)
        except SlackApiError as error:
            raise self._meaning(error.response) from None
        except (ValidationError, AttributeError, UnicodeDecodeError, RecursionError):
            # The client takes whatever is JSON, or plain text, for an object.
            raise Unavailable("Slack's answer was not understood") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(f"Slack could not be reached: {type(error).__name__}") from None

    def messages(self, channel: str, thread: str | None, since: float) -> AsyncIterator[SlackMessage]:
        """What was said in a channel, newest first, or in one of its threads, oldest first. `since`: Unix time."""
        oldest = f"{since:.6f}"

        def call(cursor: str) -> Call:
            if thread is None:
                return self.web.conversations_history(
                    channel=channel, oldest=oldest, cursor=cursor, limit=ANSWER_PAGE_SIZE, include_all_metadata=True
                )
            return self.web.conversations_replies(
                channel=channel,
                ts=thread,
                oldest=oldest,
                cursor=cursor,
                limit=ANSWER_PAGE_SIZE,
                include_all_metadata=True,
            )

        return self._listed(call, Messages, lambda page: page.messages)

    def channels(self) -> AsyncIterator[SlackChannel]:
        """Archived ones too, as they keep their names; private ones only where the app is a member."""

        def call(cursor: str) -> Call:
            return self.web.conversations_list(
                cursor=cursor, limit=ANSWER_PAGE_SIZE, types="public_channel,private_channel"
            )

        return self._listed(call, Channels, lambda page: page.channels)

    async def _listed(
        self, call: Callable[[str], Call], page: type[P], items: Callable[[P], tuple[A, ...]]
    ) -> AsyncIterator[A]:
        cursor = ""
        for _ in range(MOST_ANSWER_PAGES):
            answer = await self.ask(call(cursor), page)
            for item in items(answer):
                yield item
            cursor = answer.response_metadata.next_cursor
            if not cursor:
                return

    def _meaning(self, response: object) -> Unavailable | Rejected:
        """By the status first: a 503 in HTML has no `error`, and broken JSON does not even come as a response."""
        if not isinstance(response, AsyncSlackResponse):
            return Unavailable("Slack's answer was not understood")
        status, wait = response.status_code, response.headers.get("Retry-After")
        said = response.data.get("error") if isinstance(response.data, dict) else None
        code = quote(str(said), [self._token]) if said else None
        if code in RETRIED_ERRORS:
            return vendor_error(f"Slack says {code}", 429, wait)
        if status == 200 and code:
            return SlackRefused(code)
        return vendor_error(f"Slack answered {status}" + (f": {code}" if code else ""), status, wait)
