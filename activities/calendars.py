"""Calendars in iCalendar's format (RFC 5545) as rotas: each event is somebody's shift.

Opsgenie, Grafana OnCall, incident.io, PagerDuty and Google Calendar export them. Size and time are bounded, because
what an address answers with is somebody else's choice.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import recurring_ical_events
from icalendar import Calendar, Component, Event
from icalendar.prop import vDDDTypes

from activities.calendar_text import UNREADABLE, readable
from activities.errors import Rejected, Unavailable
from activities.rosters import ReadStints, within
from activities.vendor_http import HTTP_TIMEOUT_S, refused
from workflows.policy.rota.naming import person_meant
from workflows.policy.rota.roster import RosterQuestion
from workflows.policy.rota.shift import Stint
from workflows.policy.wire.bounded import cut

LARGEST_CALENDAR = 2 * 2**20
"""Bytes: years of shifts."""
MOST_EVENTS = 1000
"""In the time that is asked about."""
READ_WITHIN_S = 5
LONGEST_EVENT_TITLE = 60
"""Of an event that is named."""
HOW_TO_NAME_ONE = "write a file, an address that begins with https://, or a name of TOCSIN_CALENDARS"


class Calendars:
    """`addresses` are those of TOCSIN_CALENDARS: secrets, so that no message holds one."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses

    async def stints(self, asked: RosterQuestion, source: str) -> ReadStints:
        """Each event by itself: of several at a time the first that began counts. Raises Unavailable or Rejected."""
        content = await self._content(source)
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                found = await asyncio.to_thread(_read, content, asked)
        except TimeoutError:
            raise Rejected(f"{_called(source)} takes too long to read: does it repeat without end?") from None
        except UNREADABLE as error:
            raise Rejected(f"{_called(source)} is no iCalendar that can be read ({type(error).__name__})") from None
        called = f"of {_called(source)}: "
        return found._replace(remarks=[called + "; ".join(found.remarks)] if found.remarks else [])

    async def _content(self, source: str) -> bytes:
        address = self._addresses.get(source, source).replace("webcal://", "https://", 1)
        if address.startswith(("https://", "http://")):
            return await _fetched(address, _called(source))
        try:
            return await asyncio.to_thread(_file, address, _called(source))
        except OSError as error:
            raise Rejected(f"{_called(source)} cannot be read ({error.strerror}): {HOW_TO_NAME_ONE}") from None


def _called(source: str) -> str:
    """Without what may be secret in an address."""
    if "://" in source:
        return f"the calendar at {httpx.URL(source).host}"
    return f"the calendar {source}"


def _file(path: str, called: str) -> bytes:
    with Path(path).expanduser().open("rb") as opened:
        return _bounded(opened.read(LARGEST_CALENDAR + 1), called)


async def _fetched(address: str, called: str) -> bytes:
    try:
        async with httpx.AsyncClient(timeout=HTTP_TIMEOUT_S, follow_redirects=True, max_redirects=3) as client:
            return await _body(client, address, called)
    except httpx.InvalidURL:
        raise Rejected(f"{called} has no address that can be used: {HOW_TO_NAME_ONE}") from None
    except httpx.HTTPError as error:
        raise Unavailable(f"{called} could not be reached: {type(error).__name__}") from None


async def _body(client: httpx.AsyncClient, address: str, called: str) -> bytes:
    async with client.stream("GET", address) as response:
        if response.status_code != httpx.codes.OK:
            what = f"{called} answered {response.status_code}: look whether its address still holds"
            raise refused(response, what)
        content = b""
        async for chunk in response.aiter_bytes():
            content = _bounded(content + chunk, called)
        return content


def _bounded(content: bytes, called: str) -> bytes:
    if len(content) > LARGEST_CALENDAR:
        raise Rejected(f"{called} is larger than {LARGEST_CALENDAR // 2**20} MiB: export one of the shifts alone")
    return content


def _read(content: bytes, asked: RosterQuestion) -> ReadStints:
    """Whoever can be rung comes first: a calendar holds other things, too."""
    calendar, remarks = readable(content)
    events: list[Component] = calendar.walk("VEVENT")
    if any(_repeats_at_once(event) for event in events):
        raise Rejected("an event of the calendar repeats each minute or second: no shift does")
    try:
        found = _stints_of(calendar, asked)
    except UNREADABLE:
        found = [stint for each in _by_themselves(events) for stint in _if_readable(each, asked, remarks)]
    remarks += _of_unknown_zones(events, asked.terms.zone)
    found.sort(key=lambda stint: (stint.who not in asked.people, stint.begins_at))
    return ReadStints([[stint] for stint in found], remarks)


def _stints_of(calendar: Calendar, asked: RosterQuestion) -> list[Stint]:
    events = recurring_ical_events.of(calendar).between(asked.begin, asked.end)
    found = (_stint(event, asked) for event in islice(events, MOST_EVENTS) if event.get("STATUS") != "CANCELLED")
    return [stint for stint in found if stint]


def _by_themselves(events: Iterable[Component]) -> Iterator[Calendar]:
    """What belongs together has one UID: an event that repeats, and its exceptions."""
    series: dict[str, list[Component]] = {}
    for event in events:
        series.setdefault(str(event.get("UID", "")), []).append(event)
    for together in series.values():
        alone = Calendar()
        for event in together:
            alone.add_component(event)
        yield alone


def _if_readable(calendar: Calendar, asked: RosterQuestion, remarks: list[str]) -> list[Stint]:
    """One event that is wrong takes nobody else off call."""
    try:
        return _stints_of(calendar, asked)
    except UNREADABLE:
        remarks.append(f"the event {_title(calendar.walk('VEVENT')[0])} cannot be read, and is left out")
        return []


def _title(event: Component) -> str:
    return repr(cut(str(_all_of(event.get("SUMMARY", ""))[0]), LONGEST_EVENT_TITLE))


def _of_unknown_zones(events: Iterable[Component], zone: str) -> Iterator[str]:
    titles: dict[str, list[str]] = {}
    for event in events:
        begin = event.get("DTSTART")
        named = begin.params.get("TZID") if isinstance(begin, vDDDTypes) else None
        if named and isinstance(begin.dt, datetime) and begin.dt.tzinfo is None:
            titles.setdefault(cut(str(named), LONGEST_EVENT_TITLE), []).append(_title(event))
    for name, (first, *others) in titles.items():
        of = f"{first} and {len(others)} more" if others else first
        yield f"the times of {of} are taken as those of {zone}, because the zone {name} is not known"


def _repeats_at_once(event: Component) -> bool:
    """Counting up to today would take minutes, in which the thread cannot be stopped."""
    written = (rule.to_ical().upper() for rule in _all_of(event.get("RRULE", [])))
    return any(word in rule for rule in written for word in (b"SECONDLY", b"MINUTELY", b"BYSECOND", b"BYMINUTE"))


def _stint(event: Event, asked: RosterQuestion) -> Stint | None:
    begin, end = (_moment(each, asked.terms.zone) for each in (event.start, event.end))
    return within(person_meant(asked.people, _named(event)), begin, end, asked)


def _moment(at: date, zone: str) -> datetime:
    """A whole day, and a time without a zone, are those of the rota's zone."""
    wall = at if isinstance(at, datetime) else datetime.combine(at, time(), ZoneInfo(zone))
    return (wall if wall.tzinfo else wall.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _named(event: Event) -> Iterable[str]:
    """Who it is of: the title, then whoever is invited, by name or address."""
    yield from map(str, _all_of(event.get("SUMMARY", "")))
    for attendee in _all_of(event.get("ATTENDEE", [])):
        yield str(attendee.params.get("CN", ""))
        yield str(attendee).removeprefix("mailto:").removeprefix("MAILTO:")


def _all_of(value: Any) -> list[Any]:
    """A property that an event has several times is a list."""
    return value if isinstance(value, list) else [value]
