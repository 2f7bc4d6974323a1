"""How many incidents: a column for each day or week, and a bar for each service."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from starter.pictures.svg import text
from starter.report.figures import Count, Group
from workflows.policy.runbook.names import severity_title
from workflows.policy.wire.bounded import cut

LINES, PER_LABEL, PER_BAR = 4, 64, 24
"""Of a grid, at most; pixels from one label to the next, below and beside."""
NAME, NAME_WIDTH = 16, 140


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    def band(self, heading: str) -> str:
        return (
            f'<rect class="band" x="{self.x}" y="{self.y}" width="{self.width}" height="{self.height}" rx="6"/>'
            f'<text class="name" x="{self.x + 12}" y="{self.y + 22}">{text(heading)}</text>'
        )


def columns(box: Box, counts: Sequence[Count]) -> Iterator[str]:
    """Stacked by severity, the gravest at the bottom, where it can be compared."""
    left, bottom, top = box.x + 36, box.y + box.height - 28, box.y + 40
    each = (box.x + box.width - 12 - left) / len(counts)
    step = _step(max(sum(count.by_severity.values()) for count in counts))
    unit = (bottom - top) / (LINES * step)
    for value in range(0, LINES * step + 1, step):
        y = round(bottom - value * unit, 1)
        yield f'<line class="grid" x1="{left}" y1="{y}" x2="{box.x + box.width - 12}" y2="{y}"/>'
        yield f'<text class="small" x="{left - 6}" y="{y + 4}" text-anchor="end">{value}</text>'
    every = ceil(PER_LABEL / each)
    for number, count in enumerate(counts):
        x = left + number * each
        yield from _column(count, x + each * 0.15, each * 0.7, bottom, unit)
        if number % every == 0:
            middle = round(x + each / 2, 1)
            yield f'<text class="small" x="{middle}" y="{bottom + 18}" text-anchor="middle">{_day(count)}</text>'


def _step(most: int) -> int:
    """Between two lines: 1, 2 or 5, or as many tens, hundreds, ..."""
    steps = (int(digit * 10**zeros) for zeros in range(9) for digit in (1, 2, 5))
    return next(step for step in steps if step * LINES >= most)


def _column(count: Count, x: float, width: float, bottom: float, unit: float) -> Iterator[str]:
    for severity, incidents in sorted(count.by_severity.items()):
        bottom -= incidents * unit
        said = f"{_day(count)}: {incidents} × {severity_title(severity)}"
        yield (
            f'<rect class="{severity}" x="{x:.1f}" y="{bottom:.1f}" width="{width:.1f}" '
            f'height="{incidents * unit:.1f}" stroke-width="0"><title>{text(said)}</title></rect>'
        )


def _day(count: Count) -> str:
    return f"{count.begins_on:%d %b}"


def bars(box: Box, groups: Sequence[Group]) -> Iterator[str]:
    """As many as there is room for; the last one is all others together."""
    rows = [(group.name or "no service", group.incidents) for group in groups]
    room = (box.height - 40) // PER_BAR
    if len(rows) > room:
        others = rows[room - 1 :]
        rows = [*rows[: room - 1], (f"{len(others)} others", sum(count for _, count in others))]
    unit = (box.width - NAME_WIDTH - 60) / max((count for _, count in rows), default=1)
    for number, (name, count) in enumerate(rows):
        y = box.y + 40 + number * PER_BAR
        x = box.x + NAME_WIDTH
        yield f'<text class="small" x="{x - 8}" y="{y + 12}" text-anchor="end">{text(cut(name, NAME))}</text>'
        yield f'<rect class="bar" x="{x}" y="{y}" width="{count * unit:.1f}" height="16" rx="2" stroke-width="0"/>'
        yield f'<text class="small" x="{x + count * unit + 6:.1f}" y="{y + 12}">{count}</text>'
