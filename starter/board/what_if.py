"""What would follow if: the controls beside a runbook's pictures. They stand in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.preview import Scenario
from workflows.policy.time.durations import Duration

LONGEST_LOOK_AHEAD: Final = timedelta(days=3)
"""A fortnight takes four seconds of the process that takes webhooks; `tocsin runbook preview` looks 60 days ahead."""
_WRITTEN_SPAN: Final[TypeAdapter[timedelta]] = TypeAdapter(Duration)
_MOMENT: Final = TypeAdapter(datetime)
KNOWN_FROM, KNOWN_UNTIL = 1970, 2100
"""Beyond these years nobody knows the zones' rules."""


@dataclass(frozen=True)
class WhatIf:
    course: Scenario
    written: Mapping[str, str]
    """As it stands in the controls."""
    problems: tuple[str, ...]

    @property
    def address(self) -> str:
        """For the pictures: the same moment for each."""
        known = {name: value for name, value in self.written.items() if value}
        return urlencode({**known, "at": f"{self.course.at:%Y-%m-%dT%H:%M:%SZ}"})


def what_if(book: Runbook, severity: str, asked: Mapping[str, str]) -> WhatIf:
    """What cannot be read is said, and taken for not asked."""
    problems: list[str] = []
    written = {name: asked.get(name, "").strip()[:60] for name in ("at", "ack", "resolve", "until")}
    flags = tuple(flag for flag in book.flags if asked.get(f"flag-{flag}"))
    spans = {name: _span(name, written[name], problems) for name in ("ack", "resolve", "until")}
    if spans["ack"] and spans["resolve"] and spans["ack"] > spans["resolve"]:
        problems.append("acknowledged after it was resolved: nobody acknowledges what is over")
        spans["ack"] = None
    course = Scenario(
        severity=_severity(book, severity),
        at=_moment(written["at"], problems),
        flags=flags,
        ack_after=spans["ack"],
        resolve_after=spans["resolve"],
        until=spans["until"],
    )
    return WhatIf(course, written | {f"flag-{flag}": "1" for flag in flags}, tuple(problems))


def _severity(book: Runbook, asked: str) -> SeverityName:
    return next((name for name in book.severities if name == asked), min(book.severities))


def _span(name: str, written: str, problems: list[str]) -> timedelta | None:
    if not written:
        return None
    try:
        span = _WRITTEN_SPAN.validate_python(written)
    except ValidationError as error:
        problems.append(f"{name}: {error.errors()[0]['msg'].removeprefix('Value error, ')}")
        return None
    if span > LONGEST_LOOK_AHEAD:
        problems.append(f"{name}: at most {LONGEST_LOOK_AHEAD.days}d")
        return None
    return span


def _moment(written: str, problems: list[str]) -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    if not written:
        return now
    try:
        at = _MOMENT.validate_python(written)
    except ValidationError:
        problems.append("at: write a moment like 2026-11-21T02:00:00Z")
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if KNOWN_FROM < at.year < KNOWN_UNTIL:
        return at.astimezone(UTC)
    problems.append(f"at: a day in the years {KNOWN_FROM} to {KNOWN_UNTIL}")
    return now
