"""What is taken over from Slack is redacted before it is cut: of a secret that is cut, half would stay."""

import json
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client

from chat.sayings import LONGEST_SAYING
from chat.shortcuts import LONGEST_QUOTE, TO_FOLLOW_UP
from starter.sources.redaction import redaction
from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door
from tests.chat.slack_side import ANN, TEAM, SlackSide, event, interaction
from tests.chat.test_presses import declared, state
from tests.patience import HANGS_AFTER_S
from tests.starter.test_redaction import PATTERNS, SECRET

TS = "1764183000.000100"


@pytest.fixture
def incidents(client: Client) -> Incidents:
    return Incidents(client, patience=timedelta(seconds=HANGS_AFTER_S / 2), redact=redaction(PATTERNS))


def said_up_to(limit: int) -> str:
    """The secret stands where it is cut."""
    return "x" * (limit - 5) + f" {SECRET}"


def of(incident: str) -> dict[str, Any]:
    return {"ok": True, "channel": {"id": "C0INC", "name": f"incident-{incident}"}}


@pytest.mark.parametrize("text", [f"call {SECRET}", said_up_to(LONGEST_SAYING)], ids=["whole", "cut"])
async def test_a_pinned_message_holds_none_of_it(slack: Door, side: SlackSide, incidents: Incidents, text: str) -> None:
    incident = await declared(incidents)
    side.answers["conversations.info"] = of(incident)
    side.answers["conversations.history"] = {"ok": True, "messages": [{"ts": TS, "user": ANN, "text": text}]}
    item = {"type": "message", "channel": "C0INC", "ts": TS}
    pinned = {"type": "reaction_added", "user": ANN, "reaction": "pushpin", "item": item}
    call = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": pinned}
    assert (await slack.send(event(call))).status_code == 200
    [line] = [line.text for line in (await state(incidents, incident)).timeline if ": pinned " in line.text]
    assert "Jan" not in line
    assert "555" not in line


async def test_nor_does_the_form_that_a_message_fills(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    side.answers["conversations.info"] = of(incident)
    used = {
        "type": "message_action",
        "callback_id": TO_FOLLOW_UP,
        "team": {"id": TEAM},
        "user": {"id": ANN, "username": "ann.example"},
        "trigger_id": "1.2.3",
        "response_url": side.response_url,
        "channel": {"id": "C0INC", "name": f"incident-{incident}"},
        "message_ts": TS,
        "message": {"ts": TS, "user": ANN, "text": said_up_to(LONGEST_QUOTE)},
    }
    await slack.send(interaction(used))
    form = json.dumps(await side.filled())
    assert "xxx" in form
    assert "Jan" not in form
