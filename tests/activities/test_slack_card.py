"""A message that is kept true, as it stands in a workspace; and who is brought into a channel."""

from datetime import UTC, datetime
from typing import Any

import pytest

from activities.errors import Rejected, Unavailable
from activities.slack import Slack
from tests.activities import sends
from tests.activities.test_slack import channels, messages
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.card import CardFacts, CardLine
from workflows.policy.effects.effects import Card, Destination, Invite, Send
from workflows.policy.effects.offers import Offer

AT = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)
FACTS = CardFacts(severity="sev1", phase="investigating", since=AT)
RUNNING = CardLine(label="Running since", at=AT)


def edit(reference: str | None, *lines: CardLine, may_post: bool = True, **fields: Any) -> Send:
    assert reference is not None
    channel, _, _ = reference.partition(":")
    effect = Card(
        message=reference, to=Destination(channel=channel), template="declaration", pin=True, facts=FACTS,
        offers=(Offer(verb="ack", label="Acknowledge"),), may_post=may_post,
    )  # fmt: skip
    return sends.send(effect, card=lines, key="card/home/1", vendor_key="incident/card/home/1", **fields)


async def declared(slack: Slack) -> str | None:
    return (await slack.post(sends.post(pin=True), may_have_been_sent=False)).reference


async def test_it_is_edited_in_its_place(slack: Slack, sandbox: SandboxServer) -> None:
    reference = await declared(slack)
    receipt = await slack.bring_up_to_date(edit(reference, RUNNING, text="resolved"), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    assert (receipt.reference, receipt.note) == (None, None)
    said, card, buttons = message["blocks"]
    assert said["elements"][0]["elements"][0]["text"] == "resolved"
    assert buttons["elements"][0]["text"]["text"] == "Acknowledge"
    label, date = card["elements"][0]["elements"]
    assert (label["text"], label["style"]) == ("Running since: ", {"bold": True})
    assert (date["type"], date["timestamp"]) == ("date", int(AT.timestamp()))
    assert "{ago}" in date["format"]


async def test_its_words_say_the_same_where_blocks_are_refused(slack: Slack, sandbox: SandboxServer) -> None:
    reference = await declared(slack)
    await sandbox.fault(vendor="slack", method="chat.update", error="invalid_blocks", times=1)
    receipt = await slack.bring_up_to_date(edit(reference, RUNNING, text="now"), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    assert message["text"] == "now\nRunning since: 2026-11-21 02:04 UTC"
    assert receipt.note == "simplified, for Slack says invalid_blocks"


async def test_an_alerts_words_in_it_are_literal(slack: Slack, sandbox: SandboxServer) -> None:
    hostile = CardLine(label="Roles", text="<!channel> *x* <https://evil.example|good>")
    reference = await declared(slack)
    await slack.bring_up_to_date(edit(reference, hostile), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    kinds = {element["type"] for element in message["blocks"][1]["elements"][0]["elements"]}
    assert kinds == {"text", "link"}
    assert "&lt;!channel&gt;" in message["text"]


async def test_one_that_somebody_deleted_is_posted_again_and_pinned(slack: Slack, sandbox: SandboxServer) -> None:
    reference = await declared(slack)
    await sandbox.fault(vendor="slack", method="chat.update", error="message_not_found", times=1)
    receipt = await slack.bring_up_to_date(edit(reference, text="again"), may_have_been_sent=False)
    _, again = await messages(sandbox)
    assert receipt.reference is not None
    assert receipt.reference.endswith(again["ts"])
    assert "again" in again["text"]


async def test_posted_again_without_an_answer_it_is_found_and_not_posted_a_third_time(
    slack: Slack, sandbox: SandboxServer
) -> None:
    reference = await declared(slack)
    await sandbox.fault(vendor="slack", method="chat.update", error="message_not_found", times=2)
    await sandbox.fault(vendor="slack", method="chat.postMessage", drop="after", times=1)
    with pytest.raises(Unavailable):
        await slack.bring_up_to_date(edit(reference), may_have_been_sent=False)
    receipt = await slack.bring_up_to_date(edit(reference), may_have_been_sent=True)
    assert len(await messages(sandbox)) == 2
    assert receipt.note == "it was already there"


async def test_one_that_was_posted_again_before_is_not(slack: Slack, sandbox: SandboxServer) -> None:
    reference = await declared(slack)
    await sandbox.fault(vendor="slack", method="chat.update", error="message_not_found", times=1)
    with pytest.raises(Rejected, match="message_not_found"):
        await slack.bring_up_to_date(edit(reference, may_post=False), may_have_been_sent=False)
    assert len(await messages(sandbox)) == 1


def invitation(person: str, **fields: Any) -> Send:
    return sends.send(Invite(channel="C1", to=person), **fields)


async def invited(sandbox: SandboxServer) -> list[dict[str, Any]]:
    sent = [entry for entry in await sandbox.wire("slack") if entry["path"].endswith("conversations.invite")]
    return [entry["body"] for entry in sent]


@pytest.mark.parametrize("code", ["already_in_channel", "cant_invite_self"])
async def test_whoever_is_there_is_there(slack: Slack, sandbox: SandboxServer, code: str) -> None:
    await sandbox.fault(vendor="slack", method="conversations.invite", error=code, times=1)
    receipt = await slack.invite(invitation("on-call"))
    assert (receipt.note, receipt.warns) == (None, False)


@pytest.mark.parametrize("code", ["user_is_restricted", "is_archived", "missing_scope", "user_not_found"])
async def test_a_refusal_is_one(slack: Slack, sandbox: SandboxServer, code: str) -> None:
    await sandbox.fault(vendor="slack", method="conversations.invite", error=code, times=1)
    with pytest.raises(Rejected, match=code):
        await slack.invite(invitation("on-call"))


async def test_whom_slack_does_not_know_is_invited_by_nobody(slack: Slack, sandbox: SandboxServer) -> None:
    receipt = await slack.invite(invitation("zoe"))
    assert receipt.warns
    assert receipt.note == "Slack does not know zoe: name them in TOCSIN_SLACK_USERS"
    assert await invited(sandbox) == []


@pytest.mark.parametrize("who", ["vera.steersman@sandbox.example", "Vera (Slack U0VERA, not mapped)"])
async def test_whoever_pressed_there_is_known_though_the_runbook_does_not_name_them(
    slack: Slack, sandbox: SandboxServer, who: str
) -> None:
    channel = await slack.open_channel(sends.channel(name="inc-7"))
    assert channel.reference
    receipt = await slack.invite(sends.send(Invite(channel=channel.reference, to=who)))
    assert (receipt.note, receipt.warns) == (None, False)
    [room] = [each for each in (await sandbox.state())["channels"] if each["name"] == "inc-7"]
    assert "U0VERA" in room["members"]
    await slack.post(sends.post(mention=(who,)), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    assert message["blocks"][0]["elements"][0]["elements"][0]["user_id"] == "U0VERA"


@pytest.mark.parametrize("who", ["Mallory (Slack U0VERA, not mapped) Ann", "@vera.steersman", "U0VERA"])
async def test_a_name_that_only_looks_like_it_is_nobody(slack: Slack, sandbox: SandboxServer, who: str) -> None:
    assert (await slack.invite(invitation(who))).warns
    assert await invited(sandbox) == []


async def test_a_person_who_is_not_in_slack_is_mentioned_by_name(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.post(sends.post(mention=("zoe",), names={"zoe": "Zoe Quinn"}), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    assert message["text"].startswith("Zoe Quinn ")
    assert message["blocks"][0]["elements"][0]["elements"][0]["text"] == "Zoe Quinn "


async def test_an_address_of_the_runbook_finds_who_is_who(slack: Slack, sandbox: SandboxServer) -> None:
    channel = (await slack.open_channel(sends.channel())).reference
    assert channel is not None
    known = {"vera": "vera.steersman@sandbox.example"}
    await slack.invite(sends.send(Invite(channel=channel, to="vera"), addresses=known))
    assert "U0VERA" in (await channels(sandbox))[f"incident-{sends.INCIDENT}"]["members"]
    await slack.post(sends.post(mention=("vera",), addresses=known), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    assert message["blocks"][0]["elements"][0]["elements"][0]["user_id"] == "U0VERA"


async def test_an_address_that_slack_does_not_know_is_nobodys(slack: Slack, sandbox: SandboxServer) -> None:
    receipt = await slack.invite(invitation("zoe", addresses={"zoe": "zoe@elsewhere.example"}))
    assert receipt.warns


async def test_no_message_waits_for_a_look_up_that_fails(slack: Slack, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", method="users.lookupByEmail", error="missing_scope", times=1)
    send = sends.post(mention=("vera",), names={"vera": "Vera"}, addresses={"vera": "vera@elsewhere.example"})
    await slack.post(send, may_have_been_sent=False)
    (message,) = await messages(sandbox)
    assert message["text"].startswith("Vera ")
