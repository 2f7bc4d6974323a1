"""A second problem is not a repeat: new alerts that join an incident are said, and ring by the runbook's word."""

from dataclasses import dataclass, field

import pytest

from tests.policy.builders import (
    alert,
    alerts,
    at,
    happens,
    insistent,
    opened,
    page,
    pages,
    runbook,
    said,
    sends,
    severity,
)
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Annotate
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Acknowledged, AlertsReceived, Event, Resolved, SeverityChanged
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.time.calendar import Calendar
from workflows.texts.render import words

ANN = Acknowledged(by="Alice", via="pagerduty")
SOMEBODY = Acknowledged(by="Zoe")
FIRST = alert("f1", severity="sev2", service="checkout")
OTHER = alert("f2", severity="sev2", name="DiskFull", service="search", summary="3 % left")
MILDER = alert("f3", severity="sev3", name="DiskFull", service="search")
GRAVER = alert("f4", severity="sev1", name="DiskFull", service="search")
SAME = alert("f5", severity="sev2", service="checkout")
ELSEWHERE = alert("f6", severity="sev2", service="search")
SILENT = alert("f7", name="DiskFull")


@dataclass
class Reader:
    """Keeps the words in which each thing was sent."""

    texts: dict[str, str] = field(default_factory=dict)

    def __call__(self, simulation: Simulation, demand: Demand) -> None:
        self.texts[demand.key] = words(simulation.book, simulation.incident, demand, simulation.now).text


def book(**more: object) -> Runbook:
    each = severity(insistent("bob"), insistent("carol", after=30))
    return runbook({"sev1": each, "sev2": each, "sev3": each}, **more)


def after(*script: tuple[float, Event], of: Runbook | None = None, until: float = 20) -> Simulation:
    """Opened by `FIRST`; the pages of before the first of the script are not told."""
    simulation = opened(of or book(), severity="sev2")
    simulation.watch = Reader()
    simulation.happen(alerts(FIRST))
    for moment, event in script:
        happens(simulation, moment, event)
    simulation.run_to(at(until))
    return simulation


def rung(simulation: Simulation) -> list[tuple[float, str]]:
    return [(moment, page(demand).to) for moment, demand in sends(simulation, "joined/")]


def told(simulation: Simulation) -> list[tuple[float, str]]:
    """What the channel was told of it."""
    return [(moment, _in_words(simulation, demand)) for moment, demand in sends(simulation, "news/channel")]


def _in_words(simulation: Simulation, demand: Demand) -> str:
    assert isinstance(simulation.watch, Reader)
    return simulation.watch.texts[demand.key]


@pytest.mark.parametrize(
    ("word", "joins", "expected"),
    [
        pytest.param(None, OTHER, [(7, "alice")], id="unset: as grave, and of another name"),
        pytest.param(None, ELSEWHERE, [(7, "alice")], id="unset: as grave, and of another service"),
        pytest.param(
            None, SILENT, [(7, "alice")], id="unset: it does not say how grave it is: as the runbook takes it"
        ),
        pytest.param(None, SAME, [], id="unset: one more of the same name and service"),
        pytest.param(None, MILDER, [], id="unset: less grave"),
        pytest.param("tell", OTHER, [], id="tell"),
        pytest.param("ring", SAME, [(7, "alice")], id="ring: whatever it is"),
        pytest.param("ring", MILDER, [(7, "alice")], id="ring: less grave, too"),
        pytest.param("ring", FIRST, [], id="a repeat is not new"),
        pytest.param("ring", alert("f8", status="resolved", name="Gone"), [], id="an end that nobody heard begin"),
    ],
)
def test_who_is_rung_by_an_alert_that_joins_an_acknowledged_incident(
    word: str | None, joins: Alert, expected: list[tuple[float, str]]
) -> None:
    of = book(intake={"new_alert": word} if word else {})
    simulation = after((2, ANN), (7, alerts(joins)), of=of)
    assert rung(simulation) == expected


def test_the_page_bears_the_words_of_the_new_alert_and_the_incident_stays_acknowledged() -> None:
    simulation = after((2, ANN), (7, alerts(OTHER)))
    ((_, demand),) = sends(simulation, "joined/")
    assert demand.reason == "a new alert: DiskFull (search, SEV-2) fires: 3 % left"
    assert "Why you: a new alert: DiskFull (search" in words(book(), simulation.incident, demand, at(7)).text
    assert pages(simulation) == [(0, "bob"), (7, "alice")]
    assert simulation.incident.acknowledged_by == "Alice"


@pytest.mark.parametrize("joins", [OTHER, SAME, MILDER])
@pytest.mark.parametrize("answered", [True, False])
def test_the_channel_is_told_in_any_case(answered: bool, joins: Alert) -> None:
    script: list[tuple[float, Event]] = [(2, ANN)] if answered else []
    simulation = after(*script, (7, alerts(joins)))
    ((moment, text),) = told(simulation)
    assert (moment, text.startswith("a new alert: ")) == (7, True)


def test_whoever_acknowledged_and_is_nobody_of_the_runbook_cannot_be_rung_so_the_first_tier_is() -> None:
    assert rung(after((2, SOMEBODY), (7, alerts(OTHER)))) == [(7, "bob")]


def test_before_anybody_has_acknowledged_the_ladder_rings_anyway() -> None:
    simulation = after((2, alerts(OTHER)), until=4)
    assert (rung(simulation), pages(simulation)) == ([], [(0, "bob")])


def test_alerts_that_open_the_incident_together_are_not_new() -> None:
    simulation = opened(book(), severity="sev2")
    simulation.watch = Reader()
    simulation.happen(alerts(FIRST, ELSEWHERE))
    simulation.happen(alerts(OTHER))  # the next part of the same delivery
    simulation.run_to(at(5))
    assert told(simulation) == []


def test_the_first_alert_of_an_incident_that_somebody_declared_is_new() -> None:
    simulation = opened(book(), severity="sev2", declared_by="Dave", service="billing")
    simulation.watch = Reader()
    happens(simulation, 2, ANN)
    happens(simulation, 5, alerts(OTHER))
    assert (rung(simulation), len(told(simulation))) == ([(5, "alice")], 1)


def test_a_raise_wins_and_nobody_is_rung_twice() -> None:
    simulation = after((2, ANN), (7, alerts(GRAVER)), until=9)
    assert (rung(simulation), pages(simulation)[1:]) == ([], [(7, "bob")])
    assert told(simulation) == []  # the raise has said it


def test_where_an_acknowledgement_holds_a_graver_alert_is_still_a_new_one() -> None:
    each = severity(insistent("bob"))
    holding = each.model_validate(each.model_dump() | {"acknowledge": {"holds": "raised"}})
    of = runbook({"sev1": holding, "sev2": holding})
    assert rung(after((2, ANN), (7, alerts(GRAVER)), of=of)) == [(7, "alice")]


class TestStorms:
    def storm(self, until: float = 20) -> Simulation:
        """Thirty new alerts, one every six seconds."""
        coming = [(7 + n / 10, alerts(alert(f"g{n}", severity="sev2", name=f"Storm{n}"))) for n in range(30)]
        return after((2, ANN), *coming, until=until)

    def test_it_rings_once_a_repeat_after_and_what_came_meanwhile_is_in_the_next_ring(self) -> None:
        simulation = self.storm()
        assert rung(simulation) == [(7, "alice"), (12, "alice")]
        (_, second) = sends(simulation, "joined/")[1]
        assert second.reason.startswith("29 new alerts: Storm1 (SEV-2) fires; Storm2 (SEV-2) fires; ")

    def test_it_is_told_once_a_minute_and_every_alert_is_counted(self) -> None:
        simulation = self.storm()
        assert [moment for moment, _ in told(simulation)] == [7, 8, 9, 10]
        assert told(simulation)[1][1].startswith("9 new alerts: Storm1 (SEV-2) fires; ")
        assert told(simulation)[2][1].endswith("Storm15 (SEV-2) fires; and 4 more")

    def test_what_has_ended_before_its_ring_rings_nobody(self) -> None:
        third = alert("f9", severity="sev2", name="Third")
        ended = third.model_copy(update={"status": "resolved"})
        simulation = after((2, ANN), (7, alerts(OTHER)), (8, alerts(third)), (9, alerts(ended)))
        assert rung(simulation) == [(7, "alice")]

    @pytest.mark.parametrize(
        "event", [SeverityChanged(by="Dave", via="command line", severity="sev1"), Resolved(by="Alice")]
    )
    def test_a_ring_that_waits_is_not_made_beside_those_of_a_raise_or_after_the_end(self, event: Event) -> None:
        third = alert("f9", severity="sev2", name="Third")
        simulation = after((2, ANN), (7, alerts(OTHER)), (8, alerts(third)), (9, event))
        assert rung(simulation) == [(7, "alice")]

    def test_what_is_beyond_the_bound_counts_as_one(self) -> None:
        many = [alert(f"g{n}", severity="sev2", name="Many") for n in range(IncidentBounds.alerts + 50)]
        simulation = after((2, ANN), (7, alerts(*many)), (30, alerts(*many)), until=60)
        assert (rung(simulation), len(told(simulation))) == ([(7, "alice")], 1)

    def test_those_of_which_the_sender_tells_only_the_number_are_told_once(self) -> None:
        event = AlertsReceived(alerts=(FIRST,), truncated=7)
        simulation = after((2, ANN), (7, event), (30, event), until=60)
        assert [text for _, text in told(simulation)] == ["7 new alerts, of which their sender tells no more"]
        assert rung(simulation) == []

    def test_the_state_is_bounded(self) -> None:
        coming = [(7 + n, alerts(alert(f"g{n}", name=f"{n}" * 100, summary="x" * 3000))) for n in range(100)]
        incident = after((2, ANN), *coming, until=200).incident
        assert len(incident.news) <= IncidentBounds.news
        assert all(len(each.texts) <= IncidentBounds.new_alerts for each in incident.news)


class TestAtThePager:
    def notes(self, simulation: Simulation) -> list[tuple[float, str, str]]:
        found = [(m, d, d.effect) for m, d in sends(simulation, "news/") if isinstance(d.effect, Annotate)]
        return [(m, e.to, _in_words(simulation, d)) for m, d, e in found]

    def test_it_is_noted_at_the_alert_that_stands_open_there(self) -> None:
        simulation = after((2, SOMEBODY), (7, alerts(SAME)))
        assert self.notes(simulation) == [(7, "bob", "a new alert: HighErrorRate (checkout, SEV-2) fires")]

    def test_and_not_for_whom_it_rings(self) -> None:
        assert self.notes(after((2, SOMEBODY), (7, alerts(OTHER)))) == []


def test_a_page_that_is_held_for_the_night_stays_held() -> None:
    """It is a Monday, nine o'clock; the quiet hours end at ten."""
    calendar = Calendar.model_validate({"quiet_hours": {"begin": "22:00", "end": "10:00"}})
    each = severity(insistent("bob"), hold="quiet-hours")
    of = runbook({"sev2": each}, calendar=calendar)
    simulation = after((2, ANN), (7, alerts(OTHER)), of=of, until=120)
    assert rung(simulation) == [(60, "alice")]


def test_one_that_does_not_get_through_is_made_again() -> None:
    simulation = opened(book(), severity="sev2", fails={})
    simulation.happen(alerts(FIRST))
    happens(simulation, 2, ANN)
    simulation.fails["joined/alice"] = "rejected"
    happens(simulation, 7, alerts(OTHER))
    simulation.fails.clear()
    simulation.run_to(at(20))
    assert rung(simulation) == [(7, "alice"), (12, "alice")]
    assert said(simulation.incident, "the page before this one did not get through")
