"""`tocsin runbook preview`: what would follow, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from starter.pictures.captions import of_scenario
from tocsin.view.plain import ENDLESS, plain
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import PreviewLine, Scenario
from workflows.policy.time.durations import write

TIMELINE_STYLES = {"page": "bold red", "publish": "yellow", "draft": "yellow", "email": "yellow"}
"""What wakes people, and what leaves the company."""


ROOM_FOR_TEXTS = 120
"""Columns of a terminal from which on the beginning of each message is shown, too."""


@dataclass(frozen=True)
class Timeline:
    """A line for each, and one where a day begins in the runbook's zone. To whom and why is broken at the terminal's
    width, never cut off."""

    book: Runbook
    course: Scenario
    lines: Sequence[PreviewLine]
    with_people: bool = False
    """Whoever holds a post is named with it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield plain(self.book.title, "bold")
        yield plain(of_scenario(self.book, self.course))
        table = self._table(with_texts=options.max_width >= ROOM_FOR_TEXTS)
        table.expand = options.max_width < ENDLESS
        yield table

    def _table(self, *, with_texts: bool) -> Table:
        zone = ZoneInfo(self.book.calendar.zone)
        table = _columns(zone.key, with_texts=with_texts)
        day: date | None = None
        for line in self.lines:
            at = (self.course.at + timedelta(seconds=line.offset_s)).astimezone(zone)
            if at.date() != day:
                day = at.date()
                table.add_row(f"{at:%a}", f"{at:%d %b}", style="dim")
            table.add_row(
                write(timedelta(seconds=line.offset_s)),
                f"{at:%H:%M:%S}",
                plain(line.kind, TIMELINE_STYLES.get(line.kind, "")),
                plain(self._to(line)),
                plain(line.reason),
                *([plain(" ".join(line.text.split()), "dim")] if with_texts else []),
            )
        return table

    def _to(self, line: PreviewLine) -> str:
        to = ", ".join(line.to)
        if not self.with_people or line.people is None:
            return to
        return f"{to} ({', '.join(line.people) or 'nobody'})"


def _columns(zone: str, *, with_texts: bool) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), expand=True)
    for heading in ("T+", zone, "what"):
        table.add_column(heading, no_wrap=True)
    table.add_column("to", ratio=4, overflow="fold")
    table.add_column("because", ratio=5, overflow="fold")
    if with_texts:
        table.add_column("text", ratio=5, no_wrap=True, overflow="ellipsis")
    return table
