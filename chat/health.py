"""Does Slack work? Asked at the start and each minute, so that it is known before somebody presses."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from activities.errors import Rejected, Unavailable
from activities.slack_answers import SlackAnswer
from activities.slack_api import SlackApi

LOOK_AT_SLACK_EVERY_S: Final = 60.0
TEAM_WITHIN_S: Final = 1.0

log = structlog.get_logger()


class BotIdentity(SlackAnswer):
    team_id: str = ""
    team: str = ""
    user_id: str = ""


class Health:
    """`team`: of the settings. `closed`: why presses do not arrive at all, as the settings are."""

    def __init__(self, api: SlackApi, team: str | None, closed: str = "", wrong: Sequence[str] = ()) -> None:
        self._api = api
        self._team = team or ""
        self._always = (*([closed] if closed else []), *wrong)
        self._problem = ""
        self.socket_problem = ""
        """Why Socket Mode brings nothing now."""

    async def team(self) -> str:
        """Of our workspace; empty: nobody can say now."""
        if not self._team:
            try:
                async with asyncio.timeout(TEAM_WITHIN_S):
                    await self.look()
            except TimeoutError:
                return ""
        return self._team

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_AT_SLACK_EVERY_S)

    async def look(self) -> None:
        before = self._problem
        try:
            found = await self._api.ask(self._api.web.auth_test(), BotIdentity)
        except (Unavailable, Rejected) as error:
            self._problem = f"Slack: {error}"
        else:
            self._team, self._problem = self._team or found.team_id, ""
            if found.team_id != self._team:
                self._problem = f"Slack: TOCSIN_SLACK_TOKEN is of the workspace {found.team_id}, not of {self._team}"
        if self._problem != before:
            log.warning("Slack stands otherwise", problem=self._problem or "none")

    def problems(self) -> Sequence[str]:
        return tuple(self._problems())

    def _problems(self) -> Iterator[str]:
        yield from self._always
        if self._problem:
            yield self._problem
        if self.socket_problem:
            yield f"Slack, Socket Mode: {self.socket_problem}"
