"""The rules by which incidents become figures."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from starter.report.counting import figures, spread
from starter.report.figures import ReportFigures, Spread
from starter.temporal.results import Past, Summary
from workflows.policy.incident.page_statistics import PageStatistics
from workflows.policy.review.summary import ClosedReview as ReviewRecord
from workflows.policy.views.summary import ClosedIncident

T0 = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def record(
    on_day: float = 1, ack: float | None = 5, mitigated: float | None = None, resolved: float = 60, **more: object
) -> ClosedIncident:
    """Of an incident that was declared so many days after T0, and what happened so many minutes after that."""
    at = T0 + on_day * DAY
    given: dict[str, object] = {
        "incident": "i", "title": "t", "runbook": "company", "service": "checkout", "source": "test",
        "severity": "sev1", "gravest": "sev1", "declared_at": at,
        "acknowledged_at": None if ack is None else at + ack * MINUTE,
        "mitigated_at": None if mitigated is None else at + mitigated * MINUTE,
        "resolved_at": at + resolved * MINUTE, "closed_at": at + resolved * MINUTE,
    }  # fmt: skip
    return ClosedIncident.model_validate(given | more)


def summary(on_day: float = 1, **more: object) -> Summary:
    given = {"workflow_id": "w", "run_id": "r", "incident": "i", "title": "t", "open": True, "severity": "sev2"}
    return Summary.model_validate(given | {"started_at": T0 + on_day * DAY} | more)


def of(
    *records: ClosedIncident, still_open: Sequence[Summary] = (), unrecorded: Sequence[Summary] = (), days: int = 30
) -> ReportFigures:
    past = Past(records=records, unrecorded=tuple(unrecorded))
    return figures(past, still_open, (), T0, T0 + days * DAY)


@pytest.mark.parametrize(
    ("minutes", "median", "p90", "longest"),
    [
        ([], None, None, None),
        ([7], 7, 7, 7),
        ([3, 1, 2], 2, 3, 3),
        ([4, 1, 2, 10], 3, 10, 10),
        ([*range(1, 11)], 5.5, 9, 10),
        ([*range(1, 12)], 6, 10, 11),
        ([*range(1, 101)], 50.5, 90, 100),
    ],
    ids=["none", "one", "an odd number", "an even number", "ten", "eleven", "a hundred"],
)
def test_median_p90_and_longest(
    minutes: Sequence[float], median: float | None, p90: float | None, longest: float | None
) -> None:
    seconds = [None if value is None else round(60 * value) for value in (median, p90, longest)]
    expected = Spread(count=len(minutes), median_s=seconds[0], p90_s=seconds[1], longest_s=seconds[2])
    assert spread(minute * MINUTE for minute in minutes) == expected


class TestWhatCounts:
    def test_nothing_is_nothing_and_no_mistake(self) -> None:
        none = of()
        assert (none.total.incidents, none.total.open, none.total.acknowledge) == (0, 0, Spread(count=0))
        assert (none.severities, none.services) == ((), ())

    def test_an_incident_belongs_to_the_time_in_which_it_was_declared(self) -> None:
        assert of(record(-0.01), record(0), record(29.99), record(30)).total.incidents == 2

    def test_what_was_opened_in_error_is_left_out_and_counted(self) -> None:
        seen = of(record(), record(cancelled=True))
        assert (seen.total.incidents, seen.left_out.cancelled, seen.left_out.drills) == (1, 1, 0)

    def test_also_while_it_has_yet_to_close(self) -> None:
        seen = of(still_open=[summary(), summary(phase="cancelled")])
        assert (seen.total.incidents, seen.left_out.cancelled) == (1, 1)

    def test_so_are_drills_also_those_that_were_cancelled(self) -> None:
        seen = of(record(), record(drill=True), record(drill=True, cancelled=True))
        assert (seen.total.incidents, seen.left_out.cancelled, seen.left_out.drills) == (1, 0, 2)

    def test_so_are_drills_that_are_open_or_were_terminated(self) -> None:
        seen = of(still_open=[summary(), summary(drill=True)], unrecorded=[summary(drill=True), summary()])
        assert (seen.total.incidents, seen.total.open) == (1, 1)
        assert seen.left_out.model_dump() == {"cancelled": 0, "drills": 2, "unrecorded": 1, "unread": 0}
        assert sum(sum(count.by_severity.values()) for count in seen.counts) == 1

    def test_what_is_left_out_outside_of_the_time_is_not_mentioned(self) -> None:
        seen = of(record(-1, drill=True), record(-1, cancelled=True), unrecorded=[summary(-1, open=False)])
        assert seen.left_out.model_dump() == {"cancelled": 0, "drills": 0, "unrecorded": 0, "unread": 0}

    def test_what_left_no_record_is_counted_as_such(self) -> None:
        seen = of(unrecorded=[summary(open=False)])
        assert (seen.total.incidents, seen.left_out.unrecorded) == (0, 1)

    def test_an_open_one_counts_but_has_no_times_yet(self) -> None:
        seen = of(record(), still_open=[summary()])
        assert (seen.total.incidents, seen.total.open, seen.total.resolve.count) == (2, 1, 1)


class TestReached:
    def test_how_soon_whom_by_which_way(self) -> None:
        def arrival(who: str, way: str, seconds: int, answered: bool = False) -> dict[str, object]:
            at = T0 + timedelta(seconds=seconds)
            return {"person": "on-call", "who": who, "way": way, "answered": answered, "rung_at": T0, "at": at}

        called = [
            arrival("Ann", "phone", 10),
            arrival("Ann", "phone", 30),
            arrival("Ann", "pagerduty", 90, answered=True),
        ]
        seen = of(
            record(reached=called), record(reached=[arrival("Ann", "phone", 20)]), record(drill=True, reached=called)
        )
        assert [(row.who, row.way, row.answered, row.took.count, row.took.median_s) for row in seen.reached] == [
            ("Ann", "phone", False, 3, 20),
            ("Ann", "pagerduty", True, 1, 90),
        ]


class TestGroups:
    def test_by_the_gravest_severity_gravest_first(self) -> None:
        seen = of(record(gravest="sev3"), record(gravest="sev1", severity="sev3"), still_open=[summary()])
        assert [(group.name, group.incidents, group.open) for group in seen.severities] == [
            ("sev1", 1, 0),
            ("sev2", 1, 1),
            ("sev3", 1, 0),
        ]

    def test_an_open_one_stands_under_its_gravest_severity_too(self) -> None:
        seen = of(still_open=[summary(severity="sev3", gravest="sev1")])
        assert [(group.name, group.open) for group in seen.severities] == [("sev1", 1)]
        assert [count.by_severity for count in seen.counts if count.by_severity] == [{"sev1": 1}]

    def test_by_service_the_most_afflicted_first(self) -> None:
        seen = of(record(service="b"), record(service="a"), record(service=""), record(service=""))
        assert [(group.name, group.incidents) for group in seen.services] == [("", 2), ("a", 1), ("b", 1)]

    def test_each_has_its_own_times(self) -> None:
        seen = of(record(ack=1), record(ack=3), record(ack=100, gravest="sev2"))
        assert [group.acknowledge.median_s for group in seen.severities] == [120, 6000]
        assert seen.total.acknowledge.median_s == 180

    def test_only_what_happened_is_measured(self) -> None:
        total = of(record(ack=None), record(mitigated=30)).total
        assert (total.acknowledge.count, total.mitigate.count, total.resolve.count) == (1, 1, 2)

    def test_an_answer_by_a_clock_that_is_behind_took_no_time(self) -> None:
        assert of(record(ack=-1)).total.acknowledge.median_s == 0


@pytest.mark.parametrize(
    ("tally", "more", "field"),
    [
        (PageStatistics(tier=2), {}, "beyond_first_tier"),
        (PageStatistics(unanswered=3), {}, "whole_ladder"),
        (PageStatistics(forgotten=2), {}, "forgotten"),
        (PageStatistics(by_hand=2), {}, "by_hand"),
        (PageStatistics(), {"acknowledged_at": None}, "unacknowledged"),
        (PageStatistics(lost=2), {}, "nobody_reached"),
        (PageStatistics(), {"openings": 3}, "reopened"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_incident_counts_once_for_each_thing_that_happened_to_it(
    tally: PageStatistics, more: dict[str, object], field: str
) -> None:
    happened = record().model_copy(update={"tally": tally, **more})
    seen = of(record(tally=PageStatistics(pages=1, tier=1)), happened).escalations.model_dump()
    assert {name for name, count in seen.items() if count} == {field}
    assert seen[field] == 1


def test_pages_are_added_up_and_the_latest_stands_for_itself() -> None:
    seen = of(
        record(tally=PageStatistics(pages=3, late=1, latest=90 * MINUTE)),
        record(tally=PageStatistics(pages=2, lost=1, late=2, latest=2 * MINUTE)),
    )
    assert seen.pages.model_dump() == {"through": 5, "lost": 1, "late": 3, "latest_s": 5400}


class TestAfterwards:
    def review(self, **more: object) -> ReviewRecord:
        given = {"incident": "i", "severity": "sev1", "runbook": "company", "title": "t", "opened_at": T0}
        return ReviewRecord.model_validate(given | {"kind": "required"} | more)

    def of(self, *reviews: ReviewRecord, incident: ClosedIncident | None = None) -> ReportFigures:
        return figures(Past(records=(incident or record(),)), (), reviews, T0, T0 + 30 * DAY)

    def test_a_review_counts_with_its_incident(self) -> None:
        assert self.of(self.review()).reviews.owed == 1
        assert self.of(self.review(incident="another")).reviews.owed == 0
        assert self.of(self.review(), incident=record(drill=True)).reviews.owed == 0
        assert self.of(self.review(), incident=record(-1)).reviews.owed == 0

    @pytest.mark.parametrize(
        ("kind", "owed", "asked"),
        [("required", 1, 0), ("wanted", 1, 0), ("asked", 0, 1), ("declined", 0, 0), ("none", 0, 0)],
    )
    def test_only_one_that_is_to_be_is_owed(self, kind: str, owed: int, asked: int) -> None:
        seen = self.of(self.review(kind=kind)).reviews
        assert (seen.owed, seen.asked) == (owed, asked)

    def test_it_is_complete_when_it_has_closed(self) -> None:
        assert self.of(self.review(), self.review(closed_at=T0)).reviews.complete == 1

    def test_what_was_submitted_is_on_time_or_late(self) -> None:
        seen = self.of(self.review(submitted=3, on_time=2, waived=1, open=4, overdue=2)).reviews
        assert (seen.on_time, seen.late, seen.waived, seen.open, seen.overdue) == (2, 1, 1, 4, 2)

    def test_follow_ups_are_added_up_whatever_kind_of_review_keeps_them(self) -> None:
        kept = {"follow_ups": 6, "follow_ups_done": 3, "follow_ups_on_time": 2, "follow_ups_waived": 1}
        seen = self.of(self.review(**kept), self.review(kind="none", **kept)).follow_ups
        assert seen.model_dump() == {"on_time": 4, "late": 2, "waived": 2, "open": 4}


class TestCounts:
    def test_by_day_without_gaps(self) -> None:
        seen = of(record(0), record(0.9, gravest="sev2"), still_open=[summary(2)], days=3)
        assert seen.unit == "day"
        assert [(count.begins_on, count.by_severity) for count in seen.counts] == [
            (date(2026, 11, 2), {"sev1": 1, "sev2": 1}),
            (date(2026, 11, 3), {}),
            (date(2026, 11, 4), {"sev2": 1}),
        ]

    def test_a_day_that_has_only_begun_is_shown(self) -> None:
        past = Past(records=(record(1.25),))
        seen = figures(past, (), (), T0 + 0.5 * DAY, T0 + 1.5 * DAY)
        assert [count.begins_on.day for count in seen.counts] == [2, 3]

    def test_longer_times_by_weeks_that_begin_on_monday(self) -> None:
        seen = of(record(2), record(6.9), record(7), days=60)
        assert seen.unit == "week"
        assert [(count.begins_on, count.by_severity) for count in seen.counts][:3] == [
            (date(2026, 11, 2), {"sev1": 2}),
            (date(2026, 11, 9), {"sev1": 1}),
            (date(2026, 11, 16), {}),
        ]
        assert len(seen.counts) == 9
