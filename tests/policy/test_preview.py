"""What is foreseen: which lines, for whom, when."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning import large
from tests.policy import strategies as any_
from tests.policy.builders import T0, minutes, runbook, severity, tier
from tests.policy.counting import calls, counted
from tests.workflows.incidents import company
from workflows.policy.communication.behind_pages import RECURRING
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import PreviewLine, Scenario
from workflows.texts.preview import preview

HANDLED = {"ack": 7, "resolve": 95}


def foreseen(book: Runbook, until: float | None = None, **course: object) -> list[PreviewLine]:
    ack, resolve = (minutes(float(str(course[name]))) if name in course else None for name in ("ack", "resolve"))
    flags, labels = course.get("flags", ()), course.get("labels", {})
    assert isinstance(flags, tuple)
    assert isinstance(labels, dict)
    end = None if until is None else minutes(until)
    return preview(book, Scenario("sev1", T0, labels, flags, ack, resolve, end))


def of(lines: Sequence[PreviewLine], duty: str) -> list[tuple[float, tuple[str, ...]]]:
    """Minute and audience of the lines of a duty."""
    return [(line.offset_s / 60, line.to) for line in lines if line.duty.rpartition("/")[0] == duty]


def owing(**duty: object) -> Runbook:
    given = {"id": "fix", "kind": "checklist", "template": "checklist", "owner": "commander"}
    audiences = {"customers": {"name": "Customers"}}
    return runbook(severity(tier("alice"), duties=[given | duty]), audiences=audiences)


def reviewing(required: str = "always", verify_for: str = "15m", when: object = None, **duty: object) -> Runbook:
    given = {"id": "report", "kind": "document", "template": "document", "owner": "scribe", "at": "resolved"}
    review = {"required": required, "when": when or {}, "duties": [given | duty]}
    return runbook(severity(tier("alice"), review=review, verify_for=verify_for))


@pytest.mark.parametrize(
    ("duty", "kind", "to"),
    [
        ({"kind": "checklist"}, "checklist", ("commander", "alice")),
        ({"kind": "nag", "owner": "scribe"}, "nag", ("scribe",)),
        ({"kind": "nag", "owner": None}, "nag", ("#incidents",)),
        ({"kind": "post", "to": "#status"}, "post", ("#status",)),
        ({"kind": "post"}, "post", ("#incidents",)),
        ({"kind": "email", "to": "customers"}, "email", ("customers",)),
        ({"kind": "ticket"}, "ticket", ("commander",)),
        ({"kind": "document", "owner": None}, "document", ("#incidents",)),
    ],
)
def test_a_duty_is_a_line_for_whom_it_is_meant(duty: dict[str, object], kind: str, to: tuple[str, ...]) -> None:
    (line,) = [line for line in foreseen(owing(**duty), 60) if line.duty == "duty/fix/1"]
    assert (line.kind, line.to, line.offset_s) == (kind, to, 0)


def test_what_wants_approval_is_a_draft_first_and_goes_out_when_the_runbook_lets_it() -> None:
    lines = foreseen(owing(kind="email", to="customers", approval=True, anyway_after="15m"), 60)
    assert of(lines, "duty-draft/fix") == [(0, ("commander", "alice"))]
    assert of(lines, "duty/fix") == [(15, ("customers",))]


def test_a_page_is_for_a_person_and_the_status_page_for_everybody() -> None:
    page = {"owner": "communications", "automatic": ["investigating"]}
    lines = foreseen(runbook(severity(tier("alice"), status_page=page)), 1)
    assert of(lines, "escalate/1/alice") == [(0, ("alice",))]
    assert of(lines, "publish/investigating") == [(0, ("status-page",))]


def test_the_incidents_own_channel_has_a_name() -> None:
    lines = foreseen(runbook(severity(tier("alice"), own_channel=True)), resolve=5)
    channels = [(line.offset_s / 60, line.to) for line in lines if line.kind == "channel"]
    assert channels == [(0, ("#incident-preview",)), (5, ("#incident-preview",))]
    assert ("#incident-preview",) in [line.to for line in lines if line.kind == "post"]


def test_the_question_who_takes_the_roles_goes_to_all_that_are_empty() -> None:
    lines = foreseen(runbook(severity(tier("alice"), roles=["commander", "scribe"])), 5)
    assert of(lines, "nag/roles") == [(5, ("commander", "scribe", "alice"))]


def test_what_only_tidies_up_at_the_pager_is_no_line() -> None:
    lines = foreseen(runbook(severity(tier("alice"))), **HANDLED)
    assert not [line.duty for line in lines if line.duty.startswith(("hush", "annotate"))]


def test_without_an_answer_the_ladder_goes_on_and_with_one_it_stops() -> None:
    book = runbook(severity(tier("alice"), tier("bob", after=10), tier("carol", after=30, unless="resolved")))
    for course, pages in {
        (): [("alice", 0), ("bob", 10), ("carol", 30), ("alice", 35)],
        (("ack", 7),): [("alice", 0), ("carol", 30)],
        (("resolve", 7),): [("alice", 0)],
    }.items():
        lines = foreseen(book, 40, **dict(course))
        assert [(*line.to, line.offset_s / 60) for line in lines if line.kind == "page"] == pages


def test_the_list_ends_a_day_after_the_last_thing_that_happens_and_includes_its_end() -> None:
    book = runbook(severity(tier("alice"), updates={"every": "1h", "owner": "commander"}))
    assert max(at for at, _ in of(foreseen(book), "update/channel")) == 24 * 60
    assert max(at for at, _ in of(foreseen(book, ack=60), "update/channel")) == 25 * 60
    assert max(at for at, _ in of(foreseen(book, 120), "update/channel")) == 120


@pytest.mark.parametrize(("after", "listed"), [("10m", True), ("24h", True), ("25h", False)])
def test_after_the_resolution_the_list_goes_on_with_what_the_review_owes(after: str, listed: bool) -> None:
    lines = foreseen(reviewing(after=after), **HANDLED)
    assert bool(of(lines, "duty/report")) == listed
    week = foreseen(reviewing(after=after), 14 * 24 * 60, **HANDLED)
    assert [at - 95 for at, _ in of(week, "duty/report")] == [{"10m": 10, "24h": 1440, "25h": 1500}[after]]


def test_what_a_review_owes_waits_for_its_day() -> None:
    ((at, _),) = of(foreseen(reviewing(on="monday"), 14 * 24 * 60, **HANDLED), "duty/report")
    assert T0 + minutes(at) == T0 + timedelta(days=7)  # T0 is a Monday, at nine


def test_what_the_incident_owes_after_it_has_closed_is_not_forgotten() -> None:
    assert of(foreseen(owing(at="resolved", after="3h"), **HANDLED), "duty/fix") == [(275, ("commander", "alice"))]


def test_a_review_that_need_only_be_considered_is_one_question() -> None:
    lines = foreseen(reviewing("consider", after="1h"), **HANDLED)
    assert of(lines, "review/consider") == [(110, ("scribe",))]
    assert of(lines, "duty/report") == []
    (question,) = [line for line in lines if line.duty.startswith("review/consider")]
    assert (question.kind, "No is an answer." in question.text) == ("nag", True)


@pytest.mark.parametrize(("flags", "owed"), [((), 0), (("security",), 1)])
def test_a_review_is_owed_when_its_condition_holds(flags: tuple[str, ...], owed: int) -> None:
    lines = foreseen(reviewing(when={"flags": ["security"]}), flags=flags, **HANDLED)
    assert len(of(lines, "duty/report")) == owed


def test_an_incident_that_is_never_resolved_owes_no_review() -> None:
    assert of(foreseen(reviewing(), ack=7), "duty/report") == []


def test_a_label_decides_what_it_decides_live() -> None:
    book = owing(when={"labels": {"team": "payments"}})
    assert of(foreseen(book, 60, labels={"team": "payments"}), "duty/fix")
    assert not of(foreseen(book, 60, labels={"team": "search"}), "duty/fix")


def test_the_words_are_those_of_the_moment() -> None:
    book = runbook(severity(tier("alice"), updates={"every": "15m", "owner": "commander"}))
    first, second = (line.text for line in foreseen(book, 30) if line.duty.startswith("update/"))
    assert "[T+15m]" in first
    assert "[T+30m]" in second


courses = st.builds(
    Scenario,
    severity=st.just("sev1"),
    at=st.sampled_from([T0, T0 + timedelta(days=5, hours=9)]),
    flags=st.lists(any_.flags, max_size=2, unique=True).map(tuple),
    ack_after=st.sampled_from([None, minutes(0), minutes(7)]),
    resolve_after=st.sampled_from([None, minutes(7), minutes(95)]),
    until=st.sampled_from([minutes(0), minutes(30), minutes(180)]),
)


@given(any_.runbooks(), courses)
@settings(max_examples=30)
def test_any_valid_runbook_previews_in_order_and_with_as_much_work_as_there_are_lines(
    book: Runbook, course: Scenario
) -> None:
    with pytest.MonkeyPatch.context() as patch, counted(patch) as work:
        lines = preview(book, course)
    assert work.plans <= 3 * len(lines) + 30
    assert [line.offset_s for line in lines] == sorted(line.offset_s for line in lines)
    assert all(0 <= line.offset_s <= course.end.total_seconds() and line.to and line.reason for line in lines)
    assert len({line.duty for line in lines}) == len(lines)


def test_a_demand_is_built_when_its_time_has_come_and_not_before() -> None:
    """What recurs at the moment of a page is built once more, when it leaves behind that page (ADR 29)."""
    with pytest.MonkeyPatch.context() as patch, counted(patch) as work:
        lines = preview(large(tiers=30, duties=200), Scenario("sev1", T0))
    assert len(lines) > 600
    behind_pages = sum(line.duty.rpartition("/")[0] in RECURRING for line in lines)
    assert work.demands < 1.1 * len(lines) + behind_pages
    assert work.plans < len(lines)


def test_a_runbook_twice_as_large_is_twice_the_work() -> None:
    half, whole = (large(tiers, duties) for tiers, duties in ((15, 100), (30, 200)))
    course = Scenario("sev1", T0)
    assert calls(lambda: preview(whole, course)) < 2.3 * calls(lambda: preview(half, course))


def test_days_of_an_unanswered_sev1_are_all_the_same_work() -> None:
    book = company()
    one, four = (Scenario("sev1", T0, until=timedelta(days=days)) for days in (1, 4))
    assert calls(lambda: preview(book, four)) < 4.2 * calls(lambda: preview(book, one))
