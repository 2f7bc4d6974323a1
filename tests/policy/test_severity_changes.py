"""A change of severity replans from the original start (rule 6)."""

from tests.policy.builders import (
    at,
    coming,
    happens,
    opened,
    opening,
    page,
    pages,
    post,
    runbook,
    said,
    sends,
    severity,
    tier,
    times,
)
from tests.policy.shell import NEVER, PolicyRunner, fates, rings
from workflows.policy.incident.events import Acknowledged, SeverityChanged
from workflows.policy.runbook.model import Runbook

RAISE = SeverityChanged(by="Dave", severity="sev1", reason="it spreads")
BY_ALERTS = SeverityChanged(by="the alerts", via="alerts", severity="sev1")
LOWER = SeverityChanged(by="Dave", severity="sev2")


def book(**gravest: object) -> Runbook:
    sev1 = severity(tier("alice"), tier("carol", after=30), **gravest)  # type: ignore[arg-type]  # those of `severity`
    return runbook({"sev1": sev1, "sev2": severity(tier("alice"), tier("bob", after=120))})


LASTING = runbook(
    {
        "sev1": severity(tier("alice"), tier("bob", after=10), tier("carol", after=30, unless="resolved")),
        "sev2": severity(tier("alice")),
    }
)


class TestRaised:
    def test_overdue_pages_go_out_at_once(self) -> None:
        simulation = opened(book(), severity="sev2")
        happens(simulation, 41, RAISE)
        assert pages(simulation) == [(0, "alice"), (41, "alice"), (41, "carol")]

    def test_they_are_due_from_the_raise_and_so_not_late(self) -> None:
        simulation = opened(book(), severity="sev2")
        happens(simulation, 41, RAISE)
        ((_, demand),) = sends(simulation, "escalate/2/carol")
        assert (demand.due_at, demand.reason) == (at(41), "not acknowledged within 30m")

    def test_pages_that_are_not_due_yet_keep_their_time_from_the_opening(self) -> None:
        simulation = opened(book(), severity="sev2")
        happens(simulation, 20, BY_ALERTS)
        simulation.run_to(at(30))
        assert pages(simulation) == [(0, "alice"), (20, "alice"), (30, "carol")]

    def test_an_acknowledgement_by_whoever_raises_still_stops_what_it_stops(self) -> None:
        simulation = opened(LASTING, severity="sev2")
        happens(simulation, 2, Acknowledged(by="Dave"))
        happens(simulation, 41, RAISE)
        assert pages(simulation) == [(0, "alice"), (41, "carol")]

    def test_in_a_later_round_whoever_was_not_called_yet_is_called_at_once(self) -> None:
        sev2 = severity(tier("alice"))
        simulation = opened(runbook({"sev1": book().severities["sev1"], "sev2": sev2}), severity="sev2")
        happens(simulation, 41, RAISE)
        assert pages(simulation)[-3:] == [(40, "alice"), (41, "alice"), (41, "carol")]

    def test_the_missed_target_of_the_graver_severity_counts(self) -> None:
        simulation = opened(book(within=5), severity="sev2")
        happens(simulation, 20, BY_ALERTS)
        simulation.run_to(at(25))
        assert pages(simulation) == [(0, "alice"), (20, "alice"), (25, "alice")]
        assert page(sends(simulation, "overdue/1/alice")[0][1]).round == 2

    def test_what_changed_is_told_with_the_reason(self) -> None:
        simulation = opened(book(), severity="sev2")
        happens(simulation, 41, RAISE)
        assert said(simulation.incident, "Dave raised the severity from SEV-2 to SEV-1: it spreads")

    def test_a_channel_of_its_own_is_opened_now(self) -> None:
        simulation = opened(book(own_channel=True), severity="sev2")
        assert times(simulation, "channel") == []
        happens(simulation, 41, RAISE)
        assert times(simulation, "channel") == [41]


class TestLowered:
    def test_pages_of_the_graver_severity_are_not_sent_any_more(self) -> None:
        simulation = opened(book())
        happens(simulation, 20, LOWER)
        simulation.run_to(at(119))
        assert pages(simulation) == [(0, "alice")]
        simulation.run_to(at(120))
        assert pages(simulation) == [(0, "alice"), (120, "bob")]

    def test_a_page_in_flight_is_withdrawn(self) -> None:
        shell = PolicyRunner.of(opening(book()), fates(carol=NEVER))
        shell.run_to(at(31))
        assert "escalate/2/carol/1" in shell.flying
        shell.happens(31, LOWER)
        assert "escalate/2/carol/1" not in shell.flying

    def test_and_sent_after_all_when_it_is_raised_again(self) -> None:
        shell = PolicyRunner.of(opening(LASTING), fates(carol=NEVER))
        shell.happens(1, Acknowledged())
        shell.run_to(at(31))
        shell.happens(31, LOWER)
        shell.happens(33, RAISE)
        assert rings(shell) == [(0, "alice"), (30, "carol"), (33, "alice"), (33, "bob"), (33, "carol")]
        assert "escalate/3/carol/2" in shell.flying

    def test_people_stay_in_the_channel_that_they_have(self) -> None:
        simulation = opened(book(own_channel=True))
        happens(simulation, 3, LOWER)
        told = post(sends(simulation, "tell/")[-1][1])
        assert told.to.channel == "ref:channel/1"

    def test_and_its_topic_says_what_is_true(self) -> None:
        simulation = opened(book(own_channel=True))
        happens(simulation, 3, LOWER)
        assert times(simulation, "topic") == [3]


def test_a_severity_that_the_runbook_does_not_know_is_treated_as_the_next_graver_one() -> None:
    simulation = opened(book(), severity="sev4")
    assert coming(simulation)[0] == (120, "escalate/2/bob/1")


def test_confirming_the_severity_changes_nothing() -> None:
    simulation = opened(book())
    happens(simulation, 3, SeverityChanged(by="Dave", severity="sev1"))
    assert said(simulation.incident, "Dave confirmed SEV-1")
    assert simulation.incident.raised_at is None
