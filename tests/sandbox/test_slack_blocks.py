"""Blocks and views are taken and refused as Slack does, with the place."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.kit.checking import check_blocks, check_view
from sandbox.vendor_error import VendorError

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def button(number: int = 0, **more: Any) -> Block:
    return {"type": "button", "action_id": f"a{number}", "text": plain("Acknowledge"), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": [*elements]}


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*parts]}]}


def options(count: int) -> list[Block]:
    return [{"text": plain(f"SEV-{number}"), "value": f"sev{number}"} for number in range(count)]


def select(count: int, **more: Any) -> Block:
    return {"type": "static_select", "action_id": "severity", "options": options(count), **more}


CONFIRM = {
    "title": plain("Resolve?"),
    "text": plain("It is told to all."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
TAKEN = [
    {"type": "header", "text": plain("h" * 150)},
    {"type": "section", "text": {"type": "mrkdwn", "text": "t" * 3_000}},
    {"type": "section", "fields": [plain("f" * 2_000)] * 2, "accessory": button(style="danger", confirm=CONFIRM)},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "c"}] * 10},
    actions(*(button(number, value="v" * 2_000) for number in range(25))),
    actions(select(100), {"type": "overflow", "action_id": "more", "options": options(5)}),
    rich({"type": "date", "timestamp": 1_790_000_000, "format": "{ago}", "fallback": "soon"}),
    rich({"type": "user", "user_id": "U0VERA"}, {"type": "text", "text": "x", "style": {"bold": True}}),
    {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": []}]},
    {"type": "divider"},
    {"type": "input", "label": plain("Why"), "element": {"type": "plain_text_input", "action_id": "why"}},
]
NO_SCHEMA = "failed to match all allowed schemas"
NOT_OFFERED = "initial_option must be one of the provided options"
FIRST = "/blocks/0/elements/0"
FIRST_PART = f"{FIRST}/elements/0"
REFUSED = [
    ({"type": "header", "text": plain("h" * 151)}, "must be less than 151 characters", "/blocks/0/text/text"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "h"}}, NO_SCHEMA, "/blocks/0/text/type"),
    ({"type": "section"}, "missing required field: text", "/blocks/0"),
    ({"type": "section", "fields": [plain("f")] * 11}, "no more than 10 items allowed", "/blocks/0/fields"),
    ({"type": "section", "text": plain("")}, "must be more than 0 characters", "/blocks/0/text/text"),
    ({"type": "context", "elements": [plain("c")] * 11}, "no more than 10 items allowed", "/blocks/0/elements"),
    (actions(*(button(number) for number in range(26))), "no more than 25 items allowed", "/blocks/0/elements"),
    (actions(button(value="v" * 2_001)), "must be less than 2001 characters", FIRST + "/value"),
    (actions(button(text=plain("t" * 76))), "must be less than 76 characters", FIRST + "/text/text"),
    (actions(button(style="warning")), NO_SCHEMA, FIRST + "/style"),
    (actions(button(colour="red")), "invalid additional property: colour", FIRST),
    (actions(button(action_id="a" * 256)), "must be less than 256 characters", FIRST + "/action_id"),
    (actions(button(), button()), "`action_id`: a0 already exists", "/blocks"),
    (actions(button(confirm={**CONFIRM, "confirm": plain("y" * 31)})),
     "must be less than 31 characters", FIRST + "/confirm/confirm/text"),
    (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input", FIRST + "/type"),
    (actions(select(101)), "no more than 100 items allowed", FIRST + "/options"),
    (actions(select(2, initial_option=options(3)[2])), NOT_OFFERED, FIRST),
    (rich({"type": "text", "text": ""}), "must be more than 0 characters", FIRST_PART + "/text"),
    (rich({"type": "user", "user_id": "vera"}), NO_SCHEMA, FIRST_PART + "/user_id"),
    (rich({"type": "date", "timestamp": 1, "format": "soon"}), NO_SCHEMA, FIRST_PART + "/format"),
    ({"type": "shout", "text": plain("?")}, "unsupported type: shout", "/blocks/0/type"),
]  # fmt: skip


@pytest.mark.parametrize("block", TAKEN, ids=lambda block: block["type"])
def test_what_slack_takes_is_taken(block: Block) -> None:
    check_blocks([block])


@pytest.mark.parametrize(("block", "words", "where"), REFUSED)
async def test_what_slack_refuses_is_refused_with_the_place(
    slack: AsyncWebClient, block: Block, words: str, where: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel="#incidents", text="fallback", blocks=[block])
    assert caught.value.response["error"] == "invalid_blocks"
    assert f"[ERROR] {words} [json-pointer:{where}]" in caught.value.response["response_metadata"]["messages"]


def test_a_block_id_stands_once_in_a_message() -> None:
    with pytest.raises(VendorError, match="`block_id`: b already exists"):
        check_blocks([{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}])


def modal(**more: Any) -> Block:
    return {"type": "modal", "title": plain("Resolve"), "blocks": [], **more}


INPUT = {"type": "input", "label": plain("Why"), "element": {"type": "plain_text_input", "action_id": "why"}}


@pytest.mark.parametrize(
    ("view", "words", "where"),
    [
        (modal(title=plain("t" * 25)), "must be less than 25 characters", "/view/title/text"),
        (modal(submit=plain("s" * 25)), "must be less than 25 characters", "/view/submit/text"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed", "/view/blocks"),
        (modal(blocks=[INPUT]), "missing required field: submit", "/view"),
        (modal(private_metadata="m" * 3_001), "must be less than 3001 characters", "/view/private_metadata"),
        (modal(callback_id="c" * 256), "must be less than 256 characters", "/view/callback_id"),
        (modal(blocks=[{"type": "markdown", "text": "x"}]), "unsupported type: markdown", "/view/blocks/0/type"),
    ],
)
def test_a_view_that_slack_refuses(view: Block, words: str, where: str) -> None:
    with pytest.raises(VendorError) as caught:
        check_view(view)
    assert caught.value.body["error"] == "invalid_arguments"
    assert f"{words} [json-pointer:{where}]" in str(caught.value.body["response_metadata"])


def test_a_view_has_a_weight() -> None:
    heavy = [{"type": "section", "text": {"type": "mrkdwn", "text": "t" * 3_000}}] * 90
    with pytest.raises(VendorError, match="view_too_large"):
        check_view(modal(blocks=heavy))
