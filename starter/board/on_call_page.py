"""Who is on call, as a page has it: a week from Monday to Sunday, as people there count days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from starter.desk.on_call_answers import NamedShift, PostOnCall, post_title
from workflows.policy.time.calendar import day_in, wall_moment
from workflows.policy.time.durations import DAY
from workflows.policy.watches.installation import Installation

WEEK_DAYS: Final = timedelta(days=7)
FARTHEST_WEEK: Final = timedelta(days=366)
"""From now, to either side: what an address asks for beyond it is not computed."""
_WEEK_BEGINS: Final = time()


@dataclass(frozen=True)
class ShownWeek:
    monday: date
    zone: str
    is_present: bool

    @property
    def begin(self) -> datetime:
        return wall_moment(self.zone, self.monday, _WEEK_BEGINS)

    @property
    def span(self) -> timedelta:
        """An hour more or less than seven days, where clocks are changed."""
        return wall_moment(self.zone, self.following, _WEEK_BEGINS) - self.begin

    @property
    def before(self) -> date:
        return self.monday - WEEK_DAYS

    @property
    def following(self) -> date:
        return self.monday + WEEK_DAYS


@dataclass(frozen=True)
class OnCallPage:
    week: ShownWeek
    now: datetime
    posts: Sequence[PostOnCall]

    def title(self, post: PostOnCall) -> str:
        return post_title(post, self.posts)

    def gaps(self) -> Iterator[tuple[PostOnCall, Sequence[NamedShift]]]:
        """When nobody is there, of what is still to come."""
        for post in self.posts:
            empty = [each for each in post.shifts if not each.who and (each.ends_at is None or each.ends_at > self.now)]
            if empty:
                yield post, empty


def shown_week(there: Installation, written: str, now: datetime) -> ShownWeek:
    """The one that somebody wrote a day of; this one, if it is none."""
    book = there.runbooks.get(there.default)
    zone = book.calendar.zone if book else "UTC"
    today = day_in(zone, now)
    try:
        wanted = date.fromisoformat(written)
    except ValueError:
        wanted = today
    wanted = wanted if abs(wanted - today) <= FARTHEST_WEEK else today
    return ShownWeek(_monday(wanted), zone, is_present=_monday(wanted) == _monday(today))


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def moment_there(written: str, zone: str) -> datetime | str:
    """What a browser's clock field says (`2026-11-27T02:00`) is meant by the clock there. As it is, if it is none."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return written
    return at if at.tzinfo else wall_moment(zone, at.date(), at.time())
