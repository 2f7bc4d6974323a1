"""The course of one incident, drawn: what was due when, when it was done, and in outline what comes next.

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

COURSE_WIDTH, COURSE_LEFT, COURSE_RIGHT = 1200, 230, 1180
COURSE_TOP, COURSE_ROW, LANE_HEAD = 44, 24, 26
MOMENT_LETTER = 7.5
"""Pixels of a letter of a moment's name, at most: names stand beside each other where there is no room."""
LONGEST_ROW_NAME: Final = 32
MOST_ROWS_OF_A_LANE: Final = 12
LEAST_AHEAD: Final = timedelta(minutes=15)
COURSE_TICKS: Final = [timedelta(minutes=m) for m in (0, 1, 5, 15, 30, 60, 120, 240, 480, 1440, 4320, 10080, 40320)]


def course(incident: Incident, view: PlanView, person: Callable[[str], str]) -> str:
    """An SVG element, to stand in a page. `person`: how somebody is called."""
    marks = course_marks(incident, view, person)
    scale = TrackScale(COURSE_LEFT, COURSE_RIGHT, _end(incident, view, marks))
    bands: list[str] = []
    drawn: list[str] = []
    y = COURSE_TOP
    for lane, title in COURSE_LANES.items():
        rows = _rows(mark for mark in marks if mark.lane == lane)
        if rows:
            height = LANE_HEAD + len(rows) * COURSE_ROW
            bands.append(f'<rect class="band" x="4" y="{y}" width="{COURSE_WIDTH - 8}" height="{height}" rx="8"/>')
            drawn += _lane(title, lane, rows, y, scale, incident)
            y += height + 10
    ends = [*_axis(scale, y), *_moments(incident, view, scale, y)]
    head = (
        f'<svg class="course" viewBox="0 0 {COURSE_WIDTH} {y + 8}" width="{COURSE_WIDTH}" height="{y + 8}" role="img" '
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
    yield f'<text class="lane" x="16" y="{top + 18}">{text(title)}</text>'
    for number, (name, marks) in enumerate(rows.items()):
        y = top + LANE_HEAD + number * COURSE_ROW + COURSE_ROW // 2 - 2
        yield f'<text class="row" x="16" y="{y + 4}">{text(cut(name, LONGEST_ROW_NAME))}</text>'
        for mark in marks:
            yield from _mark(mark, lane, y, scale, incident.declared_at)


def _mark(mark: CourseMark, lane: str, y: int, scale: TrackScale, zero: datetime) -> Iterator[str]:
    """A ring where it was due, a dot where it was done, and between them a line if it was late."""
    due = scale.x(max(mark.due_at - zero, timedelta()))
    said = f"<title>{text(mark.said)}</title>"
    if mark.done_at is None:
        yield f'<circle class="to-come {lane}" cx="{due}" cy="{y}" r="5">{said}</circle>'
        return
    done = scale.x(max(mark.done_at - zero, timedelta()))
    if mark.is_late:
        yield f'<circle class="due" cx="{due}" cy="{y}" r="5"/>'
        yield f'<line class="lateness" x1="{due}" y1="{y}" x2="{done}" y2="{y}"/>'
    if mark.outcome == "done":
        yield f'<circle class="done {lane}" cx="{done}" cy="{y}" r="5">{said}</circle>'
    else:
        yield f'<path class="undone" d="M{done - 5} {y - 5}l10 10m0 -10l-10 10">{said}</path>'


def _axis(scale: TrackScale, height: int) -> Iterator[str]:
    free_from = 0.0
    for tick in COURSE_TICKS:
        x = scale.x(tick)
        if tick <= scale.end and x >= free_from:
            free_from = x + 50
            yield f'<line class="grid" x1="{x}" y1="{COURSE_TOP - 6}" x2="{x}" y2="{height}"/>'
            said = f"T+{write(tick)}" if tick else "T+0"
            anchor = "end" if x > COURSE_RIGHT - 30 else "middle"
            yield f'<text class="small" x="{x}" y="{COURSE_TOP - 28}" text-anchor="{anchor}">{said}</text>'


def _moments(incident: Incident, view: PlanView, scale: TrackScale, height: int) -> Iterator[str]:
    """What people did that changes everything, and the present."""
    moments = (
        ("acknowledged", incident.acknowledged_at),
        ("mitigated", incident.mitigated_at),
        ("resolved", incident.resolved_at),
        ("now", None if incident.closed_at else view.now),
    )
    free_from = 0.0
    for at, name in sorted((at, name) for name, at in moments if at is not None):
        x = scale.x(max(at - incident.declared_at, timedelta()))
        label = max(x, free_from + len(name) * MOMENT_LETTER / 2)
        free_from = label + (len(name) + 4) * MOMENT_LETTER / 2
        yield f'<line class="moment {name}" x1="{x}" y1="{COURSE_TOP - 6}" x2="{x}" y2="{height}"/>'
        anchor = "end" if label > COURSE_RIGHT - 60 else "middle"
        yield f'<text class="moment {name}" x="{label}" y="{COURSE_TOP - 11}" text-anchor="{anchor}">{name}</text>'
