"""Who is on call: as a table, as a calendar."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from icalendar import Calendar, Event
from rich.console import Group, RenderableType
from rich.table import Table

from tocsin.view.plain import plain
from workflows.policy.time.calendar import clock, hour_of

if TYPE_CHECKING:
    from starter.desk.on_call_answers import NamedShift, PostOnCall

NOTHING = "no runbook here has a post with a rota: add `on_call` to one of its `people` (docs/on-call.md)"


def table(found: "Sequence[PostOnCall]", now: datetime) -> RenderableType:
    if not found:
        return plain(NOTHING)
    present = Table("post", "now", "next", "runbook", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for post in found:
        following = f"{post.next.name} from {hour_of(post.zone, post.next.begins_at, now)}" if post.next else ""
        present.add_row(plain(post.name), _now(post, now), plain(following), plain(post.runbook))
    problems = [plain(f"{post.name}: {post.problem}{_age(post, now)}", "yellow") for post in found if post.problem]
    return Group(present, *problems, plain(""), _ahead(found, now))


def _now(post: "PostOnCall", now: datetime) -> RenderableType:
    if post.now is None:
        return plain("not known", "bold red")
    until = f" until {hour_of(post.zone, post.now.ends_at, now)}" if post.now.ends_at else ""
    return plain(f"{post.now.name}{until}", "" if post.now.who else "bold red")


def _age(post: "PostOnCall", now: datetime) -> str:
    return f"; this is what was known at {clock(post.zone, post.as_of, now)}" if post.as_of else ""


def _ahead(found: "Sequence[PostOnCall]", now: datetime) -> Table:
    listed = Table("from", "until", "who", "post", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for post in found:
        for shift in post.shifts:
            until = clock(post.zone, shift.ends_at, now) if shift.ends_at else ""
            who = plain(shift.name, "" if shift.who else "bold red")
            listed.add_row(clock(post.zone, shift.begins_at, now), until, who, plain(post.name))
    return listed


def as_ical(found: "Sequence[PostOnCall]", now: datetime, until: datetime) -> str:
    """RFC 5545: an event for each shift, named after whoever has it. Gaps have none; a shift whose end is not known
    lasts until then."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tocsin//on call//EN")
    calendar.add("version", "2.0")
    for post in found:
        for shift in post.shifts:
            if shift.who:
                calendar.add_component(_event(post, shift, now, shift.ends_at or until))
    written: bytes = calendar.to_ical()
    return written.decode()


def _event(post: "PostOnCall", shift: "NamedShift", now: datetime, ends_at: datetime) -> Event:
    """Its end tells it apart: of the shift that lasts, the begin is not asked for, and an export of tomorrow must not
    be another event."""
    event = Event()
    of_end = f"{ends_at:%Y%m%dT%H%M%SZ}" if shift.ends_at else "lasts"
    event.add("uid", f"{post.runbook}-{post.post}-{of_end}@tocsin")
    event.add("dtstamp", now)
    event.add("dtstart", shift.begins_at)
    event.add("dtend", ends_at)
    event.add("summary", shift.name)
    event.add("description", f"{post.name}, by the runbook {post.runbook}")
    return event
