"""Who is on call: as a table, as a calendar."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from icalendar import Calendar, Event
from rich.console import Group, RenderableType
from rich.table import Table

from tocsin.view.plain import plain
from workflows.policy.time.calendar import clock, hour_of

if TYPE_CHECKING:
    from starter.desk.on_call_answers import NamedOverride, NamedShift, PostOnCall

NOTHING = "no runbook here has a post with a rota: add `on_call` to one of its `people` (docs/on-call.md)"


def table(found: "Sequence[PostOnCall]", now: datetime) -> RenderableType:
    from starter.desk.on_call_answers import post_title

    if not found:
        return plain(NOTHING)
    present = Table("post", "now", "next", box=None, header_style="dim", padding=(0, 2, 0, 0))
    titles = [post_title(post, found) for post in found]
    for post, title in zip(found, titles, strict=True):
        following = f"{post.next.name} from {hour_of(post.zone, post.next.begins_at, now)}" if post.next else ""
        present.add_row(plain(title), _now(post, now), plain(following))
    weeks = (part for post, title in zip(found, titles, strict=True) for part in _of_post(post, title, now))
    return Group(present, *weeks)


def _now(post: "PostOnCall", now: datetime) -> RenderableType:
    if post.now is None:
        return plain("not known", "bold red")
    until = f" until {hour_of(post.zone, post.now.ends_at, now)}" if post.now.ends_at else ""
    return plain(f"{post.now.name}{until}", "" if post.now.who else "bold red")


def _of_post(post: "PostOnCall", title: str, now: datetime) -> Iterator[RenderableType]:
    """What is known of one, by its own clock."""
    yield plain("")
    yield plain(f"{title}, by the clock of {post.zone}", "bold")
    if post.problem:
        yield plain(f"{post.problem}{_age(post, now)}", "yellow")
    if post.remark:
        yield plain(post.remark, "yellow")
    yield _ahead(post, now)
    yield from (plain(_swap(post, each, now), "dim") for each in post.overrides)


def _age(post: "PostOnCall", now: datetime) -> str:
    return f"; this is what was known at {clock(post.zone, post.as_of, now)}" if post.as_of else ""


def _ahead(post: "PostOnCall", now: datetime) -> Table:
    listed = Table("from", "until", "who", box=None, header_style="dim", padding=(0, 2, 0, 2))
    for shift in post.shifts:
        until = hour_of(post.zone, shift.ends_at, now) if shift.ends_at else ""
        who = plain(shift.name, "" if shift.who else "bold red")
        listed.add_row(hour_of(post.zone, shift.begins_at, now), until, who)
    return listed


def _swap(post: "PostOnCall", swap: "NamedOverride", now: datetime) -> str:
    begin, end = (hour_of(post.zone, at, now) for at in (swap.begins_at, swap.ends_at))
    by = f" (by {swap.by_name})" if swap.by_name else ""
    return f"  swapped: {swap.name or swap.who} from {begin} until {end}{by}"


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
