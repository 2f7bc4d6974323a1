"""A message to one person: its button answers that page, and it says afterwards who has the incident."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.errors import Rejected, Unavailable
from activities.slack import Slack
from activities.slack_pager import SlackPager
from tests.activities import sends
from tests.activities.conftest import SLACK_TOKEN
from tests.activities.ways import page
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Receipt, Send, SyncPager
from workflows.policy.effects.offers import Pressed

RING = f"incident-k7/{sends.INCIDENT}/escalate/1/on-call/1"


async def said(sandbox: SandboxServer) -> dict[str, Any]:
    [alone] = [channel for channel in (await sandbox.state())["channels"] if channel["direct"]]
    [message] = alone["messages"]
    return dict(message)


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [element for row in rows for element in row["elements"]]


def answered(rung: Receipt, become: Any = "acknowledged", text: str = "Ann has it.") -> Send:
    """`rung`: what is known of the page."""
    effect = SyncPager(to="on-call", ring=RING, become=become, reference=rung.reference or "")
    return sends.send(effect, text=text, due_at=datetime.now(UTC).replace(hour=14, minute=3))


async def test_its_button_answers_this_page_and_no_other(slack: Slack, sandbox: SandboxServer) -> None:
    await SlackPager(slack).page(page("slack", vendor_key=RING), False)
    [button] = buttons(await said(sandbox))
    assert Pressed.model_validate_json(button["value"]).ring == RING


@pytest.mark.parametrize(("become", "text"), [("acknowledged", "Ann has it"), ("resolved", "Incident k7 was resolved")])
async def test_afterwards_it_says_who_has_it_and_there_is_nothing_left_to_press(
    slack: Slack, sandbox: SandboxServer, become: str, text: str
) -> None:
    pager = SlackPager(slack)
    rung = await pager.page(page("slack", vendor_key=RING), False)
    receipt = await pager.sync(answered(rung, become, f"{text}."))
    now = await said(sandbox)
    assert (receipt.reference or "").endswith(now["ts"])
    assert f"{text}, 14:03" in now["text"]
    assert "checkout is down" in now["text"]
    assert "tocsin ack" not in now["text"]
    assert buttons(now) == []


async def test_it_can_be_said_twice(slack: Slack, sandbox: SandboxServer) -> None:
    pager = SlackPager(slack)
    rung = await pager.page(page("slack", vendor_key=RING), False)
    for text in ("Ann has it.", "Incident k7 was resolved by Ann."):
        await pager.sync(answered(rung, text=text))
    assert "resolved by Ann" in json.dumps(await said(sandbox))


async def test_it_is_edited_by_what_slack_called_it_and_never_looked_for(slack: Slack, sandbox: SandboxServer) -> None:
    """A channel's history has no end, and what ends a ring must not read through it."""
    pager = SlackPager(slack)
    rung = await pager.page(page("slack", vendor_key=RING), False)
    before = len(await sandbox.wire("slack"))
    await pager.sync(answered(rung))
    assert [call["path"].rpartition("/")[2] for call in (await sandbox.wire("slack"))[before:]] == ["chat.update"]


@pytest.mark.parametrize(
    ("reference", "said"), [("D0ANN:1.000001", "message_not_found"), ("", "Slack never said which it is")]
)
async def test_a_message_that_is_gone_or_was_never_known_holds_nothing_up(
    slack: Slack, sandbox: SandboxServer, reference: str, said: str
) -> None:
    rung = await SlackPager(slack).page(page("slack", vendor_key=RING), False)
    channel = (rung.reference or "").partition(":")[0]
    gone = Receipt(reference=reference.replace("D0ANN", channel))
    assert said in ((await SlackPager(slack).sync(answered(gone))).note or "")


async def test_whom_slack_did_not_know_is_asked_for_again_once_the_settings_name_them(
    slack: Slack, sandbox: SandboxServer
) -> None:
    routes = list[str]()
    for _ in range(2):
        with pytest.raises(Rejected, match="Slack does not know ben") as refused:
            await SlackPager(slack).page(page("slack", to="ben"), False)
        routes.append(refused.value.route or "")
    named = Slack(SLACK_TOKEN, sandbox.slack_url, {"ben": "U0ONCALL"})
    receipt = await SlackPager(named).page(page("slack", to="ben", not_through=tuple(routes)), False)
    await named.close()
    assert receipt.reference


async def test_what_slack_does_not_let_us_edit_stays_and_holds_nothing_up(slack: Slack, sandbox: SandboxServer) -> None:
    pager = SlackPager(slack)
    rung = await pager.page(page("slack", vendor_key=RING), False)
    await sandbox.fault(vendor="slack", method="chat.update", error="cant_update_message")
    assert "cant_update_message" in ((await pager.sync(answered(rung))).note or "")


async def test_slack_being_away_is_tried_again(slack: Slack, sandbox: SandboxServer) -> None:
    pager = SlackPager(slack)
    rung = await pager.page(page("slack", vendor_key=RING), False)
    await sandbox.fault(vendor="slack", method="chat.update", status=503)
    with pytest.raises(Unavailable):
        await pager.sync(answered(rung))
