"""Calendars as rotas: what programs export, what repeats, what is no calendar, and what an address does to a reader."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from activities import calendars as module
from activities.calendars import Calendars
from activities.errors import Rejected, Unavailable
from activities.rosters import RosterReader
from workflows.policy.rota.roster import RosterQuestion
from workflows.policy.rota.shift import Override
from workflows.policy.runbook.on_call import OnCall

PEOPLE = {"ann": "Ann Lee", "ben": "Ben", "cho-park": "Cho Park"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(summary: str, begin: str, end: str, *more: str) -> str:
    lines = ("BEGIN:VEVENT", f"UID:{summary}{begin}", f"SUMMARY:{summary}", f"DTSTART{begin}", f"DTEND{end}", *more)
    return "\r\n".join((*lines, "END:VEVENT"))


def calendar(*events: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *events, "END:VCALENDAR", "")).encode()


WEEK = event("Ann Lee", ":20261123T080000Z", ":20261130T080000Z")
NEXT = event("Ben", ":20261130T080000Z", ":20261207T080000Z")


def asked(terms: dict[str, object], begin: str = "2026-11-24 00:00", end: str = "2026-12-03 00:00") -> RosterQuestion:
    on_call = OnCall.model_validate({"zone": "Europe/Berlin", **terms})
    return RosterQuestion(post="on-call", terms=on_call, people=PEOPLE, begin=utc(begin), end=utc(end))


def reader(addresses: dict[str, str] | None = None) -> RosterReader:
    return RosterReader(None, Calendars(addresses or {}))


@pytest.fixture
def ics(tmp_path: Path) -> Path:
    return tmp_path / "ops.ics"


async def found(ics: Path, *events: str, **terms: object) -> list[tuple[str, datetime]]:
    ics.write_bytes(calendar(*events))
    shifts = await reader().shifts(asked({"ical": str(ics), **terms}))
    return [(shift.who, shift.begins_at) for shift in shifts]


async def test_an_event_is_the_shift_of_whoever_it_is_named_after(ics: Path) -> None:
    assert await found(ics, WEEK, NEXT) == [("ann", utc("2026-11-24 00:00")), ("ben", utc("2026-11-30 08:00"))]


async def test_where_there_is_no_event_nobody_is_on_call(ics: Path) -> None:
    assert await found(ics, WEEK) == [("ann", utc("2026-11-24 00:00")), ("", utc("2026-11-30 08:00"))]


NAMES = [
    ("by name", "Ann Lee", (), "ann"),
    ("by key", "cho-park", (), "cho-park"),
    ("in a sentence", "On Call - Cho Park - Primary", (), "cho-park"),
    ("with a remark in brackets", "Ben (primary)", (), "ben"),
    ("by whoever is invited", "Primary on-call", ("ATTENDEE;CN=Ann Lee:mailto:a.lee@example.com",), "ann"),
    ("by their address", "Primary on-call", ("ATTENDEE:mailto:cho.park@example.com",), "cho-park"),
    ("somebody whom the runbook does not know, as written", "Dee", (), "Dee"),
    ("two names are nobody's", "Ben or Ann Lee", (), "Ben or Ann Lee"),
]


@pytest.mark.parametrize(("summary", "more", "who"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
async def test_people_are_recognised(ics: Path, summary: str, more: tuple[str, ...], who: str) -> None:
    first, *_ = await found(ics, event(summary, ":20261123T080000Z", ":20261210T080000Z", *more))
    assert first[0] == who


async def test_an_event_that_repeats_is_a_shift_each_time_at_the_same_hour_there(ics: Path) -> None:
    nights = event(
        "Ben", ";TZID=Europe/Berlin:20261023T200000", ";TZID=Europe/Berlin:20261024T080000", "RRULE:FREQ=DAILY"
    )
    ics.write_bytes(calendar(nights))
    shifts = await reader().shifts(asked({"ical": str(ics)}, "2026-10-24 12:00", "2026-10-26 12:00"))
    assert [(shift.begins_at, shift.ends_at) for shift in shifts if shift.who] == [
        (utc("2026-10-24 18:00"), utc("2026-10-25 07:00")),  # the night of autumn has an hour more
        (utc("2026-10-25 19:00"), utc("2026-10-26 07:00")),
    ]


async def test_a_whole_day_is_one_of_the_zone_s(ics: Path) -> None:
    day = event("Ben", ";VALUE=DATE:20261125", ";VALUE=DATE:20261126")
    assert ("ben", utc("2026-11-24 23:00")) in await found(ics, day)


async def test_what_was_cancelled_does_not_count(ics: Path) -> None:
    assert await found(ics, f"{WEEK}".replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT")) == [
        ("", utc("2026-11-24 00:00"))
    ]


BEGIN, END = "DTSTART:20261124T090000Z", "DTEND:20261125T090000Z"
ODD_EVENTS = {
    "no begin": (),
    "a begin that is no date": ("DTSTART:tomorrow", END),
    "two begins": (BEGIN, "DTSTART:20261124T100000Z", END),
    "all of time": ("DTSTART:00010101T000000", "DTEND:99991231T235959"),
    "a sequence that is no number": ("SEQUENCE:x", BEGIN, END),
    "an exception to nothing": ("RECURRENCE-ID:x", BEGIN, END),
    "a zone that is several": ("DTSTART;TZID=Europe:20261124T090000", END),
    "a zone of a long name": (f"DTSTART;TZID={'a' * 300}:20261124T090000", END),
    "a repetition that is none": ("RRULE:FREQ=DAILY;BYDAY=XX", BEGIN, END),
}


@pytest.mark.parametrize("odd", ODD_EVENTS.values(), ids=ODD_EVENTS)
async def test_an_event_that_is_wrong_takes_nobody_else_off_call(ics: Path, odd: tuple[str, ...]) -> None:
    wrong = "\r\n".join(("BEGIN:VEVENT", "UID:o", "SUMMARY:Ben", *odd, "END:VEVENT"))
    shifts = await found(ics, wrong, WEEK, NEXT)
    assert shifts == [("ann", utc("2026-11-24 00:00")), ("ben", utc("2026-11-30 08:00"))]


ODD_PARTS = {
    "a zone without a difference": ("BEGIN:VTIMEZONE", "TZID:Odd", "BEGIN:STANDARD", "DTSTART:19701025T030000",
                                    "TZOFFSETTO:x", "END:STANDARD", "END:VTIMEZONE"),
    "a zone of nothing": ("BEGIN:VTIMEZONE", "TZID:Odd", "END:VTIMEZONE"),
    "a task": ("BEGIN:VTODO", "DUE:x", "END:VTODO"),
    "a property of the calendar": ("REFRESH-INTERVAL;VALUE=DURATION:x",),
    "a line that is none": ("odd",),
    "a zone for all that nobody knows": ("X-WR-TIMEZONE:Odd/Odd",),
    "a reminder": ("BEGIN:VEVENT", "UID:o", "SUMMARY:Ann Lee", "DTSTART:20261123T080000Z", "DTEND:20261130T080000Z",
                   "BEGIN:VALARM", "TRIGGER:x", "END:VALARM", "END:VEVENT"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD_PARTS.values(), ids=ODD_PARTS)
async def test_whatever_else_is_wrong_takes_nobody_off_call(ics: Path, odd: tuple[str, ...]) -> None:
    assert await found(ics, *odd, WEEK, NEXT) == [("ann", utc("2026-11-24 00:00")), ("ben", utc("2026-11-30 08:00"))]


def zone(name: str, difference: str) -> str:
    standard = ("BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{difference}", f"TZOFFSETTO:{difference}")
    return "\r\n".join(("BEGIN:VTIMEZONE", f"TZID:{name}", *standard, "END:STANDARD", "END:VTIMEZONE"))


def in_zone(summary: str, name: str) -> str:
    return event(summary, f";TZID={name}:20261125T090000", f";TZID={name}:20261126T090000")


async def test_a_zone_is_as_its_own_calendar_has_it(ics: Path) -> None:
    """Programs call zones of quite different hours the same."""
    for difference, begin in (("+0300", "2026-11-25 06:00"), ("-0500", "2026-11-25 14:00")):
        shifts = await found(ics, zone("Customized Zone", difference), in_zone("Ben", "Customized Zone"))
        assert ("ben", utc(begin)) in shifts


async def test_of_an_event_in_a_zone_that_nobody_knows_the_times_are_those_of_the_rota(ics: Path) -> None:
    assert ("ben", utc("2026-11-25 08:00")) in await found(ics, in_zone("Ben", "Odd"))


REMARKS = {
    "nothing": ((WEEK,), ""),
    "a zone": (
        ("BEGIN:VTIMEZONE", "TZID:Odd", "END:VTIMEZONE", in_zone("Ben", "Odd"), in_zone("Ann Lee", "Odd")),
        "of the calendar ops.ics: "
        "the times of 'Ben' and 1 more are taken as those of Europe/Berlin, because the zone Odd is not known",
    ),
    "an event": (
        (WEEK, "\r\n".join(("BEGIN:VEVENT", "UID:o", "SUMMARY:Ben", "DTSTART:tomorrow", "END:VEVENT"))),
        "of the calendar ops.ics: the event 'Ben' cannot be read, and is left out",
    ),
    "one that repeats as nothing does": (
        (WEEK, event("Ben", ":20261124T090000Z", ":20261124T100000Z", "RRULE:FREQ=DAILY;BYDAY=XX")),
        "of the calendar ops.ics: the event 'Ben' cannot be read, and is left out",
    ),
}


@pytest.mark.parametrize(("parts", "said"), REMARKS.values(), ids=REMARKS)
async def test_what_is_left_out_is_named(
    ics: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(ics.parent)
    ics.write_bytes(calendar(*parts))
    assert (await reader().found(asked({"ical": ics.name}))).remark == said


async def test_what_names_nobody_here_takes_no_shift_from_somebody_who_is_named(ics: Path) -> None:
    """Calendars hold other things, too; of what there is, somebody who can be rung counts."""
    closed = event("Office closed", ";VALUE=DATE:20261101", ";VALUE=DATE:20261224")
    assert [who for who, _ in await found(ics, closed, WEEK, NEXT)] == ["ann", "ben"]


async def test_a_calendar_of_no_swaps_takes_nothing(ics: Path, tmp_path: Path) -> None:
    swaps = tmp_path / "swaps.ics"
    swaps.write_bytes(calendar())
    assert (await found(ics, WEEK, overrides=str(swaps)))[0][0] == "ann"


async def test_an_event_with_two_titles_is_whose_it_can_be(ics: Path) -> None:
    two = event("Standby", ":20261123T080000Z", ":20261130T080000Z", "SUMMARY:Ann Lee")
    assert [who for who, _ in await found(ics, two, NEXT)] == ["ann", "ben"]


async def test_the_calendar_of_overrides_wins(ics: Path, tmp_path: Path) -> None:
    swaps = tmp_path / "swaps.ics"
    swaps.write_bytes(calendar(event("Cho Park", ":20261125T100000Z", ":20261125T120000Z")))
    assert await found(ics, WEEK, NEXT, overrides=str(swaps)) == [
        ("ann", utc("2026-11-24 00:00")), ("cho-park", utc("2026-11-25 10:00")), ("ann", utc("2026-11-25 12:00")),
        ("ben", utc("2026-11-30 08:00")),
    ]  # fmt: skip


async def test_an_override_by_command_wins_over_both(ics: Path) -> None:
    ics.write_bytes(calendar(WEEK))
    mine = Override(who="ben", begins_at=utc("2026-11-24 00:00"), ends_at=utc("2026-11-24 06:00"))
    question = asked({"ical": str(ics)}).model_copy(update={"overrides": (mine,)})
    assert (await reader().shifts(question))[0].who == "ben"


async def test_a_calendar_that_is_not_there_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"the calendar ops cannot be read \(No such file.*a name of TOCSIN_CALENDARS"):
        await reader().shifts(asked({"ical": "ops"}))


BROKEN = [
    b"",
    b"<html>log in</html>",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\n",
    b"\xff\xfe",
    b"BEGIN:VCALENDAR",
    calendar(WEEK).removesuffix(b"END:VCALENDAR\r\n"),
    calendar(WEEK.removesuffix("END:VEVENT")),
]


@pytest.mark.parametrize("content", BROKEN)
async def test_what_is_no_calendar_is_said_to_be_none(ics: Path, content: bytes) -> None:
    ics.write_bytes(content)
    with pytest.raises(Rejected, match="is no iCalendar that can be read"):
        await reader().shifts(asked({"ical": str(ics)}))


async def test_a_calendar_without_an_end_is_refused(ics: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_CALENDAR", 100)
    ics.write_bytes(calendar(WEEK))
    with pytest.raises(Rejected, match="is larger than"):
        await reader().shifts(asked({"ical": str(ics)}))


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=2", "FREQ=DAILY;BYSECOND=0,1,2"])
async def test_what_repeats_each_second_is_not_counted_out(ics: Path, rule: str) -> None:
    ics.write_bytes(calendar(event("Ben", ":19700101T000000Z", ":19700101T000001Z", f"RRULE:{rule}")))
    with pytest.raises(Rejected, match="repeats each minute or second"):
        await reader().shifts(asked({"ical": str(ics)}))


@asynccontextmanager
async def answering(head: bytes, body: bytes = b"", *, hangs: bool = False) -> AsyncIterator[str]:
    async def answer(reading: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
        await reading.readuntil(b"\r\n\r\n")
        if hangs:
            await reading.read()
        writing.write(head + b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writing.drain()
        writing.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/private-9f3a/basic.ics"


async def test_an_address_behind_a_name_is_asked() -> None:
    async with answering(b"HTTP/1.1 200 OK", calendar(WEEK)) as url:
        [first, _] = await reader({"ops": url}).shifts(asked({"ical": "ops"}))
    assert first.who == "ann"


async def test_an_address_that_holds_no_more_says_so_without_saying_the_address() -> None:
    async with answering(b"HTTP/1.1 404 Not Found") as url:
        with pytest.raises(Rejected, match="the calendar ops answered 404: look whether its address still holds") as no:
            await reader({"ops": url}).shifts(asked({"ical": "ops"}))
    assert "private-9f3a" not in str(no.value)


async def test_a_server_that_is_in_trouble_is_asked_again() -> None:
    async with answering(b"HTTP/1.1 503 Unavailable") as url:
        with pytest.raises(Unavailable):
            await reader({"ops": url}).shifts(asked({"ical": "ops"}))


async def test_nobody_there_is_asked_again(unused_tcp_port_of_nobody: int) -> None:
    with pytest.raises(Unavailable, match="the calendar ops could not be reached"):
        await reader({"ops": f"http://127.0.0.1:{unused_tcp_port_of_nobody}/x"}).shifts(asked({"ical": "ops"}))


@pytest.fixture
def unused_tcp_port_of_nobody() -> Iterator[int]:
    """Bound and not listening: whoever connects is refused."""
    import socket

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
