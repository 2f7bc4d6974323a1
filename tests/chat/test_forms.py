"""More has to be said: a form opens at once, says what there is to choose, and shows what changes before it changes."""

from typing import Any

import pytest

from settings import Settings
from starter.desk.temporal_desk import TemporalDesk
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door, door, of_slack
from tests.chat.slack_side import ANN, BOB, SlackSide, interaction
from tests.chat.test_presses import declared, lines, state
from workflows.policy.incident.events import SeverityChanged


async def opened(slack: Door, side: SlackSide, verb: str, incident: str, **more: Any) -> dict[str, Any]:
    """The form, once it is filled."""
    before = len(side.calls)
    answer = await slack.send(interaction(side.press(ANN, verb, incident, asks=True, **more)))
    assert answer.status_code == 200
    assert next(method for method, _ in side.calls[before:] if method.startswith("views.")) == "views.open"
    return await side.filled()


def fields(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def text_of(view: dict[str, Any]) -> str:
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


async def submit(slack: Door, side: SlackSide, view: dict[str, Any], user: str = ANN, **filled: Any) -> dict[str, Any]:
    answer = await slack.send(interaction(side.submission(view, filled, user)))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_update_is_written_in_a_form_and_its_answer_stands_there(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, "update", incident)
    assert fields(view)[0] == "text"
    assert incident in text_of(view)
    said = await submit(slack, side, view, text="we are looking at the database")
    assert said["response_action"] == "update"
    assert "we are looking" in text_of(said["view"])
    assert lines(await state(incidents, incident), "we are looking at the database")


async def test_a_severity_is_shown_before_it_is_changed_and_changed_only_then(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, "severity", incident)
    assert "nothing works" in text_of(view)  # the runbook's definitions
    chosen: dict[str, Any] = {"severity": {"value": "sev2"}, "reason": "only search"}
    seen = await submit(slack, side, view, **chosen)
    assert "What this changes" in text_of(seen["view"])
    assert (await state(incidents, incident)).severity == "sev1"
    await submit(slack, side, seen["view"], **chosen)
    assert (await state(incidents, incident)).severity == "sev2"


async def test_what_is_filled_in_anew_is_shown_anew(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, "severity", incident)
    seen = await submit(slack, side, view, severity={"value": "sev2"}, reason="a")
    again = await submit(slack, side, seen["view"], severity={"value": "sev2"}, reason="b")
    assert "What this changes" in text_of(again["view"])
    assert (await state(incidents, incident)).severity == "sev1"


async def test_it_is_changed_only_if_it_still_is_what_was_shown(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    chosen: dict[str, Any] = {"severity": {"value": "sev1"}, "reason": "worse"}
    await TemporalDesk(incidents).ask(incident, SeverityChanged(severity="sev2", by="boss"))
    seen = await submit(slack, side, await opened(slack, side, "severity", incident), **chosen)
    await TemporalDesk(incidents).ask(incident, SeverityChanged(severity="sev1", by="boss"))
    await TemporalDesk(incidents).ask(incident, SeverityChanged(severity="sev2", by="boss"))
    await TemporalDesk(incidents).ask(incident, SeverityChanged(severity="sev1", by="boss"))
    late = await submit(slack, side, seen["view"], **chosen)
    assert late["response_action"] == "errors"
    assert "it has changed meanwhile" in str(late["errors"])


async def test_the_same_form_submitted_twice_counts_once(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, "note", incident)
    for _ in range(2):
        await submit(slack, side, view, text="the disk is full")
    noted = [entry for entry in (await state(incidents, incident)).timeline if "the disk is full" in entry.text]
    assert sum(entry.count for entry in noted) == 1


async def test_what_is_wrong_stands_below_its_input(slack: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, "snooze", incident)
    said = await submit(slack, side, view, duration="soon")
    assert said["response_action"] == "errors"
    assert "15m" in said["errors"]["duration"]


@pytest.mark.parametrize(
    "kept",
    ["", "{", "[]", '{"verb": "explode", "incident": "x"}', '{"verb": "note"}', '{"verb": "note", "said": {"by": 1}}'],
)
async def test_a_form_that_is_not_ours_does_nothing(slack: Door, side: SlackSide, kept: str) -> None:
    view = {"id": "V9", "callback_id": "tocsin/verb", "private_metadata": kept}
    assert (await submit(slack, side, view, text="x"))["response_action"] == "errors"


async def test_while_temporal_is_away_what_was_written_stays(
    side: SlackSide, settings: Settings, library: Library, away: Incidents
) -> None:
    view = {"id": "V9", "callback_id": "tocsin/verb"}
    view["private_metadata"] = '{"verb": "note", "incident": "20261121-0204-k7bcdf"}'
    async for there in door(of_slack(settings, side), library, away):
        said = await submit(there, side, view, text="the disk is full")
        assert said["response_action"] == "errors"
        assert "Nothing is known to be recorded" in said["errors"]["text"]


async def test_who_may_not_is_refused_in_the_form(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: object
) -> None:
    incident = await declared(incidents)
    async for there in door(of_slack(settings, side, slack_may={"resolve": ("boss",)}), library, incidents):
        view = await opened(there, side, "resolve", incident)
        said = await submit(there, side, view, user=BOB, text="over")
        assert "Only boss may do this (resolve)" in said["errors"]["text"]
    assert not (await state(incidents, incident)).resolved


async def test_words_for_the_public_need_the_permission_whichever_verb_says_them(
    side: SlackSide, settings: Settings, library: Library, incidents: Incidents, working: object
) -> None:
    incident = await declared(incidents)
    async for there in door(of_slack(settings, side, public_by=("boss",)), library, incidents):
        view = await opened(there, side, "update", incident)
        said = await submit(there, side, view, text="x", public=["yes"])
        assert "(public)" in said["errors"]["text"]
        assert (await submit(there, side, view, text="x"))["response_action"] == "update"


async def test_a_flag_is_named_on_both_pages_of_its_form_with_its_incident(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, "flag", incident, said={"flag": "private"})
    seen = (await submit(slack, side, view, on=["yes"]))["view"]
    for page in (view, seen):
        assert incident in text_of(page)
        assert "Flag: private" in text_of(page)
