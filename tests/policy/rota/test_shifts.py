"""Who is on call when: a row, a rule. Times are UTC; rotas live by their own clock."""

import pytest
from pydantic import ValidationError

from tests.policy.rota.written import layers, rota, utc
from workflows.policy.rota.shift import NOBODY, Override
from workflows.policy.rota.shifts import after, at_moment, gaps, holder, shifts
from workflows.policy.runbook.on_call import OnCall

BERLIN = {"zone": "Europe/Berlin"}
SHIFTS = [
    ("the first is on call from the first hand-over", rota(), "2026-11-23 09:00", "ann", "2026-11-30 09:00"),
    ("a moment before that, nobody", rota(), "2026-11-23 08:59", NOBODY, "2026-11-23 09:00"),
    ("then the next", rota(), "2026-11-30 09:00", "ben", "2026-12-07 09:00"),
    ("then the first again", rota(), "2026-12-07 09:00", "ann", "2026-12-14 09:00"),
    ("a day in the middle of the first turn", rota(from_="2026-11-26"), "2026-11-24 12:00", "ann", "2026-11-30 09:00"),
    ("alone, for ever", rota(rota=["ann"]), "2026-12-01 12:00", "ann", None),
    (
        "every day", rota(every="1d", hand_over="17:00"), "2026-11-24 16:59", "ann", "2026-11-24 17:00",
    ),
    (
        "twice a day", rota(every="12h", hand_over="08:00"), "2026-11-23 20:00", "ben", "2026-11-24 08:00",
    ),
    ("by the clock on the wall, in winter", rota(**BERLIN), "2026-11-30 08:00", "ben", "2026-12-07 08:00"),
    (
        "and in summer", rota(**BERLIN, from_="2026-03-23"), "2026-03-29 12:00", "ann", "2026-03-30 07:00",
    ),
    (
        "the night of autumn is an hour longer",
        rota(**BERLIN, every="1d", hand_over="00:00", from_="2026-10-24"),
        "2026-10-24 22:00", "ben", "2026-10-25 23:00",
    ),
    (
        "what spring skips begins after it",
        rota(**BERLIN, every="1d", hand_over="02:30", from_="2026-03-28"),
        "2026-03-29 01:00", "ben", "2026-03-30 00:30",
    ),
    (
        "what autumn has twice begins the first time",
        rota(**BERLIN, every="1d", hand_over="02:30", from_="2026-10-24"),
        "2026-10-25 00:30", "ben", "2026-10-26 01:30",
    ),
    (
        "a turn within the hour that spring skips is nobody's",
        rota(**BERLIN, every="1h", hand_over="00:00", from_="2026-03-29", rota=["ann", "ben", "cho"]),
        "2026-03-29 00:59", "ben", "2026-03-29 01:00",
    ),
    (
        "and the one after it follows at once",
        rota(**BERLIN, every="1h", hand_over="00:00", from_="2026-03-29", rota=["ann", "ben", "cho"]),
        "2026-03-29 01:00", "ann", "2026-03-29 02:00",
    ),
    (
        "only in its hours", rota(hours={"days": ["mon", "tue"], "begin": "08:00", "end": "18:00"}),
        "2026-11-24 18:00", NOBODY, "2026-11-30 08:00",
    ),
    (
        "a turn changes within the hours", rota(hours={"days": ["mon"], "begin": "08:00", "end": "18:00"}),
        "2026-11-30 09:00", "ben", "2026-11-30 18:00",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "at", "who", "until"), [row[1:] for row in SHIFTS], ids=[row[0].replace(" ", "-") for row in SHIFTS]
)
def test_who_is_on_call_and_until_when(written: OnCall, at: str, who: str, until: str | None) -> None:
    found = holder(written, utc(at))
    assert (found.who, found.ends_at) == (who, utc(until) if until else None)


FOLLOW_THE_SUN = layers(
    {
        "rota": ["ann", "ben"], "from": "2026-11-23", "hand_over": "mon 08:00", "zone": "Europe/Berlin",
        "hours": {"begin": "08:00", "end": "20:00"},
    },
    {
        "rota": ["cho"], "from": "2026-11-23", "zone": "America/Los_Angeles",
        "hours": {"begin": "08:00", "end": "23:00"},
    },
)  # fmt: skip


def test_the_first_layer_counts_and_the_next_fills_what_it_leaves_free() -> None:
    found = shifts(FOLLOW_THE_SUN, utc("2026-11-24 07:00"), utc("2026-11-25 07:00"))
    assert [(shift.who, shift.begins_at) for shift in found] == [
        ("ann", utc("2026-11-24 07:00")),  # 08:00 in Berlin
        ("cho", utc("2026-11-24 19:00")),  # until 23:00 in Los Angeles, which is 07:00 UTC
    ]


def test_a_layer_before_its_first_day_leaves_the_time_to_the_next() -> None:
    first = {"rota": ["ann"], "from": "2026-12-01", "hand_over": "09:00"}
    second = {"rota": ["ben"], "from": "2026-11-01", "hand_over": "09:00"}
    assert holder(layers(first, second), utc("2026-11-30 12:00")).ends_at == utc("2026-12-01 09:00")


def _takes(who: str, begin: str, end: str) -> Override:
    return Override(who=who, begins_at=utc(begin), ends_at=utc(end))


def test_a_swap_takes_its_hours_and_no_more() -> None:
    swap = _takes("ben", "2026-11-24 10:00", "2026-11-24 14:00")
    found = shifts(rota(), utc("2026-11-24 00:00"), utc("2026-11-25 00:00"), (swap,))
    assert [(shift.who, shift.begins_at.hour) for shift in found] == [("ann", 0), ("ben", 10), ("ann", 14)]


def test_the_newest_of_two_overrides_wins() -> None:
    older = _takes("ben", "2026-11-24 10:00", "2026-11-24 14:00")
    newer = _takes("cho", "2026-11-24 12:00", "2026-11-24 13:00")
    at = utc("2026-11-24 12:30")
    assert holder(rota(), at, (older, newer)).who == "cho"
    assert holder(rota(), at, (newer, older)).who == "ben"


def test_an_override_fills_a_gap() -> None:
    at = utc("2026-11-20 12:00")
    assert holder(rota(), at, (_takes("ben", "2026-11-20 00:00", "2026-11-21 00:00"),)).who == "ben"


def test_somebody_who_goes_on_is_handed_over_to_nobody() -> None:
    """Two turns of the same person, and an override of a person by themselves, are one shift."""
    [one] = shifts(rota(rota=["ann", "ann"]), utc("2026-11-24 00:00"), utc("2026-12-10 00:00"))
    assert one.who == "ann"


def test_what_comes_next_and_what_is_free() -> None:
    found = shifts(rota(), utc("2026-11-20 00:00"), utc("2026-12-01 00:00"))
    assert [shift.ends_at for shift in gaps(found)] == [utc("2026-11-23 09:00")]
    present = at_moment(found, utc("2026-11-24 00:00"))
    assert present is not None
    assert present.who == "ann"
    following = after(found, utc("2026-11-24 00:00"))
    assert following is not None
    assert following.who == "ben"


MISTAKES: list[tuple[str, dict[str, object], str]] = [
    ("no turns of 36 hours", {"every": "36h", "hand_over": "09:00"}, "whole days or a whole part of one"),
    ("nor of five", {"every": "5h", "hand_over": "09:00"}, "whole days or a whole part of one"),
    ("a day of the week needs weeks", {"every": "3d"}, 'write "09:00"'),
    ("a time is written as a time", {"hand_over": "monday morning"}, 'write "mon 09:00" or "09:00"'),
    ("turns count from a day", {"from": None}, "write from: 2026-11-23"),
    ("one way to say it", {"ical": "ops"}, "`rota` and `ical`: write one of"),
    ("no other zone", {"zone": "Berlin"}, "'Berlin' is no time zone"),
    ("a calendar over none", {"overrides": "swaps"}, "write `ical` as well"),
]


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_rota_that_cannot_be_meant_says_what_to_write(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        rota(**change)
    assert said in str(refused.value)


def test_a_post_without_any_of_the_ways_says_which_there_are() -> None:
    with pytest.raises(ValidationError, match="says nobody: write one of `rota`, `layers`, `ical` and `pagerduty`"):
        OnCall.model_validate({})


@pytest.mark.parametrize("written", ["Monday 9:00", "MON 09:00", " mon  09:00 "])
def test_a_day_may_be_written_as_people_write_it(written: str) -> None:
    assert rota(hand_over=written).hand_over == "mon 09:00"
