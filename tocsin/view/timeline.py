"""`tocsin runbook preview`: what would follow, as a table."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table

from tocsin.view.plain import plain
from workflows.policy.durations import write
from workflows.policy.preview import Course, Line
from workflows.policy.runbook import Runbook, severity_title

STYLES = {"page": "bold red", "publish": "yellow", "draft": "yellow", "email": "yellow"}
"""What wakes people, and what leaves the company."""


def timeline(book: Runbook, course: Course, lines: Sequence[Line]) -> RenderableType:
    """A line for each, so that a long course can be skimmed, and one where a day begins in the runbook's zone."""
    zone = ZoneInfo(book.calendar.zone)
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), expand=True)
    for heading in ("T+", zone.key, "what"):
        table.add_column(heading, no_wrap=True)
    for heading, share in (("to", 3), ("because", 6), ("text", 4)):
        table.add_column(heading, ratio=share, no_wrap=True, overflow="ellipsis")
    day: date | None = None
    for line in lines:
        at = (course.at + timedelta(seconds=line.offset_s)).astimezone(zone)
        if at.date() != day:
            day = at.date()
            table.add_row(f"{at:%a}", f"{at:%d %b}", style="dim")
        table.add_row(
            write(timedelta(seconds=line.offset_s)),
            f"{at:%H:%M:%S}",
            plain(line.kind, STYLES.get(line.kind, "")),
            plain(", ".join(line.to)),
            plain(line.reason),
            plain(" ".join(line.text.split()), "dim"),
        )
    return Group(plain(book.title, "bold"), plain(headline(book, course)), table)


def headline(book: Runbook, course: Course) -> str:
    """`SEV-1 declared Sat 2026-11-21 02:00 UTC, acknowledged after 7m, resolved after 1h 35m`."""
    at = course.at.astimezone(ZoneInfo(book.calendar.zone))
    parts = [f"{severity_title(course.severity)} declared {at:%a %Y-%m-%d %H:%M} {book.calendar.zone}"]
    parts += [", ".join(course.flags)] if course.flags else []
    parts += [f"{name}={value}" for name, value in course.labels.items()]
    answered = "nobody acknowledges" if course.ack_after is None else f"acknowledged after {write(course.ack_after)}"
    ended = "never resolved" if course.resolve_after is None else f"resolved after {write(course.resolve_after)}"
    return " · ".join((*parts, answered, ended, f"up to {write(course.end)}"))
