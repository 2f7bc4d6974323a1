"""A preview as a picture: one lane for each audience, time to the right, a track for everything that recurs.

Time is drawn logarithmically, because a procedure is dense in its first hour and goes on for days. The same preview
gives the same bytes.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from starter.pictures.captions import of_scenario
from starter.pictures.svg import opening, text
from starter.pictures.tracks import Track, TrackLane, TrackScale, lanes
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import PreviewLine, Scenario
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import cut

RIGHT, TOP, PICTURE_ROW, PICTURE_GAP = 1180, 92, 32, 14
LONGEST_NAME, PER_LETTER = 28, 7.5
"""Letters of a lane's name, and pixels of each."""
ROOM_FOR_NAMES = 110
"""Pixels between `acknowledged` and `resolved`, so that both can be written in the middle."""
PICTURE_TICKS = [
    timedelta(minutes=m) for m in (0, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 5760, 10080, 20160, 40320)
]
LANE_COLOURS = {
    "phones": ("#cf222e", "#ff7b72"),
    "roles": ("#bc4c00", "#f0883e"),
    "rooms": ("#0969da", "#58a6ff"),
    "public": ("#1a7f37", "#3fb950"),
    "papers": ("#8250df", "#bc8cff"),
}


def picture(book: Runbook, course: Scenario, lines: Sequence[PreviewLine]) -> str:
    """An SVG document."""
    scale = TrackScale(_left(book), RIGHT, course.end)
    drawn = lanes(book, lines, scale)
    tops = _tops(drawn)
    height = TOP + sum(_height(lane) for lane in drawn) + 16
    body = [
        *opening(RIGHT + 20, height, book.title, of_scenario(book, course), LANE_COLOURS),
        *(_band(lane, top) for lane, top in zip(drawn, tops, strict=True)),
        *_axis(scale, height),
        *_events(course, scale, height),
        *(part for lane, top in zip(drawn, tops, strict=True) for track in lane.tracks for part in _track(track, top)),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _left(book: Runbook) -> int:
    """Where the time begins: right of the names of all lanes, the longest of which may be the home channel's."""
    return 28 + int(PER_LETTER * max(18, min(len(book.home), LONGEST_NAME)))


def _tops(drawn: Sequence[TrackLane]) -> list[int]:
    return [TOP + sum(_height(above) for above in drawn[:number]) for number in range(len(drawn))]


def _height(lane: TrackLane) -> int:
    return lane.rows * PICTURE_ROW + PICTURE_GAP


def _band(lane: TrackLane, top: int) -> str:
    return (
        f'<rect class="band" x="8" y="{top}" width="{RIGHT + 4}" height="{_height(lane) - 6}" rx="6"/>'
        f'<text class="name" x="18" y="{top + 21}">{text(cut(lane.name, LONGEST_NAME))}</text>'
    )


def _axis(scale: TrackScale, height: int) -> Iterator[str]:
    free_from = 0.0
    for tick in PICTURE_TICKS:
        x = scale.x(tick)
        if tick > scale.end or x < free_from:
            continue
        free_from = x + 44
        yield f'<line class="grid" x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 14}"/>'
        yield f'<text class="small" x="{x}" y="{TOP - 14}" text-anchor="middle">{_since(tick)}</text>'


def _events(course: Scenario, scale: TrackScale, height: int) -> Iterator[str]:
    """Where people answered. The names lean away from each other where there is no room for both."""
    both = (("acknowledged", course.ack_after, "end"), ("resolved", course.resolve_after, "start"))
    shown = [(name, scale.x(after), aside) for name, after, aside in both if after is not None and after <= course.end]
    apart = abs(shown[-1][1] - shown[0][1]) >= ROOM_FOR_NAMES if len(shown) > 1 else True
    for name, x, aside in shown:
        yield f'<line class="event" x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{height - 14}"/>'
        at, anchor = (x, "middle") if apart else (x + (-3 if aside == "end" else 3), aside)
        yield f'<text class="name" x="{at}" y="{TOP - 28}" text-anchor="{anchor}">{name}</text>'


def _track(track: Track, lane_top: int) -> Iterator[str]:
    y = lane_top + track.row * PICTURE_ROW + 25
    yield f'<text class="text" x="{track.label_x}" y="{y - 8}">{text(track.label)}</text>'
    if len(track.marks) > 1:
        first, last = track.marks[0].x, track.marks[-1].x
        yield f'<line class="{track.colour}" x1="{first}" y1="{y}" x2="{last}" y2="{y}" opacity="0.35"/>'
    for x, together in groupby(track.marks, key=lambda mark: mark.x):
        marks = list(together)
        more = f" (and {len(marks) - 1} more, close by)" if len(marks) > 1 else ""
        said = f"{_since(marks[0].after)}: {marks[0].reason}{more}"
        yield f'<circle class="{track.colour}" cx="{x}" cy="{y}" r="4"><title>{text(said)}</title></circle>'


def _since(after: timedelta) -> str:
    return f"T+{write(after)}" if after else "T+0"
