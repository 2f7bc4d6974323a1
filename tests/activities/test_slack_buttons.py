"""Offers as Slack's buttons: every one within Slack's limits, and in words where no button can be shown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from activities.slack import Slack
from activities.slack_buttons import MOST_BUTTONS, in_words, rows
from tests.activities import sends
from tests.activities.sends import INCIDENT
from tests.activities.test_slack import messages, posted
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.offers import Offer, Pressed

ACKNOWLEDGE = Offer(verb="ack", label="Acknowledge", command=f"tocsin ack {INCIDENT}")
TAKE = Offer(verb="assign", label="Take command", said={"role": "commander"})
APPROVE = Offer(verb="approve", label="Approve", said={"draft": "status-page"}, confirm="People outside read it.")


def elements(*offers: Offer) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = json.loads(json.dumps(rows(INCIDENT, offers)))
    return [element for row in drawn for element in row["elements"]]


def test_a_press_brings_back_what_was_offered() -> None:
    value = elements(TAKE)[0]["value"]
    assert Pressed.model_validate_json(value) == Pressed(incident=INCIDENT, verb="assign", said={"role": "commander"})


def test_it_brings_back_of_which_state_it_was_offered() -> None:
    (element,) = elements(TAKE.model_copy(update={"if_still": "5f3a1"}))
    assert Pressed.model_validate_json(element["value"]).if_still == "5f3a1"


def test_no_two_buttons_of_a_message_have_one_id_and_each_says_its_verb() -> None:
    ids = [element["action_id"] for element in elements(TAKE, APPROVE, TAKE)]
    assert ids == ["tocsin/incidents/assign/1", "tocsin/incidents/approve/2", "tocsin/incidents/assign/3"]


def test_what_is_to_be_confirmed_asks_and_looks_dangerous() -> None:
    plain, dangerous = elements(TAKE, APPROVE)
    assert "confirm" not in plain
    assert dangerous["style"] == "danger"
    assert dangerous["confirm"]["text"] == {"type": "plain_text", "text": "People outside read it.", "emoji": True}


def test_the_first_thing_to_do_stands_out() -> None:
    assert elements(ACKNOWLEDGE)[0]["style"] == "primary"


def test_what_does_not_fit_into_a_button_stands_in_the_words_alone() -> None:
    long = Offer(verb="note", label="Note", said={"text": "x" * 2_000}, command="tocsin note")
    assert elements(long) == []
    assert in_words([long]) == "Note: tocsin note"


TEXT = st.text(max_size=400)


@given(
    st.lists(
        st.builds(
            Offer, verb=st.text("abc-", min_size=1, max_size=20), label=TEXT, confirm=TEXT,
            said=st.dictionaries(st.text("abc", min_size=1), TEXT, max_size=3), command=TEXT,
        ),
        max_size=120,
    )
)  # fmt: skip
def test_whatever_is_offered_slack_takes_it(offers: list[Offer]) -> None:
    drawn: list[dict[str, Any]] = json.loads(json.dumps(rows(INCIDENT, offers)))
    for row in drawn:
        ActionsBlock(**row).validate_json()
        assert 1 <= len(row["elements"]) <= 25
        for element in row["elements"]:
            ButtonElement(**element).validate_json()
            assert 1 <= len(element["text"]["text"]) <= 75
            assert len(element["value"]) <= 2_000
            assert json.loads(element["value"])["incident"] == INCIDENT
            asked = element.get("confirm")
            if asked:
                assert 1 <= len(asked["title"]["text"]) <= 100
                assert 1 <= len(asked["text"]["text"]) <= 300
                assert len(asked["confirm"]["text"]) <= 30
    assert sum(len(row["elements"]) for row in drawn) <= MOST_BUTTONS


async def test_a_message_carries_its_buttons(slack: Slack, sandbox: SandboxServer) -> None:
    await slack.post(sends.post(offers=(ACKNOWLEDGE, TAKE)), may_have_been_sent=False)
    (message,) = await messages(sandbox)
    said, buttons = message["blocks"]
    assert (said["type"], buttons["type"]) == ("rich_text", "actions")
    assert [button["text"]["text"] for button in buttons["elements"]] == ["Acknowledge", "Take command"]


@pytest.mark.parametrize("refused", ["invalid_blocks", "msg_blocks_too_long"])
async def test_where_buttons_are_refused_the_words_say_what_to_type(
    slack: Slack, sandbox: SandboxServer, refused: str
) -> None:
    await sandbox.fault(vendor="slack", method="chat.postMessage", error=refused, times=1)
    await slack.post(sends.post(offers=(ACKNOWLEDGE,)), may_have_been_sent=False)
    sent = await posted(sandbox)
    assert "blocks" not in sent
    assert sent["text"].endswith(f"Acknowledge: tocsin ack {INCIDENT}")
