"""Who is on call: as a table, as a picture, as a calendar."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event
from rich.console import Group, RenderableType
from rich.table import Table

from starter.pictures.svg import opening, text
from tocsin.view.plain import plain
from workflows.policy.time.calendar import clock, hour_of
from workflows.policy.time.durations import DAY
from workflows.policy.wire.bounded import cut

if TYPE_CHECKING:
    from starter.desk.on_call_answers import NamedShift, PostOnCall

NOTHING = "no runbook here has a post with a rota: add `on_call` to one of its `people` (docs/on-call.md)"
POST_NAMES, DRAWN, ROTA_ROW, ROTA_TOP = 200, 960, 40, 92
"""Pixels: of a post's name, of the time, of a row, above the first."""
PERSON_COLOURS = {
    "turn0": ("#0969da", "#58a6ff"),
    "turn1": ("#1a7f37", "#3fb950"),
    "turn2": ("#8250df", "#bc8cff"),
    "turn3": ("#bc4c00", "#f0883e"),
    "nobody": ("#cf222e", "#ff7b72"),
}


def table(found: "Sequence[PostOnCall]", now: datetime) -> RenderableType:
    if not found:
        return plain(NOTHING)
    present = Table("post", "now", "next", "runbook", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for post in found:
        following = f"{post.next.name} from {hour_of(post.zone, post.next.begins_at, now)}" if post.next else ""
        present.add_row(plain(post.name), _now(post, now), plain(following), plain(post.runbook))
    problems = [plain(f"{post.name}: {post.problem}{_age(post, now)}", "yellow") for post in found if post.problem]
    return Group(present, *problems, plain(""), _ahead(found, now))


def _now(post: "PostOnCall", now: datetime) -> RenderableType:
    if post.now is None:
        return plain("not known", "bold red")
    until = f" until {hour_of(post.zone, post.now.ends_at, now)}" if post.now.ends_at else ""
    return plain(f"{post.now.name}{until}", "" if post.now.who else "bold red")


def _age(post: "PostOnCall", now: datetime) -> str:
    return f"; this is what was known at {clock(post.zone, post.as_of, now)}" if post.as_of else ""


def _ahead(found: "Sequence[PostOnCall]", now: datetime) -> Table:
    listed = Table("from", "until", "who", "post", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for post in found:
        for shift in post.shifts:
            until = clock(post.zone, shift.ends_at, now) if shift.ends_at else ""
            who = plain(shift.name, "" if shift.who else "bold red")
            listed.add_row(clock(post.zone, shift.begins_at, now), until, who, plain(post.name))
    return listed


def picture(found: "Sequence[PostOnCall]", now: datetime, span: timedelta) -> str:
    """An SVG document: a row for each post, time to the right, a colour for each person, red for nobody."""
    height = ROTA_TOP + ROTA_ROW * max(len(found), 1) + 16
    title, subtitle = "On call", f"{clock('UTC', now, now + 2 * DAY)} and {span.days} days ahead"
    rows = (part for number, post in enumerate(found) for part in _row(post, number, now, span))
    body = [
        *opening(POST_NAMES + DRAWN + 20, height, title, subtitle, PERSON_COLOURS),
        *_days(now, span, height, found[0].zone if found else "UTC"),
        *rows,
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _days(now: datetime, span: timedelta, height: int, zone: str) -> Iterator[str]:
    for day in range(span.days + 1):
        x = POST_NAMES + DRAWN * day * DAY / span
        said = hour_of(zone, now + day * DAY, now - 8 * DAY)
        yield f'<line class="grid" x1="{x:.1f}" y1="{ROTA_TOP - 8}" x2="{x:.1f}" y2="{height - 14}"/>'
        if day < span.days:
            yield f'<text class="small" x="{x + 3:.1f}" y="{ROTA_TOP - 14}">{text(said)}</text>'


def _row(post: "PostOnCall", number: int, now: datetime, span: timedelta) -> Iterator[str]:
    y = ROTA_TOP + number * ROTA_ROW
    yield f'<text class="name" x="16" y="{y + 20}">{text(cut(post.name, 26))}</text>'
    people = list(dict.fromkeys(shift.who for shift in post.shifts if shift.who))
    for shift in post.shifts:
        begin = max((shift.begins_at - now) / span, 0.0)
        end = min(((shift.ends_at or now + span) - now) / span, 1.0)
        colour = f"turn{people.index(shift.who) % 4}" if shift.who else "nobody"
        x, width = POST_NAMES + DRAWN * begin, DRAWN * (end - begin)
        said = f"{shift.name}: {_stretch(post, shift, now)}"
        yield (
            f'<rect class="{colour}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="28" rx="4" '
            f'fill-opacity="0.35"><title>{text(said)}</title></rect>'
        )
        if width > 9 * len(shift.name):
            yield f'<text class="text" x="{x + 6:.1f}" y="{y + 19}">{text(shift.name)}</text>'


def _stretch(post: "PostOnCall", shift: "NamedShift", now: datetime) -> str:
    until = f" until {clock(post.zone, shift.ends_at, now)}" if shift.ends_at else ""
    return f"from {clock(post.zone, shift.begins_at, now)}{until}"


def as_ical(found: "Sequence[PostOnCall]", now: datetime) -> str:
    """RFC 5545: an event for each shift, named after whoever has it. Gaps have none."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tocsin//on call//EN")
    calendar.add("version", "2.0")
    for post in found:
        for shift in post.shifts:
            if shift.who and shift.ends_at:
                calendar.add_component(_event(post, shift, now))
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(post: "PostOnCall", shift: "NamedShift", now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{post.runbook}-{post.post}-{shift.begins_at:%Y%m%dT%H%M%SZ}@tocsin")
    event.add("dtstamp", now)
    event.add("dtstart", shift.begins_at)
    event.add("dtend", shift.ends_at)
    event.add("summary", shift.name)
    event.add("description", f"{post.name}, by the runbook {post.runbook}")
    return event
