"""Slack's rules, as its own client meets them."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox_server import SandboxServer


async def test_it_knows_who_calls(slack: AsyncWebClient) -> None:
    assert (await slack.auth_test())["user"] == "tocsin"


@pytest.mark.parametrize(
    ("token", "error"), [("xoxb-revoked", "invalid_auth"), ("xoxp-user", "invalid_auth"), ("", "not_authed")]
)
async def test_a_token_that_is_no_good_is_refused(sandbox: SandboxServer, token: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        await AsyncWebClient(token=token, base_url=sandbox.slack_url, retry_handlers=[]).auth_test()


async def test_an_unknown_method_is_refused(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="unknown_method"):
        await slack.api_call("chat.shout")


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("incidents", "name_taken"),
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("Upper", "invalid_name_specials"),
        ("with space", "invalid_name_specials"),
    ],
)
async def test_a_channel_name_that_slack_refuses(slack: AsyncWebClient, name: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        await slack.conversations_create(name=name)


async def test_a_new_channel_can_be_looked_at_joined_and_given_a_topic(slack: AsyncWebClient) -> None:
    channel = (await slack.conversations_create(name="inc-7", is_private=True))["channel"]["id"]
    await slack.conversations_join(channel=channel)
    await slack.conversations_setTopic(channel=channel, topic="checkout is down")
    shown = (await slack.conversations_info(channel=channel))["channel"]
    assert (shown["name"], shown["is_private"], shown["topic"]["value"]) == ("inc-7", True, "checkout is down")


async def test_the_list_of_channels_comes_in_pages(slack: AsyncWebClient) -> None:
    for number in range(4):
        await slack.conversations_create(name=f"inc-{number}")
    first = await slack.conversations_list(limit=3, exclude_archived=True, types="public_channel,private_channel")
    second = await slack.conversations_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
    names = [channel["name"] for page in (first, second) for channel in page["channels"]]
    assert names == ["incidents", "inc-0", "inc-1", "inc-2", "inc-3"]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_private_channels_are_listed_only_when_asked_for(slack: AsyncWebClient) -> None:
    await slack.conversations_create(name="inc-secret", is_private=True)
    assert [c["name"] for c in (await slack.conversations_list())["channels"]] == ["incidents"]
    assert [c["name"] for c in (await slack.conversations_list(types="private_channel"))["channels"]] == ["inc-secret"]


@pytest.mark.parametrize("method", ["chat_postMessage", "conversations_history"])
async def test_a_channel_that_does_not_exist_is_not_found(slack: AsyncWebClient, method: str) -> None:
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await getattr(slack, method)(channel="#nowhere", **({"text": "?"} if method == "chat_postMessage" else {}))


async def test_only_posting_takes_a_channel_by_name(slack: AsyncWebClient) -> None:
    await slack.chat_postMessage(channel="#incidents", text="hello")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await slack.conversations_history(channel="#incidents")


async def test_a_reply_is_seen_in_its_thread_only(slack: AsyncWebClient, sandbox: SandboxServer) -> None:
    posted = await slack.chat_postMessage(channel="#incidents", text="down")
    channel, ts = posted["channel"], posted["ts"]
    await slack.chat_postMessage(channel=channel, text="looking", thread_ts=ts)
    history = (await slack.conversations_history(channel=channel))["messages"]
    assert [(m["text"], m["reply_count"]) for m in history] == [("down", 1)]
    replies = (await slack.conversations_replies(channel=channel, ts=ts))["messages"]
    assert [m["text"] for m in replies] == ["down", "looking"]


async def test_a_broadcast_reply_is_seen_in_the_channel_too(slack: AsyncWebClient) -> None:
    posted = await slack.chat_postMessage(channel="#incidents", text="down")
    await slack.chat_postMessage(channel="#incidents", text="fixed", thread_ts=posted["ts"], reply_broadcast=True)
    history = (await slack.conversations_history(channel=posted["channel"]))["messages"]
    assert [m["text"] for m in history] == ["fixed", "down"]


async def test_a_reply_to_a_thread_that_is_not_there_is_taken_and_shown_to_nobody(slack: AsyncWebClient) -> None:
    gone = "1700000000.000001"
    channel = (await slack.chat_postMessage(channel="#incidents", text="lost", thread_ts=gone))["channel"]
    assert (await slack.conversations_history(channel=channel))["messages"] == []
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await slack.conversations_replies(channel=channel, ts=gone)


async def test_history_after_a_moment_newest_first_in_pages(slack: AsyncWebClient) -> None:
    posts = [await slack.chat_postMessage(channel="#incidents", text=str(number)) for number in range(5)]
    since = {"channel": posts[0]["channel"], "oldest": posts[0]["ts"], "limit": 3}
    first = await slack.conversations_history(**since)
    second = await slack.conversations_history(**since, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in first["messages"]] == ["4", "3", "2"]
    assert ([m["text"] for m in second["messages"]], second["has_more"]) == (["1"], False)


async def test_metadata_comes_back_only_when_asked_for(slack: AsyncWebClient) -> None:
    metadata = {"event_type": "tocsin", "event_payload": {"op": "update/1"}}
    channel = (await slack.chat_postMessage(channel="#incidents", text="x", metadata=metadata))["channel"]
    [asked] = (await slack.conversations_history(channel=channel, include_all_metadata=True))["messages"]
    [unasked] = (await slack.conversations_history(channel=channel))["messages"]
    assert (asked["metadata"], "metadata" in unasked) == (metadata, False)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
        ({"text": "x", "metadata": {"event_type": "no payload"}}, "invalid_metadata_format"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3001}}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 2900}}] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": ["no object"]}, "invalid_blocks_format"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
async def test_a_message_that_slack_refuses(slack: AsyncWebClient, message: dict[str, object], error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await slack.api_call("chat.postMessage", json={"channel": "#incidents", **message})
    assert caught.value.response["error"] == error


async def test_a_very_long_text_is_cut_with_a_warning(slack: AsyncWebClient, sandbox: SandboxServer) -> None:
    posted = await slack.chat_postMessage(channel="#incidents", text="a" * 40_001)
    assert posted["warning"] == "message_truncated"
    assert len((await sandbox.state())["channels"][0]["messages"][0]["text"]) == 40_000


async def test_an_update_changes_the_message_in_place(slack: AsyncWebClient, sandbox: SandboxServer) -> None:
    posted = await slack.chat_postMessage(channel="#incidents", text="sev2")
    await slack.chat_update(channel=posted["channel"], ts=posted["ts"], text="sev1")
    [message] = (await sandbox.state())["channels"][0]["messages"]
    assert (message["text"], message["edited"]) == ("sev1", True)
    with pytest.raises(SlackApiError, match="message_not_found"):
        await slack.chat_update(channel=posted["channel"], ts="1700000000.000001", text="?")


async def test_a_second_pin_is_already_there(slack: AsyncWebClient, sandbox: SandboxServer) -> None:
    posted = await slack.chat_postMessage(channel="#incidents", text="summary")
    await slack.pins_add(channel=posted["channel"], timestamp=posted["ts"])
    with pytest.raises(SlackApiError, match="already_pinned"):
        await slack.pins_add(channel=posted["channel"], timestamp=posted["ts"])
    assert (await sandbox.state())["channels"][0]["pins"] == [posted["ts"]]


@pytest.mark.parametrize("how", ["json", "data", "params"])
async def test_arguments_may_come_as_json_form_or_query(sandbox: SandboxServer, how: str) -> None:
    blocks: object = [{"type": "divider"}] if how == "json" else '[{"type": "divider"}]'
    arguments = {how: {"channel": "#incidents", "text": how, "blocks": blocks}}
    headers = {"Authorization": "Bearer xoxb-test"}
    answer = await sandbox.client.post(f"{sandbox.slack_url}chat.postMessage", headers=headers, **arguments)  # type: ignore[arg-type]  # httpx's own three
    assert (answer.status_code, answer.json()["ok"]) == (httpx.codes.OK, True)
    [message] = (await sandbox.state())["channels"][0]["messages"]
    assert (message["text"], message["blocks"]) == (how, [{"type": "divider"}])


async def test_an_argument_that_makes_no_sense_is_named(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await slack.api_call("conversations.list", params={"limit": "many"})
    assert caught.value.response["error"] == "invalid_arguments"
    assert "limit" in caught.value.response["response_metadata"]["messages"][0]
