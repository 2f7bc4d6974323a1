"""Figures from the records of closed incidents and a list of open ones. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import ceil
from statistics import median

from starter.report.figures import (
    ArrivalFigures,
    Count,
    Escalations,
    FollowUpFigures,
    Group,
    LeftOut,
    Pages,
    ReportFigures,
    ReviewFigures,
    Spread,
)
from starter.temporal.results import Past, Summary
from workflows.policy.review.summary import ClosedReview as ReviewRecord
from workflows.policy.views.summary import ClosedIncident

LONGEST_BY_DAY = timedelta(days=45)
"""Beyond it, a week is the unit of `Figures.counts`."""


def figures(
    past: Past, still_open: Sequence[Summary], reviewed: Sequence[ReviewRecord], since: datetime, until: datetime
) -> ReportFigures:
    """From what `since` has ended, from what is open, and from reviews, whosever they are."""
    records = counted(past.records, since, until)
    ids = {record.incident for record in records}
    reviews = [review for review in reviewed if review.incident in ids]
    begun = [one for one in still_open if since <= one.started_at < until]
    opened = [one for one in begun if not (one.drill or _in_error(one))]
    unit = "day" if until - since <= LONGEST_BY_DAY else "week"
    return ReportFigures(
        since=since,
        until=until,
        unit=unit,
        total=_group("all", records, opened),
        severities=_groups(records, opened, lambda r: r.gravest, _gravest),
        services=tuple(
            sorted(
                _groups(records, opened, lambda r: r.service, lambda s: s.service),
                key=lambda group: (-group.incidents, group.name),
            )
        ),
        escalations=_escalations(records),
        pages=_pages(records),
        reached=_reached(records),
        reviews=_reviews(reviews),
        follow_ups=_follow_ups(reviews),
        counts=_counts(records, opened, since, until, unit),
        left_out=_left_out(past, begun, since, until),
    )


def _left_out(past: Past, begun: Sequence[Summary], since: datetime, until: datetime) -> LeftOut:
    declared = [record for record in past.records if since <= record.declared_at < until]
    lost = [one for one in past.unrecorded if since <= one.started_at < until]
    ended = sum(record.cancelled and not record.drill for record in declared)
    return LeftOut(
        cancelled=ended + sum(_in_error(one) and not one.drill for one in begun),
        drills=sum(record.drill for record in declared) + sum(one.drill for one in (*begun, *lost)),
        unrecorded=sum(not one.drill for one in lost),
        unread=past.unread,
    )


def _in_error(one: Summary) -> bool:
    return one.phase == "cancelled"


def counted(records: Iterable[ClosedIncident], since: datetime, until: datetime) -> tuple[ClosedIncident, ...]:
    """Those that figures are made of."""
    return tuple(r for r in records if since <= r.declared_at < until and not (r.cancelled or r.drill))


def _gravest(one: Summary) -> str:
    return one.gravest or one.severity


def spread(durations: Iterable[timedelta]) -> Spread:
    seconds = sorted(duration.total_seconds() for duration in durations)
    if not seconds:
        return Spread(count=0)
    return Spread(
        count=len(seconds),
        median_s=round(median(seconds)),
        p90_s=round(seconds[ceil(0.9 * len(seconds)) - 1]),
        longest_s=round(seconds[-1]),
    )


def waits(records: Iterable[ClosedIncident], moment: Callable[[ClosedIncident], datetime | None]) -> list[timedelta]:
    """From the declaration to a moment, where there was one."""
    pairs = ((moment(record), record.declared_at) for record in records)
    return [max(at - declared_at, timedelta()) for at, declared_at in pairs if at is not None]


def _groups(
    records: Sequence[ClosedIncident],
    opened: Sequence[Summary],
    of_record: Callable[[ClosedIncident], str],
    of_open: Callable[[Summary], str],
) -> tuple[Group, ...]:
    names = sorted({of_record(record) for record in records} | {of_open(one) for one in opened})
    return tuple(
        _group(name, [r for r in records if of_record(r) == name], [one for one in opened if of_open(one) == name])
        for name in names
    )


def _group(name: str, records: Sequence[ClosedIncident], opened: Sequence[Summary]) -> Group:
    return Group(
        name=name,
        incidents=len(records) + len(opened),
        open=len(opened),
        acknowledge=spread(waits(records, lambda record: record.acknowledged_at)),
        mitigate=spread(waits(records, lambda record: record.mitigated_at)),
        resolve=spread(waits(records, lambda record: record.resolved_at)),
    )


def _escalations(records: Sequence[ClosedIncident]) -> Escalations:
    statistics = [record.tally for record in records]
    return Escalations(
        beyond_first_tier=sum(each.tier > 1 for each in statistics),
        whole_ladder=sum(each.unanswered > 0 for each in statistics),
        forgotten=sum(each.forgotten > 0 for each in statistics),
        by_hand=sum(each.by_hand > 0 for each in statistics),
        unacknowledged=sum(record.acknowledged_at is None for record in records),
        nobody_reached=sum(each.lost > 0 and not each.pages for each in statistics),
        reopened=sum(record.openings > 1 for record in records),
    )


def _pages(records: Sequence[ClosedIncident]) -> Pages:
    statistics = [record.tally for record in records]
    latest = max((each.latest for each in statistics), default=timedelta())
    return Pages(
        through=sum(each.pages for each in statistics),
        lost=sum(each.lost for each in statistics),
        late=sum(each.late for each in statistics),
        latest_s=round(latest.total_seconds()),
    )


def _reached(records: Sequence[ClosedIncident]) -> tuple[ArrivalFigures, ...]:
    found: dict[tuple[str, str, bool, bool], list[timedelta]] = {}
    for each in (each for record in records for each in record.reached):
        took = max(each.at - each.rung_at, timedelta())
        found.setdefault((each.who, each.way, each.answered, each.missed), []).append(took)
    rows = [
        ArrivalFigures(who=who, way=way, answered=answered, missed=missed, took=spread(times))
        for (who, way, answered, missed), times in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.took.count, row.who, row.way, row.answered)))


def _reviews(reviews: Sequence[ReviewRecord]) -> ReviewFigures:
    owed = [review for review in reviews if review.kind in ("required", "wanted")]
    return ReviewFigures(
        owed=len(owed),
        complete=sum(review.closed_at is not None for review in owed),
        asked=sum(review.kind == "asked" for review in reviews),
        on_time=sum(review.on_time for review in owed),
        late=sum(review.submitted - review.on_time for review in owed),
        waived=sum(review.waived for review in owed),
        open=sum(review.open for review in owed),
        overdue=sum(review.overdue for review in owed),
    )


def _follow_ups(reviews: Sequence[ReviewRecord]) -> FollowUpFigures:
    done, waived = sum(r.follow_ups_done for r in reviews), sum(r.follow_ups_waived for r in reviews)
    on_time = sum(review.follow_ups_on_time for review in reviews)
    total = sum(review.follow_ups for review in reviews)
    return FollowUpFigures(on_time=on_time, late=done - on_time, waived=waived, open=total - done - waived)


def _counts(
    records: Sequence[ClosedIncident], opened: Sequence[Summary], since: datetime, until: datetime, unit: str
) -> tuple[Count, ...]:
    def begins_on(at: datetime) -> date:
        day = at.astimezone(UTC).date()
        return day if unit == "day" else day - timedelta(days=day.weekday())

    found = [(begins_on(r.declared_at), str(r.gravest)) for r in records]
    found += [(begins_on(one.started_at), _gravest(one)) for one in opened]
    by_day = {day: [s for _, s in group] for day, group in groupby(sorted(found), key=lambda pair: pair[0])}
    step = timedelta(days=1 if unit == "day" else 7)
    first, last = begins_on(since), begins_on(until - timedelta(microseconds=1))
    days = [first + n * step for n in range((last - first) // step + 1)]
    return tuple(
        Count(begins_on=day, by_severity={s: by_day.get(day, []).count(s) for s in sorted(set(by_day.get(day, [])))})
        for day in days
    )
