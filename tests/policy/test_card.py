"""The card: one message an incident that always says how it stands, edited in place."""

from datetime import timedelta

import pytest

from tests.policy.builders import at, declared, happens, minutes, opened, opening, post, runbook, sends, severity, tier
from tests.policy.shell import NEVER, REJECTED, Fate, PolicyRunner, begun
from workflows.policy.communication.card import PAUSE
from workflows.policy.effects.card import CardFacts
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Page, Receipt
from workflows.policy.engine import plan
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    EffectSettled,
    EffectStarted,
    FlagChanged,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    UpdatePosted,
)
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.render import words

THREAD = runbook(severity(tier("alice"), tier("bob", after=30, unless="resolved"), roles=["commander"]))
CHANNEL = runbook(severity(tier("alice"), tier("bob", after=30, unless="resolved"), own_channel=True))


def card(demand: Demand) -> CardFacts:
    effect = demand.effect
    assert isinstance(effect, Card)
    assert isinstance(effect.facts, CardFacts)
    return effect.facts


def edits(simulation: Simulation, name: str = "home") -> list[tuple[float, CardFacts]]:
    return [(when, card(demand)) for when, demand in sends(simulation, f"card/{name}")]


def last(simulation: Simulation, name: str = "home") -> CardFacts:
    return edits(simulation, name)[-1][1]


class TestWhatItShows:
    def test_it_is_the_declaration_which_says_at_once_what_comes_next(self) -> None:
        declaration = post(sends(opened(THREAD), "declaration")[0][1])
        assert isinstance(declaration.facts, CardFacts)
        assert [(coming.what, coming.at) for coming in declaration.facts.next] == [
            ("ask Incident Commander who takes the roles", at(5)),
            ("page Bob", at(30)),
        ]

    def test_who_is_on_it(self) -> None:
        simulation = opened(THREAD)
        happens(simulation, 2, Acknowledged(by="Alice"))
        happens(simulation, 3, RoleAssigned(role="commander", person="bob"))
        simulation.run_to(at(4))
        assert last(simulation).acknowledged_by == "Alice"
        assert last(simulation).acknowledged_at == at(2)
        assert last(simulation).roles == (("Incident Commander", "Bob"),)

    def test_an_acknowledgement_that_lapsed_is_none(self) -> None:
        simulation = opened(runbook(severity(tier("alice"), expires_after=20)))
        happens(simulation, 2, Acknowledged(by="Alice"))
        simulation.run_to(at(23))
        assert last(simulation).acknowledged_by == ""

    def test_severity_phase_flags_and_the_end(self) -> None:
        book = runbook({"sev1": severity(tier("alice")), "sev2": severity(tier("alice"))})
        simulation = opened(book)
        happens(simulation, 1, SeverityChanged(severity="sev2"))
        happens(simulation, 2, FlagChanged(flag="customer-facing"))
        happens(simulation, 3, UpdatePosted(text="found", phase="identified"))
        simulation.run_to(at(4))
        shown = last(simulation)
        assert (shown.severity, shown.phase, shown.flags) == ("sev2", "identified", ("customer-facing",))
        happens(simulation, 5, Resolved(by="Alice", text="rolled back"))
        assert (last(simulation).ended, last(simulation).ended_at) == ("resolved by Alice: rolled back", at(5))

    def test_at_home_it_is_short_where_there_is_a_channel_and_leads_there(self) -> None:
        simulation = opened(CHANNEL)
        simulation.run_to(at(1))
        home, here = last(simulation), post(sends(simulation, "declaration/channel")[0][1]).facts
        assert (home.is_short, home.channel, home.next) == (True, "ref:channel/1", ())
        assert isinstance(here, CardFacts)
        assert [coming.what for coming in here.next] == ["page Bob"]

    def test_nobody_edits_to_count(self) -> None:
        """Times are moments: an hour later the same card is the same."""
        simulation = opened(runbook(severity(tier("alice"), tier("bob", after=240, unless="resolved"))))
        happens(simulation, 1, Acknowledged(by="Alice"))
        simulation.run_to(at(2))
        before = len(edits(simulation))
        simulation.run_to(at(180))
        assert len(edits(simulation)) == before


class TestWhenItIsEdited:
    def test_a_change_shows_after_the_pause_and_what_came_meanwhile_with_it(self) -> None:
        simulation = opened(THREAD)
        simulation.run_to(at(1))
        before = len(edits(simulation))
        for person, seconds in (("bob", 60), ("carol", 61), ("dave", 62)):
            simulation.run_to(at(seconds / 60))
            simulation.happen(RoleAssigned(role="commander", person=person))
        simulation.run_to(at(3))
        shown = edits(simulation)[before:]
        assert [facts.roles[0][1] for _, facts in shown] == ["Bob", "Dave"]
        assert shown[1][0] - shown[0][0] >= PAUSE / minutes(1) - 0.01

    def test_what_changes_nothing_that_it_shows_edits_nothing(self) -> None:
        simulation = opened(THREAD)
        happens(simulation, 1, Acknowledged(by="Alice"))
        simulation.run_to(at(2))
        before = len(edits(simulation))
        happens(simulation, 3, Noted(by="Alice", text="looking"))
        simulation.run_to(at(4))
        assert len(edits(simulation)) == before

    def test_a_page_and_what_has_come_of_it_is_one_edit(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda _: Fate())
        shell.run_to(at(29))
        shell.fate = lambda d: Fate(after=timedelta(seconds=2)) if isinstance(d.effect, Page) else Fate()
        before = len(begun(shell, "card/"))
        shell.run_to(at(31))
        assert begun(shell, "card/")[before:] == [pytest.approx(30 + 2 / 60, abs=0.01)]
        (shown,) = [card(demand) for _, demand in shell.begun if _is_card(demand)][before:]
        assert "Bob" in shown.called

    def test_a_page_that_hangs_holds_an_edit_up_for_the_pause_and_no_longer(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda _: Fate())
        shell.run_to(at(29))
        shell.fate = lambda d: NEVER if isinstance(d.effect, Page) else Fate()
        before = len(begun(shell, "card/"))
        shell.run_to(at(30.5))
        assert begun(shell, "card/")[before:] == [pytest.approx(30 + PAUSE / minutes(1), abs=0.01)]
        shell.happens(32, RoleAssigned(role="commander", person="bob"))
        assert begun(shell, "card/")[-1] == 32

    @pytest.mark.parametrize("end", [Resolved(by="Alice"), Cancelled(by="Alice")])
    def test_the_end_shows_at_once(self, end: Resolved | Cancelled) -> None:
        simulation = opened(THREAD)
        happens(simulation, 1, RoleAssigned(role="commander", person="bob"))
        happens(simulation, 1 + 1 / 60, end)
        assert edits(simulation)[-1][0] == pytest.approx(1 + 1 / 60, abs=0.01)
        assert last(simulation).phase == "resolved"

    @pytest.mark.parametrize(("reason", "said"), [("a drill", "cancelled by Bob: a drill"), ("", "cancelled by Bob")])
    def test_an_end_that_was_taken_back_says_nothing_of_the_next(self, reason: str, said: str) -> None:
        simulation = opened(THREAD)
        happens(simulation, 1, Resolved(by="Alice", text="a bad deploy", public=True))
        happens(simulation, 2, Reopened(by="Alice"))
        assert (simulation.incident.resolution, simulation.incident.public.cause) == ("", False)
        happens(simulation, 3, Cancelled(by="Bob", reason=reason))
        assert last(simulation).ended == said

    def test_one_that_is_on_its_way_is_followed_by_the_newest(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda _: Fate())
        shell.run_to(at(1))
        shell.fate = lambda d: Fate(after=minutes(5)) if _is_card(d) else Fate()
        shell.happens(1, RoleAssigned(role="commander", person="bob"))
        shell.happens(2, RoleAssigned(role="commander", person="carol"))
        shell.happens(3, RoleAssigned(role="commander", person="dave"))
        shell.run_to(at(7))
        shown = [card(demand).roles for _, demand in shell.begun if _is_card(demand)]
        assert [roles[0][1] for roles in shown][-2:] == ["Bob", "Dave"]

    def test_one_that_is_refused_is_not_tried_again_before_there_is_something_else_to_show(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda _: Fate())
        shell.run_to(at(1))
        before = len(begun(shell, "card/"))
        shell.fate = lambda d: REJECTED if _is_card(d) else Fate()
        shell.happens(1, RoleAssigned(role="commander", person="bob"))
        shell.run_to(at(4))
        assert begun(shell, "card/")[before:] == [1]
        assert any("could not be brought up to date: no route" in line.text for line in shell.incident.timeline)
        shell.happens(4, RoleAssigned(role="commander", person="carol"))
        assert begun(shell, "card/")[before:] == [1, 4]


def _is_card(demand: Demand) -> bool:
    return isinstance(demand.effect, Card)


class TestItHoldsUpNothing:
    def test_pages_and_messages_go_while_it_hangs(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda d: NEVER if _is_card(d) else Fate())
        shell.run_to(at(31))
        assert begun(shell, "escalate/2") == [30]
        assert begun(shell, "nag/roles")[0] == 5

    def test_a_page_goes_first_and_the_edit_some_seconds_later_if_it_does_not_get_through(self) -> None:
        simulation = opened(THREAD)
        simulation.run_to(at(29.99))
        simulation.incident = simulation.incident.model_copy(update={"flags": frozenset({"customer-facing"})})
        present = plan(simulation.book, simulation.incident, at(30))
        assert [demand.effect.kind for demand in present.due] == ["page"]
        assert present.wake_at == at(30) + PAUSE
        due = plan(simulation.book, simulation.incident, at(30) + PAUSE).due
        assert [demand.effect.kind for demand in due] == ["page", "card"]

    def test_an_edit_that_waits_is_not_what_comes_next(self) -> None:
        simulation = opened(THREAD)
        happens(simulation, 1, RoleAssigned(role="commander", person="bob"))
        happens(simulation, 1 + 1 / 60, RoleAssigned(role="commander", person="carol"))
        present = simulation.plan()
        assert all(not _is_card(demand) for demand in (*present.due, *present.next))
        assert present.wake_at is not None
        assert present.wake_at <= simulation.now + PAUSE


class TestDeleted:
    def _settled(self, incident: Incident, receipt: Receipt, outcome: str = "done") -> Incident:
        changed = apply(THREAD, incident, RoleAssigned(at=at(len(incident.timeline)), role="commander", person="bob"))
        later = at(60 + len(incident.timeline))
        (demand,) = [each for each in plan(THREAD, changed, later).due if _is_card(each)]
        started = apply(THREAD, changed, EffectStarted(at=later, real_at=later, demand=demand))
        settled = EffectSettled.model_validate(
            {"at": later, "demand": demand, "outcome": outcome, "receipt": receipt, "problem": "message_not_found"}
        )
        return apply(THREAD, started, settled)

    def _declared(self) -> Incident:
        simulation = opened(THREAD)
        return simulation.incident

    def test_it_is_posted_again_once_and_the_thread_hangs_on_the_new_one(self) -> None:
        again = self._settled(self._declared(), Receipt(reference="C1:2.0"))
        assert (again.kept["home"].reference, again.kept["home"].posted) == ("C1:2.0", 2)
        assert again.references["thread"] == "C1:2.0"
        assert any("posted again" in line.text for line in again.timeline)

    def test_deleted_again_it_stays_so(self) -> None:
        again = self._settled(self._declared(), Receipt(reference="C1:2.0"))
        again = apply(THREAD, again, FlagChanged(at=at(200), flag="customer-facing"))
        (demand,) = [each for each in plan(THREAD, again, at(300)).due if _is_card(each)]
        assert isinstance(demand.effect, Card)
        assert not demand.effect.may_post
        gone = EffectSettled(at=at(300), demand=demand, outcome="rejected", problem="message_not_found")
        after = apply(THREAD, apply(THREAD, again, EffectStarted(at=at(300), real_at=at(300), demand=demand)), gone)
        after = apply(THREAD, after, FlagChanged(at=at(301), flag="customer-facing", on=False))
        assert [each for each in plan(THREAD, after, at(400)).due if _is_card(each)] == []


class TestItsButtons:
    def test_they_are_those_of_whoever_works_on_it(self) -> None:
        simulation = opened(THREAD)
        offered = [offer.label for offer in post(sends(simulation, "declaration")[0][1]).offers]
        assert offered == [
            "Acknowledge", "Take command", "Post update", "Change severity", "Escalate to ...", "Mitigated", "Resolve",
            "Snooze 15m",
        ]  # fmt: skip

    def test_what_is_done_is_offered_no_more(self) -> None:
        simulation = opened(THREAD)
        happens(simulation, 1, Acknowledged(by="Alice"))
        simulation.run_to(at(2))
        effect = sends(simulation, "card/home")[-1][1].effect
        assert isinstance(effect, Card)
        assert "Acknowledge" not in [offer.label for offer in effect.offers]


class TestItsWords:
    def test_are_its_facts_in_lines(self) -> None:
        simulation = opened(THREAD)
        happens(simulation, 2, Acknowledged(by="Alice"))
        simulation.run_to(at(3))
        demand = sends(simulation, "card/home")[-1][1]
        said = words(THREAD, simulation.incident, demand, simulation.now)
        assert "INCIDENT DECLARED: Checkout fails" in said.text
        assert [(line.label, line.text, line.at) for line in said.card] == [
            ("Running since", "", at(0)),
            ("Acknowledged", "by Alice", at(2)),
            ("Roles", "Incident Commander: nobody yet", None),
            ("People outside were told", "nothing", None),
            ("Next", "ask Incident Commander who takes the roles", at(5)),
            ("Then", "page Bob", at(30)),
        ]


def test_the_pause_is_some_seconds() -> None:
    assert timedelta(seconds=1) < PAUSE < timedelta(seconds=30)
    assert declared(THREAD).kept == {}
