"""Does Slack work? Asked at the start and each minute, so that it is known before somebody presses."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from activities.errors import Rejected, Unavailable
from activities.slack_answers import SlackAnswer
from activities.slack_api import SlackApi
from chat.scopes import GRANTED_HEADER, INSTALL_AGAIN, missing_scopes
from starter.background import BackgroundLoops

LOOK_AT_SLACK_EVERY_S: Final = 60.0
TEAM_WITHIN_S: Final = 1.0

log = structlog.get_logger()


class BotIdentity(SlackAnswer):
    team_id: str = ""
    team: str = ""
    user_id: str = ""


@dataclass
class AskedIdentity:
    """A question of which the headers say more than the answer."""

    api: SlackApi
    headers: Mapping[str, str] = field(default_factory=dict)

    async def answer(self) -> AsyncSlackResponse:
        answered = await self.api.web.auth_test()
        self.headers = answered.headers
        return answered


def _scopes_missing(headers: Mapping[str, str]) -> str:
    """Where Slack does not say which there are, nothing is known to be missing."""
    missing = missing_scopes(headers) if GRANTED_HEADER in headers else []
    return f"Slack: the app has no scope {', '.join(missing)}: {INSTALL_AGAIN}" if missing else ""


class Health:
    """`team`: of the settings. `closed`: why presses do not arrive at all, as the settings are."""

    def __init__(self, api: SlackApi, team: str | None, closed: str = "", wrong: Sequence[str] = ()) -> None:
        self._api = api
        self._team = team or ""
        self._bot = ""
        self._always = (*([closed] if closed else []), *wrong)
        self._problem = ""
        self.socket_problem = ""
        """Why Socket Mode brings nothing now."""
        self.beside = BackgroundLoops({})
        """What runs for as long as Slack is connected."""

    async def team(self) -> str:
        """Of our workspace; empty: nobody can say now."""
        if not self._team:
            try:
                async with asyncio.timeout(TEAM_WITHIN_S):
                    await self.look()
            except TimeoutError:
                return ""
        return self._team

    def is_us(self, user: str) -> bool:
        """As far as Slack has said who we are there."""
        return bool(user) and user == self._bot

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_AT_SLACK_EVERY_S)

    async def look(self) -> None:
        before = self._problem
        asked = AskedIdentity(self._api)
        try:
            found = await self._api.ask(asked.answer(), BotIdentity)
        except (Unavailable, Rejected) as error:
            self._problem = f"Slack: {error}"
        else:
            self._team, self._bot = self._team or found.team_id, found.user_id
            self._problem = self._wrong_team(found) or _scopes_missing(asked.headers)
        if self._problem != before:
            log.warning("Slack stands otherwise", problem=self._problem or "none")

    def _wrong_team(self, found: BotIdentity) -> str:
        if found.team_id == self._team:
            return ""
        return f"Slack: TOCSIN_SLACK_TOKEN is of the workspace {found.team_id}, not of {self._team}"

    def problems(self) -> Sequence[str]:
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        yield from self._always
        if self._problem:
            yield self._problem
        if self.socket_problem:
            yield f"Slack, Socket Mode: {self.socket_problem}"
        yield from (f"Slack: {problem}" for problem in self.beside.problems())
