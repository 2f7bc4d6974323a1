"""Who is on call, as a picture: a row for each post, a bar for each shift."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from starter.desk.on_call_answers import NamedShift, PostOnCall
from starter.pictures.svg import opening, text
from workflows.policy.time.calendar import clock, day_in, wall_moment
from workflows.policy.time.durations import DAY
from workflows.policy.wire.bounded import cut

POST_NAMES, DRAWN, ROTA_ROW, ROTA_TOP = 200, 960, 40, 92
"""Pixels: of a post's name, of the time, of a row, above the first."""
PERSON_COLOURS: Final = {
    "turn0": ("#0969da", "#58a6ff"),
    "turn1": ("#1a7f37", "#3fb950"),
    "turn2": ("#8250df", "#bc8cff"),
    "turn3": ("#bc4c00", "#f0883e"),
    "nobody": ("#cf222e", "#ff7b72"),
    "present": ("#1f2328", "#e6edf3"),
}
MIDNIGHT: Final = time()
ROOM_FOR_A_DAY: Final = 70
"""Pixels of its name."""


class DrawnTime(NamedTuple):
    """The stretch of time that a picture shows."""

    begin: datetime
    span: timedelta

    def x(self, at: datetime) -> float:
        share = (at - self.begin) / self.span
        return POST_NAMES + DRAWN * min(max(share, 0.0), 1.0)


def picture(found: Sequence[PostOnCall], now: datetime, span: timedelta, begin: datetime | None = None) -> str:
    """An SVG document: time to the right, from `begin` (now if left out), a colour for each person, red for nobody."""
    shown = DrawnTime(begin or now, span)
    height = ROTA_TOP + ROTA_ROW * max(len(found), 1) + 16
    zone = found[0].zone if found else "UTC"
    title, subtitle = "On call", f"{clock(zone, shown.begin, now + 2 * DAY)} and {round(span / DAY)} days ahead"
    rows = (part for number, post in enumerate(found) for part in _row(post, number, now, shown))
    body = [
        *opening(POST_NAMES + DRAWN + 20, height, title, subtitle, PERSON_COLOURS),
        *_days(shown, height, zone),
        *rows,
        *_present(now, shown, height),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _days(shown: DrawnTime, height: int, zone: str) -> Iterator[str]:
    """A line at each midnight there."""
    day, end = day_in(zone, shown.begin), shown.begin + shown.span
    while (midnight := wall_moment(zone, day, MIDNIGHT)) < end:
        x, following = shown.x(midnight), shown.x(wall_moment(zone, day + DAY, MIDNIGHT))
        if midnight >= shown.begin:
            yield f'<line class="grid" x1="{x:.1f}" y1="{ROTA_TOP - 8}" x2="{x:.1f}" y2="{height - 14}"/>'
        if following - x > ROOM_FOR_A_DAY:
            yield f'<text class="small" x="{x + 3:.1f}" y="{ROTA_TOP - 14}">{day:%a} {day.day} {day:%b}</text>'
        day += DAY


def _present(now: datetime, shown: DrawnTime, height: int) -> Iterator[str]:
    if shown.begin < now < shown.begin + shown.span:
        x = shown.x(now)
        top, bottom = ROTA_TOP - 8, height - 14
        yield f'<line class="present" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke-width="2"/>'


def _row(post: PostOnCall, number: int, now: datetime, shown: DrawnTime) -> Iterator[str]:
    y = ROTA_TOP + number * ROTA_ROW
    yield f'<text class="name" x="16" y="{y + 20}">{text(cut(post.name, 26))}</text>'
    people = list(dict.fromkeys(shift.who for shift in post.shifts if shift.who))
    for shift in post.shifts:
        x, end = shown.x(shift.begins_at), shown.x(shift.ends_at or shown.begin + shown.span)
        colour = f"turn{people.index(shift.who) % 4}" if shift.who else "nobody"
        said = f"{shift.name}: {stretch(post, shift, now)}"
        yield (
            f'<rect class="{colour}" x="{x:.1f}" y="{y}" width="{end - x:.1f}" height="28" rx="4" '
            f'fill-opacity="0.35"><title>{text(said)}</title></rect>'
        )
        if end - x > 9 * len(shift.name):
            yield f'<text class="text" x="{x + 6:.1f}" y="{y + 19}">{text(shift.name)}</text>'


def stretch(post: PostOnCall, shift: NamedShift, now: datetime) -> str:
    """`from Mon 30 Nov 09:00 Berlin (08:00 UTC) until ...`"""
    until = f" until {clock(post.zone, shift.ends_at, now)}" if shift.ends_at else ""
    return f"from {clock(post.zone, shift.begins_at, now)}{until}"
