"""Who is nobody of the runbook, whatever they call themselves and wherever their address is."""

from typing import Any

import pytest

from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door
from tests.chat.slack_side import TEAM, SlackSide, event, interaction
from tests.chat.test_forms import text_of
from tests.chat.test_presses import declared, state

GUEST = "U0GUEST"


def member(**more: Any) -> dict[str, Any]:
    """Whose address begins like the name of somebody who is on call."""
    known = {
        "id": GUEST,
        "team_id": TEAM,
        "real_name": "On-call Engineer",
        "profile": {"email": "on-call@evil.example"},
    }
    return {"ok": True, "user": {**known, **more}}


OUTSIDERS = {
    "of another workspace": {"team_id": "T0OTHER"},
    "of another organisation": {"team_id": "T0OTHER", "enterprise_user": {"teams": ["T0OTHER", "T0THIRD"]}},
    "a stranger": {"is_stranger": True},
}


async def test_an_address_that_begins_like_a_name_is_not_that_persons(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = member()
    await slack.send(interaction(side.press(GUEST, "assign", incident, said={"role": "commander"})))
    found = await state(incidents, incident)
    assert found.roles == {"commander": "on-call@evil.example"}
    assert "on-call@evil.example was first" not in (await side.answered())["text"]


@pytest.mark.parametrize("what", ["is_restricted", "is_ultra_restricted"])
async def test_a_guest_is_known_by_no_address(slack: Door, side: SlackSide, incidents: Incidents, what: str) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = member(**{what: True})
    await slack.send(interaction(side.press(GUEST, "ack", incident)))
    assert (await state(incidents, incident)).acknowledged_by == f"On-call Engineer (Slack {GUEST}, not mapped)"


@pytest.mark.parametrize("who", OUTSIDERS.values(), ids=OUTSIDERS)
async def test_who_is_of_another_workspace_does_nothing(
    slack: Door, side: SlackSide, incidents: Incidents, who: dict[str, Any]
) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = member(**who)
    await slack.send(interaction(side.press(GUEST, "ack", incident)))
    assert "Only members of this workspace" in (await side.answered())["text"]
    assert (await state(incidents, incident)).acknowledged_by == ""


async def test_and_sees_nothing_in_a_form(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = member(team_id="T0OTHER")
    await slack.send(interaction(side.press(GUEST, "severity", incident, asks=True)))
    assert "Only members of this workspace" in text_of(await side.filled())


async def test_nor_puts_anything_on_the_timeline(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = member(team_id="T0OTHER")
    said = {"ts": "1764183000.000100", "user": GUEST, "text": "it was me"}
    side.answers["conversations.info"] = {"ok": True, "channel": {"id": "C0INC", "name": f"incident-{incident}"}}
    side.answers["conversations.history"] = {"ok": True, "messages": [said]}
    reaction = {"type": "reaction_added", "user": GUEST, "reaction": "pushpin"}
    item = {"type": "message", "channel": "C0INC", "ts": said["ts"]}
    call = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": {**reaction, "item": item}}
    assert (await slack.send(event(call))).status_code == 200
    assert not [line for line in (await state(incidents, incident)).timeline if "it was me" in line.text]


async def test_who_is_of_a_workspace_of_the_same_organisation_is_one_of_us(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = member(team_id="T0SISTER", enterprise_user={"teams": [TEAM, "T0SISTER"]})
    await slack.send(interaction(side.press(GUEST, "ack", incident)))
    assert (await state(incidents, incident)).acknowledged_by == "on-call@evil.example"


async def test_whom_slack_does_not_describe_is_judged_by_what_came_with_the_press(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    side.answers["users.info"] = {"ok": False, "error": "user_not_found"}
    press = side.press(GUEST, "ack", incident)
    press["user"]["team_id"] = "T0OTHER"
    await slack.send(interaction(press))
    assert "Only members of this workspace" in (await side.answered())["text"]
