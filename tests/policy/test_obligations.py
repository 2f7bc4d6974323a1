"""Legal clocks: told, reminded of, paged about, until a human has said how each ended; whatever happens meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.policy.builders import PEOPLE, T0, happens, lines, opened, page, runbook, said, severity, tier
from tests.policy.review.reviews import asked, demands, mentioned
from workflows.policy.duties.obligations import clocks
from workflows.policy.effects.effects import SyncPager
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Event,
    FlagChanged,
    Outcome,
    Reopened,
    Resolved,
    SeverityChanged,
)
from workflows.policy.incident.obligation_events import ObligationNotApplicable, ObligationSent
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.reducers.refusals import refusal
from workflows.policy.review.refusals import refusal as refusal_of_review
from workflows.policy.review.results import status
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.simulation.simulate import Simulation

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GDPR: dict[str, object] = {
    "id": "gdpr",
    "when": {"flags": ["security"]},
    "from": "detected",
    "within": "100h",
    "owner": "commander",
}
SECURITY = FlagChanged(flag="security")
SENT = ObligationSent(obligation="gdpr", reference="LfD-17", by="Dave")


def owing(*obligations: dict[str, object], **more: object) -> Runbook:
    people = {name: Person(name=written) for name, written in PEOPLE.items()}
    given = [{"deputy": "carol", **each} for each in obligations or (GDPR,)]
    return runbook(severity(tier("dave"), verify_for="15m"), obligations=given, people=people, **more)


def lived(
    book: Runbook, hours: float, *steps: tuple[float, Event], fails: dict[str, Outcome] | None = None
) -> Simulation:
    """So many hours, with these at these hours."""
    simulation = opened(book, fails)
    for hour, event in steps:
        happens(simulation, hour * 60, event)
    simulation.run_to(T0 + hours * HOUR)
    return simulation


def hours(simulation: Simulation, duty: str) -> list[float]:
    found = (when for when, each in simulation.sent if f"{each.duty}/".startswith(f"{duty}/"))
    return [(when - T0) / HOUR for when in found]


FIRST_PAGES = [97.5, 100.0, 101.0]


def test_it_is_told_reminded_of_and_then_paged_about_until_it_is_sent() -> None:
    simulation = lived(owing(), 101.5, (0, SECURITY), (0.1, Acknowledged()), (2, Resolved()))
    assert hours(simulation, "obligation/gdpr") == [0, 50, 80, 95, 100]
    assert hours(simulation, "obliged/alice") == hours(simulation, "obliged/carol") == FIRST_PAGES
    assert [mentioned(each) for each in demands(simulation, "obligation/gdpr")] == [
        ("alice",), ("alice",), ("alice",), ("alice", "carol"), ("alice", "carol"),
    ]  # fmt: skip
    simulation.happen(SENT)
    simulation.run_to(T0 + 30 * DAY)
    assert hours(simulation, "obliged/alice") == FIRST_PAGES
    assert simulation.review is not None
    assert simulation.review.closed_at == T0 + 101.5 * HOUR
    assert said(simulation.incident, "Dave sent gdpr, 1h 30m late: LfD-17")


@pytest.mark.parametrize("ended", [3, 60, 99, 100.5])
def test_once_it_is_sent_nothing_more_is_said_or_paged(ended: float) -> None:
    simulation = lived(owing(), 20 * 24, (0, SECURITY), (2, Resolved()), (ended, SENT))
    of_the_law = [when for when, each in simulation.sent if duty_of(each.duty).kind in LEGAL]
    assert all(when <= T0 + ended * HOUR for when in of_the_law)
    assert simulation.review is not None
    assert simulation.review.closed_at is not None


LEGAL = (DutyKind.OBLIGATION, DutyKind.OBLIGED)
LIVES: dict[str, tuple[tuple[float, Event], ...]] = {
    "open": (),
    "resolved": ((2, Resolved()),),
    "resolved just before the deadline": ((99.9, Resolved()),),
    "resolved between two pages": ((100.5, Resolved()),),
    "reopened": ((2, Resolved()), (2.1, Reopened()), (3, Resolved())),
    "cancelled": ((2, Cancelled()),),
    "a duplicate": ((2, Cancelled(duplicate_of="x", duplicate_workflow="incident-x")),),
    "lowered": ((1, SeverityChanged(severity="sev2")), (2, Resolved())),
    "its flag cleared": ((1, FlagChanged(flag="security", on=False)), (2, Resolved())),
}


@pytest.mark.parametrize("life", LIVES)
def test_nothing_that_happens_to_the_incident_ends_it_or_pages_twice(life: str) -> None:
    severities = {"severities": {"sev1": severity(tier("dave")), "sev2": severity(tier("dave"))}}
    book = owing().model_copy(update=severities)
    simulation = lived(book, 101.5, (0, SECURITY), (0.1, Acknowledged()), *LIVES[life])
    assert hours(simulation, "obligation/gdpr") == [0, 50, 80, 95, 100]
    assert hours(simulation, "obliged/alice") == FIRST_PAGES
    assert len(clocks(book, simulation.incident)) == 1


def test_each_key_is_sent_once_in_a_month_of_silence() -> None:
    simulation = lived(owing(), 30 * 24, (0, SECURITY), (100.2, Resolved()))
    keys = [each.key for _, each in simulation.sent]
    assert len(keys) == len(set(keys))


def test_it_comes_to_apply_when_its_flag_is_set_and_then_what_was_missed_is_told_once() -> None:
    simulation = lived(owing(), 96, (81, SECURITY))
    assert hours(simulation, "obligation/gdpr") == [81, 95]
    assert said(simulation.incident, "set the flag security")


def test_one_whose_deadline_had_passed_when_it_came_to_apply_is_paged_about_at_once() -> None:
    simulation = lived(owing(GDPR | {"within": "1h"}), 5.5, (5, SECURITY))
    assert hours(simulation, "obliged/alice") == [5]
    assert "its deadline passed 4h before" in demands(simulation, "obliged/alice")[0].reason


def test_it_may_come_to_apply_at_the_review() -> None:
    book = owing(GDPR, GDPR | {"id": "always", "when": {}, "within": "200h"})
    simulation = lived(book, 31, (2, Resolved()), (30, SECURITY))
    assert simulation.review is not None
    assert [each.name for each in clocks(book, simulation.incident)] == ["gdpr", "always"]
    assert hours(simulation, "obligation/gdpr") == [30]


@pytest.mark.parametrize(
    ("start", "due"), {"detected": 99, "declared": 100, "flagged": 101, "mitigated": 102, "resolved": 102}.items()
)
def test_it_counts_from_the_moment_that_it_names(start: str, due: float) -> None:
    book = owing(GDPR | {"from": start})
    simulation = opened(book, None, detected_at=T0 - HOUR)
    happens(simulation, 60, SECURITY)
    happens(simulation, 90, FlagChanged(flag="security", on=False))
    happens(simulation, 120, Resolved())
    assert [each.due_at for each in clocks(book, simulation.incident)] == [T0 + due * HOUR]


NIS2: dict[str, object] = {
    "id": "nis2",
    "owner": "alice",
    "severities": ["sev1"],
    "stages": [
        {"id": "early-warning", "within": "24h"},
        {"id": "notification", "within": "72h"},
        {"id": "final-report", "within": "1 month", "follows": "notification"},
    ],
}


def deadlines(simulation: Simulation) -> dict[str, datetime]:
    return {each.name: each.due_at for each in clocks(simulation.book, simulation.incident)}


def test_stages_have_a_deadline_each_and_a_month_is_one_of_the_calendar() -> None:
    simulation = lived(owing(NIS2), 1)
    assert deadlines(simulation) == {
        "nis2/early-warning": datetime(2026, 3, 3, 9, tzinfo=UTC),
        "nis2/notification": datetime(2026, 3, 5, 9, tzinfo=UTC),
        "nis2/final-report": datetime(2026, 4, 5, 9, tzinfo=UTC),
    }
    simulation.happen(ObligationSent(obligation="nis2", reference="1"))
    happens(simulation, 2 * 24 * 60, ObligationSent(obligation="nis2/notification", reference="2"))
    assert deadlines(simulation) == {"nis2/final-report": datetime(2026, 4, 4, 9, tzinfo=UTC)}
    simulation.happen(ObligationNotApplicable(obligation="nis2", reason="no such law here"))
    assert deadlines(simulation) == {}


def test_a_person_is_paged_about_all_that_is_theirs_at_once() -> None:
    book = owing(NIS2 | {"stages": [{"id": "a", "within": "10h"}, {"id": "b", "within": "10h"}]})
    simulation = lived(book, 10)
    assert hours(simulation, "obliged/alice") == [9.75, 10]
    assert all(name in demands(simulation, "obliged/alice")[0].reason for name in ("nis2: a", "nis2: b"))


def test_after_the_deadline_quiet_hours_hold_its_pages_and_before_they_do_not() -> None:
    calendar = {"quiet_hours": {"begin": "22:00", "end": "07:00"}}
    simulation = lived(owing(GDPR | {"within": "15h"}, calendar=calendar), 24, (0, SECURITY))
    assert hours(simulation, "obliged/alice")[:4] == [14.625, 15, 22, 23]


def test_a_page_that_does_not_get_through_is_tried_again_soon() -> None:
    simulation = lived(owing(), 97.7, (0, SECURITY), (0.1, Acknowledged()), fails={"alice": "undelivered"})
    assert [round(hour, 2) for hour in hours(simulation, "obliged/alice")] == [97.5, 97.58, 97.67]
    assert hours(simulation, "obliged/carol") == [97.5]


def test_whom_no_pager_knows_is_tried_each_hour_and_not_each_five_minutes() -> None:
    """Trying sooner changes nothing, and each failure is shouted."""
    simulation = lived(owing(), 101.2, (0, SECURITY), (0.1, Acknowledged()), fails={"alice": "rejected"})
    assert hours(simulation, "obliged/alice") == [97.5, 98.5, 99.5, 100, 101]


def test_what_is_nobodys_is_the_ladders_first() -> None:
    simulation = lived(owing(GDPR | {"owner": "scribe", "deputy": "scribe"}), 98, (0, SECURITY))
    assert hours(simulation, "obliged/dave") == [97.5]


def rings_of_the_law(incident: Incident) -> list[str]:
    return [key for key in incident.rings if "obliged/" in incident.effect_key(key)]


class TestAtThePager:
    def test_a_page_of_the_law_is_neither_answered_nor_ended_by_what_happens_to_the_incident(self) -> None:
        simulation = lived(owing(GDPR | {"within": "1h"}), 1, (0, SECURITY))
        [*rings] = rings_of_the_law(simulation.incident)
        assert len(rings) == 2
        happens(simulation, 61, Acknowledged(by="Bob"))
        happens(simulation, 62, Resolved(by="Bob"))
        assert rings_of_the_law(simulation.incident) == rings

    def test_who_answers_or_resolves_it_there_has_done_nothing_to_the_incident(self) -> None:
        simulation = lived(owing(GDPR | {"within": "1h"}), 1, (0, SECURITY))
        ring = rings_of_the_law(simulation.incident)[0]
        simulation.happen(Acknowledged(by="Alice", ring=ring))
        simulation.happen(Resolved(by="Alice", ring=ring))
        assert (simulation.incident.acknowledged_at, simulation.incident.resolved_at) == (None, None)
        assert "goes on until it ends" in lines(simulation.incident)[-2]

    def test_when_it_is_sent_it_is_resolved_there_before_and_after_the_close(self) -> None:
        for resolved in ((), ((0.5, Resolved()),)):
            simulation = lived(owing(GDPR | {"within": "1h"}), 1.2, (0, SECURITY), *resolved)
            rings = rings_of_the_law(simulation.incident)
            happens(simulation, 80, SENT)
            ended = [
                e.effect.ring for _, e in simulation.sent if isinstance(e.effect, SyncPager) and e.effect.ring in rings
            ]
            assert sorted(ended) == sorted(rings)
            assert rings_of_the_law(simulation.incident) == []

    def test_a_new_ring_of_it_takes_the_place_of_the_one_before_and_of_no_other(self) -> None:
        simulation = lived(owing(GDPR | {"owner": "dave"}), 101.5, (0, SECURITY), (0.1, Acknowledged()))
        pages = demands(simulation, "obliged/dave")
        superseded = [simulation.incident.effect_key(key) for key in page(pages[-1]).supersedes]
        assert superseded == [pages[-2].key]


def test_why_it_is_refused() -> None:
    book = owing(GDPR, NIS2)
    simulation = lived(book, 1, (0, SECURITY))
    said_of = {
        event: refusal(book, simulation.incident, event)
        for event in (
            SENT,
            SENT.model_copy(update={"reference": " "}),
            SENT.model_copy(update={"obligation": ""}),
            SENT.model_copy(update={"obligation": "hipaa"}),
            ObligationNotApplicable(obligation="gdpr"),
        )
    }
    assert [str(no) for no in said_of.values()] == [
        "None",
        'say where it can be found: --reference "..."',
        "say which: choose one of nis2/early-warning, nis2/notification, gdpr, nis2/final-report",
        "no obligation 'hipaa' runs: choose one of nis2/early-warning, nis2/notification, gdpr, nis2/final-report",
        'say why it does not apply: --reason "..."',
    ]
    happens(simulation, 120, Resolved())
    simulation.run_to(T0 + 5 * HOUR)
    assert simulation.review is not None
    assert refusal_of_review(book, simulation.review, SENT) is None


def test_the_review_says_what_is_owed_and_when() -> None:
    simulation = lived(owing(), 5, (0, SECURITY), (2, Resolved()))
    assert simulation.review is not None
    [each] = status(simulation.book, simulation.review, simulation.now, 1.0).owed
    assert (each.name, each.kind, each.people, each.due_at) == (
        "gdpr",
        "obligation",
        ("alice", "carol"),
        T0 + 100 * HOUR,
    )


def test_a_runbook_that_names_it_no_more_does_not_end_it() -> None:
    simulation = lived(owing(), 1, (0, SECURITY))
    simulation.book = simulation.book.model_copy(update={"obligations": ()})
    assert asked(simulation, "obligation/gdpr") == ["Mon 2 09:00"]
    assert [each.name for each in clocks(simulation.book, simulation.incident)] == ["gdpr"]
