"""Slack: the channel, the topic, the messages, as they arrive in a workspace."""

from typing import Any

import pytest

from activities.errors import Rejected, Unavailable
from activities.slack import Slack
from tests.activities import sends
from tests.activities.sends import INCIDENT
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import SetTopic


async def channels(sandbox: SandboxServer) -> dict[str, dict[str, Any]]:
    return {channel["name"]: channel for channel in (await sandbox.state())["channels"]}


async def messages(sandbox: SandboxServer, channel: str = "incidents") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await channels(sandbox))[channel]["messages"]
    return found


async def posted(sandbox: SandboxServer) -> dict[str, Any]:
    """The last message as it went over the wire."""
    sent = [entry for entry in await sandbox.wire("slack") if entry["path"].endswith("chat.postMessage")]
    body: dict[str, Any] = sent[-1]["body"]
    return body


async def test_a_channel_is_opened_with_its_topic(slack: Slack, sandbox: SandboxServer) -> None:
    receipt = await slack.open_channel(sends.channel(text="SEV-1 <checkout>\nIC: nobody"))
    opened = (await channels(sandbox))[f"incident-{INCIDENT}"]
    assert opened["topic"] == "SEV-1 &lt;checkout&gt; IC: nobody"
    assert not opened["private"]
    assert receipt.reference == opened["id"]
    assert receipt.name == f"#{opened['name']}"


async def test_a_channel_and_a_declaration_say_how_people_get_there(slack: Slack, sandbox: SandboxServer) -> None:
    opened = await slack.open_channel(sends.channel())
    assert opened.link == f"{sandbox.url}/slack/app_redirect?channel={opened.reference}"
    posted = await slack.post(sends.post(), False)
    assert posted.reference is not None
    assert posted.link == f"{sandbox.url}/slack/app_redirect?channel={posted.reference.partition(':')[0]}"
    shown = await sandbox.client.get(opened.link)
    assert (shown.status_code, shown.headers["location"]) == (302, f"/#channel={opened.reference}")


async def test_a_private_channel_is_private(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.open_channel(sends.channel(private=True))
    assert (await channels(sandbox))[f"incident-{INCIDENT}"]["private"]


async def test_a_channel_whose_creation_was_not_confirmed_is_adopted(slack: Slack, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", method="conversations.create", drop="after", times=1)
    with pytest.raises(Unavailable):
        await slack.open_channel(sends.channel(private=True))
    receipt = await slack.open_channel(sends.channel(private=True))
    assert list(await channels(sandbox)) == ["incidents", f"incident-{INCIDENT}"]
    assert receipt.note == "adopted the existing channel"


async def test_a_channel_that_bears_the_incident_in_its_topic_is_adopted(slack: Slack, sandbox: SandboxServer) -> None:
    war_room = await sandbox.create_channel("war-room")
    await slack.set_topic(sends.send(SetTopic(channel=war_room), text=f"about {INCIDENT}"))
    assert (await slack.open_channel(sends.channel("war-room"))).reference == war_room


async def test_an_open_channel_is_not_adopted_for_what_is_private(slack: Slack, sandbox: SandboxServer) -> None:
    was_open = await slack.open_channel(sends.channel())
    private = await slack.open_channel(sends.channel(private=True))
    assert private.reference != was_open.reference
    assert private.name == f"#incident-{INCIDENT}-2"
    assert (await channels(sandbox))[f"incident-{INCIDENT}-2"]["private"]


async def test_somebody_elses_channel_is_left_alone(slack: Slack, sandbox: SandboxServer) -> None:
    for name in ("war-room", "war-room-2"):
        await sandbox.create_channel(name)
    receipt = await slack.open_channel(sends.channel("war-room"))
    assert receipt.reference == (await channels(sandbox))["war-room-3"]["id"]


async def test_a_name_of_full_length_makes_room_for_the_number(slack: Slack, sandbox: SandboxServer) -> None:
    await sandbox.create_channel("x" * 80)
    await slack.open_channel(sends.channel("x" * 80))
    assert "x" * 78 + "-2" in await channels(sandbox)


async def test_a_name_taken_three_times_is_rejected(slack: Slack, sandbox: SandboxServer) -> None:
    for name in ("war-room", "war-room-2", "war-room-3"):
        await sandbox.create_channel(name)
    with pytest.raises(Rejected, match="#war-room is taken"):
        await slack.open_channel(sends.channel("war-room"))


async def test_a_channel_without_a_topic_is_a_channel(slack: Slack, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", method="setTopic", error="missing_scope")
    receipt = await slack.open_channel(sends.channel())
    assert receipt.reference == (await channels(sandbox))[f"incident-{INCIDENT}"]["id"]
    assert receipt.note == (
        "topic not set: Slack says missing_scope: install the app again with the scopes of docs/slack-app-manifest.yaml"
    )


async def test_the_topic_of_a_channel_known_by_name_is_set_and_cut(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.set_topic(sends.send(SetTopic(channel="#incidents"), text="&" * 1000))
    topic = (await channels(sandbox))["incidents"]["topic"]
    assert topic == "&amp;" * 49 + "…"


async def test_a_message_goes_to_its_thread(slack: Slack, sandbox: SandboxServer) -> None:
    declared = await slack.post(sends.post(), may_have_been_sent=False)
    channel, _, ts = (declared.reference or "").partition(":")
    await slack.post(sends.post(channel, ts, text="in the thread"), may_have_been_sent=False)
    (parent,) = await messages(sandbox)
    assert [reply["text"] for reply in parent["replies"]] == ["in the thread"]


async def test_a_reply_that_was_not_confirmed_is_found_in_its_thread(slack: Slack, sandbox: SandboxServer) -> None:
    channel, _, ts = ((await slack.post(sends.post(), may_have_been_sent=False)).reference or "").partition(":")
    reply = sends.post(channel, ts, vendor_key="reply")
    await sandbox.fault(vendor="slack", method="chat.postMessage", drop="after", times=1)
    with pytest.raises(Unavailable):
        await slack.post(reply, may_have_been_sent=False)
    receipt = await slack.post(reply, may_have_been_sent=True)
    (parent,) = await messages(sandbox)
    assert [f"{channel}:{each['ts']}" for each in parent["replies"]] == [receipt.reference]


@pytest.mark.parametrize("in_thread", [False, True])
async def test_a_message_is_found_however_many_came_after_it(
    slack: Slack, sandbox: SandboxServer, in_thread: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.slack_api.ANSWER_PAGE_SIZE", 2)
    parent = (await slack.post(sends.post(vendor_key="parent"), may_have_been_sent=False)).reference or ""
    thread = parent.partition(":")[2] if in_thread else None
    sent = [await slack.post(sends.post(thread=thread, vendor_key=f"{n}"), may_have_been_sent=False) for n in range(5)]
    for n in (0, 4):
        assert (
            await slack.post(sends.post(thread=thread, vendor_key=f"{n}"), may_have_been_sent=True)
        ).reference == sent[n].reference


async def test_a_message_that_cannot_be_looked_for_is_posted_all_the_same(slack: Slack, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", method="conversations.history", error="not_in_channel")
    receipt = await slack.post(sends.post(), may_have_been_sent=True)
    assert len(await messages(sandbox)) == 1
    assert receipt.note == (
        "sent without looking for it first: Slack says not_in_channel: invite the app to the channel"
    )


async def test_only_people_whom_we_mention_are_pinged(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.post(
        sends.post(mention=("on-call", "vp-engineering"), text="<!channel> @here *now*"), may_have_been_sent=False
    )
    body = await posted(sandbox)
    (section,) = body["blocks"][0]["elements"]
    assert section["elements"] == [
        {"type": "user", "user_id": "U0ONCALL"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "vp-engineering "},
        {"type": "text", "text": "<!channel> @here *now*"},
    ]
    assert body["text"] == "on-call vp-engineering &lt;!channel&gt; @here *now*"
    assert not body["unfurl_links"]
    assert not body["unfurl_media"]
    assert not {"link_names", "parse"} & body.keys()


async def test_a_message_carries_its_key(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.post(sends.post(vendor_key="k7/declaration/1"), may_have_been_sent=False)
    assert (await posted(sandbox))["metadata"] == {"event_type": "tocsin", "event_payload": {"op": "k7/declaration/1"}}


async def test_a_message_without_words_says_the_subject(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.post(sends.post(text=" \x00", subject="SEV-1: checkout"), may_have_been_sent=False)
    assert (await posted(sandbox))["text"] == "SEV-1: checkout"


async def test_a_pinned_message_is_pinned_once_however_often_it_is_sent(slack: Slack, sandbox: SandboxServer) -> None:
    first = await slack.post(sends.post(pin=True), may_have_been_sent=False)
    again = await slack.post(sends.post(pin=True), may_have_been_sent=True)
    channel = (await channels(sandbox))["incidents"]
    assert [f"{channel['id']}:{ts}" for ts in channel["pins"]] == [first.reference] == [again.reference]
    assert again.note == "it was already there"


@pytest.mark.parametrize("fault", [{"error": "missing_scope"}, {"status": 503}, {"drop": "before"}])
async def test_a_message_that_cannot_be_pinned_is_a_message(
    slack: Slack, sandbox: SandboxServer, fault: dict[str, Any]
) -> None:
    await sandbox.fault(vendor="slack", method="pins.add", **fault)
    receipt = await slack.post(sends.post(pin=True), may_have_been_sent=False)
    assert len(await messages(sandbox)) == 1
    assert (receipt.note or "").startswith("not pinned: Slack ")


@pytest.mark.parametrize(
    "error", ["ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"]
)
async def test_what_slack_says_will_pass_is_unavailable(slack: Slack, sandbox: SandboxServer, error: str) -> None:
    await sandbox.fault(vendor="slack", error=error)
    with pytest.raises(Unavailable, match=error):
        await slack.post(sends.post(), may_have_been_sent=False)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("invalid_auth", "set TOCSIN_SLACK_TOKEN"),
        ("channel_not_found", "create the channel"),
        ("is_archived", "unarchive"),
        ("something_new", "something_new"),
    ],
)
async def test_what_slack_refuses_is_rejected_with_advice(
    slack: Slack, sandbox: SandboxServer, error: str, advice: str
) -> None:
    await sandbox.fault(vendor="slack", error=error)
    with pytest.raises(Rejected, match=advice):
        await slack.post(sends.post(), may_have_been_sent=False)


async def test_a_channel_that_is_not_there_is_rejected(slack: Slack) -> None:
    with pytest.raises(Rejected, match="shows the app no channel #nowhere"):
        await slack.set_topic(sends.send(SetTopic(channel="#nowhere")))
    with pytest.raises(Rejected, match="channel_not_found"):
        await slack.post(sends.post("#nowhere"), may_have_been_sent=True)


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "invalid_arguments"])
async def test_a_message_whose_looks_are_refused_is_said_in_plain_words(
    slack: Slack, sandbox: SandboxServer, code: str
) -> None:
    await sandbox.fault(vendor="slack", method="chat.postMessage", match="blocks", error=code)
    receipt = await slack.post(sends.post(text="checkout is down"), may_have_been_sent=False)
    assert (receipt.note or "").startswith(f"simplified, for Slack says {code}")
    sent = [entry["body"] for entry in await sandbox.wire("slack") if entry["path"].endswith("chat.postMessage")]
    assert ["blocks" in body for body in sent] == [True, False]
    assert "checkout is down" in sent[1]["text"]


async def test_and_without_its_mark_if_need_be(slack: Slack, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", method="chat.postMessage", match="metadata", error="metadata_too_large")
    await slack.post(sends.post(text="x" * 5000), may_have_been_sent=False)
    sent = [entry["body"] for entry in await sandbox.wire("slack") if entry["path"].endswith("chat.postMessage")]
    assert len(sent) == 3
    assert len(sent[2]["text"]) <= 1000


async def test_a_message_that_its_channel_refuses_is_not_tried_in_another_form(
    slack: Slack, sandbox: SandboxServer
) -> None:
    await sandbox.fault(vendor="slack", method="chat.postMessage", error="is_archived")
    with pytest.raises(Rejected, match="is_archived"):
        await slack.post(sends.post(), may_have_been_sent=False)
    assert len(await sandbox.wire("slack")) == 1


async def test_a_topic_that_is_too_long_by_slacks_count_is_cut_further(slack: Slack, sandbox: SandboxServer) -> None:
    channel = (await slack.open_channel(sends.channel())).reference
    assert channel
    await sandbox.fault(vendor="slack", method="conversations.setTopic", error="too_long", times=1)
    await slack.set_topic(sends.send(SetTopic(channel=channel), text="x" * 400))
    topics = {each["id"]: each["topic"] for each in (await sandbox.state())["channels"]}
    assert topics[channel] == "x" * 82 + "…"
