"""Silences: what they hold, what they let go, and when."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.policy.builders import T0, alert, at, ladder, minutes, tier
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import Event, NotUnderstood
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.watches.capturing import apply, refusal
from workflows.policy.watches.releasing import due, passed, passing, take
from workflows.policy.watches.silence import Captured, Expired, Extended, Silence, SilenceSummary, in_words
from workflows.policy.watches.silence_bounds import SilenceBounds

BOOK = ladder(tier("alice"))


def card(**facts: Any) -> SilenceSummary:
    given = {
        "id": "k7f2mq",
        "matchers": [Matcher.parse("service=checkout")],
        "starts_at": T0,
        "ends_at": at(60),
        "by": "Alice",
        "reason": "moving the database",
    }
    return SilenceSummary.model_validate(given | facts)


def hold(
    *alerts: Alert, incident: str = "incident-1", title: str = "Checkout fails", severity: str = "sev1", **opening: Any
) -> Captured:
    about = OpenRequest.model_validate({"runbook": BOOK, "severity": severity, "title": title} | opening)
    return Captured(at=at(1), workflow_id=incident, opening=about, alerts=alerts)


def silence(*events: Event) -> Silence:
    state = Silence(card=card())
    for event in events:
        state = apply(state, event)
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

    def test_it_opens_as_grave_as_what_fired(self) -> None:
        ended = hold(alert("f2", status="resolved"), severity="sev1", title="Gone")
        state = silence(hold(alert("f1"), severity="sev3"), ended)
        _, opening, _ = take(state, "incident-1")
        assert opening.severity == "sev3"
        assert opening.title.startswith("Checkout fails")

    def test_what_has_resolved_meanwhile_is_forgotten(self) -> None:
        state = silence(hold(alert("f1"), alert("f2")), hold(alert("f1", status="resolved")))
        assert fingerprints(state) == [("f2", "firing")]
        state = apply(state, hold(alert("f2", status="resolved")))
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
            state = apply(state, hold(each, title="f2 is down", severity="sev4"))
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
        state = apply(state, hold(alert("f1", status="resolved")))
        assert due(state, at(60)) == ("incident-1",)
        assert fingerprints(state) == [("f1", "resolved")]

    def test_nothing_stays_here_for_an_incident_that_was_opened(self) -> None:
        state, _, _ = take(silence(hold(alert("f1"))), "incident-1")
        assert due(apply(state, hold(alert("f2"))), at(2)) == ("incident-1",)


class TestBounds:
    def test_nor_is_it_held_after_all_when_some_of_it_resolves_before_it_has_opened(self) -> None:
        state = silence(hold(*(alert(f"f{n}") for n in range(SilenceBounds.alerts + 1))))
        state = apply(state, hold(alert("f0", status="resolved")))
        assert due(state, at(2)) == ("incident-1",)

    def test_what_does_not_fit_opens_its_incident_at_once(self) -> None:
        state = silence(*(hold(alert("f"), incident=f"incident-{n}") for n in range(SilenceBounds.incidents)))
        assert due(state, at(2)) == ()
        state = apply(state, hold(alert("f"), incident="one-too-many"))
        assert due(state, at(2)) == ("one-too-many",)
        state, _, _ = take(state, "one-too-many")
        assert due(apply(state, hold(alert("f2"), incident="incident-0")), at(2)) == ()

    def test_alerts_are_counted_over_all_incidents(self) -> None:
        many = tuple(alert(f"f{n}") for n in range(SilenceBounds.alerts))
        state = silence(hold(*many), hold(alert("f"), incident="one-too-many"))
        assert due(state, at(2)) == ("one-too-many",)

    def test_whatever_is_sent_a_silence_fits_into_one_payload(self) -> None:
        heavy = {f"label-{n}": "é" * 90 for n in range(40)}
        state = silence()
        for number in range(300):
            alerts = tuple(alert(f"f{n}") for n in range(5))
            event = hold(*alerts, incident=f"incident-{number}", title="é" * 140, labels=heavy)
            state = apply(state, event)
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
        assert card().matches({"service": "checkout"}, T0 + minutes(moment)) is holds

    def test_all_its_matchers_must_match(self) -> None:
        both = card(matchers=[Matcher.parse("service=checkout"), Matcher.parse("region=eu")])
        assert not both.matches({"service": "checkout"}, at(1))
        assert both.matches({"service": "checkout", "region": "eu"}, at(1))


def test_it_says_what_it_holds_and_what_it_could_not_read() -> None:
    state = silence(hold(alert("f1")), NotUnderstood(name="hold", problem="no alerts"))
    assert list(in_words(state)) == [
        "service=checkout: held from 2026-03-02 09:00 to 2026-03-02 10:00 UTC",
        "by Alice: moving the database",
        "holds 1 of incident-1: Checkout fails",
        "could not read 'hold': no alerts",
    ]


def test_a_state_reads_back_as_it_was() -> None:
    state = silence(hold(alert("f1"), labels={"a": "b"}))
    assert Silence.model_validate_json(state.model_dump_json()) == state


def other(name: str = "other1", **facts: Any) -> SilenceSummary:
    return card(id=name, **({"ends_at": at(120)} | facts))


LABELLED = {"service": "checkout", "alertname": "HighErrorRate"}


class TestAnotherThatMatches:
    """What a silence holds at its end goes to another one that matches: maintenance that goes on pages nobody."""

    @pytest.mark.parametrize(
        ("others", "goes_to"),
        [
            pytest.param([other()], "other1", id="one that is active"),
            pytest.param([other(), other("other2", ends_at=at(180))], "other2", id="of several the one that ends last"),
            pytest.param([other(starts_at=at(61))], "", id="not one that has yet to begin"),
            pytest.param([other(starts_at=at(60))], "other1", id="one that begins at this moment"),
            pytest.param([other(ends_at=at(60))], "", id="not one that has ended"),
            pytest.param([other(matchers=[Matcher.parse("service=search")])], "", id="not one of other alerts"),
            pytest.param([other("k7f2mq")], "", id="not itself"),
            pytest.param([], "", id="no other"),
        ],
    )
    def test_which_keeps_it(self, others: list[SilenceSummary], goes_to: str) -> None:
        state = silence(hold(alert("f1", labels=LABELLED)))
        found = passing(state, "incident-1", others, at(60))
        assert {name: [a.fingerprint for a in alerts] for name, alerts in found.items()} == (
            {goes_to: ["f1"]} if goes_to else {}
        )

    def test_each_alert_of_an_incident_goes_its_own_way(self) -> None:
        state = silence(hold(alert("f1", labels=LABELLED), alert("f2", labels={"service": "checkout", "host": "b"})))
        only = other(matchers=[Matcher.parse("host=b")])
        found = passing(state, "incident-1", [only], at(60))
        assert [a.fingerprint for a in found["other1"]] == ["f2"]

    def test_it_is_sent_as_it_came_and_never_back(self) -> None:
        state = silence(hold(alert("f1", labels=LABELLED)))
        (alerts,) = passing(state, "incident-1", [other()], at(60)).values()
        event = passed(state, "incident-1", alerts, at(60))
        assert (event.opening.title, event.passed_by) == ("Checkout fails", ("k7f2mq",))
        there = apply(Silence(card=other()), event)
        assert fingerprints(there) == [("f1", "firing")]
        assert passing(there, "incident-1", [card(ends_at=at(300))], at(120)) == {}

    @pytest.mark.parametrize("labels", [{}, {"service": "checkout", **{f"text{n}": "x" * 150 for n in range(20)}}])
    def test_of_what_nobody_knows_the_labels_nothing_is_held_back(self, labels: dict[str, str]) -> None:
        state = silence(hold(alert("f1", labels=labels)))
        assert passing(state, "incident-1", [other()], at(60)) == {}

    def test_what_was_opened_already_goes_on_to_its_incident(self) -> None:
        after, _, _ = take(silence(hold(alert("f1", labels=LABELLED))), "incident-1")
        state = apply(after, hold(alert("f2", labels=LABELLED)))
        assert passing(state, "incident-1", [other()], at(60)) == {}


class TestExtending:
    @pytest.mark.parametrize(
        ("now", "span", "says"),
        [
            pytest.param(30, "2h", None, id="longer"),
            pytest.param(30, "6d", None, id="nearly a week"),
            pytest.param(30, "7d", "at most 7 days from now", id="more than a week from now"),
            pytest.param(60, "2h", "silence k7f2mq has ended: tocsin silence add", id="over"),
        ],
    )
    def test_who_may(self, now: float, span: str, says: str | None) -> None:
        event = Extended.model_validate({"at": at(now), "duration": span})
        no = refusal(silence(), event, at(now))
        assert (no is None) if says is None else (no is not None and says in no)

    @pytest.mark.parametrize("span", ["0m", "8d", "soon"])
    def test_a_span_is_held_to_what_a_silence_may_last(self, span: str) -> None:
        with pytest.raises(ValidationError):
            Extended.model_validate({"duration": span})

    def test_it_ends_that_much_later(self) -> None:
        state = apply(silence(hold(alert())), Extended(at=at(30), duration=minutes(120)))
        assert (due(state, at(179)), due(state, at(180))) == ((), ("incident-1",))

    def test_again_and_again_and_every_gateway_can_still_read_it(self) -> None:
        state = silence()
        for day in range(12):
            now = at(30 + day * 1440)
            assert refusal(state, Extended(duration=timedelta(days=1)), now) is None
            state = apply(state, Extended(at=now, duration=timedelta(days=1)))
        assert SilenceSummary.model_validate_json(state.card.model_dump_json()).ends_at == at(60 + 12 * 1440)

    def test_one_that_was_ended_by_hand_stays_ended(self) -> None:
        state = silence(Expired(at=at(10)))
        assert refusal(state, Extended(duration=minutes(5)), at(10)) is not None
