"""It is known before somebody presses that Slack does not work."""

from typing import Any

import pytest
from pydantic import SecretStr

from activities.slack_api import SlackApi
from chat.connecting import connected
from chat.health import Health
from chat.scopes import NEEDED_SCOPES
from chat.socket_mode import SocketMode
from settings import Settings
from starter.temporal.incidents import Incidents
from tests.chat.conftest import of_slack
from tests.chat.slack_side import SlackSide
from tests.sandbox.slack_hands import SlackHands, until
from tests.sandbox_server import running_sandbox
from tests.starter.test_background import ends_once


async def seen(url: str) -> list[str]:
    api = SlackApi("xoxb-1", url)
    health = Health(api, None)
    try:
        await health.look()
    finally:
        await api.close()
    return list(health.problems())


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_is_not_taken_is_a_problem_with_its_remedy(error: str) -> None:
    async with running_sandbox() as sandbox:
        await sandbox.fault(vendor="slack", method="auth.test", error=error)
        assert await seen(sandbox.slack_url) == [f"Slack: Slack says {error}: set TOCSIN_SLACK_TOKEN"]


async def test_so_is_a_scope_that_the_app_does_not_have() -> None:
    async with running_sandbox() as sandbox:
        assert await seen(sandbox.slack_url) == []
        await SlackHands(sandbox).set_up(scopes=sorted(NEEDED_SCOPES - {"groups:write", "pins:write"}))
        (problem,) = await seen(sandbox.slack_url)
    assert problem.startswith("Slack: the app has no scope groups:write, pins:write: compare with")


@pytest.mark.parametrize(
    ("kind", "name"), [(Health, "Slack: asking how Slack stands"), (SocketMode, "Slack: Socket Mode")]
)
async def test_what_runs_beside_and_is_ended_by_a_bug_is_named_and_begins_again(
    side: SlackSide,
    settings: Settings,
    incidents: Incidents,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Any],
    name: str,
) -> None:
    begun = ends_once(monkeypatch, kind)
    async with connected(of_slack(settings, side, slack_app_token=SecretStr("xapp-1")), incidents) as chat:
        assert chat is not None
        await until(lambda: len(begun) > 1)
        [problem] = [line for line in chat.problems() if line.startswith(name)]
    assert problem.startswith(f"{name}: was ended by a bug at 20")
    assert problem.endswith(", and began again: KeyError: 'a bug'")
