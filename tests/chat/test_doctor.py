"""What `tocsin doctor slack` looks at, and what it says to do."""

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from chat.doctor import Examined, examine
from chat.scopes import NEEDED_SCOPES
from settings import Settings
from starter.runbooks.library import Library
from tests.docs.test_slack_manifest import manifest
from tests.policy.builders import runbook, severity, tier
from tests.sandbox.slack_hands import SlackHands
from tests.sandbox_server import running_sandbox


async def examined(settings: Settings, library: Library, **fields: object) -> dict[str, Examined]:
    chosen = settings.model_copy(update={"slack_token": SecretStr("xoxb-1"), **fields})
    return {each.what: each async for each in examine(chosen, library.runbooks.values())}


def test_the_scopes_are_those_of_the_manifest() -> None:
    assert sorted(NEEDED_SCOPES) == manifest().oauth_config.scopes.bot


async def test_what_is_set_up_well_is_said_so(settings: Settings, library: Library) -> None:
    async with running_sandbox() as sandbox:
        fields = {"slack_url": sandbox.slack_url, "slack_app_token": SecretStr("xapp-1")}
        found = await examined(settings, library, **fields, slack_users={"on-call": "U0ALICE"})
    assert {name: each.well for name, each in found.items()} == dict.fromkeys(
        ("token", "scopes", "way in", "channels", "on-call"), True
    )


async def test_each_thing_that_is_wrong_has_its_remedy(settings: Settings, library: Library) -> None:
    async with running_sandbox("other") as sandbox:
        await SlackHands(sandbox).set_up(scopes=sorted(NEEDED_SCOPES - {"reactions:read"}))
        found = await examined(settings, library, slack_url=sandbox.slack_url, slack_users={"on-call": "U0NOBODY"})
    assert "reactions:read" in found["scopes"].said
    assert "TOCSIN_SLACK_APP_TOKEN" in found["way in"].remedy
    assert "#incidents" in found["channels"].said
    assert "U0NOBODY" in found["on-call"].remedy
    assert [name for name, each in found.items() if not each.well and not each.remedy] == []


BY_TURNS = {"rota": ["ann"], "from": "2026-11-23"}


async def test_a_user_group_that_is_not_there_is_said_before_the_first_hand_over(settings: Settings) -> None:
    on_call = {"name": "On-call", "on_call": {**BY_TURNS, "user_group": "@on-call"}}
    second = {"name": "Second", "on_call": {**BY_TURNS, "user_group": "second"}}
    people = {"on-call": on_call, "second": second, "ann": {"name": "Ann"}}
    book = runbook(severity(tier("on-call")), people=people, roles={})
    async with running_sandbox() as sandbox:
        slack = AsyncWebClient("xoxb-1", base_url=sandbox.slack_url)
        await slack.usergroups_create(name="On call", handle="on-call")
        chosen = settings.model_copy(update={"slack_token": SecretStr("xoxb-1"), "slack_url": sandbox.slack_url})
        found = {each.what: each async for each in examine(chosen, [book])}
    assert found["@on-call"].well
    assert not found["@second"].well
    assert "Slack has no user group second" in found["@second"].said
    assert "create it" in found["@second"].remedy


async def test_a_revoked_token_ends_the_examination(settings: Settings, library: Library) -> None:
    async with running_sandbox() as sandbox:
        found = await examined(settings, library, slack_url=sandbox.slack_url, slack_token=SecretStr("xoxb-revoked"))
    assert set(found) == {"token"}
    assert "invalid_auth" in found["token"].said
