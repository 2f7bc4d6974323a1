"""Values of several parts, as people write them into one variable."""

import json
import re
from typing import get_args, get_origin

from pydantic import JsonValue

from settings.redaction import RedactedPattern

_JSON_BEGINNING = re.compile(r'\s*["{\[]')


def decoded(annotation: object, written: str) -> JsonValue:
    """Of a field of this type. Raises ValueError, which never repeats what was written: it may be a secret."""
    match get_origin(annotation):
        case kind if kind is dict:
            return _table(written)
        case kind if kind is tuple:
            return _lines(written) if get_args(annotation)[0] == RedactedPattern else _list(written)
    return written


def _table(written: str) -> JsonValue:
    instead = 'write it in JSON, like {"on-call": "..."}'
    found = _json(written, instead)
    if not isinstance(found, dict):
        raise ValueError(instead)
    return found


def _list(written: str) -> JsonValue:
    """One needs no quotes, several may have commas between."""
    if not _JSON_BEGINNING.match(written):
        return [each.strip() for each in written.split(",")]
    instead = 'write one as it is, several with commas between, or a JSON list like ["...", "..."]'
    found = _json(written, instead)
    if not isinstance(found, list):
        raise ValueError(instead)
    return found


def _lines(written: str) -> JsonValue:
    """One a line; a pattern may begin with what JSON begins with."""
    try:
        found: JsonValue = json.loads(written)
    except ValueError:
        found = None
    return found if isinstance(found, list) else [line.strip() for line in written.splitlines() if line.strip()]


def _json(written: str, instead: str) -> JsonValue:
    try:
        found: JsonValue = json.loads(written)
    except ValueError as error:
        raise ValueError(f"this is no JSON: {instead}") from error
    return found
