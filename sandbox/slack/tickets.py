"""What a press gives the app for a while: a trigger for one modal, and an address for five answers."""

from dataclasses import dataclass
from http import HTTPStatus

from sandbox.ids import new_id
from sandbox.slack.clock import SlackClock
from sandbox.slack.errors import slack_error
from sandbox.vendor_error import VendorError

TRIGGER_LIVES_S = 3.0
"""https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses"""
URL_LIVES_S = 30 * 60.0
MOST_ANSWERS = 5
"""https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""


@dataclass
class _Trigger:
    user: str
    issued_at: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an answer may go. `ts`: of the message that was pressed, `ephemeral` if only the presser sees it."""

    channel: str
    user: str
    ts: str | None
    ephemeral: bool
    issued_at: float
    uses: int = 0


class PressTickets:
    """`patience` stretches how long a trigger lives: nobody is at fault for a slow machine."""

    def __init__(self, clock: SlackClock) -> None:
        self._clock = clock
        self.patience = 1.0
        self._triggers: dict[str, _Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def reset(self) -> None:
        self._triggers.clear()
        self._urls.clear()

    def new_trigger(self, user: str) -> str:
        trigger_id = f"{new_id()}.{new_id()}.{new_id().lower()}"
        self._triggers[trigger_id] = _Trigger(user, self._clock.now())
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """The user who pressed. A trigger opens one modal."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise slack_error("invalid_trigger_id")
        if self._clock.now() - trigger.issued_at > TRIGGER_LIVES_S * self.patience:
            raise slack_error("expired_trigger_id")
        if trigger.used:
            raise slack_error("exchanged_trigger_id")
        trigger.used = True
        return trigger.user

    def new_url(self, channel: str, user: str, ts: str | None = None, ephemeral: bool = False) -> str:
        """The end of the address."""
        ticket = new_id()
        self._urls[ticket] = ResponseUrl(channel, user, ts, ephemeral, self._clock.now())
        return ticket

    def use_url(self, ticket: str) -> ResponseUrl:
        url = self._urls.get(ticket)
        if url is None or self._clock.now() - url.issued_at > URL_LIVES_S:
            raise _gone("expired_url")
        if url.uses == MOST_ANSWERS:
            raise _gone("used_url")
        url.uses += 1
        return url


def _gone(error: str) -> VendorError:
    return VendorError(HTTPStatus.NOT_FOUND, {"ok": False, "error": error})
