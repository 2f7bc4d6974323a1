"""Arguments and options that several commands share."""

import getpass
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import TypeAdapter, ValidationError
from typer import Argument, Option

from tocsin import own_settings
from tocsin.failure import Failure
from workflows.policy.keys.workflow_ids import LETTERS
from workflows.policy.time.durations import Duration

WHICH_INCIDENT = (
    "INCIDENT is its id, or enough of it, such as its six letters; it may be left out while only one is open."
)

IncidentId = Annotated[str, Argument(metavar="INCIDENT", help=WHICH_INCIDENT, show_default=False)]
By = Annotated[str, Option("--by", metavar="NAME", help="Who does it, if not you.", show_default=False)]
AsJson = Annotated[bool, Option("--json", help="Print JSON for programs.")]
AllRows = Annotated[bool, Option("--all", help="All of them, however many there are; otherwise a page.")]
PageNumber = Annotated[int, Option("--page", metavar="N", min=1, help="Which page; the first is the most urgent.")]
Reason = Annotated[str, Option("--reason", help="Why; goes on the timeline.", show_default=False)]

_SIX_LETTERS = rf"(?=\d*[a-zA-Z])(?i:[{LETTERS}]{{6}})"
SPAN: TypeAdapter[timedelta] = TypeAdapter(Duration)


def span(option: str, given: str) -> timedelta:
    """`7m`, `2h`, `30d`. Raises Failure."""
    try:
        return SPAN.validate_python(given)
    except ValidationError as error:
        raise Failure(f"{option} {given}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None


def moment(option: str, given: str) -> datetime:
    """ISO 8601; UTC if it names no zone. Raises Failure."""
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # year 1 or 9999, with an offset
        raise Failure(f"{option} {given}: write the time like 2026-11-21T02:00:00Z") from None


def ago_or_moment(option: str, given: str, now: datetime) -> datetime:
    """`30d` is so long ago; or a moment. Raises Failure."""
    if given.endswith(tuple("smhdw")):
        return now - span(option, given)
    return moment(option, given)


def label_pairs(given: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE`, as often as wanted. Raises Failure."""
    pairs = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise Failure(f"--label {each}: write it NAME=VALUE")
        pairs[name] = value
    return pairs


def severity(given: str) -> str:
    """`1`, `SEV-1` and `Sev 1` are sev1; what is none stays, for whoever knows which there are."""
    found = re.fullmatch(r"(?:sev(?:erity)?)?[\s_-]*([1-4])", given.strip().casefold())
    return f"sev{found[1]}" if found else given


def not_blank(name: str, given: str, instead: str) -> str:
    """Raises Failure: a variable that was never set leaves an empty word."""
    if not given.strip():
        raise Failure(f"{name} is empty: {instead}")
    return given


def is_whole_id(word: str) -> bool:
    """Of an incident or a workflow, or the six letters that are enough of one: nothing that anybody writes as a text,
    for no word is made of them."""
    return re.fullmatch(rf"\d{{8}}-\d{{4}}-\w+|(incident|review)-\S+|{_SIX_LETTERS}", word) is not None


def me() -> str:
    """TOCSIN_ME, else the name of whoever is logged in."""
    if named := own_settings.said("TOCSIN_ME").strip():
        return named
    return login_name()


def login_name() -> str:
    """Nobody has said so: the operating system has."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return "someone"
