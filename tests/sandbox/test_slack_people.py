"""Who is in Slack and in which channel, as its own client meets them."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.app import create_app
from sandbox.serve import serving
from tests.sandbox.slack_hands import SlackHands
from tests.sandbox_server import SandboxServer


async def private_channel(slack: AsyncWebClient) -> str:
    channel: str = (await slack.conversations_create(name="inc-7", is_private=True))["channel"]["id"]
    return channel


async def test_somebody_is_found_by_address_and_by_id(slack: AsyncWebClient) -> None:
    found = (await slack.users_lookupByEmail(email="vera.steersman@sandbox.example"))["user"]
    assert (found["id"], found["real_name"]) == ("U0VERA", "Vera Steersman")
    assert (await slack.users_info(user="U0VERA"))["user"]["profile"]["email"] == "vera.steersman@sandbox.example"


async def test_nobody_is_found_by_an_address_that_nobody_has(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="users_not_found"):
        await slack.users_lookupByEmail(email="nobody@sandbox.example")


async def test_addresses_are_told_only_with_their_scope(slack: AsyncWebClient, hands: SlackHands) -> None:
    await hands.set_up(scopes=["users:read"])
    members = (await slack.users_list())["members"]
    assert not any("email" in each["profile"] for each in members)
    with pytest.raises(SlackApiError) as caught:
        await slack.users_lookupByEmail(email="vera.steersman@sandbox.example")
    assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "users:read.email")


async def test_it_says_which_scopes_the_token_has(sandbox: SandboxServer, hands: SlackHands) -> None:
    await hands.set_up(scopes=["chat:write", "commands"])
    answer = await sandbox.client.post(f"{sandbox.slack_url}auth.test", headers={"Authorization": "Bearer xoxb-test"})
    assert answer.headers["x-oauth-scopes"] == "chat:write,commands"


async def test_whoever_is_invited_is_in_the_channel(slack: AsyncWebClient) -> None:
    channel = await private_channel(slack)
    await slack.conversations_invite(channel=channel, users=["U0VERA", "U0ALICE"])
    assert (await slack.conversations_members(channel=channel))["members"] == ["U0TOCSIN", "U0VERA", "U0ALICE"]


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("U0TOCSIN", "cant_invite_self"),
        ("U0VERA", "already_in_channel"),
        ("U0NOBODY", "user_not_found"),
        ("U0GUEST", "user_is_restricted"),
        ("U0GONE", "cant_invite"),
        ("U0ALICE,U0GUEST", "user_is_restricted"),
    ],
)
async def test_an_invitation_that_slack_refuses(
    slack: AsyncWebClient, hands: SlackHands, users: str, error: str
) -> None:
    await hands.add_member("U0GUEST", "A Guest", restricted=True)
    await hands.add_member("U0GONE", "Has Left", deactivated=True)
    channel = await private_channel(slack)
    await slack.conversations_invite(channel=channel, users="U0VERA")
    with pytest.raises(SlackApiError) as caught:
        await slack.conversations_invite(channel=channel, users=users)
    assert caught.value.response["error"] == error
    assert (await slack.conversations_members(channel=channel))["members"] == ["U0TOCSIN", "U0VERA"]


async def test_with_force_those_who_can_come_come(slack: AsyncWebClient) -> None:
    channel = await private_channel(slack)
    await slack.conversations_invite(channel=channel, users="U0TOCSIN,U0ALICE", force=True)
    assert (await slack.conversations_members(channel=channel))["members"] == ["U0TOCSIN", "U0ALICE"]


async def test_a_channel_that_the_app_is_not_in(
    slack: AsyncWebClient, sandbox: SandboxServer, hands: SlackHands
) -> None:
    created = await sandbox.control("POST", "channels", json={"name": "ops", "with_app": False})
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await slack.conversations_history(channel=created["id"])
    await slack.chat_postMessage(channel="#ops", text="from outside, with chat:write.public")
    await hands.set_up(scopes=["chat:write", "channels:join", "channels:history"])
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await slack.chat_postMessage(channel="#ops", text="without it")
    assert "warning" not in (await slack.conversations_join(channel=created["id"])).data
    assert len((await slack.conversations_history(channel=created["id"]))["messages"]) == 1


async def test_a_direct_message_is_the_same_conversation_each_time(slack: AsyncWebClient) -> None:
    first = await slack.conversations_open(users="U0VERA")
    again = await slack.conversations_open(users="U0VERA")
    assert (first["channel"]["id"][0], first["already_open"], again["already_open"]) == ("D", False, True)
    posted = await slack.chat_postMessage(channel="U0VERA", text="you are on call")
    assert posted["channel"] == first["channel"]["id"] == again["channel"]["id"]
    assert first["channel"]["id"] not in [each["id"] for each in (await slack.conversations_list())["channels"]]


async def test_a_user_groups_people_are_replaced_and_never_none(slack: AsyncWebClient) -> None:
    group = (await slack.usergroups_create(name="On call", handle="oncall"))["usergroup"]["id"]
    await slack.usergroups_users_update(usergroup=group, users=["U0VERA", "U0ALICE"])
    await slack.usergroups_users_update(usergroup=group, users=["U0ALICE"])
    assert (await slack.usergroups_users_list(usergroup=group))["users"] == ["U0ALICE"]
    for users, error in (("", "no_users_provided"), ("U0NOBODY", "invalid_users")):
        with pytest.raises(SlackApiError, match=error):
            await slack.usergroups_users_update(usergroup=group, users=users)
    await slack.usergroups_disable(usergroup=group)
    assert (await slack.usergroups_list())["usergroups"] == []


async def test_groups_of_the_first_day_are_there_empty_and_a_reset_brings_them_back() -> None:
    async with serving(create_app(user_groups=["on-call"])) as url, httpx.AsyncClient(trust_env=False) as client:
        slack = AsyncWebClient("xoxb-test", base_url=f"{url}/slack/api/")
        for _ in range(2):
            [group] = (await slack.usergroups_list())["usergroups"]
            assert (group["handle"], group["users"]) == ("on-call", [])
            await slack.usergroups_users_update(usergroup=group["id"], users=["U0VERA"])
            await client.post(f"{url}/control/reset")


async def test_only_its_person_sees_an_ephemeral_message(
    slack: AsyncWebClient, sandbox: SandboxServer, hands: SlackHands
) -> None:
    channel = (await slack.conversations_list())["channels"][0]["id"]
    await slack.chat_postEphemeral(channel=channel, user="U0VERA", text="only you")
    [shown] = (await sandbox.state())["channels"]
    assert ([each["text"] for each in shown["ephemerals"]], shown["messages"]) == (["only you"], [])
    await hands.add_member("U0LATE", "Came Later")
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await slack.chat_postEphemeral(channel=channel, user="U0LATE", text="?")


async def test_the_app_changes_only_its_own_messages(slack: AsyncWebClient, hands: SlackHands) -> None:
    ts = await hands.say("incidents", "I said that")
    channel = (await slack.conversations_list())["channels"][0]["id"]
    with pytest.raises(SlackApiError, match="cant_update_message"):
        await slack.chat_update(channel=channel, ts=ts, text="no")
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await slack.chat_delete(channel=channel, ts=ts)
    [shown] = (await slack.conversations_history(channel=channel, latest=ts, inclusive=True, limit=1))["messages"]
    assert (shown["text"], shown["user"], "bot_id" in shown) == ("I said that", "U0ALICE", False)


@pytest.mark.parametrize("path", ["press", "submit", "command"])
async def test_hands_of_nobody_do_nothing(sandbox: SandboxServer, path: str) -> None:
    more = {"press": {"channel": "incidents", "ts": "1", "action_id": "a"}, "command": {"channel": "incidents"}}
    body = {"by": "Nobody", **more.get(path, {})}
    answer = await sandbox.client.post(f"{sandbox.url}/control/slack/{path}", json=body)
    assert answer.status_code == httpx.codes.NOT_FOUND
