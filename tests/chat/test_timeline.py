"""A message that is pinned: whoever pins, edits or deletes it hears why if nothing comes of that, and nobody else."""

from typing import Any

import pytest
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door, door, of_slack
from tests.chat.slack_side import ANN, BOB, OUR_BOT, TEAM, SlackSide, event
from tests.chat.test_commands import listed
from tests.chat.test_presses import declared, lines, state

TS = "1764183000.000100"
LINK = "https://example.slack.com/archives/C0INC/p1764183000000100"


def said(text: str, user: str = ANN) -> dict[str, Any]:
    return {"ts": TS, "user": user, "text": text}


def in_channel(side: SlackSide, name: str, message: dict[str, Any]) -> None:
    side.answers["conversations.info"] = {"ok": True, "channel": {"id": "C0INC", "name": name}}
    side.answers["conversations.history"] = {"ok": True, "messages": [message]}
    side.answers["chat.getPermalink"] = {"ok": True, "permalink": LINK}
    side.answers["chat.postEphemeral"] = {"ok": True}


async def tell(there: Door, side: SlackSide, happened: dict[str, Any]) -> list[dict[str, Any]]:
    """What was whispered then."""
    side.pressed += 1
    before = len(side.calls)
    call = {"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{side.pressed}", "event": happened}
    answer = await there.send(event(call))
    assert answer.status_code == 200, answer.text
    return [sent for method, sent in side.calls[before:] if method == "chat.postEphemeral"]


def pinned_by(user: str) -> dict[str, Any]:
    item = {"type": "message", "channel": "C0INC", "ts": TS}
    return {"type": "reaction_added", "user": user, "reaction": "pushpin", "item": item}


def edited(before: str, after: str, user: str = ANN) -> dict[str, Any]:
    changed = {"message": said(after, user), "previous_message": said(before, user)}
    return {"type": "message", "subtype": "message_changed", "channel": "C0INC", **changed}


def deleted(text: str, user: str = ANN) -> dict[str, Any]:
    gone = {"deleted_ts": TS, "previous_message": said(text, user)}
    return {"type": "message", "subtype": "message_deleted", "channel": "C0INC", **gone}


async def test_who_may_not_see_the_incident_hears_that_what_they_pinned_edited_or_deleted_is_not_taken(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: Client
) -> None:
    incident = await declared(incidents, flags=("private",))
    in_channel(side, f"incident-{incident}", said("a key was stolen", BOB))
    async for there in door(of_slack(settings, side, slack_may={"private": ("on-call",)}), library, incidents):
        [whisper] = await tell(there, side, pinned_by(BOB))
        assert (whisper["channel"], whisper["user"]) == ("C0INC", BOB)
        assert "there is no incident" in whisper["text"]
        assert await tell(there, side, pinned_by(ANN)) == []
        for happened in (edited("a key was stolen", "two keys", BOB), deleted("two keys", BOB)):
            [whisper] = await tell(there, side, happened)
            assert whisper["user"] == BOB
            assert "stays on the timeline as it was pinned" in whisper["text"]
    found = await state(incidents, incident)
    assert (len(lines(found, "a key was stolen")), lines(found, "two keys"), lines(found, "deleted")) == (1, [], [])


async def test_what_cannot_be_read_is_said(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    in_channel(side, f"incident-{incident}", said("the disk is full"))
    side.answers["conversations.history"] = {"ok": False, "error": "not_in_channel"}
    [whisper] = await tell(slack, side, pinned_by(ANN))
    assert "is not on the timeline: it could not be read" in whisper["text"]
    assert "not_in_channel" in whisper["text"]


async def test_where_several_could_be_meant_whoever_pinned_it_chooses(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    both = {await declared(incidents), await declared(incidents)}
    await listed(incidents, 2)
    in_channel(side, "general", said("the disk is full"))
    [whisper] = await tell(slack, side, pinned_by(ANN))
    assert whisper["text"] == "Which incident?"
    assert all(incident in str(whisper["blocks"]) for incident in both)


async def test_a_pin_where_no_incident_is_open_is_nobodys_business(slack: Door, side: SlackSide) -> None:
    in_channel(side, "general", said("lunch at noon"))
    assert await tell(slack, side, pinned_by(ANN)) == []


@pytest.mark.parametrize("channel", ["incident-{}", "general"])
async def test_each_edit_follows_in_whichever_channel_and_a_preview_of_a_link_is_none(
    slack: Door, side: SlackSide, incidents: Incidents, channel: str
) -> None:
    incident = await declared(incidents)
    await listed(incidents, 1)
    in_channel(side, channel.format(incident), said("one"))
    await tell(slack, side, pinned_by(ANN))
    for before, after in (("one", "two"), ("two", "two"), ("two", "one"), ("one", "two")):
        assert await tell(slack, side, edited(before, after)) == []
    await tell(slack, side, deleted("two"))
    pinned = [line.partition(": ")[2] for line in lines(await state(incidents, incident), "pinned")]
    assert pinned == [
        f"pinned “one” (said 18:50 UTC, {LINK})",
        f"changed the pinned message to “two” (said 18:50 UTC, {LINK})",
        f"changed the pinned message to “one” (said 18:50 UTC, {LINK})",
        f"changed the pinned message to “two” (said 18:50 UTC, {LINK})",
        "deleted the pinned message (A Stranger, 18:50 UTC)",
    ]


async def test_of_what_somebody_else_said_the_line_names_who_pinned_it_and_who_said_it(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    in_channel(side, f"incident-{incident}", said("we roll back", BOB))
    await tell(slack, side, pinned_by(ANN))
    assert lines(await state(incidents, incident), "pinned") == [
        f"On-call Engineer: pinned “we roll back” (Bob Example, 18:50 UTC, {LINK})"
    ]


async def test_without_a_link_its_edits_still_follow(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    in_channel(side, f"incident-{incident}", said("one"))
    side.answers["chat.getPermalink"] = {"ok": False, "error": "message_not_found"}
    await tell(slack, side, pinned_by(ANN))
    await tell(slack, side, edited("one", "two"))
    assert len(lines(await state(incidents, incident), "to “two”")) == 1


async def test_what_we_edit_ourselves_asks_nothing_of_slack_or_of_any_incident(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    """Slack tells of each new state of a card."""
    incident = await declared(incidents)
    in_channel(side, f"incident-{incident}", said("one"))
    await slack.chat.pressers._health.look()
    before = len(side.calls)
    await tell(slack, side, edited("SEV-1, not acknowledged", "SEV-1, acknowledged", OUR_BOT))
    assert side.calls[before:] == []
