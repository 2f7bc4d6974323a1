"""A worker that asked for work a moment ago may be slow, or dead. Whoever did something in Slack meanwhile reads which
it was."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from chat import looking_again, words
from chat.prompt_deeds import MOST_ASKED_AT_ONCE
from settings import Settings
from starter.runbooks.library import Library
from starter.temporal import unanswered
from starter.temporal.incidents import Incidents
from starter.temporal.loading import loaded
from tests.chat import conftest
from tests.chat.conftest import PATIENT, Door, door, of_slack
from tests.chat.slack_side import ANN, SlackSide, interaction
from tests.chat.test_commands import typed
from tests.chat.test_forms import submit, text_of
from tests.starter.conftest import eventually
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook


class DeadWorker:
    """It asked for work, and died. Only that time passes shows that it did."""

    def __init__(self) -> None:
        self.silent_for = timedelta()

    async def last_poll(self, _: Client) -> datetime:
        return datetime.now(UTC) - self.silent_for

    async def sleep(self, seconds: float) -> None:
        self.silent_for += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def dead(monkeypatch: pytest.MonkeyPatch) -> DeadWorker:
    worker = DeadWorker()
    monkeypatch.setattr(unanswered, "last_poll", worker.last_poll)
    monkeypatch.setattr(looking_again, "sleep", worker.sleep)
    return worker


@pytest_asyncio.fixture
async def there(
    side: SlackSide,
    settings: Settings,
    library: Library,
    incidents: Incidents,
    installation: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Door]:
    monkeypatch.setattr(conftest, "PATIENT", replace(PATIENT, worker_s=0.0))
    async for each in door(of_slack(settings, side), library, incidents):
        each.chat.presses.deeds._under_way = MOST_ASKED_AT_ONCE
        yield each


@pytest.fixture
def incidents(client: Client) -> Incidents:
    """For whom nobody comes however long they wait."""
    return Incidents(client, patience=timedelta(seconds=0.1))


@pytest.fixture
def book(library: Library, settings: Settings) -> Runbook:
    return loaded(library, settings).runbooks["acme"]


async def opened(incidents: Incidents, book: Runbook, *flags: str) -> str:
    opening = OpenRequest(runbook=book, severity="sev1", title="Checkout is slow", flags=flags)
    return await incidents.declare(opening)


async def read(side: SlackSide, count: int) -> list[str]:
    """What they read one after the other, by answers of their own."""
    await side.answered(count)
    return [each["text"] for each in side.responses]


async def filled(side: SlackSide, count: int) -> list[str]:
    """What stands in their form one after the other."""

    async def look() -> list[str]:
        return [text_of(call["view"]) for method, call in side.calls if method == "views.update"]

    return await eventually(look, lambda texts: len(texts) >= count)


async def test_whoever_presses_a_button(there: Door, side: SlackSide, incidents: Incidents, book: Runbook) -> None:
    await there.send(interaction(side.press(ANN, "ack", await opened(incidents, book))))
    first, then, last = await read(side, 3)
    assert (first, then) == (words.FOLLOWS, words.PERHAPS_NOBODY)
    assert last.startswith(words.NOBODY_ACTS)


async def test_whoever_types_a_command(there: Door, side: SlackSide, incidents: Incidents, book: Runbook) -> None:
    said = await typed(there, side, f"escalate {await opened(incidents, book)} boss it burns")
    assert said["text"] == words.FOLLOWS
    then, last = await read(side, 2)
    assert then == words.PERHAPS_NOBODY
    assert last.startswith(words.NOBODY_ACTS)


async def test_whoever_fills_in_a_form(there: Door, side: SlackSide, incidents: Incidents, book: Runbook) -> None:
    kept = json.dumps({"verb": "note", "incident": await opened(incidents, book), "here": True})
    view = {"id": "V9", "callback_id": "tocsin/verb", "private_metadata": kept}
    said = await submit(there, side, view, text="the disk is full")
    assert text_of(said["view"]) == words.FOLLOWS
    then, last = await filled(side, 2)
    assert then == words.PERHAPS_NOBODY
    assert last.startswith(words.NOBODY_ACTS)


async def test_whoever_was_promised_an_answer_knows_what_to_do_where_none_comes(
    there: Door, side: SlackSide, incidents: Incidents, book: Runbook
) -> None:
    """The gateway keeps in mind alone to whom it owes one: it may be killed in that minute."""
    said = await typed(there, side, f"escalate {await opened(incidents, book)} boss it burns")
    assert said["text"].endswith("within a minute. If none does, and it is urgent, call somebody.")


async def test_whoever_declares(there: Door, side: SlackSide) -> None:
    filled_in: dict[str, Any] = {"title": "Checkout is slow", "severity": {"value": "sev1"}}
    view = {"id": "V9", "callback_id": "tocsin/declare"}
    seen = (await submit(there, side, view, **filled_in))["view"]
    said = await submit(there, side, {**view, "private_metadata": seen["private_metadata"]}, **filled_in)
    assert text_of(said["view"]) == words.FOLLOWS
    then, last = await filled(side, 2)
    assert then == words.PERHAPS_NOBODY
    assert last.startswith(words.NOBODY_ACTS)


@pytest.mark.parametrize("silent_for", [timedelta(), timedelta(minutes=2)], ids=["perhaps", "surely"])
async def test_of_a_private_incident_everybody_who_presses_reads_it_and_nothing_else(
    there: Door, side: SlackSide, incidents: Incidents, book: Runbook, dead: DeadWorker, silent_for: timedelta
) -> None:
    dead.silent_for = silent_for
    await there.send(interaction(side.press(ANN, "ack", await opened(incidents, book, "security"))))
    assert (await read(side, 1 if silent_for else 3))[-1] == f"{words.NOBODY_ACTS}."
