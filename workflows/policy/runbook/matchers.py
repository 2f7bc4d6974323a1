"""Which alerts are meant: conditions on labels, as Alertmanager writes them."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError, model_validator
from pydantic_core import SchemaError

from workflows.policy.wire.model import Wire

MATCHERS = 10
LONGEST_MATCHER_VALUE = 200
"""Characters: as many as a label's value can have."""
_WRITTEN_MATCHER = re.compile(r"\s*([\w./:-]+)\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)


class Matcher(Wire):
    """One condition on a label; a label that an alert has not got is empty. Patterns match the whole value."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    operator: Literal["=", "!=", "=~", "!~"]
    value: Annotated[str, StringConstraints(max_length=LONGEST_MATCHER_VALUE)]

    @classmethod
    def parse(cls, written: str) -> "Matcher":
        """`service=checkout`, `alertname=~"High.*"`, ... Raises ValueError."""
        return cls.model_validate(written)

    @model_validator(mode="before")
    @classmethod
    def _written(cls, given: object) -> object:
        """Runbooks write it as people do."""
        if not isinstance(given, str):
            return given
        found = _WRITTEN_MATCHER.fullmatch(given)
        if found is None:
            raise ValueError(f"{given!r} is no matcher: write service=checkout, or alertname=~High.*, != or !~")
        label, operator, value = found.groups()
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        return {"label": label, "operator": operator, "value": value[1:-1] if quoted else value}

    @model_validator(mode="after")
    def _is_a_pattern(self) -> Self:
        if self.operator in ("=~", "!~"):
            _pattern(self.value)
        return self

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.label, "")
        match self.operator:
            case "=":
                return value == self.value
            case "!=":
                return value != self.value
            case "=~":
                return _fits(self.value, value)
        return not _fits(self.value, value)

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{self.value}"


def _narrow(matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
    """As Alertmanager demands it: otherwise a slip of the finger silences everything."""
    if all(matcher.matches({}) for matcher in matchers):
        raise ValueError("one matcher at least must ask for something that an alert without labels has not got")
    return matchers


Matchers = Annotated[tuple[Matcher, ...], Field(min_length=1, max_length=MATCHERS), AfterValidator(_narrow)]


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> TypeAdapter[str]:
    """Compiled by pydantic's engine, the `regex` of Rust: whoever wrote the pattern, its time grows with the text
    and no faster; and its syntax is the one that Alertmanager has (RE2's). Raises ValueError."""
    try:
        for anchored in (pattern, rf"\A(?:{pattern})\z"):  # alone first: `a)|(b` must not break out of the brackets
            adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, StringConstraints(pattern=anchored)])
    except SchemaError as error:
        raise ValueError(f"{pattern!r} is no pattern: {str(error).strip().splitlines()[-1].strip()}") from None
    return adapter


def _fits(pattern: str, value: str) -> bool:
    try:
        _pattern(pattern).validate_python(value)
    except ValidationError:
        return False
    return True
