"""A gateway that Slack calls, in front of an installation that runs; and Slack's side of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from chat.connecting import connected
from chat.slack_chat import SlackChat
from chat.waits import AS_SLACK_WAITS
from settings import Settings
from starter.gateway import admission
from starter.gateway.app import create_app
from starter.gateway.routes import slack as slack_route
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.chat.slack_side import ANN, SECRET, SlackSide, slack_side
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import installation, working
from tests.starter.conftest import away, book, client, library, settings, worker

__all__ = ["away", "book", "client", "installation", "library", "settings", "worker", "working"]
PATIENT = AS_SLACK_WAITS.stretched(20)
"""How long Slack waits is no test's business on a slow machine."""


@pytest.fixture(autouse=True)
def _slack_has_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor how long a gateway takes for all of an answer."""
    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", HANGS_AFTER_S)
    monkeypatch.setattr(slack_route, "SOURCE", replace(slack_route.SOURCE, answer_within_s=HANGS_AFTER_S))


def of_slack(settings: Settings, side: SlackSide, **more: object) -> Settings:
    fields = {
        "slack_token": SecretStr("xoxb-1"),
        "slack_url": side.api_url,
        "slack_signing_secret": (SecretStr(SECRET),),
        "slack_users": {"on-call": ANN},
    }
    return settings.model_copy(update={**fields, **more})


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor how long the gateway does."""
    monkeypatch.setattr(admission, "ANSWER_WITHIN_S", HANGS_AFTER_S)
    monkeypatch.setattr(slack_route, "SOURCE", replace(slack_route.SOURCE, answer_within_s=HANGS_AFTER_S))


@pytest.fixture
def incidents(client: Client) -> Incidents:
    return Incidents(client, patience=timedelta(seconds=HANGS_AFTER_S / 2))


@pytest_asyncio.fixture
async def side() -> AsyncIterator[SlackSide]:
    async with slack_side() as there:
        yield there


class Door:
    """Requests to a gateway, as Slack sends them."""

    def __init__(self, http: httpx.AsyncClient, chat: SlackChat) -> None:
        self.http, self.chat = http, chat

    async def send(self, sent: tuple[bytes, dict[str, str]]) -> httpx.Response:
        body, headers = sent
        return await self.http.post("/webhooks/slack", content=body, headers=headers)


async def door(settings: Settings, library: Library, incidents: Incidents) -> AsyncIterator[Door]:
    async with connected(settings, incidents, PATIENT) as chat:
        assert chat is not None
        app = create_app(settings, library, incidents, chat=chat)
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 123))
        async with httpx.AsyncClient(transport=transport, base_url="https://tocsin.example") as http:
            yield Door(http, chat)


@pytest_asyncio.fixture
async def slack(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: Client
) -> AsyncIterator[Door]:
    async for each in door(of_slack(settings, side), library, incidents):
        yield each
