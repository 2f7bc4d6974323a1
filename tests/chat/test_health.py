"""It is known before somebody presses that Slack does not work."""

import pytest

from activities.slack_api import SlackApi
from chat.health import Health
from chat.scopes import NEEDED_SCOPES
from tests.sandbox.slack_hands import SlackHands
from tests.sandbox_server import running_sandbox


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
