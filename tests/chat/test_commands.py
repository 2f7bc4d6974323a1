"""`/incident ...`: read forgivingly, done exactly, answered to whoever typed it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chat.grammar import Unclear, read
from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.loading import loaded
from tests.chat.conftest import Door, door, of_slack
from tests.chat.slack_side import ANN, SlackSide, form, interaction
from tests.chat.test_forms import fields, text_of
from tests.chat.test_presses import declared, lines, state
from tests.starter.conftest import eventually
from workflows.policy.incident.opening import OpenRequest

ID = "20261121-0204-k7bcdf"


@pytest.mark.parametrize(
    ("text", "name", "incident", "said"),
    [
        ("ack", "ack", "", {}),
        ("  Acknowledge  ", "ack", "", {}),
        (f"ack {ID}", "ack", ID, {}),
        (f"ACK {ID.upper()}", "ack", ID, {}),
        ("sev 1 all of it", "severity", "", {"severity": "sev1", "reason": "all of it"}),
        ("severity SEV-2", "severity", "", {"severity": "sev2"}),
        (f"severity {ID} p3", "severity", ID, {"severity": "sev3"}),
        ("role commander", "role", "", {"role": "commander"}),
        ("role commander me", "role", "", {"role": "commander"}),
        (f"assign {ID} scribe <@{ANN}|ann>", "role", ID, {"role": "scribe", "person": "on-call"}),
        ("handover <@U0X|x> it is yours", "handoff", "", {"to": "U0X", "text": "it is yours"}),
        ("note the disk   is full", "note", "", {"text": "the disk   is full"}),
        ("page boss now please", "escalate", "", {"to": "boss", "reason": "now please"}),
        ("mitigate rolled back", "mitigate", "", {"text": "rolled back"}),
        (f"mitigate {ID} --started by Ann", "mitigate", ID, {"started": "true", "text": "by Ann"}),
        ("mitigate --startled", "mitigate", "", {"text": "--startled"}),
        ("flag security", "flag", "", {"flag": "security"}),
        ("", "help", "", {}),
    ],
)
def test_it_is_read_as_people_type_it(text: str, name: str, incident: str, said: dict[str, str]) -> None:
    typed = read(text, {ANN: "on-call"})
    assert (typed.name, typed.incident, typed.said) == (name, incident, said)


@pytest.mark.parametrize(("text", "why"), [("resolv", "resolve"), ("severity bad", "no severity"), ("xyzzy", "help")])
def test_what_is_unclear_is_not_guessed(text: str, why: str) -> None:
    with pytest.raises(Unclear, match=why):
        read(text, {})


async def typed(slack: Door, side: SlackSide, text: str, **more: str) -> dict[str, Any]:
    answer = await slack.send(form(**side.command(text, **more)))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


async def listed(incidents: Incidents, count: int) -> None:
    await eventually(incidents.list, lambda rows: len(rows) == count)


async def test_in_an_incidents_channel_no_id_is_needed(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    one, _ = await declared(incidents), await declared(incidents)
    await listed(incidents, 2)
    said = await typed(slack, side, "ack", channel_name=f"incident-{one}")
    assert said["response_type"] == "ephemeral"
    assert (await state(incidents, one)).acknowledged_by == "on-call"


async def test_elsewhere_it_is_chosen_from_those_that_are_open(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    one, two = await declared(incidents), await declared(incidents)
    await listed(incidents, 2)
    said = await typed(slack, side, "note the disk is full")
    [buttons] = [block["elements"] for block in said["blocks"] if block["type"] == "actions"]
    assert {json.loads(each["value"])["incident"] for each in buttons} == {one, two}
    chosen = next(each for each in buttons if json.loads(each["value"])["incident"] == two)
    press = side.press(ANN, "note", two)
    press["actions"][0] |= {"action_id": chosen["action_id"], "value": chosen["value"]}
    await slack.send(interaction(press))
    assert lines(await state(incidents, two), "the disk is full")
    assert not lines(await state(incidents, one), "the disk is full")


async def test_one_that_is_open_is_meant(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    await listed(incidents, 1)
    assert "acknowledged" in (await typed(slack, side, "ack"))["text"]
    assert "*" + incident + "*" in (await typed(slack, side, "show"))["text"]
    assert incident in (await typed(slack, side, "list"))["text"]
    assert (await state(incidents, incident)).acknowledged_by == "on-call"


async def test_without_an_incident_it_says_how_one_is_declared(slack: Door, side: SlackSide) -> None:
    assert "/incident start" in (await typed(slack, side, "ack"))["text"]


async def test_what_changes_much_opens_a_form_first(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    assert await typed(slack, side, f"resolve {incident} it was the disk") == {}
    view = await side.filled()
    [text] = [block for block in view["blocks"] if block.get("block_id") == "text"]
    assert text["element"]["initial_value"] == "it was the disk"
    assert not (await state(incidents, incident)).resolved


async def test_the_same_command_sent_again_counts_once(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    sent = form(**side.command(f"note {incident} the disk is full"))
    for _ in range(2):
        await slack.send(sent)
    noted = [entry for entry in (await state(incidents, incident)).timeline if "the disk is full" in entry.text]
    assert sum(entry.count for entry in noted) == 1


async def test_while_temporal_is_away_the_command_is_answered_in_words(
    side: SlackSide, settings: Settings, library: Library, away: Incidents
) -> None:
    async for there in door(of_slack(settings, side), library, away):
        said = await typed(there, side, f"ack {ID}")
        assert "call somebody now" in said["text"]


async def test_somebody_with_only_slack_declares_after_having_seen_whom_it_pages(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    assert await typed(slack, side, "start Checkout is slow") == {}
    view = await side.filled()
    assert {"title", "severity", "service", "impact", "public"} <= set(fields(view))
    assert "something does not work" in text_of(view)
    filled = {"title": "Checkout is slow", "severity": {"value": "sev1"}, "impact": "nobody can pay"}
    seen = (await slack.send(interaction(side.submission(view, filled)))).json()
    foreseen = text_of(seen["view"])
    assert foreseen.count("page On-call Engineer, first <!date^") == 1, "however often they would be rung"
    assert foreseen.count("page The Boss") == 1
    assert await incidents.list() == ()
    for _ in range(2):
        done = (await slack.send(interaction(side.submission(seen["view"], filled)))).json()
        assert "is declared, SEV-1" in text_of(done["view"])
    [row] = await eventually(incidents.list)
    found = await state(incidents, row.incident)
    assert (found.title, found.declared_by) == ("Checkout is slow", "on-call")
    assert found.labels == {"customer-impact": "nobody can pay"}


async def test_a_declaration_with_words_for_the_public_needs_the_permission_too(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: object
) -> None:
    inside = {"title": "Checkout is slow", "severity": {"value": "sev1"}}
    async for there in door(of_slack(settings, side, public_by=("boss",)), library, incidents):
        await typed(there, side, "start Checkout is slow")
        view = await side.filled()
        said = (await there.send(interaction(side.submission(view, {**inside, "public": "failing logins"})))).json()
        assert (said["response_action"], "(public)" in json.dumps(said)) == ("errors", True)
        seen = (await there.send(interaction(side.submission(view, inside)))).json()
        assert "page On-call Engineer" in text_of(seen["view"])


async def test_of_a_drill_it_is_shown_when_things_really_come(
    slack: Door, side: SlackSide, incidents: Incidents, library: Library, settings: Settings
) -> None:
    """Not when its own, compressed clock has them come."""
    book = loaded(library, settings).runbooks["acme"]
    drill = await incidents.declare(OpenRequest(runbook=book, severity="sev1", title="Checkout is slow", speed=600))
    shown = (await typed(slack, side, f"show {(await state(incidents, drill)).id}"))["text"]
    moments = [datetime.fromtimestamp(int(each), UTC) for each in re.findall(r"<!date\^([0-9]+)", shown)]
    assert len(moments) > 1
    assert all(each < datetime.now(UTC) + timedelta(minutes=5) for each in moments), shown
