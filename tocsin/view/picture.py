"""A preview as a picture: one lane for each audience, time to the right, a track for everything that recurs.

Time is drawn logarithmically, because a procedure is dense in its first hour and goes on for days. The same preview
gives the same bytes. It loads nothing, and its colours follow the reader's theme.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import escape
from itertools import groupby

from tocsin.view.timeline import headline
from tocsin.view.tracks import Lane, Scale, Track, lanes
from workflows.policy.bounded import cut
from workflows.policy.durations import write
from workflows.policy.preview import Course, Line
from workflows.policy.runbook import Runbook

RIGHT, TOP, ROW, GAP = 1180, 92, 32, 14
LONGEST_NAME, PER_LETTER = 28, 7.5
"""Letters of a lane's name, and pixels of each."""
TICKS = [timedelta(minutes=m) for m in (0, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 5760, 10080, 20160, 40320)]
STYLE = """
    .paper { fill: #ffffff }
    .band { fill: #f6f8fa }
    .head { fill: #1f2328; font-size: 16px; font-weight: 600 }
    .name { fill: #1f2328; font-weight: 600 }
    .text { fill: #1f2328; stroke: #f6f8fa; stroke-width: 3; paint-order: stroke }
    .small { fill: #57606a }
    .grid { stroke: #d0d7de }
    .event { stroke: #57606a; stroke-dasharray: 4 3 }
    .phones { fill: #cf222e; stroke: #cf222e }
    .roles { fill: #bc4c00; stroke: #bc4c00 }
    .rooms { fill: #0969da; stroke: #0969da }
    .public { fill: #1a7f37; stroke: #1a7f37 }
    .papers { fill: #8250df; stroke: #8250df }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 }
      .band { fill: #161b22 }
      .head, .name, .text { fill: #e6edf3 }
      .text { stroke: #161b22 }
      .small { fill: #9da7b1 }
      .grid { stroke: #30363d }
      .event { stroke: #9da7b1 }
      .phones { fill: #ff7b72; stroke: #ff7b72 }
      .roles { fill: #f0883e; stroke: #f0883e }
      .rooms { fill: #58a6ff; stroke: #58a6ff }
      .public { fill: #3fb950; stroke: #3fb950 }
      .papers { fill: #bc8cff; stroke: #bc8cff }
    }
"""


def picture(book: Runbook, course: Course, lines: Sequence[Line]) -> str:
    """An SVG document."""
    scale = Scale(_left(book), RIGHT, course.end)
    drawn = lanes(book, lines, scale)
    tops = _tops(drawn)
    height = TOP + sum(_height(lane) for lane in drawn) + 16
    title, subtitle = _text(book.title), _text(headline(book, course))
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {RIGHT + 20} {height}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, -apple-system, sans-serif" font-size="12">',
        f'<title id="title">{title}</title><desc id="desc">{subtitle}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{RIGHT + 20}" height="{height}"/>',
        f'<text class="head" x="16" y="28">{title}</text><text class="small" x="16" y="48">{subtitle}</text>',
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


def _tops(drawn: Sequence[Lane]) -> list[int]:
    return [TOP + sum(_height(above) for above in drawn[:number]) for number in range(len(drawn))]


def _height(lane: Lane) -> int:
    return lane.rows * ROW + GAP


def _band(lane: Lane, top: int) -> str:
    return (
        f'<rect class="band" x="8" y="{top}" width="{RIGHT + 4}" height="{_height(lane) - 6}" rx="6"/>'
        f'<text class="name" x="18" y="{top + 21}">{_text(cut(lane.name, LONGEST_NAME))}</text>'
    )


def _axis(scale: Scale, height: int) -> Iterator[str]:
    free_from = 0.0
    for tick in TICKS:
        x = scale.x(tick)
        if tick > scale.end or x < free_from:
            continue
        free_from = x + 44
        yield f'<line class="grid" x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 14}"/>'
        yield f'<text class="small" x="{x}" y="{TOP - 14}" text-anchor="middle">{_since(tick)}</text>'


def _events(course: Course, scale: Scale, height: int) -> Iterator[str]:
    for name, after in (("acknowledged", course.ack_after), ("resolved", course.resolve_after)):
        if after is not None and after <= course.end:
            x = scale.x(after)
            yield f'<line class="event" x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{height - 14}"/>'
            yield f'<text class="name" x="{x}" y="{TOP - 28}" text-anchor="middle">{name}</text>'


def _track(track: Track, lane_top: int) -> Iterator[str]:
    y = lane_top + track.row * ROW + 25
    yield f'<text class="text" x="{track.label_x}" y="{y - 8}">{_text(track.label)}</text>'
    if len(track.marks) > 1:
        first, last = track.marks[0].x, track.marks[-1].x
        yield f'<line class="{track.colour}" x1="{first}" y1="{y}" x2="{last}" y2="{y}" opacity="0.35"/>'
    for x, together in groupby(track.marks, key=lambda mark: mark.x):
        marks = list(together)
        more = f" (and {len(marks) - 1} more, close by)" if len(marks) > 1 else ""
        said = f"{_since(marks[0].after)}: {marks[0].reason}{more}"
        yield f'<circle class="{track.colour}" cx="{x}" cy="{y}" r="4"><title>{_text(said)}</title></circle>'


def _since(after: timedelta) -> str:
    return f"T+{write(after)}" if after else "T+0"


def _text(text: str) -> str:
    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))
