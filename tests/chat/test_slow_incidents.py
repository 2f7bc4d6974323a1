"""An incident that takes longer than Slack waits: nobody is told that nobody works, and the answer follows."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from chat import words
from settings import Settings
from starter.desk.temporal_desk import TemporalDesk
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.chat import conftest
from tests.chat.conftest import PATIENT, Door, door, of_slack
from tests.chat.slack_side import SlackSide
from tests.chat.test_commands import typed
from tests.chat.test_forms import submit, text_of
from tests.chat.test_presses import declared, state
from workflows.policy.incident.events import Resolved


@pytest_asyncio.fixture
async def hasty(
    side: SlackSide,
    settings: Settings,
    library: Library,
    incidents: Incidents,
    working: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Door]:
    """To whom every incident is too slow, though a worker works."""
    monkeypatch.setattr(conftest, "PATIENT", replace(PATIENT, worker_s=0.0))
    async for each in door(of_slack(settings, side), library, incidents):
        yield each


def view(verb: str, incident: str) -> dict[str, Any]:
    return {
        "id": "V9",
        "callback_id": "tocsin/verb",
        "private_metadata": json.dumps({"verb": verb, "incident": incident, "here": True}),
    }


async def counts(incidents: Incidents, incident: str, text: str) -> list[int]:
    return [entry.count for entry in (await state(incidents, incident)).timeline if text in entry.text]


async def test_what_is_filled_in_is_recorded_once_and_its_answer_follows_in_the_form(
    hasty: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    for _ in range(2):
        said = await submit(hasty, side, view("note", incident), text="the disk is full")
        assert text_of(said["view"]) == words.FOLLOWS
    assert text_of(await side.filled()).startswith(f"Recorded.\n*{incident}*")
    assert await counts(incidents, incident, "the disk is full") == [1]


async def test_what_is_typed_is_recorded_once_and_its_answer_follows(
    hasty: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    assert (await typed(hasty, side, f"note {incident} the disk is full"))["text"] == words.FOLLOWS
    assert (await side.answered())["text"].startswith(f"Recorded.\n*{incident}*")
    assert await counts(incidents, incident, "the disk is full") == [1]


async def test_why_it_came_too_late_follows_in_the_form(hasty: Door, side: SlackSide, incidents: Incidents) -> None:
    incident = await declared(incidents)
    await TemporalDesk(incidents).ask(incident, Resolved(by="boss", text="over"))
    await submit(hasty, side, view("mitigate", incident), text="better")
    told = text_of(await side.filled())
    assert told.startswith(words.TOO_LITTLE)
    assert "already resolved, by The Boss" in told


async def test_of_a_private_incident_the_form_says_no_more_than_that_it_is_recorded(
    hasty: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await declared(incidents, flags=("security",))
    await submit(hasty, side, view("note", incident), text="the disk is full")
    assert text_of(await side.filled()) == words.STORED
    assert await counts(incidents, incident, "the disk is full") == [1]
