"""The answers of vendors, as far as they are read: what was taken is taken, whatever stands beside its id.

A page that a vendor took, and that counts as failed because of a null that nobody needs, rings twice or is given up.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, ClassVar, TypeVar

import structlog
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from activities.errors import Unavailable

T = TypeVar("T")
A = TypeVar("A", bound="VendorAnswer")

log = structlog.get_logger()


class VendorAnswer(BaseModel):
    """A field without a default is needed. Every other one is as if it were missing where it is null or of another
    type."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)
    decisive: ClassVar[frozenset[str]] = frozenset()
    """Fields that may be empty or missing, and make an answer unreadable if they are of another type: something is
    decided by what they say, and nothing by a guess."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_as_if_missing(cls, value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        try:
            return read(value)
        except ValidationError:
            field = cls.model_fields[info.field_name or ""]
            if field.is_required() or (value and info.field_name in cls.decisive):
                raise
            return field.get_default(call_default_factory=True)


def _less_the_odd(value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    """If not one can be read the list is not understood: what it lacks is then not known to be missing."""
    try:
        return read(value)
    except ValidationError:
        entries = value if isinstance(value, list) else []
        found = tuple(one for entry in entries for one in _if_readable(entry, read))
        if not found:
            raise
        log.warning(
            "entries of a vendor's list were left out", field=info.field_name, entries=len(entries) - len(found)
        )
        return found


def _if_readable(entry: object, read: ValidatorFunctionWrapHandler) -> Iterator[object]:
    try:
        yield from read([entry])
    except ValidationError:
        return


Entries = Annotated[tuple[T, ...], WrapValidator(_less_the_odd)]
"""A list from which an entry that cannot be read is left out, and said in the log."""


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_in_a_mail(written: object) -> object:
    """Raises ValueError."""
    if not isinstance(written, str):
        raise ValueError("no date")
    try:
        return parsedate_to_datetime(written)
    except (TypeError, IndexError, OverflowError):
        raise ValueError("no date") from None


VendorMoment = Annotated[datetime, AfterValidator(_in_utc)]
"""One without a zone is in UTC."""
MailMoment = Annotated[VendorMoment, BeforeValidator(_as_in_a_mail)]
"""Written as RFC 2822 has it."""


def understood(vendor: str, answer: TypeAdapter[T], content: bytes) -> T:
    """Raises Unavailable: whoever answered was not the vendor, or was in no state to."""
    try:
        return answer.validate_python(json.loads(content))
    except (ValueError, RecursionError):
        raise Unavailable(f"{vendor}'s answer was not understood") from None


def understood_lines(vendor: str, answer: TypeAdapter[T], content: bytes) -> T:
    """A list of which each line is an entry. Raises Unavailable."""
    try:
        return answer.validate_python([_object(line) for line in content.splitlines() if line.strip()])
    except ValidationError:
        raise Unavailable(f"{vendor}'s answer was not understood") from None


def readable(answer: type[A], content: bytes) -> A | None:
    """What a vendor says of a refusal, of which nothing is needed. None: it is not the vendor who speaks."""
    try:
        return answer.model_validate(_object(content))
    except ValidationError:
        return None


def _object(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
