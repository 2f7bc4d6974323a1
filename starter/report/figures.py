"""What a stretch of time looks like in figures. An interface, documented in docs/report.md: fields are added, never
changed.

An incident belongs to the time in which it was declared, and to the gravest severity that it ever had. What was opened
in error and what was a drill is left out of everything, and counted, be it open or closed. Times are those of closed
incidents: one that is open has no last word yet.
"""

from datetime import date

from starter.temporal.results import Result
from workflows.policy.wire.model import Instant


class Spread(Result):
    """How long something took, in whole seconds. Without any, all but `count` is None."""

    count: int
    median_s: int | None = None
    p90_s: int | None = None
    """The least of the durations that nine in ten do not exceed."""
    longest_s: int | None = None


class Group(Result):
    """Incidents of one severity, of one service, or all of them."""

    name: str
    incidents: int
    open: int
    acknowledge: Spread
    """From the declaration to the first answer."""
    mitigate: Spread
    """From the declaration to the fix, where somebody said when that was in place."""
    resolve: Spread
    """From the declaration to the (last) resolution."""


class Escalations(Result):
    """How many of the closed incidents ..."""

    beyond_first_tier: int
    whole_ladder: int
    """... were called out to the last tier, and again from the first, because nobody had answered."""
    forgotten: int
    """... were acknowledged, and then called out again because whoever had done that fell silent."""
    by_hand: int
    """... had somebody called by hand."""
    unacknowledged: int
    """... were over before anybody had acknowledged them."""
    nobody_reached: int
    """... had pages of which not a single one got through."""
    reopened: int


class Pages(Result):
    """Of the closed incidents."""

    through: int
    lost: int
    """Rejected by the pager, or given up."""
    late: int
    """Got through a minute or more after they were due."""
    latest_s: int
    """How late the latest was."""


class ArrivalFigures(Result):
    """How long it took, in closed incidents, from a ring until somebody was reached in one way, or had answered."""

    who: str
    way: str
    """How the pager reached for them: `phone`, `push`, ...; of answers, through what they came."""
    answered: bool
    missed: bool = False
    """They were reached for in that way, and did not answer."""
    took: Spread


class ReviewFigures(Result):
    """Of the closed incidents."""

    owed: int
    """Reviews that the runbook demands, or that somebody wanted when asked."""
    complete: int
    """Of these, those that have closed: everything was submitted or waived, and every follow-up done."""
    asked: int
    """Reviews of which nobody has said yet whether they are to be."""
    on_time: int
    """Documents, checklists and the like that were submitted by their deadline ..."""
    late: int
    """... or after it,"""
    waived: int
    open: int
    """... not yet,"""
    overdue: int
    """... and of these, those whose deadline has passed."""


class FollowUpFigures(Result):
    """Of the closed incidents."""

    on_time: int
    """Done by their date ..."""
    late: int
    """... or after it,"""
    waived: int
    open: int


class LeftOut(Result):
    cancelled: int
    """Opened in error."""
    drills: int
    """In compressed time, closed, open or terminated."""
    unrecorded: int
    """Ended without a record: terminated, or closed by a version that kept none."""
    unread: int
    """The oldest incidents and reviews, of whatever runbook, where there are more than a report reads."""


class Count(Result):
    """Incidents that were declared in one day or week."""

    begins_on: date
    by_severity: dict[str, int]


class ReportFigures(Result):
    since: Instant
    until: Instant
    """Not included."""
    unit: str
    """Of `counts`: `day` or `week`, of UTC; weeks begin on Monday."""
    total: Group
    severities: tuple[Group, ...]
    """By severity, gravest first."""
    services: tuple[Group, ...]
    """By number of incidents; the empty name stands for those of no service."""
    escalations: Escalations
    pages: Pages
    reached: tuple[ArrivalFigures, ...] = ()
    """Of whom pagers say that they were reached, or who answered: most often first."""
    reviews: ReviewFigures
    follow_ups: FollowUpFigures
    counts: tuple[Count, ...]
    """Without gaps: a quiet day is one with an empty `by_severity`."""
    left_out: LeftOut
