"""Who is on call, as a picture: a row for each post, a bar for each shift."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from starter.desk.on_call_answers import NamedShift, PostOnCall, post_title
from starter.pictures.svg import opening, text
from workflows.policy.time.calendar import clock, day_in, wall_moment
from workflows.policy.time.durations import DAY
from workflows.policy.wire.bounded import cut

WIDE_ROTA, POST_NAMES, ROTA_ROW, ROTA_TOP = 1180, 200, 40, 92
"""Pixels: of the picture, of a post's name, of a row, above the first."""
NARROW_ROTA, MIDDLE_ROTA = 344, 704
"""Pixels that a phone has, and a tablet: names stand above rows there, so that letters are as large as the page's."""
MARGIN, NAME_ABOVE = 16, 22
PERSON_COLOURS: Final = {
    "turn0": ("#0969da", "#58a6ff"),
    "turn1": ("#1a7f37", "#3fb950"),
    "turn2": ("#8250df", "#bc8cff"),
    "turn3": ("#bc4c00", "#f0883e"),
    "nobody": ("#cf222e", "#ff7b72"),
    "present": ("#1f2328", "#e6edf3"),
}
MIDNIGHT: Final = time()
ROOM_FOR_A_DAY, ROOM_FOR_A_DATE = 70, 40
"""Pixels of its name, with and without its month."""
LETTER, FEWEST_LETTERS = 7, 3
"""Pixels of a letter, and how many of a name say more than none."""


class DrawnTime(NamedTuple):
    """The stretch of time that a picture shows."""

    begin: datetime
    span: timedelta
    width: int

    @property
    def is_narrow(self) -> bool:
        return self.width < WIDE_ROTA

    @property
    def row(self) -> int:
        return ROTA_ROW + (NAME_ABOVE if self.is_narrow else 0)

    def x(self, at: datetime) -> float:
        left = MARGIN if self.is_narrow else POST_NAMES
        share = (at - self.begin) / self.span
        return left + (self.width - left - 20) * min(max(share, 0.0), 1.0)


def picture(
    found: Sequence[PostOnCall],
    now: datetime,
    span: timedelta,
    begin: datetime | None = None,
    width: int = WIDE_ROTA,
) -> str:
    """An SVG document: time to the right, from `begin` (now if left out), a colour for each person, red for nobody."""
    shown = DrawnTime(begin or now, span, width)
    height = ROTA_TOP + shown.row * max(len(found), 1) + 16
    zone = found[0].zone if found else "UTC"
    begins = clock(zone, shown.begin, now + 2 * DAY)
    begins = begins.partition(" (")[0] if shown.is_narrow else begins
    title, subtitle = "On call", f"{begins} and {round(span / DAY)} days ahead"
    colours = _colours(found)
    rows = (part for number, post in enumerate(found) for part in _row(post, number, now, shown, colours, found))
    body = [
        *opening(width, height, title, subtitle, PERSON_COLOURS),
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
        elif following - x > ROOM_FOR_A_DATE:
            yield f'<text class="small" x="{x + 3:.1f}" y="{ROTA_TOP - 14}">{f"{day:%a}"[:2]} {day.day}</text>'
        day += DAY


def _present(now: datetime, shown: DrawnTime, height: int) -> Iterator[str]:
    if shown.begin < now < shown.begin + shown.span:
        x = shown.x(now)
        top, bottom = ROTA_TOP - 8, height - 14
        yield f'<line class="present" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke-width="2"/>'


def _row(
    post: PostOnCall,
    number: int,
    now: datetime,
    shown: DrawnTime,
    colours: Mapping[str, str],
    among: Sequence[PostOnCall],
) -> Iterator[str]:
    y = ROTA_TOP + number * shown.row
    if shown.is_narrow:
        yield f'<text class="name" x="{MARGIN}" y="{y + 14}">{text(cut(post_title(post, among), 40))}</text>'
        y += NAME_ABOVE
    else:
        yield f'<text class="name" x="{MARGIN}" y="{y + 14}">{text(cut(post.name, 26))}</text>'
        if post_title(post, among) != post.name:
            yield f'<text class="small" x="{MARGIN}" y="{y + 27}">{text(cut(post.runbook, 30))}</text>'
    for shift in post.shifts:
        x, end = shown.x(shift.begins_at), shown.x(shift.ends_at or shown.begin + shown.span)
        said = f"{shift.name}: {stretch(post, shift, now)}"
        yield (
            f'<rect class="{colours[shift.name]}" x="{x:.1f}" y="{y}" width="{end - x:.1f}" height="28" rx="4" '
            f'fill-opacity="0.35"><title>{text(said)}</title></rect>'
        )
        letters = int((end - x - 8) / LETTER)
        if letters >= FEWEST_LETTERS:
            yield f'<text class="text" x="{x + 6:.1f}" y="{y + 19}">{text(cut(shift.name, letters))}</text>'


def _colours(found: Sequence[PostOnCall]) -> dict[str, str]:
    """By name: who is on two rotas has one colour."""
    shifts = [shift for post in found for shift in post.shifts]
    people = dict.fromkeys(shift.name for shift in shifts if shift.who)
    turns = {name: f"turn{number % 4}" for number, name in enumerate(people)}
    return {shift.name: turns[shift.name] if shift.who else "nobody" for shift in shifts}


def stretch(post: PostOnCall, shift: NamedShift, now: datetime) -> str:
    """`from Mon 30 Nov 09:00 Berlin (08:00 UTC) until ...`"""
    until = f" until {clock(post.zone, shift.ends_at, now)}" if shift.ends_at else ""
    return f"from {clock(post.zone, shift.begins_at, now)}{until}"
