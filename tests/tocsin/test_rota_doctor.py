"""`tocsin doctor on-call`: what is missing in the two weeks ahead, with what to do."""

from datetime import timedelta

from starter.desk.on_call_answers import NamedShift, PostOnCall
from tests.policy.builders import T0, runbook, severity, tier
from tocsin.rota_doctor import covered

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


def said(found: PostOnCall, *reached: str) -> list[tuple[bool, str]]:
    return [(each.well, each.said) for each in covered({"acme": BOOK}, [found], frozenset(reached), T0)]


def test_somebody_for_two_weeks_whom_a_pager_knows_is_well() -> None:
    held = post(shift("ann", 0, 7), shift("ben", 7, 14))
    assert said(held, "ann", "ben") == [(True, "Ann now, and somebody for 14 days")]


def test_a_gap_and_somebody_whom_no_pager_knows_are_said_each_with_what_to_do() -> None:
    held = post(shift("ann", 0, 7), shift("", 7, 8), shift("ben", 8, 14))
    found = covered({"acme": BOOK}, [held], frozenset({"ann"}), T0)
    assert [each.well for each in found] == [False, False]
    assert "nobody is On-call from" in found[0].said
    assert "no pager knows Ben, who is on call" in found[1].said
    assert all(each.remedy for each in found)


def test_a_rota_that_cannot_be_read_is_said() -> None:
    held = post(shift("ann", 0, 14), problem="the calendar answered 404")
    assert said(held, "ann") == [(False, "the calendar answered 404")]


def test_without_rotas_there_is_nothing_to_look_at() -> None:
    assert [each.well for each in covered({"acme": BOOK}, [], frozenset(), T0)] == [True]
