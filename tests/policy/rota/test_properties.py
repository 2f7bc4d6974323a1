"""What holds for every rota, whichever zone, hours and night."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.policy.rota.written import layers
from workflows.policy.rota.shift import Override
from workflows.policy.rota.shifts import holder, shifts
from workflows.policy.rota.turns import stints
from workflows.policy.runbook.on_call import OnCall, RotaLayer
from workflows.policy.time.calendar import WEEKDAYS

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"]
times = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.sampled_from([0, 30, 59]))
hours = st.none() | st.fixed_dictionaries(
    {"days": st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True), "begin": times, "end": times}
)
people = st.lists(st.sampled_from(["ann", "ben", "cho"]), min_size=1, max_size=4)
turns = st.fixed_dictionaries(
    {
        "rota": people,
        "every": st.sampled_from(["1h", "8h", "12h", "1d", "3d", "1w", "2w"]),
        "from": st.dates(datetime(2026, 3, 1).date(), datetime(2026, 11, 30).date()),  # noqa: DTZ001 (only its day)
        "hand_over": times,
        "zone": st.sampled_from(ZONES),
        "hours": hours,
    }
)
rotas: st.SearchStrategy[OnCall] = st.lists(turns, min_size=1, max_size=3).map(lambda given: layers(*given))
moments = st.datetimes(datetime(2026, 3, 20), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 (likewise)
spans = st.integers(1, 12 * 24).map(lambda hours: timedelta(hours=hours))
overrides = st.lists(
    st.builds(
        lambda who, begins_at, span: Override(who=who, begins_at=begins_at, ends_at=begins_at + span),
        st.sampled_from(["ann", "ben", "dee"]), moments, spans,
    ),
    max_size=3,
).map(tuple)  # fmt: skip


@given(rotas, moments, spans, overrides)
def test_shifts_tile_the_time(rota: OnCall, begin: datetime, span: timedelta, swaps: tuple[Override, ...]) -> None:
    found = shifts(rota, begin, begin + span, swaps)
    assert found[0].begins_at == begin
    assert found[-1].ends_at == begin + span
    for one, following in pairwise(found):
        assert one.ends_at == following.begins_at
        assert one.who != following.who  # or they would be one shift


@given(rotas, moments, spans)
def test_no_moment_has_two_people_of_one_layer(rota: OnCall, begin: datetime, span: timedelta) -> None:
    for layer in rota.in_layers:
        for one, following in pairwise(stints(layer, begin, begin + span)):
            assert one.begins_at < one.ends_at <= following.begins_at


@given(turns, moments, spans)
def test_turns_are_handed_over_when_the_clock_on_the_wall_says_so(
    written: dict[str, object], begin: datetime, span: timedelta
) -> None:
    """Where it skips that time, at the first moment after."""
    layer = RotaLayer.model_validate({**written, "hours": None})
    zone, a_day = ZoneInfo(layer.zone), timedelta(days=1)
    for each in list(stints(layer, begin, begin + span))[1:]:
        there = each.begins_at.astimezone(zone)
        wall = there.hour * 60 + there.minute - layer.hands_over_at.hour * 60 - layer.hands_over_at.minute
        of_turn = int(min(layer.every, a_day).total_seconds() // 60)
        before = (each.begins_at - timedelta(seconds=1)).astimezone(zone)
        assert wall % of_turn == 0 or before.utcoffset() != there.utcoffset()


@given(rotas, moments, spans, overrides)
def test_who_is_on_call_is_whoever_has_the_shift(
    rota: OnCall, at: datetime, span: timedelta, swaps: tuple[Override, ...]
) -> None:
    """Asked at a moment, or for a stretch of time: the answers are the same."""
    for shift in shifts(rota, at, at + span, swaps):
        assert holder(rota, shift.begins_at, swaps).who == shift.who


@given(rotas, moments, spans)
def test_the_window_that_is_looked_at_changes_nothing(rota: OnCall, begin: datetime, span: timedelta) -> None:
    whole = shifts(rota, begin, begin + 2 * span)
    part = shifts(rota, begin + span, begin + 2 * span)
    assert part[-1].who == whole[-1].who
    assert part[0].who == next(each.who for each in whole if each.ends_at is None or each.ends_at > begin + span)


@given(rotas, moments, overrides)
def test_an_override_wins(rota: OnCall, at: datetime, swaps: tuple[Override, ...]) -> None:
    mine = Override(who="eve", begins_at=at, ends_at=at + timedelta(hours=1))
    found = holder(rota, at, (*swaps, mine))
    assert (found.who, found.ends_at) == ("eve", at + timedelta(hours=1))
