"""A calendar's text, part by part: what cannot be read in one takes nothing from the others."""

import re
import threading
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from icalendar import Calendar
from icalendar.timezone import tzp

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, OSError)
"""icalendar has no error of its own for what is no calendar, or no event; a zone that no file can be called by is the
system's."""
BEGIN, END = "BEGIN:", "END:"
ZONE_OF_ALL = "X-WR-TIMEZONE"
"""The one thing of the calendar itself that says something of its events."""
_CONTINUED = re.compile(r"\r?\n[ \t]")
_LINE_END = re.compile(r"\r?\n")
_zones = threading.Lock()
"""icalendar keeps zones for the whole process, and the first definition of a name counts: another calendar's."""


class CalendarPart(NamedTuple):
    kind: str
    lines: list[str]

    def value(self, name: str) -> str:
        """Of its first such property; empty if there is none."""
        found = (re.split(r"[:;]", line, maxsplit=1) for line in self.lines)
        return next((rest[0].strip() for key, *rest in found if rest and key.upper() == name), "")


class ReadableCalendar(NamedTuple):
    calendar: Calendar
    remarks: list[str]
    """What is left out."""


def readable(content: bytes) -> ReadableCalendar:
    """Its events, and the zones that they need. Raises one of UNREADABLE if it is no calendar, or half of one."""
    parts = list(_parts(content.decode("utf-8-sig", errors="replace")))
    with _zones:
        tzp.use_default()
        head = [line for part in parts if part.kind == ZONE_OF_ALL for line in part.lines]
        zones = [part.lines for part in parts if part.kind == "VTIMEZONE" and _parsed(part.lines) is not None]
        head += [line for zone in zones for line in zone]
        return _events(head, [part for part in parts if part.kind == "VEVENT"])


def _events(head: list[str], events: list[CalendarPart]) -> ReadableCalendar:
    whole = _parsed([*head, *(line for event in events for line in event.lines)])
    if whole is not None:
        return ReadableCalendar(whole, [])
    well, remarks = [], []
    for event in events:
        if _parsed([*head, *event.lines]) is None:
            remarks.append(
                f"the event {event.value('SUMMARY') or event.value('UID')!r} cannot be read, and is left out"
            )
        else:
            well += event.lines
    return ReadableCalendar(_parsed([*head, *well]) or Calendar(), remarks)


def _parsed(lines: Iterable[str]) -> Calendar | None:
    try:
        return Calendar.from_ical("\r\n".join((f"{BEGIN}VCALENDAR", *lines, f"{END}VCALENDAR", "")))
    except UNREADABLE:
        return None


def _parts(text: str) -> Iterator[CalendarPart]:
    """Of an event without what reminds of it. Raises ValueError if what is begun is not ended."""
    open_kinds: list[str] = []
    part = CalendarPart("", [])
    for line in filter(None, _LINE_END.split(_CONTINUED.sub("", text.strip()))):
        kind = line.partition(":")[2].strip().upper()
        if line.upper().startswith(BEGIN):
            open_kinds.append(kind)
            part = CalendarPart(kind, []) if len(open_kinds) == 2 else part
        if not open_kinds or open_kinds[0] != "VCALENDAR":
            raise ValueError("no calendar")
        if len(open_kinds) == 2 or (len(open_kinds) > 2 and part.kind == "VTIMEZONE"):
            part.lines.append(line)
        elif line.upper().startswith(ZONE_OF_ALL):
            yield CalendarPart(ZONE_OF_ALL, [line])
        if line.upper().startswith(END):
            if open_kinds.pop() != kind:
                raise ValueError("what is ended was not begun")
            if len(open_kinds) == 1:
                yield part
    if open_kinds or not text.strip():
        raise ValueError("half of a calendar")
