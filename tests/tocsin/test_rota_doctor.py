"""`tocsin doctor on-call`: what is missing in the two weeks ahead, with what to do."""

from collections.abc import Callable
from datetime import timedelta

from starter.desk.on_call_answers import NamedShift, PostOnCall
from tests.policy.builders import T0, runbook, severity, tier
from tocsin.rota_doctor import covered
from workflows.policy.rota.reached import LeadsNowhere, Reachability
from workflows.policy.runbook.model import Runbook

TURNS = {"rota": ["ann", "ben"], "every": "1d", "from": T0.date()}
BOOK = runbook(
    severity(tier("on-call")),
    people={"on-call": {"name": "On-call", "on_call": TURNS}, "ann": {"name": "Ann"}, "ben": {"name": "Ben"}},
    roles={},
)
DAY = timedelta(days=1)


def shift(who: str, begin: int, end: int) -> NamedShift:
    return NamedShift(who=who, name=who.title(), begins_at=T0 + begin * DAY, ends_at=T0 + end * DAY)


def post(*shifts: NamedShift, problem: str = "") -> PostOnCall:
    first, second, *_ = (*shifts, None, None)
    return PostOnCall(
        runbook="acme", post="on-call", name="On-call", zone="UTC",
        now=first, next=second, shifts=shifts, problem=problem,
    )  # fmt: skip


def by(*reached: str) -> Callable[[Runbook], Reachability]:
    return lambda book: Reachability(frozenset(reached))


def said(found: PostOnCall, *reached: str) -> list[tuple[bool, str]]:
    return [(each.well, each.said) for each in covered({"acme": BOOK}, [found], by(*reached), T0)]


def test_somebody_for_two_weeks_whom_a_pager_knows_is_well() -> None:
    held = post(shift("ann", 0, 7), shift("ben", 7, 14))
    assert said(held, "ann", "ben") == [(True, "Ann now, and somebody for 14 days")]


def test_a_gap_and_somebody_whom_no_pager_knows_are_said_each_with_what_to_do() -> None:
    held = post(shift("ann", 0, 7), shift("", 7, 8), shift("ben", 8, 14))
    found = covered({"acme": BOOK}, [held], by("ann"), T0)
    assert [each.well for each in found] == [False, False]
    assert "nobody is On-call from" in found[0].said
    assert "no pager knows Ben, who is on call" in found[1].said
    assert all(each.remedy for each in found)


def test_a_rota_that_cannot_be_read_is_said() -> None:
    held = post(shift("ann", 0, 14), problem="the calendar answered 404")
    assert said(held, "ann") == [(False, "the calendar answered 404")]


def test_what_could_not_be_read_of_a_calendar_is_said() -> None:
    held = post(shift("ann", 0, 14)).model_copy(update={"remark": "of the calendar ops: the event 'x' cannot be read"})
    assert said(held, "ann") == [(False, "of the calendar ops: the event 'x' cannot be read")]


def test_a_runbook_in_which_nobody_takes_turns_is_looked_at_too() -> None:
    alone = runbook(severity(tier("ann"), tier("ann", after=5)), people={"ann": {"name": "Ann"}}, roles={})
    [found] = covered({"acme": alone}, [], lambda book: None, T0)
    assert (found.what, found.said) == ("acme/ann", "tiers 1 and 2 of SEV-1 are both Ann")


def test_what_is_missing_at_pagerduty_is_to_be_filled_there() -> None:
    there = runbook(
        severity(tier("on-call")), roles={},
        people={"on-call": {"name": "On-call", "on_call": {"pagerduty": {"schedule": "PI7DH85"}}}},
    )  # fmt: skip
    remedies = [covered({"acme": of}, [post(shift("", 0, 14))], by(), T0)[0].remedy for of in (BOOK, there)]
    assert ["override" in remedy for remedy in remedies] == [True, False]


def test_without_rotas_there_is_nothing_to_look_at() -> None:
    assert [each.well for each in covered({"acme": BOOK}, [], by(), T0)] == [True]


def test_a_way_that_leads_nowhere_is_said_with_what_is_missing() -> None:
    held = post(shift("ann", 0, 14))
    lost = LeadsNowhere("ann", 0, "ntfy", "TOCSIN_NTFY_TOPICS has no ann")
    [found] = covered({"acme": BOOK}, [held], lambda book: Reachability(frozenset({"ann"}), (lost,)), T0)
    assert found.said.startswith("ntfy does not lead to Ann, who is on call (TOCSIN_NTFY_TOPICS has no ann) from")
    assert found.remedy


def test_a_gap_of_which_no_end_is_known_is_a_gap() -> None:
    open_ended = post(shift("ann", 0, 7), shift("", 7, 8).model_copy(update={"ends_at": None}))
    [(well, words)] = said(open_ended, "ann")
    assert (well, words.startswith("nobody is On-call from")) == (False, True)
