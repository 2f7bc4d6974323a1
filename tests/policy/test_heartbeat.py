"""Heartbeats: when silence counts, and what is said of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce

import pytest
from pydantic import ValidationError

from tests.policy.builders import T0, at, ladder, minutes, tier
from workflows.policy.incident.events import Event, NotUnderstood
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.watches import heartbeat as policy
from workflows.policy.watches.heartbeat import (
    About,
    Beat,
    GatewayPresence,
    Heartbeat,
    Paused,
    Removed,
    Signalled,
    Spec,
    SpecChanged,
    Unpaused,
    shown,
    verdict,
)

BOOK = ladder(tier("alice"))


def spec(every: float = 5, grace: float = 2) -> Spec:
    opening = OpenRequest(runbook=BOOK, severity="sev1", title="backup", service="db")
    return Spec(every=minutes(every), grace=minutes(grace), opening=opening)


def expected(every: float = 5, grace: float = 2, *events: tuple[float, Event], **facts: object) -> Heartbeat:
    """Added at T0."""
    state = Heartbeat(name="backup", spec=spec(every, grace), expected_since=T0).model_copy(update=facts)
    for moment, event in events:
        state = policy.apply(state, event.model_copy(update={"at": at(moment)}))
    return state


def listens(until: float, away: tuple[float, float] | None = None) -> GatewayPresence:
    """A gateway that shows itself every minute from long ago, except while it is away."""
    signs = range(-60, int(until) + 1)
    return signs_of_life(sign for sign in signs if away is None or not away[0] < sign < away[1])


def signs_of_life(signs: Iterable[float]) -> GatewayPresence:
    return reduce(shown, map(at, signs), GatewayPresence())


def judged(
    state: Heartbeat, moment: float, gateway: GatewayPresence | None = None
) -> tuple[About | None, float | None]:
    found = verdict(state, at(moment), gateway or listens(moment))
    look_at = (found.look_at - T0) / minutes(1) if found.look_at else None
    return found.about, look_at


class TestWhenItIsMissing:
    @pytest.mark.parametrize(
        ("beats", "moment", "about", "look_at"),
        [
            # Never beaten: it has an interval and its grace, from when it was added.
            ([], 0, None, 7),
            ([], 6.9, None, 7),
            ([], 7, "missing", 7 + 240),
            # Each beat moves that moment.
            ([4], 7, None, 11),
            ([4], 11, "missing", 11 + 240),
            ([4, 9], 11, None, 16),
            # One that overtook another changes nothing.
            ([9, 4], 11, None, 16),
        ],
    )
    def test_the_last_beat_decides(
        self, beats: list[float], moment: float, about: About | None, look_at: float
    ) -> None:
        state = expected(5, 2, *((beat, Beat()) for beat in beats))
        assert judged(state, moment) == (about, look_at)

    def test_beats_that_a_worker_reads_an_hour_late_count_from_when_they_came(self) -> None:
        state = expected(5, 2, *((beat, Beat()) for beat in range(0, 60, 5)))
        assert judged(state, 61) == (None, 62)
        assert judged(state, 63) == ("missing", 63 + 240)

    def test_a_repeated_look_finds_it_missing_still(self) -> None:
        state = expected(told={"missing": Signalled(since=at(7), at=at(7))})
        assert judged(state, 100, GatewayPresence()) == ("missing", 7 + 240)

    def test_removed_it_is_expected_no_more(self) -> None:
        assert judged(expected(5, 2, (1, Removed())), 100) == (None, None)


class TestPauses:
    @pytest.mark.parametrize(
        ("events", "overdue_at"),
        [
            ([(1, Paused(duration=timedelta(hours=1)))], 61 + 7),
            ([(1, Paused(duration=timedelta(hours=1))), (30, Beat())], 61 + 7),
            ([(1, Paused(duration=timedelta(hours=1))), (65, Beat())], 65 + 7),
            ([(1, Paused(duration=timedelta(hours=1))), (20, Unpaused())], 20 + 7),
            ([(1, Unpaused())], 1 + 7),
        ],
    )
    def test_after_a_pause_it_has_an_interval_to_beat(
        self, events: list[tuple[float, Event]], overdue_at: float
    ) -> None:
        assert expected(5, 2, *events).overdue_at == at(overdue_at)

    def test_no_pause_is_for_ever(self) -> None:
        with pytest.raises(ValidationError, match="31 days"):
            Paused(duration=timedelta(days=32))


class TestTheGatewayWasAway:
    """What nobody was there to hear is not held against the sender, and not hidden either."""

    def test_while_it_is_away_nothing_is_judged_and_that_is_what_is_told(self) -> None:
        gateway = listens(2)
        found = verdict(expected(), at(7), gateway)
        assert (found.about, found.look_at) == ("unheard", at(8))
        assert found.problem == "the gateway has shown no sign of life since 2026-03-02 09:02:00 UTC"

    def test_one_that_never_showed_itself_is_away(self) -> None:
        assert judged(expected(), 7, GatewayPresence()) == ("unheard", 8)

    @pytest.mark.parametrize(
        ("every", "away", "looked", "about", "again"),
        [
            # Back at 30: a sender of every five minutes has those five minutes, and its grace.
            (5, (3, 30), 31, None, 37),
            (5, (3, 30), 37, "missing", 37 + 240),
            # One of every day is given a quarter of an hour, not a day.
            (24 * 60, (24 * 60 - 10, 24 * 60 + 30), 24 * 60 + 31, None, 24 * 60 + 47),
            (24 * 60, (24 * 60 - 10, 24 * 60 + 30), 24 * 60 + 47, "missing", 24 * 60 + 47 + 240),
            # Away long before it was due.
            (24 * 60, (60, 120), 24 * 60 + 2, "missing", 24 * 60 + 242),
        ],
    )
    def test_back_again_it_gives_each_a_while(
        self, every: float, away: tuple[float, float], looked: float, about: About | None, again: float
    ) -> None:
        assert judged(expected(every), looked, listens(looked, away)) == (about, again)

    def test_who_is_paged_then_reads_that_beats_may_have_been_lost(self) -> None:
        found = verdict(expected(), at(37), listens(37, (3, 30)))
        text = policy.opening(found.state, "missing", found.problem).title
        assert text == (
            "No heartbeat from backup: it has never beaten, expected every 5m; beats may have been lost: the gateway "
            "was away from 2026-03-02 09:03:00 UTC to 2026-03-02 09:30:00 UTC"
        )

    def test_an_absence_before_the_last_beat_is_nobodys_business(self) -> None:
        state = expected(5, 2, (40, Beat()))
        assert judged(state, 47, listens(47, (3, 30))) == ("missing", 47 + 240)

    def test_if_nobody_can_say_whether_it_listened_the_page_goes_out_and_says_so(self) -> None:
        found = verdict(expected(), at(7), None)
        assert (found.about, found.problem) == ("missing", "it is not known whether the gateway listened")

    @pytest.mark.parametrize(
        ("signs", "sign_at", "away"),
        [
            ([], None, None),
            ([0], 0, None),
            ([0, 1, 2], 2, None),
            ([0, 3], 3, None),
            ([0, 4], 4, (0, 4)),
            ([0, 4, 5, 10, 11], 11, (5, 10)),
        ],
    )
    def test_signs_of_life_more_than_three_minutes_apart_are_an_absence(
        self, signs: list[float], sign_at: float | None, away: tuple[float, float] | None
    ) -> None:
        found = signs_of_life(signs)
        assert found.sign_at == (None if sign_at is None else at(sign_at))
        assert (found.away_from, found.back_at) == ((at(away[0]), at(away[1])) if away else (None, None))


class TestTelling:
    @pytest.mark.parametrize(
        ("told", "found", "after", "tells"),
        [
            ({}, None, 0, []),
            ({}, "missing", 0, [("missing", True)]),
            ({"missing"}, "missing", 239, []),
            # An incident that somebody closed although the silence lasts is opened again.
            ({"missing"}, "missing", 240, [("missing", True)]),
            ({"missing"}, None, 1, [("missing", False)]),
            ({"unheard"}, "unheard", 1, []),
            ({"unheard"}, None, 1, [("unheard", False)]),
            ({"unheard"}, "missing", 1, [("missing", True), ("unheard", False)]),
        ],
    )
    def test_an_incident_is_told_what_it_does_not_know_yet(
        self, told: set[About], found: About | None, after: float, tells: list[tuple[About, bool]]
    ) -> None:
        state = expected(told={about: Signalled(since=T0, at=T0) for about in told})
        verdict_ = policy.Verdict(state, found)
        assert list(policy.to_notify(state, verdict_, at(after))) == tells

    def test_the_end_of_a_silence_is_the_end_of_the_alert_that_was_raised(self) -> None:
        state = policy.notified(expected(), "missing", at(8), fires=True)
        fires = policy.alert(state, "missing", "", fires=True)
        later = policy.apply(state, Beat(at=at(20)))
        ends = policy.alert(later, "missing", "", fires=False)
        assert (fires.fingerprint, fires.starts_at) == (ends.fingerprint, ends.starts_at) == ("heartbeat-backup", at(7))
        assert policy.notified(later, "missing", at(20), fires=False).told == {}

    def test_what_cannot_be_judged_shares_one_incident(self) -> None:
        assert policy.incident_id("a", "unheard") == policy.incident_id("b", "unheard")
        assert policy.incident_id("a", "missing") == "incident-heartbeat-a"


def test_what_is_expected_may_change_without_forgetting_the_last_beat() -> None:
    state = expected(5, 2, (4, Beat()), (6, SpecChanged(spec=spec(60, 5))))
    assert state.overdue_at == at(4 + 65)


def test_what_could_not_be_read_is_shown() -> None:
    state = expected(5, 2, (1, NotUnderstood(name="beet", problem="unknown")))
    assert "could not read 'beet': unknown" in policy.in_words(state, at(2))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (expected(), "overdue at 2026-03-02 09:07:00 UTC; it has never beaten, expected every 5m"),
        (expected(5, 2, (4, Beat())), "overdue at 2026-03-02 09:11:00 UTC; last beat 2026-03-02 09:04:00 UTC"),
        (expected(5, 2, (1, Paused(duration=minutes(30)))), "paused until 2026-03-02 09:31:00 UTC"),
        (policy.notified(expected(), "missing", at(7), fires=True), "silent since 2026-03-02 09:07:00 UTC"),
        (policy.notified(expected(), "unheard", at(7), fires=True), "not judged: the gateway is away"),
    ],
)
def test_how_it_stands_is_one_line(state: Heartbeat, words: str) -> None:
    assert policy.in_words(state, at(2)).startswith(words)


@pytest.mark.parametrize("every", ["30s", "32d"])
def test_an_interval_has_bounds(every: str) -> None:
    with pytest.raises(ValidationError):
        Spec.model_validate({"every": every, "opening": spec().opening})


def test_a_state_of_an_hour_ago_reads_back_as_it_was() -> None:
    state = policy.notified(expected(5, 2, (4, Beat())), "missing", at(11), fires=True)
    assert Heartbeat.model_validate_json(state.model_dump_json()) == state
    assert datetime.fromisoformat(state.model_dump(mode="json")["beat_at"]) == at(4)
