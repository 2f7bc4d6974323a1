"""Reading JSON of strangers: what is missing, null, new or of another type is no reason to lose an alert.

Nor is what there is too much of. Lists, objects and texts are cut before a model looks at them, so that what a body
costs depends on the fields that we know, and not on what is in them.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    JsonValue,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from starter.sources import text
from starter.sources.json_text import forgiving, is_too_much
from starter.sources.naming import MOST_PROBLEMS, named, problem
from starter.sources.reading import FieldProblem, Unreadable

MOST_WRONG = 1000
"""Fields of one alert that are left out because they are wrong."""
MOST_ITEMS = 200
"""Of a list or an object of one alert. Nobody reads so many labels, tags or resources; 40 labels are kept."""
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def _few(value: dict[str, object], info: ValidationInfo) -> dict[str, object]:
    """An object whose names are its sender's own, cut where it stands (see `_cut`)."""
    if len(value) > MOST_ITEMS:
        _mention(info, len(value))
        for name in list(islice(value, MOST_ITEMS, None)):
            del value[name]
    long = [name for name, each in value.items() if isinstance(each, str) and len(each) > text.LONGEST_SENT]
    for name in long:
        value[name] = text.recognizable(str(value[name]))
    return value


def _few_labels(value: object, info: ValidationInfo) -> object:
    """Go writes empty maps, lists and texts as null."""
    if not isinstance(value, dict):
        return value
    few = _few(value, info)
    return {name: each for name, each in few.items() if each is not None} if None in few.values() else few


def _mention(info: ValidationInfo, number: int, field: str | None = None) -> None:
    if info.context is not None:
        info.context.append(
            problem((field or info.field_name or "",), f"only the first {MOST_ITEMS} of {number} are read")
        )


class Foreign(BaseModel):
    """Base of the models of what senders send. Fields bear the sender's own names; null is as good as missing."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)
    uncut: ClassVar[tuple[str, ...]] = ()
    """Fields that somebody else bounds: lists of alerts, and JSON that stands in a text."""

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, value: object, info: ValidationInfo) -> object:
        """Those fields alone that the model has. What is cut is told to the context, if there is one."""
        if not isinstance(value, dict):
            return value
        return {
            name: each if name in cls.uncut else _cut(each, name, info)
            for name in (field.alias or name for name, field in cls.model_fields.items())
            if (each := value.get(name)) is not None
        }


F = TypeVar("F", bound=Foreign)


def lower(value: object) -> object:
    """Senders differ in `Resolved` and `resolved`, and so do versions of one sender."""
    return value.strip().lower() if isinstance(value, str) else value


SentLabels = Annotated[dict[str, str], BeforeValidator(_few_labels)]
Word = Annotated[str, BeforeValidator(lower)]
FiringOrResolved = Annotated[Literal["firing", "resolved"], BeforeValidator(lower)]
# These serve for identity at most: of the wrong type they are as good as missing.
AnyText = Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
AnyMap = Annotated[
    dict[str, JsonValue], BeforeValidator(lambda value, info: _few(value, info) if isinstance(value, dict) else {})
]
PositiveCount = Annotated[
    int, BeforeValidator(lambda value: value if type(value) is int and 0 < value < 1_000_000_000 else 0)
]


def json(body: bytes) -> JsonValue:
    """Without what cannot be sent on, such as half an emoji. Raises Unreadable."""
    if is_too_much(body):
        too_much = problem((), "send fewer alerts at once, or less with each")
        raise Unreadable("there are more values in the body than are read in one go", (too_much,), is_json=False)
    try:
        return _JSON.validate_json(body)  # fast, and strict
    except ValidationError as error:
        try:
            return forgiving(body)
        except ValueError:
            raise Unreadable("the body is not JSON", problems(error), is_json=False) from None


def read(model: type[F], body: bytes, what: str) -> tuple[F, tuple[FieldProblem, ...]]:
    """The body as this model, less the fields that are wrong and can be done without: those are named.

    `what` completes "the body is not ...". Raises Unreadable when a field is wrong that is needed.
    """
    return understand(model, json(body), what)


def understand(
    model: type[F], sent: JsonValue, what: str, path: Sequence[int | str] = ()
) -> tuple[F, tuple[FieldProblem, ...]]:
    """The same for JSON that has been read, that is ours to change, and that stands at `path` in the body."""
    cuts: list[FieldProblem] = []
    try:
        return model.model_validate(sent, context=cuts), named(cuts)
    except ValidationError as error:
        if error.error_count() > MOST_WRONG:
            too_many = problem(path, f"more than {MOST_WRONG} fields in it are wrong")
            raise Unreadable(f"the body is not {what}", (too_many,)) from None
        wrong = problems(error, *path)
        for details in reversed(error.errors(include_url=False, include_input=False, include_context=False)):
            if details["type"] != "missing":
                _leave_out(sent, details["loc"])  # backwards: what is taken out of a list moves only what follows
    try:
        return model.model_validate(sent, context=cuts), named((*wrong, *cuts))
    except ValidationError:
        raise Unreadable(f"the body is not {what}", named((*wrong, *cuts))) from None


def problems(error: ValidationError, *prefix: int | str) -> tuple[FieldProblem, ...]:
    """Pydantic's complaints without the values: those may be secrets, and are the sender's to know."""
    first = islice(error.errors(include_url=False, include_input=False, include_context=False), MOST_PROBLEMS)
    found = [
        problem(
            (*prefix, *details["loc"]),
            "is missing" if details["type"] == "missing" else details["msg"].removeprefix("Value error, "),
        )
        for details in first
    ]
    return named(found, error.error_count() - len(found))


def _cut(value: object, name: str, info: ValidationInfo) -> object:
    """One field, cut where it stands: what is left out of it later must not bring in what follows."""
    if isinstance(value, str):
        return text.recognizable(value)
    if isinstance(value, list):
        if len(value) > MOST_ITEMS:
            _mention(info, len(value), name)
            del value[MOST_ITEMS:]
        return [text.recognizable(each) if isinstance(each, str) else each for each in value]
    return value


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
