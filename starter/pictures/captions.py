"""What stands above a picture or a table: of what it is, and what it leaves out."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from starter.report.figures import LeftOut, ReportFigures
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.simulation.preview import Scenario
from workflows.policy.time.durations import write


def of_scenario(book: Runbook, course: Scenario) -> str:
    """`SEV-1 declared Sat 2026-11-21 02:00 UTC, acknowledged after 7m, resolved after 1h 35m`."""
    at = course.at.astimezone(ZoneInfo(book.calendar.zone))
    parts = [f"{severity_title(course.severity)} declared {at:%a %Y-%m-%d %H:%M} {book.calendar.zone}"]
    parts += [", ".join(course.flags)] if course.flags else []
    parts += [f"{name}={value}" for name, value in course.labels.items()]
    answered = "nobody acknowledges" if course.ack_after is None else f"acknowledged after {write(course.ack_after)}"
    ended = "never resolved" if course.resolve_after is None else f"resolved after {write(course.resolve_after)}"
    return " · ".join((*parts, answered, ended, f"up to {write(course.end)}"))


def period(figures: ReportFigures) -> str:
    return f"Incidents from {figures.since:%Y-%m-%d %H:%M} to {figures.until:%Y-%m-%d %H:%M} UTC"


def of_figures(figures: ReportFigures) -> str:
    total = figures.total
    count = counted(total.incidents, "incident") if total.incidents else "no incident"
    still_open = f", {total.open} still open" if total.open else ""
    left_out = ", ".join(_left_out(figures.left_out))
    return count + still_open + (f"; left out: {left_out}" if left_out else "")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _left_out(left_out: LeftOut) -> Iterator[str]:
    if left_out.cancelled:
        yield f"{left_out.cancelled} opened in error"
    if left_out.drills:
        yield counted(left_out.drills, "drill")
    if left_out.unrecorded:
        yield f"{left_out.unrecorded} that ended without a record"
    if left_out.unread:
        yield f"the {left_out.unread} oldest, which were not read: choose a shorter time"
