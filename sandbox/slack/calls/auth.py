"""auth.test: https://docs.slack.dev/reference/methods/auth.test"""

from sandbox.slack.calls.base import SlackCall
from sandbox.slack.people import BOT, BOT_USER, TEAM
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer


class AuthTest(SlackCall):
    def answer(self, _workspace: Workspace, /) -> Answer:
        names = {"url": "https://sandbox.slack.com/", "team": "Sandbox", "user": "tocsin"}
        return {**names, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}
