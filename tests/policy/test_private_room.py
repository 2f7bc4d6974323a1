"""A private incident: what everybody reads says only that there is something."""

import pytest

from tests.policy.builders import at, happens, opened, opening, post, runbook, sends, severity, tier
from tests.policy.shell import REJECTED, Fate, PolicyRunner
from workflows.policy.effects.effects import Card, OpenChannel, Post
from workflows.policy.engine import plan
from workflows.policy.incident.events import FlagChanged, HandedOff, Resolved, UpdatePosted
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.render import words

UPDATES = {"every": "15m", "owner": "communications", "to": "#status"}
BOOK = runbook(severity(tier("alice"), updates=UPDATES), flags=("security", "private", "customer-facing"))


def everywhere(simulation: Simulation) -> set[str]:
    """The places where something was said."""
    posts = [demand.effect for _, demand in simulation.sent]
    return {each.to.channel for each in posts if isinstance(each, Post)}


@pytest.mark.parametrize("flag", ["security", "private"])
def test_it_has_a_private_channel_whatever_its_severity(flag: str) -> None:
    effect = sends(opened(BOOK, flags=(flag,)), "channel")[0][1].effect
    assert isinstance(effect, OpenChannel)
    assert effect.private


def test_at_home_stands_one_neutral_line_without_anything_to_press() -> None:
    simulation = opened(BOOK, flags=("security",))
    demand = sends(simulation, "declaration")[0][1]
    said = words(BOOK, simulation.incident, demand, at(0))
    assert said.text == "🔒 A private incident is being handled:\nask the Incident Commander."
    assert "Checkout" not in f"{said.subject}{said.text}{said.card}"
    assert (post(demand).offers, post(demand).pin, post(demand).mention) == ((), False, ())


def test_all_else_is_said_in_its_channel() -> None:
    simulation = opened(BOOK, {"alice": "rejected"}, flags=("security",))
    happens(simulation, 1, UpdatePosted(text="we know more"))
    happens(simulation, 2, HandedOff(to="bob"))
    happens(simulation, 20, Resolved(by="Alice"))
    simulation.run_to(at(30))
    assert everywhere(simulation) == {"#incidents", "ref:channel/1"}
    assert [demand.duty for _, demand in simulation.sent if _is_at_home(demand.effect)] == ["declaration"]


def _is_at_home(effect: object) -> bool:
    return isinstance(effect, Post) and effect.to.channel == "#incidents"


def test_that_the_flag_is_taken_away_publishes_nothing() -> None:
    simulation = opened(BOOK, flags=("security",))
    happens(simulation, 1, FlagChanged(flag="security", on=False))
    happens(simulation, 2, HandedOff(to="bob"))
    happens(simulation, 3, Resolved(by="Alice"))
    simulation.run_to(at(10))
    assert [demand.duty for _, demand in simulation.sent if _is_at_home(demand.effect)] == ["declaration"]
    last = sends(simulation, "card/home")[-1][1]
    assert isinstance(last.effect, Card)
    assert "private incident was handled" in words(BOOK, simulation.incident, last, simulation.now).text


def test_flagged_later_the_card_at_home_becomes_the_neutral_line() -> None:
    simulation = opened(BOOK)
    happens(simulation, 1, FlagChanged(flag="security"))
    simulation.run_to(at(2))
    last = sends(simulation, "card/home")[-1][1]
    text = words(BOOK, simulation.incident, last, simulation.now)
    assert "Checkout" not in f"{text.text}{text.card}"
    assert isinstance(last.effect, Card)
    assert last.effect.offers == ()


def test_without_its_channel_nothing_is_said_where_everybody_reads_and_people_are_paged() -> None:
    shell = PolicyRunner.of(opening(BOOK, flags=("security",)), lambda d: REJECTED if d.duty == "channel" else Fate())
    shell.happens(1, HandedOff(to="bob"))
    shell.run_to(at(16))
    posts = [demand for _, demand in shell.begun if isinstance(demand.effect, Post)]
    assert [demand.duty for demand in posts] == ["declaration"]
    assert any(demand.effect.kind == "page" for _, demand in shell.begun)
    assert {w.waits_for for w in plan(BOOK, shell.incident, shell.now).waiting} == {"a private channel"}
