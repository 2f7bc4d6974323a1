"""From what arrives to what it is: HTTP carries commands and interactions as forms and events as JSON, Socket Mode all
of them as JSON."""

from typing import Final
from urllib.parse import parse_qsl

from pydantic import JsonValue, TypeAdapter, ValidationError

from chat.payloads import EventSent, Interactive, SlackCallPayload, SlashCommand
from starter.sources import foreign
from starter.sources.reading import Unreadable

MOST_FORM_FIELDS: Final = 50
_INTERACTIVE: Final[TypeAdapter[SlackCallPayload]] = TypeAdapter(Interactive)
_EVENT_FORM: Final[TypeAdapter[SlackCallPayload]] = TypeAdapter(EventSent)
_COMMAND: Final[TypeAdapter[SlackCallPayload]] = TypeAdapter(SlashCommand)
_BY_ENVELOPE: Final = {"interactive": _INTERACTIVE, "slash_commands": _COMMAND, "events_api": _EVENT_FORM}


def payload_of(body: bytes, content_type: str) -> SlackCallPayload:
    """Raises Unreadable."""
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return _as(_EVENT_FORM, foreign.json(body))
    form = _form(body)
    if "payload" in form:
        return _as(_INTERACTIVE, foreign.json(form["payload"].encode(errors="surrogatepass")))
    return _as(_COMMAND, {**form})


def from_envelope(kind: str, payload: JsonValue) -> SlackCallPayload:
    """Raises Unreadable."""
    if kind not in _BY_ENVELOPE:
        raise Unreadable(f"an envelope of Slack's of an unknown kind: {kind[:40]!r}")
    return _as(_BY_ENVELOPE[kind], payload)


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FORM_FIELDS))
    except ValueError:  # UnicodeDecodeError is one
        raise Unreadable("the body is no form in UTF-8", is_json=False) from None


def _as(kind: TypeAdapter[SlackCallPayload], sent: JsonValue) -> SlackCallPayload:
    try:
        return kind.validate_python(sent)
    except ValidationError as error:
        raise Unreadable("the body is nothing that Slack sends", foreign.problems(error)) from None
