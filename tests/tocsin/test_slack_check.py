"""`up` says at its start what is wrong with Slack."""

import pytest
from pydantic import SecretStr

from chat.scopes import NEEDED_SCOPES
from settings import Settings
from starter.runbooks.library import Library
from tests.sandbox.slack_hands import SlackHands
from tests.sandbox_server import running_sandbox
from tests.starter.conftest import library, settings
from tocsin.up.slack_check import slack_troubles

__all__ = ["library", "settings"]


async def troubles(settings: Settings, library: Library, url: str, within_s: float = 600) -> list[str]:
    fields = {"slack_token": SecretStr("xoxb-1"), "slack_url": url, "slack_users": {"on-call": "U0ALICE"}}
    given = settings.model_copy(update={**fields, "slack_app_token": SecretStr("xapp-1")})
    return await slack_troubles(given, library.runbooks.values(), within_s)


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_a_token_that_slack_does_not_take(settings: Settings, library: Library, error: str) -> None:
    async with running_sandbox() as sandbox:
        await sandbox.fault(vendor="slack", method="auth.test", error=error)
        (line,) = await troubles(settings, library, sandbox.slack_url)
    assert line.startswith(f"Slack, token: Slack says {error}: set TOCSIN_SLACK_TOKEN")


async def test_a_scope_that_is_missing(settings: Settings, library: Library) -> None:
    async with running_sandbox() as sandbox:
        await SlackHands(sandbox).set_up(scopes=sorted(NEEDED_SCOPES - {"groups:write"}))
        (line,) = await troubles(settings, library, sandbox.slack_url)
    assert line.startswith("Slack, scopes: missing: groups:write (compare with docs/slack-app-manifest.yaml")


async def test_one_that_does_not_answer_holds_nobody_up(settings: Settings, library: Library) -> None:
    async with running_sandbox() as sandbox:
        await sandbox.fault(vendor="slack", method="auth.test", delay_s=60)
        found = await troubles(settings, library, sandbox.slack_url, within_s=0.1)
    assert found == ["Slack does not answer in time: look with `tocsin doctor slack`"]


async def test_where_all_is_well_or_nothing_is_connected_nothing_is_said(settings: Settings, library: Library) -> None:
    assert await slack_troubles(settings, library.runbooks.values()) == []
    async with running_sandbox() as sandbox:
        assert await troubles(settings, library, sandbox.slack_url) == []
