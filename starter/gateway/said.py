"""What a request to the API says, read as strictly as a person wants it: a field that nobody knows is a mistake."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, JsonValue, ValidationError

from starter.gateway.access import Actor
from starter.gateway.admission import read_body
from starter.runbooks.problems import closest
from starter.sources import foreign, text
from starter.sources.reading import FieldProblem, Unreadable
from starter.sources.refusal import Refusal

W = TypeVar("W", bound=BaseModel)
API_BODY_BYTES = 65_536
FOR = "for"
"""The field that says for whom somebody acts."""
ONLY_ONE = "-"
"""Instead of an id: the only one that is open."""
LONGEST_KEY = 200
"""Characters of an Idempotency-Key."""


async def said(request: Request, fields: Collection[str]) -> dict[str, JsonValue]:
    """An object of these fields. Raises Refusal, Unreadable."""
    body = await read_body(request, API_BODY_BYTES)
    if len(body) > API_BODY_BYTES:
        raise Refusal(413, f"more than {API_BODY_BYTES} bytes")
    given = foreign.json(body) if body.strip() else {}
    if not isinstance(given, dict):
        raise Unreadable("the body is not an object", (FieldProblem("", "write an object, {...}"),))
    unknown = [FieldProblem(text.line(name, 60), closest(name, fields)) for name in given if name not in fields]
    if unknown:
        raise Unreadable("the body has fields that are not known", unknown[:20])
    return given


async def asked(request: Request, actor: Actor, model: type[W]) -> tuple[W, str]:
    """What is asked for, and by whom. Raises Refusal, Unreadable."""
    given = await said(request, (*model.model_fields, FOR))
    return made(model, {name: value for name, value in given.items() if name != FOR}), actor.by(on_behalf_of(given))


def made(model: type[W], given: Mapping[str, object]) -> W:
    """Raises Unreadable."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise unusable(error) from None


def on_behalf_of(given: Mapping[str, JsonValue]) -> str:
    """Raises Unreadable."""
    value = given.get(FOR, "")
    if not isinstance(value, str):
        raise Unreadable("the body cannot be used", (FieldProblem(FOR, "Input should be a valid string"),))
    return value


def part(incident: str) -> str:
    """Of an id, as the desk takes it."""
    return "" if incident == ONLY_ONE else incident


def event_id(request: Request, actor: Actor) -> str:
    """The same key again is the same event. Each token has keys of its own. Raises Refusal."""
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > LONGEST_KEY:
        raise Refusal(422, f"Idempotency-Key: at most {LONGEST_KEY} characters")
    return f"api/{actor.name}/{key}" if key else ""


def unusable(error: ValidationError) -> Unreadable:
    return Unreadable("the body cannot be used", tuple(foreign.problems(error))[:20])
