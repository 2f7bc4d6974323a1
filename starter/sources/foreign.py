"""Reading JSON of strangers: what is missing, null, new or of another type is no reason to lose an alert."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue, TypeAdapter, ValidationError, model_validator

from starter.runbooks.problems import written
from starter.sources.json_text import forgiving
from starter.sources.reading import FieldProblem, Unreadable

MOST_WRONG = 1000
"""Fields of one alert. To name and leave out a hundred thousand would keep all other senders waiting for seconds."""
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def without_nulls(value: object) -> object:
    """Go writes empty maps, lists and texts as null."""
    return {name: each for name, each in value.items() if each is not None} if isinstance(value, dict) else value


class Foreign(BaseModel):
    """Base of the models of what senders send. Fields bear the sender's own names; null is as good as missing."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        return without_nulls(value)


F = TypeVar("F", bound=Foreign)


def lower(value: object) -> object:
    """Senders differ in `Resolved` and `resolved`, and so do versions of one sender."""
    return value.strip().lower() if isinstance(value, str) else value


SentLabels = Annotated[dict[str, str], BeforeValidator(without_nulls)]
Word = Annotated[str, BeforeValidator(lower)]
FiringOrResolved = Annotated[Literal["firing", "resolved"], BeforeValidator(lower)]
# These serve for identity at most: of the wrong type they are as good as missing.
AnyText = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
AnyMap = Annotated[dict[str, JsonValue], BeforeValidator(lambda value: value if isinstance(value, dict) else {})]
PositiveCount = Annotated[
    int, BeforeValidator(lambda value: value if type(value) is int and 0 < value < 1_000_000_000 else 0)
]


def json(body: bytes) -> JsonValue:
    """Without what cannot be sent on, such as half an emoji. Raises Unreadable."""
    try:
        return _JSON.validate_json(body)  # fast, and strict
    except ValidationError as error:
        try:
            return forgiving(body)
        except ValueError:
            raise Unreadable("the body is not JSON", tuple(problems(error)), is_json=False) from None


def read(model: type[F], body: bytes, what: str) -> tuple[F, tuple[FieldProblem, ...]]:
    """The body as this model, less the fields that are wrong and can be done without: those are named.

    `what` completes "the body is not ...". Raises Unreadable when a field is wrong that is needed.
    """
    return understand(model, json(body), what)


def understand(
    model: type[F], sent: JsonValue, what: str, path: Sequence[int | str] = ()
) -> tuple[F, tuple[FieldProblem, ...]]:
    """The same for JSON that has been read, and that stands at `path` in the body."""
    try:
        return model.model_validate(sent), ()
    except ValidationError as error:
        if error.error_count() > MOST_WRONG:
            too_many = FieldProblem(written(path), f"more than {MOST_WRONG} fields in it are wrong")
            raise Unreadable(f"the body is not {what}", (too_many,)) from None
        wrong = tuple(problems(error, *path))
        for details in reversed(error.errors(include_url=False, include_input=False, include_context=False)):
            if details["type"] != "missing":
                _leave_out(sent, details["loc"])  # backwards: what is taken out of a list moves only what follows
    try:
        return model.model_validate(sent), wrong
    except ValidationError:
        raise Unreadable(f"the body is not {what}", wrong) from None


def problems(error: ValidationError, *prefix: int | str) -> Iterator[FieldProblem]:
    """Pydantic's complaints without the values: those may be secrets, and are the sender's to know."""
    for details in error.errors(include_url=False, include_input=False, include_context=False):
        message = "is missing" if details["type"] == "missing" else details["msg"].removeprefix("Value error, ")
        yield FieldProblem(written((*prefix, *details["loc"])), message)


def _leave_out(sent: JsonValue, loc: Sequence[int | str]) -> bool:
    """Take the value at this place out of the JSON, as if it had not been sent. False: there is no such place."""
    if not loc:
        return False
    part, rest = loc[0], loc[1:]
    if isinstance(sent, dict) and isinstance(part, str) and part in sent:
        if not _leave_out(sent[part], rest):  # `rest` may be pydantic's own words
            del sent[part]
        return True
    if isinstance(sent, list) and isinstance(part, int) and part < len(sent):
        if not _leave_out(sent[part], rest):
            del sent[part]
        return True
    return False
