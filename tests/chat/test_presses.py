"""A button is pressed in Slack: what becomes of it, and what whoever pressed is answered."""

import asyncio
import json
from typing import Any

import pytest
from temporalio.client import Client

from settings import Settings
from starter.desk.answers import Declaration, ShownIncident
from starter.desk.temporal_desk import TemporalDesk
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.loading import loaded
from tests.chat.conftest import Door, door, of_slack
from tests.chat.slack_side import ANN, BOB, SlackSide, interaction
from workflows.policy.incident.events import Acknowledged, Resolved
from workflows.policy.incident.state import Incident

STRANGER = "U0STRANGER"


async def declared(incidents: Incidents, **more: Any) -> str:
    said = Declaration(title="Checkout is slow", severity="sev1", **more)
    return (await TemporalDesk(incidents).declare(said, "somebody")).incident


async def state(incidents: Incidents, incident: str) -> Incident:
    shown = await TemporalDesk(incidents).show(incident)
    assert isinstance(shown, ShownIncident)
    return shown.state.incident


def lines(incident: Incident, word: str) -> list[str]:
    return [entry.text for entry in incident.timeline if word in entry.text]


async def test_an_acknowledgement_counts_and_its_answer_says_what_changed(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    answer = await slack.send(interaction(side.press(ANN, "ack", incident)))
    assert (answer.status_code, answer.content) == (200, b"")
    found = await state(incidents, incident)
    assert found.acknowledged_by == "on-call"  # whom the settings say that this member is
    assert lines(found, "acknowledged through slack")
    said = await side.answered()
    assert said["response_type"] == "ephemeral"
    assert incident in said["text"]
    assert "acknowledged" in said["text"]
    assert "Next:" in said["text"]


async def test_somebody_whom_no_setting_names_is_known_by_the_address_that_slack_verified(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await slack.send(interaction(side.press(BOB, "ack", incident)))
    assert (await state(incidents, incident)).acknowledged_by == "bob@acme.example"


async def test_somebody_without_an_address_is_marked_as_not_mapped(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await slack.send(interaction(side.press(STRANGER, "ack", incident)))
    assert (await state(incidents, incident)).acknowledged_by == f"A Stranger (Slack {STRANGER}, not mapped)"


async def test_who_comes_too_late_reads_who_was_first_and_when(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await slack.send(interaction(side.press(ANN, "ack", incident)))
    await side.answered()
    await slack.send(interaction(side.press(BOB, "ack", incident)))
    late = (await side.answered(2))["text"]
    assert "On-call Engineer was first, <!date^" in late


async def test_a_resolution_that_comes_too_late_says_who_was_first(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await TemporalDesk(incidents).ask(incident, Resolved(by="on-call", text="fixed"))
    answer = await slack.send(interaction(side.press(BOB, "resolve", incident)))
    assert answer.status_code == 200
    late = (await side.answered())["text"]
    assert "On-call Engineer was first, <!date^" in late
    assert "already resolved" in late


async def test_a_role_is_taken_by_whoever_presses_and_from_nobody(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await slack.send(interaction(side.press(ANN, "assign", incident, said={"role": "commander"})))
    assert "Incident Commander" in (await side.answered())["text"]
    await slack.send(interaction(side.press(BOB, "assign", incident, said={"role": "commander"})))
    assert "On-call Engineer was first, and has command since <!date^" in (await side.answered(2))["text"]
    assert (await state(incidents, incident)).roles == {"commander": "on-call"}


async def test_whoever_looks_reads_roles_by_their_names(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    await slack.send(interaction(side.press(ANN, "assign", incident, said={"role": "commander"})))
    await side.answered()
    await slack.send(interaction(side.press(BOB, "show", incident, group="look")))
    assert "Incident Commander: On-call Engineer" in (await side.answered(2))["text"]


async def test_of_two_who_take_a_role_at_once_one_has_it_and_the_other_reads_that(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    presses = [side.press(user, "assign", incident, said={"role": "commander"}) for user in (ANN, BOB)]
    await asyncio.gather(*(slack.send(interaction(press)) for press in presses))
    await side.answered(2)
    told = sorted(("already" in each["text"] for each in side.responses), key=bool)
    assert told == [False, True]
    assert len(lines(await state(incidents, incident), " is Incident Commander")) == 1


async def test_the_same_press_sent_again_counts_once(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    sent = interaction(side.press(ANN, "note", incident, said={"text": "the disk is full"}, action_ts="1764183600.1"))
    await slack.send(sent)
    slack.chat.presses.clicks.seen.clear()  # as another gateway would get it
    await slack.send(sent)
    assert len(lines(await state(incidents, incident), "the disk is full")) == 1


async def test_a_double_click_is_one_press(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    press = side.press(ANN, "note", incident, said={"text": "the disk is full"})
    again = side.press(ANN, "note", incident, said={"text": "the disk is full"})
    answers = await asyncio.gather(slack.send(interaction(press)), slack.send(interaction(again)))
    assert [each.status_code for each in answers] == [200, 200]
    assert sum(entry.count for entry in (await state(incidents, incident)).timeline if "disk" in entry.text) == 1


async def test_a_press_that_arrives_before_an_older_one_changes_nothing_about_either(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    first, second = side.press(ANN, "ack", incident), side.press(BOB, "ack", incident)
    for press in (second, first):
        await slack.send(interaction(press))
    found = await state(incidents, incident)
    assert found.acknowledged_by == "bob@acme.example"
    assert lines(found, "On-call Engineer acknowledged as well")


@pytest.mark.parametrize(
    "action",
    [
        {"value": ""},
        {"value": "{"},
        {"value": "[]"},
        {"value": json.dumps({"incident": "20261121-0204-k7", "verb": "resolve"})},  # another one than the button's
        {"value": json.dumps({"incident": "", "verb": "ack"})},
        {"value": json.dumps({"incident": "x' OR 1=1 --", "verb": "ack"})},
        {"value": json.dumps({"incident": "20261121-0204-k7", "verb": "ack", "said": {"ring": "x"}})},
        {"value": json.dumps({"incident": "20261121-0204-k7", "verb": "ack", "said": {"by": "the boss"}})},
        {"value": json.dumps({"incident": "20261121-0204-k7", "verb": "ack", "said": "x"})},
        {"value": "x" * 5000},
        {"action_id": "tocsin/incidents/explode/1", "value": json.dumps({"incident": "x", "verb": "explode"})},
    ],
)
async def test_a_button_that_is_not_ours_does_nothing_and_says_so(
    slack: Door, side: SlackSide, incidents: Incidents, action: dict[str, Any]
) -> None:
    incident = await declared(incidents)
    press = side.press(ANN, "ack", incident)
    press["actions"][0].update(action)
    assert (await slack.send(interaction(press))).status_code == 200
    assert (await side.answered())["text"]
    assert (await state(incidents, incident)).acknowledged_by == ""


async def test_buttons_of_other_apps_are_none_of_ours(slack: Door, side: SlackSide) -> None:
    press = side.press(ANN, "ack", "20261121-0204-k7")
    press["actions"][0]["action_id"] = "somebody/elses"
    assert (await slack.send(interaction(press))).status_code == 200
    assert side.responses == []


async def test_what_somebody_wrote_pings_nobody_in_an_answer(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await slack.send(interaction(side.press(ANN, "note", incident, said={"text": "<!channel> & <@U0BOB>"})))
    text = (await side.answered())["text"]
    assert "&lt;!channel&gt; &amp; &lt;@U0BOB&gt;" in text


async def test_an_answer_goes_to_slack_and_nowhere_else(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    press = side.press(ANN, "ack", incident, response_url="https://evil.example/slack/response/1")
    assert (await slack.send(interaction(press))).status_code == 200
    await slack.chat.replies.close()
    assert side.responses == []


async def test_without_a_worker_it_is_recorded_and_says_that_nobody_is_paged(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, installation: Client
) -> None:
    book = loaded(library, settings).runbooks["acme"]
    workflow_id = await incidents.declare(_opening(book))
    async for there in door(of_slack(settings, side), library, incidents):
        answer = await there.send(interaction(side.press(ANN, "ack", workflow_id)))
        assert answer.status_code == 200, answer.text  # Temporal has it
        assert "Recorded; nobody is being paged" in (await side.answered())["text"]


async def test_while_temporal_is_away_slack_shows_that_it_failed_and_words_say_what_to_do(
    side: SlackSide, settings: Settings, library: Library, away: Incidents
) -> None:
    async for there in door(of_slack(settings, side), library, away):
        answer = await there.send(interaction(side.press(ANN, "ack", "20261121-0204-k7bcdf")))
        assert answer.status_code == 503
        assert "Nothing is known to be recorded" in (await side.answered())["text"]


async def test_slack_being_away_takes_no_acknowledgement_back(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await slack.chat.health.look()
    side.answers["users.info"] = {"ok": False, "error": "internal_error"}
    press = side.press(BOB, "ack", incident, response_url="http://127.0.0.1:9/slack/response/1")
    assert (await slack.send(interaction(press))).status_code == 200
    assert (await state(incidents, incident)).acknowledged_by == f"ann.example (Slack {BOB}, not mapped)"


async def test_a_line_of_the_setting_says_who_may(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: Client
) -> None:
    incident = await declared(incidents)
    side.answers["usergroups.list"] = {"ok": True, "usergroups": [{"id": "S1", "handle": "leads"}]}
    side.answers["usergroups.users.list"] = {"ok": True, "users": [BOB]}
    may = {"note": ("@leads",), "mitigate": ("on-call",), "approve": ()}
    async for there in door(of_slack(settings, side, slack_may=may), library, incidents):
        for count, (user, verb, allowed) in enumerate(
            [
                (BOB, "note", True),
                (ANN, "note", False),
                (ANN, "mitigate", True),
                (BOB, "mitigate", False),
                (ANN, "approve", False),
                (STRANGER, "ack", True),
            ],
            start=1,
        ):
            await there.send(
                interaction(side.press(user, verb, incident, said={"text": "x"} if verb == "note" else {}))
            )
            text = (await side.answered(count))["text"]
            assert (f"({verb})" in text and "ask one of them" in text) is not allowed, text


async def test_whom_a_group_names_is_asked_of_slack_and_in_doubt_it_is_a_no(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: Client
) -> None:
    incident = await declared(incidents)
    side.answers["usergroups.list"] = {"ok": False, "error": "missing_scope"}
    async for there in door(of_slack(settings, side, slack_may={"ack": ("@leads",)}), library, incidents):
        await there.send(interaction(side.press(BOB, "ack", incident)))
        assert "missing_scope" in (await side.answered())["text"]
    assert (await state(incidents, incident)).acknowledged_by == ""


async def test_a_permission_that_nothing_is_called_by_is_a_problem_at_the_start(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents
) -> None:
    async for there in door(of_slack(settings, side, slack_may={"resolv": ("ann",)}), library, incidents):
        assert any("resolv" in why for why in there.chat.problems())


def _opening(book: Any) -> Any:
    from workflows.policy.incident.opening import OpenRequest

    return OpenRequest(runbook=book, severity="sev1", title="Checkout is slow")


async def test_acknowledged_elsewhere_first_is_said_too(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    await TemporalDesk(incidents).ask(incident, Acknowledged(by="boss", via="pagerduty"))
    await slack.send(interaction(side.press(ANN, "ack", incident)))
    assert "The Boss was first, <!date^" in (await side.answered())["text"]
