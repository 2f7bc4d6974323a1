"""What Slack sends, with nulls in it: a press is a press as long as it says who pressed what."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chat.payloads import BlockActions, EventCallback, MessageShortcut, SlashCommand, ViewSubmission
from chat.reading import from_envelope
from starter.sources.reading import Unreadable

WHO: dict[str, Any] = {
    "team": {"id": "T1", "domain": "acme"},
    "user": {"id": "U1", "username": "ann", "name": "ann", "team_id": "T1"},
    "trigger_id": "1.2",
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
}
SENT: dict[str, tuple[str, type, dict[str, Any]]] = {
    "a press": (
        "interactive", BlockActions,
        WHO | {
            "type": "block_actions",
            "channel": {"id": "C1", "name": "incidents"},
            "container": {"message_ts": "1.1", "channel_id": "C1"},
            "actions": [{"action_id": "ack", "action_ts": "1.3", "value": "v", "selected_option": {"value": "o"}}],
        },
    ),
    "a form": (
        "interactive", ViewSubmission,
        WHO | {
            "type": "view_submission",
            "view": {"id": "V1", "hash": "h", "callback_id": "note", "private_metadata": "{}",
                     "state": {"values": {"b": {"a": {"value": None}}}}},
        },
    ),
    "a shortcut": (
        "interactive", MessageShortcut,
        WHO | {
            "type": "message_action", "callback_id": "pin", "channel": {"id": "C1", "name": "incidents"},
            "message_ts": "1.1", "message": {"ts": "1.1", "thread_ts": "1.0", "user": "U2", "text": "on my way"},
        },
    ),
    "a command": (
        "slash_commands", SlashCommand,
        {"team_id": "T1", "command": "/incident", "text": "list", "user_id": "U1", "user_name": "ann",
         "channel_id": "C1", "channel_name": "incidents", "trigger_id": "1.2", "response_url": "https://x/1"},
    ),
    "an event": (
        "events_api", EventCallback,
        {"type": "event_callback", "team_id": "T1", "event_id": "E1",
         "event": {"type": "reaction_added", "user": "U1", "reaction": "pushpin",
                   "item": {"type": "message", "channel": "C1", "ts": "1.1"}}},
    ),
}  # fmt: skip
NEEDED = {
    "type", "user", "user.id", "view", "view.id", "callback_id", "command", "user_id",
    "event_id", "event", "event.type", "view.state.values.b",
}  # fmt: skip


def nulled(sent: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """With each field null in its turn."""
    if isinstance(sent, list):
        yield from ((name, [odd]) for name, odd in nulled(sent[0], path))
    elif isinstance(sent, dict):
        for name, value in sent.items():
            here = f"{path}.{name}".lstrip(".")
            yield here, sent | {name: None}
            yield from ((inner, sent | {name: odd}) for inner, odd in nulled(value, here))


@pytest.mark.parametrize("what", SENT)
def test_what_is_null_is_as_if_it_were_missing(what: str) -> None:
    envelope, kind, sent = SENT[what]
    for path, odd in nulled(sent):
        needed = path in NEEDED or (what == "a shortcut" and path == "channel")
        try:
            found = from_envelope(envelope, json.loads(json.dumps(odd)))
        except Unreadable:
            assert needed, path
        else:
            assert isinstance(found, kind), path


def test_a_press_with_nulls_beside_it_says_who_pressed_what() -> None:
    envelope, _, sent = SENT["a press"]
    action = {"action_id": "ack", "action_ts": None, "value": "v", "selected_option": None}
    bare: dict[str, Any] = {
        **dict.fromkeys(sent),
        "type": "block_actions",
        "user": {"id": "U1", "name": None},
        "actions": [action],
    }
    found = from_envelope(envelope, bare)
    assert isinstance(found, BlockActions)
    assert (found.user.id, found.actions[0].action_id, found.actions[0].value) == ("U1", "ack", "v")
