"""What not everybody may see is held back in Slack as everywhere else."""

import json
from collections.abc import AsyncIterator
from unittest.mock import AsyncMock

import pytest
import pytest_asyncio
from temporalio.client import Client

from chat import words
from starter.desk.recorder import Recorder
from starter.desk.temporal_desk import TemporalDesk
from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door
from tests.chat.slack_side import ANN, SlackSide, interaction
from tests.chat.test_commands import typed
from tests.chat.test_forms import opened, submit, text_of
from tests.chat.test_presses import declared, lines, state
from tests.starter.conftest import eventually
from tests.workflows.incidents import Vendors, chatting
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.incident.events import FlagChanged


async def hidden(incidents: Incidents) -> str:
    return await declared(incidents, flags=("private",))


async def test_a_form_that_a_command_opens_elsewhere_shows_and_does_nothing_of_a_private_incident(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await hidden(incidents)
    assert await typed(slack, side, f"note {incident}") == {}
    view = await side.filled()
    assert "Checkout is slow" not in text_of(view)
    said = await submit(slack, side, view, text="read by everybody")
    assert said["response_action"] == "errors"
    assert not lines(await state(incidents, incident), "read by everybody")


@pytest.mark.parametrize("verb", ["note", "resolve"])
async def test_at_its_message_a_private_incident_is_steered_by_forms(
    slack: Door, side: SlackSide, incidents: Incidents, verb: str
) -> None:
    incident = await hidden(incidents)
    view = await opened(slack, side, verb, incident)
    assert "Checkout is slow" in text_of(view)
    said = await submit(slack, side, view, text="a key was stolen")
    if verb == "resolve":
        said = await submit(slack, side, said["view"], text="a key was stolen")
    assert said["response_action"] == "update"
    assert lines(await state(incidents, incident), "a key was stolen")


ITS_OWN = "C0INC"


async def opens(send: Send, attempt: int) -> Receipt:
    return Receipt(reference=ITS_OWN, name="#incident-2")


@pytest_asyncio.fixture
async def talking(client: Client, working: Client) -> AsyncIterator[None]:
    """The incident's own channel is opened."""
    async with chatting(client, Vendors(answers={"open_channel": opens})):
        yield


async def in_its_channel(incidents: Incidents) -> str:
    incident = await hidden(incidents)

    async def channel() -> str:
        return (await state(incidents, incident)).references.get("channel", "")

    assert await eventually(channel) == ITS_OWN
    return incident


@pytest.mark.usefixtures("talking")
@pytest.mark.parametrize(
    ("channel", "name", "sees"),
    [
        (ITS_OWN, "incident-{}", True),
        (ITS_OWN, "incident-{}-2", True),
        (ITS_OWN, "x-{}", True),
        ("C0OTHER", "incident-{}", False),
        ("C0OTHER", "x-{}", False),
    ],
)
async def test_only_in_its_own_channel_a_private_incident_is_shown_whatever_others_are_called(
    slack: Door, side: SlackSide, incidents: Incidents, channel: str, name: str, sees: bool
) -> None:
    incident = await in_its_channel(incidents)
    said = await typed(slack, side, "show", channel_id=channel, channel_name=name.format(incident))
    assert ("Checkout is slow" in said["text"]) is sees


@pytest.mark.usefixtures("talking")
@pytest.mark.parametrize(("channel", "sees"), [(ITS_OWN, True), ("C0OTHER", False)])
async def test_a_channel_that_was_renamed_is_known_by_its_topic(
    slack: Door, side: SlackSide, incidents: Incidents, channel: str, sees: bool
) -> None:
    incident = await in_its_channel(incidents)
    known = {"id": channel, "name": "the-big-leak", "topic": {"value": f"SEV-1 | {incident}"}}
    side.answers["conversations.info"] = {"ok": True, "channel": known}
    said = await typed(slack, side, "show", channel_id=channel, channel_name="the-big-leak")
    assert ("Checkout is slow" in said["text"]) is sees


@pytest.mark.usefixtures("talking")
async def test_a_button_that_was_left_in_an_open_channel_does_nothing_of_what_is_private_now(
    slack: Door, side: SlackSide, incidents: Incidents
) -> None:
    incident = await in_its_channel(incidents)
    elsewhere = side.press(ANN, "note", incident, said={"text": "read by everybody"})
    elsewhere["container"]["channel_id"] = "C0OPEN"
    await slack.send(interaction(elsewhere))
    assert "there is no incident" in (await side.answered())["text"]
    await slack.send(interaction(side.press(ANN, "note", incident, said={"text": "read by few"})))
    await side.answered(2)
    found = await state(incidents, incident)
    assert (lines(found, "read by everybody"), len(lines(found, "read by few"))) == ([], 1)


async def made_private(incidents: Incidents, incident: str) -> None:
    await TemporalDesk(incidents).ask(incident, FlagChanged(flag="private", by="on-call"))


async def test_a_press_while_it_is_made_private_counts_and_shows_nothing_of_it(
    slack: Door, side: SlackSide, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was looked up as one that everybody may see."""
    incident = await declared(incidents)
    found = await incidents.find(incident)
    await made_private(incidents, incident)
    monkeypatch.setattr(Recorder, "find", AsyncMock(return_value=found.model_copy(update={"may_be_private": False})))
    await slack.send(interaction(side.press(ANN, "note", incident, said={"text": "the disk is full"})))
    assert (await side.answered())["text"] == words.PRIVATE_BY_NOW
    assert lines(await state(incidents, incident), "the disk is full")


@pytest.mark.parametrize(
    ("verb", "said", "counts"), [("update", words.PRIVATE_BY_NOW, 1), ("resolve", words.NOT_SHOWN_ANY_MORE, 0)]
)
async def test_a_form_that_was_opened_before_it_was_made_private_shows_nothing_of_it(
    slack: Door, side: SlackSide, incidents: Incidents, verb: str, said: str, counts: int
) -> None:
    incident = await declared(incidents)
    view = await opened(slack, side, verb, incident)
    await made_private(incidents, incident)
    answer = await submit(slack, side, view, text="the disk is full")
    assert said in json.dumps(answer)
    assert "Checkout is slow" not in json.dumps(answer)
    assert len(lines(await state(incidents, incident), "the disk is full")) == counts
