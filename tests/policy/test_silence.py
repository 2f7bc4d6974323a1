"""Silences: what they hold, what they let go, and when."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.policy.builders import T0, alert, at, ladder, minutes, tier
from workflows.policy import silence as policy
from workflows.policy.events import Alert, Event, NotUnderstood
from workflows.policy.incident import Opening
from workflows.policy.matching import Matcher
from workflows.policy.silence import Bounds, Card, Expired, Hold, Silence, due, hear, take

BOOK = ladder(tier("alice"))


def card(**facts: Any) -> Card:
    given = {
        "id": "k7f2mq",
        "matchers": [Matcher.parse("service=checkout")],
        "starts_at": T0,
        "ends_at": at(60),
        "by": "Alice",
        "reason": "moving the database",
    }
    return Card.model_validate(given | facts)


def hold(
    *alerts: Alert, incident: str = "incident-1", title: str = "Checkout fails", severity: str = "sev1", **opening: Any
) -> Hold:
    about = Opening.model_validate({"runbook": BOOK, "severity": severity, "title": title} | opening)
    return Hold(at=at(1), workflow_id=incident, opening=about, alerts=alerts)


def silence(*events: Event) -> Silence:
    state = Silence(card=card())
    for event in events:
        state = hear(state, event)
    return state


def fingerprints(state: Silence, incident: str = "incident-1") -> list[tuple[str, str]]:
    return [(a.fingerprint, a.status) for a in state.held[incident].alerts.values()] if incident in state.held else []


class TestHolding:
    def test_what_fires_is_held_until_the_end(self) -> None:
        state = silence(hold(alert("f1"), alert("f2")))
        assert due(state, at(59)) == ()
        assert due(state, at(60)) == ("incident-1",)
        after, opening, alerts = take(state, "incident-1")
        assert [each.fingerprint for each in alerts] == ["f1", "f2"]
        assert opening.title == "Checkout fails (held by silence k7f2mq until 2026-03-02 10:00 UTC)"
        assert (opening.runbook, opening.severity) == (BOOK, "sev1")
        assert (after.held, after.runbooks) == ({}, {})

    def test_what_has_resolved_meanwhile_is_forgotten(self) -> None:
        state = silence(hold(alert("f1"), alert("f2")), hold(alert("f1", status="resolved")))
        assert fingerprints(state) == [("f2", "firing")]
        state = hear(state, hold(alert("f2", status="resolved")))
        assert due(state, at(60)) == ()

    def test_a_repeat_changes_nothing(self) -> None:
        state = silence(hold(alert("f1")), hold(alert("f1")))
        assert fingerprints(state) == [("f1", "firing")]

    def test_what_resolves_and_fires_again_is_held_again(self) -> None:
        state = silence(hold(alert("f1")), hold(alert("f1", status="resolved")), hold(alert("f1")))
        assert fingerprints(state) == [("f1", "firing")]

    @pytest.mark.parametrize("status", ["resolved", "firing"])
    def test_an_older_episode_that_arrives_late_says_nothing_about_what_is_held(self, status: str) -> None:
        state = silence(
            hold(alert(since=5)), hold(alert(since=1, status=status)), hold(alert(since=1, status="resolved"))
        )
        assert [(a.status, a.starts_at) for a in state.held["incident-1"].alerts.values()] == [("firing", at(5))]

    @pytest.mark.parametrize(
        "later",
        [
            (alert("f2", severity="sev4"),),
            (alert("f2"), alert("f2", status="resolved")),
            (alert("f2", status="resolved"),),
        ],
    )
    def test_the_incident_opens_as_the_gravest_of_what_fired(self, later: tuple[Alert, ...]) -> None:
        state = silence(hold(alert("f1"), title="f1 is down"))
        for each in later:
            state = hear(state, hold(each, title="f2 is down", severity="sev4"))
        _, opening, _ = take(state, "incident-1")
        assert (opening.severity, opening.title.partition(" (")[0]) == ("sev1", "f1 is down")

    def test_what_resolved_before_it_was_ever_held_is_nothing(self) -> None:
        assert silence(hold(alert("f1", status="resolved"))).held == {}

    def test_ended_early_it_lets_go_at_once(self) -> None:
        state = silence(hold(alert("f1")), Expired(at=at(10)))
        assert (due(state, at(10)), state.ends_at) == (("incident-1",), at(10))

    def test_nobody_ends_it_later(self) -> None:
        assert silence(Expired(at=at(100))).ends_at == at(60)


class TestWhatComesAfterItLetGo:
    def test_a_resolution_that_comes_while_its_alert_is_handed_on_follows_it(self) -> None:
        state, _, _ = take(silence(hold(alert("f1"))), "incident-1")
        state = hear(state, hold(alert("f1", status="resolved")))
        assert due(state, at(60)) == ("incident-1",)
        assert fingerprints(state) == [("f1", "resolved")]

    def test_nothing_stays_here_for_an_incident_that_was_opened(self) -> None:
        state, _, _ = take(silence(hold(alert("f1"))), "incident-1")
        assert due(hear(state, hold(alert("f2"))), at(2)) == ("incident-1",)


class TestBounds:
    def test_what_does_not_fit_opens_its_incident_at_once(self) -> None:
        state = silence(*(hold(alert("f"), incident=f"incident-{n}") for n in range(Bounds.incidents)))
        assert due(state, at(2)) == ()
        state = hear(state, hold(alert("f"), incident="one-too-many"))
        assert due(state, at(2)) == ("one-too-many",)
        state, _, _ = take(state, "one-too-many")
        assert due(hear(state, hold(alert("f2"), incident="incident-0")), at(2)) == ()

    def test_alerts_are_counted_over_all_incidents(self) -> None:
        many = tuple(alert(f"f{n}") for n in range(Bounds.alerts))
        state = silence(hold(*many), hold(alert("f"), incident="one-too-many"))
        assert due(state, at(2)) == ("one-too-many",)

    def test_whatever_is_sent_a_silence_fits_into_one_payload(self) -> None:
        heavy = {f"label-{n}": "é" * 90 for n in range(40)}
        state = silence()
        for number in range(300):
            alerts = tuple(alert(f"f{n}") for n in range(5))
            event = hold(*alerts, incident=f"incident-{number}", title="é" * 140, labels=heavy)
            state = hear(state, event)
            for incident in due(state, at(2)):
                state, _, _ = take(state, incident)
        assert len(state.model_dump_json().encode()) < 1_000_000
        assert len(state.held) > 50


class TestTheCard:
    @pytest.mark.parametrize(
        "facts",
        [{"ends_at": T0}, {"ends_at": T0 + timedelta(days=7, seconds=1)}, {"reason": ""}, {"matchers": []}],
    )
    def test_none_is_for_ever_or_without_a_reason(self, facts: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            card(**facts)

    @pytest.mark.parametrize(("moment", "holds"), [(-0.1, False), (0, True), (59.9, True), (60, False)])
    def test_it_holds_from_its_beginning_to_its_end(self, moment: float, holds: bool) -> None:
        assert card().holds({"service": "checkout"}, T0 + minutes(moment)) is holds

    def test_all_its_matchers_must_match(self) -> None:
        both = card(matchers=[Matcher.parse("service=checkout"), Matcher.parse("region=eu")])
        assert not both.holds({"service": "checkout"}, at(1))
        assert both.holds({"service": "checkout", "region": "eu"}, at(1))


def test_it_says_what_it_holds_and_what_it_could_not_read() -> None:
    state = silence(hold(alert("f1")), NotUnderstood(name="hold", problem="no alerts"))
    assert list(policy.in_words(state)) == [
        "service=checkout: held from 2026-03-02 09:00 to 2026-03-02 10:00 UTC",
        "by Alice: moving the database",
        "holds 1 of incident-1: Checkout fails",
        "could not read 'hold': no alerts",
    ]


def test_a_state_reads_back_as_it_was() -> None:
    state = silence(hold(alert("f1"), labels={"a": "b"}))
    assert Silence.model_validate_json(state.model_dump_json()) == state
