"""Few messages, each worth reading: a question is asked again below itself, and a checklist is ticked in its place."""

from collections.abc import Callable
from itertools import accumulate

import pytest

from tests.docs.noise import BEFORE, DOCUMENT, counted, messages, table
from tests.policy.builders import at, happens, minutes, opened, opening, post, runbook, sends, severity, tier, times
from tests.policy.shell import REJECTED, Fate, PolicyRunner, begun
from tests.runbooks.courses import NAMES, book
from workflows.policy.effects.card import ChecklistFacts
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Destination, Post
from workflows.policy.incident.checklist_events import Ticked
from workflows.policy.incident.events import Acknowledged, FlagChanged, Resolved, RoleAssigned, SeverityChanged
from workflows.policy.reducers.refusals import refusal
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.runbook.people import Condition, Contact
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.render import words

ROLES = runbook(severity(tier("alice"), own_channel=True, roles=["commander"]))
FIX = {"id": "fix", "kind": "checklist", "template": "checklist", "owner": "scribe", "text": "Look\nRepair"}
CHECKLIST = runbook(severity(tier("alice"), duties=[FIX]))


class TestAskedAgain:
    def test_it_is_in_the_thread_of_the_first(self) -> None:
        simulation = opened(ROLES)
        simulation.run_to(at(26))
        places = [(post(demand).to.channel, post(demand).to.thread) for _, demand in sends(simulation, "nag/roles")]
        assert places == [("ref:channel/1", None), *([("ref:channel/1", "nag/roles/300")] * 2)]

    def test_whoever_is_asked_is_mentioned_each_time(self) -> None:
        simulation = opened(ROLES)
        simulation.run_to(at(26))
        assert [post(demand).mention for _, demand in sends(simulation, "nag/roles")] == [("alice",)] * 3

    def test_where_the_thread_is_refused_it_is_asked_in_the_channel(self) -> None:
        shell = PolicyRunner.of(opening(ROLES), lambda d: REJECTED if _is_in_a_thread(d) else Fate())
        shell.run_to(at(26))
        asked = [post(demand).to.thread for _, demand in shell.begun if demand.duty == "nag/roles"]
        assert asked == [None, "nag/roles/300", None, None]
        assert shell.incident.closed_places == ("nag/roles",)


def _is_in_a_thread(demand: Demand) -> bool:
    return isinstance(demand.effect, Post) and demand.effect.to.thread is not None


class TestTicks:
    def test_a_line_is_ticked_in_the_message_and_nobody_is_told(self) -> None:
        simulation = opened(CHECKLIST)
        happens(simulation, 1, Ticked(by="Alice", duty="fix", line=2))
        simulation.run_to(at(2))
        demand = sends(simulation, "card/checklist/fix")[-1][1]
        assert isinstance(demand.effect, Card)
        assert demand.effect.facts == ChecklistFacts(done=(2,))
        said = words(CHECKLIST, simulation.incident, demand, simulation.now).text
        assert said.splitlines() == ["fix", "☐ Look", "☑ Repair"]
        assert [offer.said["line"] for offer in demand.effect.offers] == ["1"]
        assert times(simulation, "tell/") == []
        assert any(line.text == "Alice ticked: Repair" for line in simulation.incident.timeline)

    @pytest.mark.parametrize(
        ("event", "why"),
        [
            (Ticked(duty="fix", line=3), "'fix' is no checklist with a line 3: fix has 2"),
            (Ticked(duty="other", line=1), "'other' is no checklist with a line 1: fix has 2"),
            (Ticked(duty="fix", line=1), None),
        ],
    )
    def test_what_is_no_line_is_refused_and_as_a_signal_changes_nothing(self, event: Ticked, why: str | None) -> None:
        simulation = opened(CHECKLIST)
        assert refusal(CHECKLIST, simulation.incident, event) == why
        simulation.happen(event)
        assert (simulation.incident.ticks == {}) is (why is not None)

    def test_what_is_ticked_is_not_ticked_again(self) -> None:
        simulation = opened(CHECKLIST)
        simulation.happen(Ticked(by="Alice", duty="fix", line=1))
        assert refusal(CHECKLIST, simulation.incident, Ticked(duty="fix", line=1)) == "it is ticked: Look"


@pytest.mark.parametrize("event", [Acknowledged(by="Alice"), RoleAssigned(role="commander", person="bob")])
def test_what_the_card_shows_is_not_posted_as_well(event: Acknowledged | RoleAssigned) -> None:
    simulation = opened(ROLES)
    happens(simulation, 1, event)
    assert times(simulation, "tell/") == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("busy", [False, True])
def test_a_sev1_has_six_messages_in_its_first_five_minutes_at_most(name: str, busy: bool) -> None:
    first = [said.duty for said in messages(name, busy=busy) if said.minute < 5]
    assert len(first) <= 6, first
    assert len(set(first)) == len(first)


class TestTheDeclarationAsksForTheRoles:
    BOOK = runbook(severity(tier("alice"), own_channel=True, roles=["commander", "scribe"], unfilled={"after": "0m"}))
    AT_HOME = runbook(severity(tier("alice"), roles=["commander"], unfilled={"after": "0m"}))

    def _asked(self, book: Runbook, fate: Callable[[Demand], Fate] = lambda _: Fate()) -> PolicyRunner:
        shell = PolicyRunner.of(opening(book), fate)
        shell.run_to(at(16))
        return shell

    def test_whom_they_fall_to_is_mentioned_there_and_asked_again_below_it(self) -> None:
        simulation = opened(self.BOOK)
        simulation.run_to(at(26))
        ((_, declaration),) = sends(simulation, "declaration/channel")
        assert post(declaration).mention == ("alice",)
        asked = [(when, post(demand).to.thread) for when, demand in sends(simulation, "nag/roles")]
        assert [thread for _, thread in asked] == ["declaration/channel/1"] * len(asked)
        assert asked[0][0] > 0

    def test_what_is_at_home_then_mentions_nobody(self) -> None:
        ((_, declaration),) = sends(opened(self.BOOK), "declaration")
        assert post(declaration).mention == ()

    def test_where_there_is_no_channel_of_its_own_the_one_at_home_asks(self) -> None:
        ((_, declaration),) = sends(opened(self.AT_HOME), "declaration")
        assert post(declaration).mention == ("alice",)

    def test_without_that_channel_it_is_asked_in_the_thread_at_once(self) -> None:
        shell = self._asked(self.BOOK, lambda d: REJECTED if d.duty == "channel" else Fate())
        assert begun(shell, "nag/roles")[0] == 0

    def test_if_the_declaration_does_not_get_out_it_is_asked_all_the_same(self) -> None:
        shell = self._asked(self.BOOK, lambda d: REJECTED if d.duty == "declaration/channel" else Fate())
        assert begun(shell, "nag/roles")[0] == 0

    def test_roles_that_are_taken_are_asked_of_nobody(self) -> None:
        simulation = opened(self.BOOK)
        for role in ("commander", "scribe"):
            happens(simulation, 1, RoleAssigned(role=role, person="bob"))
        simulation.run_to(at(40))
        assert times(simulation, "nag/roles") == []

    def test_roles_that_a_graver_severity_brings_are_asked_for_at_once(self) -> None:
        calm = severity(tier("alice"), roles=["commander"], unfilled={"after": "1d"})
        grave = severity(tier("alice"), roles=["commander"], unfilled={"after": "0m"})
        simulation = opened(runbook({"sev1": grave, "sev4": calm}), severity="sev4")
        happens(simulation, 3, SeverityChanged(by="Ann", severity="sev1"))
        assert times(simulation, "nag/roles") == [3]


def test_whom_to_reach_stands_on_the_card_and_in_no_message() -> None:
    always, flagged = (
        Contact(name="Alice", reach="by phone", when=Condition()),
        Contact(name="Carol", reach="at home", when=Condition(flags=("customer-facing",))),
    )
    book = ROLES.model_copy(update={"contacts": (always, flagged)})
    simulation = opened(book)
    assert "☎ Alice: by phone" in _card_of(simulation, "declaration/channel")
    assert "Carol" not in _card_of(simulation, "declaration/channel")
    happens(simulation, 1, FlagChanged(flag="customer-facing"))
    simulation.run_to(at(2))
    assert "☎ Carol: at home" in _card_of(simulation, "card/channel")
    assert times(simulation, "contacts") == []


def _card_of(simulation: Simulation, duty: str) -> str:
    """The last."""
    _, demand = sends(simulation, duty)[-1]
    found = words(simulation.book, simulation.incident, demand, simulation.now).card
    return "\n".join(f"{line.label}: {line.text}" for line in found)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_fewer_than_it_was_up_to_each_minute(name: str) -> None:
    for busy in (False, True):
        now, before = accumulate(counted(name, busy=busy)), accumulate(BEFORE[name, busy])
        assert all(new < old for new, old in zip(now, before, strict=True))


class TestChecklists:
    SECOND = FIX | {"id": "more", "text": "Report"}

    def _places(self, *duties: dict[str, str], own_channel: bool = True) -> list[str | None]:
        simulation = opened(runbook(severity(tier("alice"), own_channel=own_channel, duties=duties)))
        simulation.run_to(at(11))
        posts = [demand for _, demand in simulation.sent if demand.duty.startswith("duty/")]
        return [post(demand).to.thread for demand in posts]

    def test_a_role_has_one_in_the_channel_and_the_others_below_it(self) -> None:
        assert self._places(FIX, self.SECOND) == [None, "duty/fix/1"]
        assert self._places(FIX, self.SECOND | {"after": "10m"}) == [None, "duty/fix/1"]

    def test_another_role_has_its_own(self) -> None:
        assert self._places(FIX, self.SECOND | {"owner": "commander"}) == [None, None]

    def test_the_second_waits_for_the_first_and_not_for_ever(self) -> None:
        book = runbook(severity(tier("alice"), own_channel=True, duties=[FIX, self.SECOND]))
        shell = PolicyRunner.of(
            opening(book), lambda d: Fate("rejected", minutes(2)) if d.duty == "duty/fix" else Fate()
        )
        assert begun(shell, "duty/more") == []
        shell.run_to(at(4))
        assert begun(shell, "duty/more") == [2]


def test_the_table_of_messages_by_minute_is_true() -> None:
    assert table() in DOCUMENT.read_text(encoding="utf-8"), "write it anew: .venv/bin/python -m tests.docs.noise"


class TestTheEnd:
    @pytest.mark.parametrize(("name", "level"), [(name, level) for name in NAMES for level in book(name).severities])
    def test_is_said_once_at_home_and_can_be_undone_there(self, name: str, level: SeverityName) -> None:
        """Where the procedure has a summary of its own there, that says it."""
        simulation = opened(book(name), severity=level)
        happens(simulation, 20, Resolved(by="Ann"))
        simulation.run_to(at(21))
        home = Destination(channel=simulation.book.home)
        late = [demand for when, demand in simulation.sent if when >= at(20) and isinstance(demand.effect, Post)]
        [end] = [demand for demand in late if post(demand).to == home]
        assert [offer.verb for offer in post(end).offers] == ["reopen"]

    def test_is_said_in_its_own_channel_as_well(self) -> None:
        simulation = opened(book("company"))
        happens(simulation, 20, Resolved(by="Ann"))
        told = [
            post(demand).to.channel for _, demand in sends(simulation, "tell/") if "resolved" in post(demand).template
        ]
        assert told == ["ref:channel/1"]
