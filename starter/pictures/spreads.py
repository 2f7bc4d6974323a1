"""How long things took: a row for each severity, in it a dot for each incident, the median and the ninth decile.

Time is drawn logarithmically: an answer after a minute and a resolution after a day fit into one picture, and twice as
long is everywhere the same step.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

from starter.pictures.columns import Box
from starter.pictures.spans import took
from starter.pictures.svg import text
from starter.report.counting import spread, waits
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.policy.views.summary import ClosedIncident

SPREAD_ROW, SPREAD_APART, SPREAD_HEAD, SPREAD_FOOT = 26, 12, 44, 30
"""Pixels of a row, between two lanes, above the first, and below the last."""
LEFT, COLUMNS = 160, (64, 64, 56)
"""Pixels of the names, and of the figures at the right: median, ninth decile, number."""
SPREAD_TICKS = [
    timedelta(seconds=s) for s in (10, 30, 60, 300, 900, 3600, 14400, 43200, 86400, 259200, 604800, 2592000)
]
SHORTEST = 10
"""Seconds: whatever took less is drawn here."""
DOT, TRACKS = 8, (0, -5, 5, -9, 9)
"""Dots that would touch move up and down."""


@dataclass(frozen=True)
class SpreadScale:
    left: float
    right: float
    longest: float

    def x(self, seconds: float) -> float:
        share = log(max(seconds, SHORTEST) / SHORTEST) / log(self.longest / SHORTEST)
        return round(self.left + min(share, 1.0) * (self.right - self.left), 1)


MOMENTS: tuple[tuple[str, Callable[[ClosedIncident], datetime | None]], ...] = (
    ("acknowledge", lambda record: record.acknowledged_at),
    ("mitigate", lambda record: record.mitigated_at),
    ("resolve", lambda record: record.resolved_at),
)


@dataclass(frozen=True)
class SpreadRow:
    severity: str
    took: tuple[tuple[timedelta, ClosedIncident], ...]
    """Shortest first."""


@dataclass(frozen=True)
class SpreadLane:
    name: str
    rows: tuple[SpreadRow, ...]


def lanes(records: Sequence[ClosedIncident]) -> list[SpreadLane]:
    """Those in which there is anything to see."""
    found = [SpreadLane(name, tuple(_rows(records, moment))) for name, moment in MOMENTS]
    return [lane for lane in found if lane.rows]


def _rows(
    records: Sequence[ClosedIncident], moment: Callable[[ClosedIncident], datetime | None]
) -> Iterator[SpreadRow]:
    for severity in sorted({record.gravest for record in records}):
        reached = [record for record in records if record.gravest == severity and moment(record)]
        spans = zip(waits(reached, moment), reached, strict=True)
        if reached:
            yield SpreadRow(severity, tuple(sorted(spans, key=lambda pair: pair[0])))


def height(drawn: Sequence[SpreadLane]) -> int:
    return SPREAD_HEAD + sum(len(lane.rows) * SPREAD_ROW + SPREAD_APART for lane in drawn) + SPREAD_FOOT


def spreads(box: Box, drawn: Sequence[SpreadLane]) -> Iterator[str]:
    longest = max(row.took[-1][0].total_seconds() for lane in drawn for row in lane.rows)
    scale = SpreadScale(box.x + LEFT, box.x + box.width - sum(COLUMNS) - 30, max(longest, 600) * 1.2)
    yield from _axis(scale, box)
    yield from _figures(scale, box.y + 22, ("median", "p90", "number"))
    y = box.y + SPREAD_HEAD
    for lane in drawn:
        yield f'<text class="name" x="{box.x + 12}" y="{y + SPREAD_ROW // 2 + 4}">{lane.name}</text>'
        for row in lane.rows:
            yield from _row(scale, row, box.x + LEFT - 14, y + SPREAD_ROW // 2)
            y += SPREAD_ROW
        y += SPREAD_APART


def _axis(scale: SpreadScale, box: Box) -> Iterator[str]:
    bottom = box.y + box.height - SPREAD_FOOT
    for tick in SPREAD_TICKS:
        if tick.total_seconds() <= scale.longest:
            x = scale.x(tick.total_seconds())
            yield f'<line class="grid" x1="{x}" y1="{box.y + SPREAD_HEAD - 6}" x2="{x}" y2="{bottom}"/>'
            yield f'<text class="small" x="{x}" y="{bottom + 18}" text-anchor="middle">{write(tick)}</text>'


def _figures(scale: SpreadScale, y: float, figures: Sequence[str]) -> Iterator[str]:
    x = scale.right + 14
    for figure, width in zip(figures, COLUMNS, strict=True):
        x += width
        yield f'<text class="small" x="{x}" y="{y}" text-anchor="end">{text(figure)}</text>'


def _row(scale: SpreadScale, row: SpreadRow, left: float, y: float) -> Iterator[str]:
    yield f'<text class="small" x="{left}" y="{y + 4}" text-anchor="end">{severity_title(row.severity)}</text>'
    yield from _dots(scale, row, y)
    seen = spread(span for span, _ in row.took)
    assert seen.median_s is not None
    assert seen.p90_s is not None
    middle, ninth = scale.x(seen.median_s), scale.x(seen.p90_s)
    for x1, x2, up, width in ((middle, ninth, 0, 1.5), (middle, middle, 11, 3), (ninth, ninth, 7, 1.5)):
        yield (f'<line class="mark" x1="{x1}" y1="{y - up}" x2="{x2}" y2="{y + up}" stroke-width="{width}"/>')
    yield from _figures(scale, y + 4, (took(seen.median_s), took(seen.p90_s), str(seen.count)))


def _dots(scale: SpreadScale, row: SpreadRow, y: float) -> Iterator[str]:
    taken = dict.fromkeys(TRACKS, 0.0)
    for span, record in row.took:
        x = scale.x(span.total_seconds())
        track = next((track for track in TRACKS if taken[track] <= x), min(TRACKS, key=taken.__getitem__))
        taken[track] = x + DOT
        said = text(f"{record.incident}: {took(span.total_seconds())}, {record.title}")
        yield (
            f'<circle class="{row.severity}" cx="{x}" cy="{y + track}" r="3.5" stroke-width="0" opacity="0.45">'
            f"<title>{said}</title></circle>"
        )
