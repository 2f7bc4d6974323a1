"""The course of one incident, drawn: what was due when, when it was done, and in outline what comes next.

It is as wide as the page and its letters are as large as the page's: on a phone nothing of it lies outside the screen,
least of all the present. So places on the axis of time are parts of its width, and names stand above their rows.
Time runs as in a preview's picture: evenly at first, then pressed together. Colours are the page's: no style stands in
it, because pages allow none inline.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from starter.pictures.course_marks import COURSE_LANES, CourseMark, course_marks
from starter.pictures.svg import text
from starter.pictures.tracks import TrackScale
from workflows.policy.incident.state import Incident
from workflows.policy.time.durations import write
from workflows.policy.views.results import PlanView
from workflows.policy.wire.bounded import cut

WHOLE_WIDTH, COURSE_LEFT, COURSE_RIGHT = 1000, 50, 950
NARROWEST: Final = 326
"""Pixels that a phone of 360 leaves for it: there, too, no two words of one line touch."""
HEAD_LINE, COURSE_ROW, LANE_HEAD, LANE_FOOT = 18, 32, 26, 6
COURSE_LETTER = 7.5
"""Pixels of a letter, at most."""
LONGEST_ROW_NAME: Final = 32
MOST_ROWS_OF_A_LANE: Final = 12
LEAST_AHEAD: Final = timedelta(minutes=15)
COURSE_TICKS: Final = [timedelta(minutes=m) for m in (0, 1, 5, 15, 30, 60, 120, 240, 480, 1440, 4320, 10080, 40320)]


def course(incident: Incident, view: PlanView, person: Callable[[str], str]) -> str:
    """An SVG element, to stand in a page. `person`: how somebody is called."""
    marks = course_marks(incident, view, person)
    scale = TrackScale(COURSE_LEFT, COURSE_RIGHT, _end(incident, view, marks))
    moments = _moments(incident, view, scale)
    bands: list[str] = []
    drawn: list[str] = []
    y = HEAD_LINE * (1 + len(moments)) + 8
    for lane, title in COURSE_LANES.items():
        rows = _rows(mark for mark in marks if mark.lane == lane)
        if rows:
            height = LANE_HEAD + len(rows) * COURSE_ROW + LANE_FOOT
            bands.append(f'<rect class="band" x="0" y="{y}" width="100%" height="{height}" rx="8"/>')
            drawn += _lane(title, lane, rows, y, scale, incident)
            y += height + 10
    ends = [*_axis(scale, y), *_drawn_moments(moments, y)]
    head = (
        f'<svg class="course" width="100%" height="{y}" role="img" '
        'aria-label="What was due and when it was done; the list below says the same in words">'
    )
    return "".join((head, *bands, *ends, *drawn, "</svg>"))


def _end(incident: Incident, view: PlanView, marks: Sequence[CourseMark]) -> timedelta:
    last = max((mark.done_at or mark.due_at for mark in marks), default=incident.declared_at)
    now = incident.closed_at or view.now + LEAST_AHEAD
    return max(last, now) - incident.declared_at


def _rows(marks: Iterable[CourseMark]) -> dict[str, list[CourseMark]]:
    """The same thing stands in one row; what has no room of its own stands in the last."""
    rows: dict[str, list[CourseMark]] = {}
    for mark in sorted(marks, key=lambda mark: mark.due_at):
        known = mark.row in rows or len(rows) < MOST_ROWS_OF_A_LANE
        rows.setdefault(mark.row if known else "others", []).append(mark)
    return rows


def _lane(
    title: str, lane: str, rows: dict[str, list[CourseMark]], top: int, scale: TrackScale, incident: Incident
) -> Iterator[str]:
    yield f'<text class="lane" x="10" y="{top + 18}">{text(title)}</text>'
    for number, (name, marks) in enumerate(rows.items()):
        y = top + LANE_HEAD + number * COURSE_ROW
        yield f'<text class="row" x="10" y="{y + 11}">{text(cut(name, LONGEST_ROW_NAME))}</text>'
        yield f'<line class="track" x1="{_at(COURSE_LEFT)}" y1="{y + 22}" x2="{_at(COURSE_RIGHT)}" y2="{y + 22}"/>'
        for mark in marks:
            yield from _mark(mark, lane, y + 22, scale, incident.declared_at)


def _mark(mark: CourseMark, lane: str, y: int, scale: TrackScale, zero: datetime) -> Iterator[str]:
    """A ring where it was due, a dot where it was done, and between them a line if it was late."""
    due = _at(scale.x(max(mark.due_at - zero, timedelta())))
    said = f"<title>{text(mark.said)}</title>"
    if mark.done_at is None:
        yield f'<circle class="to-come {lane}" cx="{due}" cy="{y}" r="5">{said}</circle>'
        return
    done = _at(scale.x(max(mark.done_at - zero, timedelta())))
    if mark.is_late:
        yield f'<circle class="due" cx="{due}" cy="{y}" r="5"/>'
        yield f'<line class="lateness" x1="{due}" y1="{y}" x2="{done}" y2="{y}"/>'
    if mark.outcome == "done":
        yield f'<circle class="done {lane}" cx="{done}" cy="{y}" r="5">{said}</circle>'
    else:
        cross = f'<path class="undone" d="M-5 -5l10 10m0 -10l-10 10">{said}</path>'
        yield f'<svg x="{done}" y="{y}" overflow="visible">{cross}</svg>'


def _axis(scale: TrackScale, bottom: int) -> Iterator[str]:
    free_from = 0.0
    for tick in COURSE_TICKS:
        said = f"T+{write(tick)}" if tick else "T+0"
        x, half = scale.x(tick), _width(said) / 2
        begins = min(x - half, WHOLE_WIDTH - 2 * half)
        if tick <= scale.end and begins >= free_from:
            free_from = begins + 2 * half + _width(" ")
            yield f'<line class="grid" x1="{_at(x)}" y1="{HEAD_LINE}" x2="{_at(x)}" y2="{bottom}"/>'
            yield f'<text class="small" x="{_at(begins + half)}" y="{HEAD_LINE - 5}" text-anchor="middle">{said}</text>'


def _moments(incident: Incident, view: PlanView, scale: TrackScale) -> list[tuple[float, str]]:
    """What people did that changes everything, and the present: where, in the order of time."""
    moments = (
        ("acknowledged", incident.acknowledged_at),
        ("mitigated", incident.mitigated_at),
        ("resolved", incident.resolved_at),
        ("now", None if incident.closed_at else view.now),
    )
    found = sorted((at, name) for name, at in moments if at is not None)
    return [(scale.x(max(at - incident.declared_at, timedelta())), name) for at, name in found]


def _drawn_moments(moments: Sequence[tuple[float, str]], bottom: int) -> Iterator[str]:
    """Each name in a line of its own, at its side of the mark that has room."""
    for number, (x, name) in enumerate(moments, 1):
        y = HEAD_LINE * (number + 1)
        yield f'<line class="moment {name}" x1="{_at(x)}" y1="{y - 12}" x2="{_at(x)}" y2="{bottom}"/>'
        anchor, beside = ("end", x - 10) if x > WHOLE_WIDTH / 2 else ("start", x + 10)
        yield f'<text class="moment {name}" x="{_at(beside)}" y="{y - 3}" text-anchor="{anchor}">{name}</text>'


def _at(x: float) -> str:
    """That part of the width."""
    return f"{x * 100 / WHOLE_WIDTH:g}%"


def _width(said: str) -> float:
    """Of words, on the narrowest screen."""
    return len(said) * COURSE_LETTER * WHOLE_WIDTH / NARROWEST
