"""The whole way, with the sandbox's Slack: Socket Mode and HTTP, views, shortcuts, reactions, edits."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from temporalio.client import Client

from chat.connecting import connected
from settings import Settings
from starter.temporal.incidents import Incidents
from tests.chat.conftest import PATIENT
from tests.chat.test_presses import declared, lines, state
from tests.sandbox.slack_hands import PATIENCE, SlackHands
from tests.sandbox_server import SandboxServer, running_sandbox
from tests.starter.conftest import eventually
from workflows.policy.incident.state import Incident

pytest.importorskip("wsproto", reason="without wsproto the sandbox has no Socket Mode: make setup-dev")


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    async with running_sandbox() as there:
        yield there


@pytest.fixture
async def hands(
    sandbox: SandboxServer, settings: Settings, incidents: Incidents, working: Client
) -> AsyncIterator[SlackHands]:
    """Alice's, in a workspace whose calls come by Socket Mode."""
    fields = {
        "slack_token": SecretStr("xoxb-1"),
        "slack_url": sandbox.slack_url,
        "slack_app_token": SecretStr("xapp-1"),
        "slack_users": {"on-call": "U0ALICE"},
    }
    there = SlackHands(sandbox)
    await there.set_up(patience=PATIENCE)
    async with connected(settings.model_copy(update=fields), incidents, PATIENT) as chat:
        assert chat is not None
        await eventually(sandbox.state, lambda seen: seen["slack_calls"] == "socket")
        yield there


async def text_on_top(hands: SlackHands, sandbox: SandboxServer, word: str) -> None:
    async def modals() -> str:
        return str((await sandbox.state()).get("modals"))

    await eventually(modals, lambda seen: word in seen)


async def noted(incidents: Incidents, incident: str, word: str) -> Incident:
    async def look() -> Incident:
        return await state(incidents, incident)

    return await eventually(look, lambda seen: bool(lines(seen, word)))


async def test_a_command_by_socket_mode_is_done_and_answered(hands: SlackHands, incidents: Incidents) -> None:
    incident = await declared(incidents)
    seen = await hands.command("incidents", f"ack {incident}")
    assert seen["delivery"]["problem"] == ""
    assert "acknowledged" in seen["ephemerals"][0]["text"]
    assert (await state(incidents, incident)).acknowledged_by == "on-call"


async def test_a_pin_puts_a_message_on_the_timeline_once_and_its_edits_follow(
    hands: SlackHands, sandbox: SandboxServer, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    channel = f"incident-{incident}"
    await sandbox.create_channel(channel)
    ts = await hands.say(channel, "the disk of db1 is full")
    for who in ("Alice Example", "Vera Steersman"):
        await hands.of(who).react(channel, ts, "pushpin")
    [line] = lines(await noted(incidents, incident, "db1 is full"), "db1 is full")
    assert ": pinned “the disk of db1 is full” (said " in line
    await hands.edit(channel, ts, "the disk of db2 is full")
    assert lines(
        await noted(incidents, incident, "db2 is full"), "changed the pinned message to “the disk of db2 is full”"
    )
    await hands.delete(channel, ts)
    assert await noted(incidents, incident, "deleted the pinned message")


async def test_a_shortcut_makes_a_follow_up_of_a_message(
    hands: SlackHands, sandbox: SandboxServer, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await eventually(incidents.list)
    ts = await hands.say("incidents", "alert on disks at 80 %")
    await hands.message_shortcut("incidents", ts, "tocsin_follow_up")
    await text_on_top(hands, sandbox, "alert on disks")
    await hands.submit({"text": "alert on disks at 80 %"})
    found = await noted(incidents, incident, "alert on disks")
    assert [each.text for each in found.follow_ups] == ["alert on disks at 80 %"]


async def test_a_press_while_slack_refreshes_the_connection_is_answered_afterwards(
    hands: SlackHands, sandbox: SandboxServer, incidents: Incidents
) -> None:
    incident = await declared(incidents)
    await sandbox.control("POST", "slack/refresh", json={})

    async def pressed() -> str:
        """Slack says so itself while no connection is open."""
        return str((await hands.command("incidents", f"ack {incident}"))["ephemerals"][-1]["text"])

    assert "not_connected" not in await eventually(pressed, lambda seen: "acknowledged" in seen)
