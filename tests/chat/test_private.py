"""What not everybody may see is held back in Slack as everywhere else."""

import pytest

from starter.temporal.incidents import Incidents
from tests.chat.conftest import Door
from tests.chat.slack_side import SlackSide
from tests.chat.test_commands import typed
from tests.chat.test_forms import opened, submit, text_of
from tests.chat.test_presses import declared, lines, state


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


@pytest.mark.parametrize(("name", "sees"), [("incident-{}", True), ("x-{}", False), ("incident-{}-2", False)])
async def test_a_channel_that_somebody_named_after_it_shows_nothing_of_a_private_incident(
    slack: Door, side: SlackSide, incidents: Incidents, name: str, sees: bool
) -> None:
    incident = await hidden(incidents)
    said = await typed(slack, side, "show", channel_name=name.format(incident))
    assert ("Checkout is slow" in said["text"]) is sees
