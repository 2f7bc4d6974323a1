"""Nothing that somebody did in Slack is dropped without a word: where a form does not open, they read why, and what
does the same without it."""

from typing import Any

import pytest

from chat.shortcuts import UNKNOWN_SHORTCUT
from chat.slack_chat import UNKNOWN_FORM
from starter.desk.answers import Remembered, ShownIncident
from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door
from tests.chat.slack_side import ANN, TEAM, SlackSide, interaction
from tests.chat.test_commands import typed
from tests.chat.test_forms import submit
from tests.chat.test_presses import declared
from tests.chat.test_strangers import GUEST, member
from tests.starter.conftest import eventually

EXPIRED = {"ok": False, "error": "expired_trigger_id"}
LATE = "Slack opens a form only within three seconds of a press, and this one took longer"


@pytest.mark.parametrize(
    ("verb", "instead"),
    [
        ("update", "or type `/incident update TEXT`"),
        ("escalate", "or type `/incident escalate TO REASON`"),
        ("flag", ""),
    ],
)
async def test_a_press_that_comes_too_late_for_its_form_is_told_what_does_the_same(
    slack: Door, side: SlackSide, incidents: Incidents, verb: str, instead: str
) -> None:
    incident = await declared(incidents)
    side.answers["views.open"] = EXPIRED
    answer = await slack.send(interaction(side.press(ANN, verb, incident, asks=True)))
    assert answer.status_code == 200
    told = (await side.answered())["text"]
    assert LATE in told
    assert "Press again" in told
    assert instead in told


async def test_a_command_that_comes_too_late_says_so(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    side.answers["views.open"] = EXPIRED
    told = (await typed(slack, side, f"update {incident}"))["text"]
    assert LATE in told
    assert "`/incident update TEXT`" in told


async def test_a_form_opens_before_anything_is_asked_about_its_incident(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    """Its trigger lives for three seconds, whatever a worker does."""
    incident = await declared(incidents)
    called = _called_before_each_look(slack, side)
    await slack.send(interaction(side.press(ANN, "update", incident, asks=True)))
    await side.filled()
    assert called
    assert all("views.open" in before for before in called)


def _called_before_each_look(slack: Door, side: SlackSide) -> list[list[str]]:
    """What Slack had been asked when the incident was."""
    desk = slack.chat.presses.hands.desk
    called: list[list[str]] = []

    async def show(part: str) -> ShownIncident | Remembered:
        called.append([method for method, _ in side.calls])
        return await type(desk).show(desk, part)

    object.__setattr__(desk, "show", show)
    return called


def shortcut(callback_id: str, user: str = ANN, **more: Any) -> dict[str, Any]:
    used = {"callback_id": callback_id, "trigger_id": "1.2.3", "team": {"id": TEAM}, "user": {"id": user}}
    return {"type": "shortcut", **used, **more}


def on_message(callback_id: str, side: SlackSide, user: str = ANN) -> dict[str, Any]:
    said = {"ts": "1764183000.000100", "user": user, "text": "the disk is full"}
    where = {"channel": {"id": "C0GENERAL", "name": "general"}, "message_ts": said["ts"], "message": said}
    return shortcut(callback_id, user, type="message_action", response_url=side.response_url, **where)


async def test_a_shortcut_that_was_used_in_no_channel_is_answered_apart(slack: Door, side: SlackSide) -> None:
    side.answers |= {"views.open": EXPIRED, "chat.postMessage": {"ok": True}}
    assert (await slack.send(interaction(shortcut("tocsin_declare")))).status_code == 200

    async def apart() -> list[dict[str, Any]]:
        return [sent for method, sent in side.calls if method == "chat.postMessage"]

    [told] = await eventually(apart)
    assert told["channel"] == ANN
    assert "`/incident start`" in told["text"]
    await slack.send(interaction(shortcut("tocsin_of_tomorrow")))
    assert (await eventually(apart, lambda seen: len(seen) == 2))[1]["text"] == UNKNOWN_SHORTCUT


async def test_a_shortcut_or_a_form_of_another_version_says_so(slack: Door, side: SlackSide) -> None:
    await slack.send(interaction(on_message("tocsin_of_tomorrow", side)))
    assert (await side.answered())["text"] == UNKNOWN_SHORTCUT
    told = await submit(slack, side, {"id": "V9", "callback_id": "tocsin/of-tomorrow"}, text="x")
    assert told["errors"]["text"] == UNKNOWN_FORM


@pytest.mark.parametrize("callback_id", ["tocsin_timeline", "tocsin_follow_up"])
async def test_whoever_is_of_another_workspace_reads_that_their_shortcut_does_nothing(
    slack: Door, side: SlackSide, callback_id: str
) -> None:
    side.answers["users.info"] = member(team_id="T0OTHER")
    side.answers["conversations.info"] = {"ok": True, "channel": {"id": "C0GENERAL", "name": "general"}}
    assert (await slack.send(interaction(on_message(callback_id, side, GUEST)))).status_code == 200
    assert "Only members of this workspace" in (await side.answered())["text"]


async def test_a_form_that_slack_does_not_take_at_once_is_filled_a_moment_later(
    slack: Door, side: SlackSide, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.web.FILL_AGAIN_AFTER_S", (0.0, 0.0))
    incident = await declared(incidents)
    side.answers["views.update"] = {"ok": False, "error": "internal_error"}
    await slack.send(interaction(side.press(ANN, "update", incident, asks=True)))

    async def tries() -> int:
        return sum(method == "views.update" for method, _ in side.calls)

    assert await eventually(tries, lambda seen: seen == 3) == 3
