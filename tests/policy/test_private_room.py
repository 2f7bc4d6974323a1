"""A private incident: what everybody reads says only that there is something."""

import pytest

from tests.policy.builders import at, happens, opened, opening, post, runbook, sends, severity, tier
from tests.policy.shell import REJECTED, Fate, PolicyRunner
from workflows.policy.effects.effects import Card, Invite, OpenChannel, Post, Receipt
from workflows.policy.engine import plan
from workflows.policy.incident.events import Acknowledged, EffectSettled, FlagChanged, HandedOff, Resolved, UpdatePosted
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person, Role
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
    assert said.text == "🔒 A private incident is being handled:\nask whoever is on call."
    assert "Checkout" not in f"{said.subject}{said.text}{said.card}"
    assert (post(demand).offers, post(demand).pin, post(demand).mention) == ((), False, ())


@pytest.mark.parametrize(
    ("roles", "held", "asked"),
    [
        ({"commander": {"name": "Incident Commander"}}, {}, "whoever is on call"),
        ({"commander": {"name": "Incident Commander", "falls_to": "bob"}}, {}, "whoever is on call"),
        ({"commander": {"name": "Incident Commander"}}, {"commander": "bob"}, "the Incident Commander"),
        ({"security-lead": {"name": "Security Lead"}}, {"security-lead": "bob"}, "the Security Lead"),
        ({"security-lead": {"name": "Security Lead", "falls_to": "lead"}}, {}, "the Security Lead"),
        (
            {"security-lead": {"name": "Security Lead"}, "commander": {"name": "Incident Commander"}},
            {"commander": "bob"},
            "the Incident Commander",
        ),
        ({}, {}, "whoever is on call"),
    ],
    ids=["free", "falls to another", "held", "lead held", "lead is a post", "only command is held", "no roles"],
)
def test_the_neutral_line_names_somebody_who_is_there(
    roles: dict[str, dict[str, str]], held: dict[str, str], asked: str
) -> None:
    book = runbook(severity(tier("alice")), flags=("security",)).model_copy(
        update={"roles": {key: Role.model_validate(role) for key, role in roles.items()}}
    )
    book.people["lead"] = Person(name="Security Lead")
    simulation = opened(book, flags=("security",))
    demand = sends(simulation, "declaration")[0][1]
    incident = simulation.incident.model_copy(update={"roles": held})
    said = words(book, incident, demand, at(0))
    assert said.text == f"🔒 A private incident is being handled:\nask {asked}."


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


OWN = runbook(
    severity(tier("alice"), own_channel=True, roles=["commander"], updates=UPDATES, unfilled={"after": "0m"}),
    flags=("security", "private", "customer-facing"),
)
OPEN, PRIVATE = "ref:channel/1", "ref:channel/2"


def flagged_later(book: Runbook = OWN) -> Simulation:
    simulation = opened(book)
    happens(simulation, 1, Acknowledged(by="Alice"))
    happens(simulation, 2, FlagChanged(by="Alice", flag="security"))
    simulation.run_to(at(3))
    return simulation


class TestFlaggedLater:
    """An open channel stays open: so what follows is said in another one."""

    def test_a_private_channel_is_opened_and_it_is_declared_there(self) -> None:
        simulation = flagged_later()
        channels = [demand.effect for _, demand in sends(simulation, "channel")]
        assert [each.private for each in channels if isinstance(each, OpenChannel)] == [False, True]
        declared = [post(demand).to.channel for _, demand in sends(simulation, "declaration/channel")]
        assert declared == [OPEN, PRIVATE]
        assert simulation.incident.references["channel"] == PRIVATE

    def test_whoever_was_in_the_old_one_is_invited_to_it(self) -> None:
        invited = [d.effect for _, d in flagged_later().sent if isinstance(d.effect, Invite)]
        assert [(each.channel, each.to) for each in invited] == [(OPEN, "alice"), (PRIVATE, "alice")]

    def test_the_old_one_hears_one_neutral_line_and_nothing_after_it(self) -> None:
        simulation = flagged_later()
        happens(simulation, 4, UpdatePosted(by="Alice", text="the key of the database is out"))
        happens(simulation, 5, HandedOff(by="Alice", to="bob"))
        happens(simulation, 40, Resolved(by="Alice"))
        simulation.run_to(at(50))
        posts = [d for when, d in simulation.sent if when >= at(2) and isinstance(d.effect, Post)]
        assert [demand.duty for demand in posts if post(demand).to.channel == OPEN] == ["left"]
        cards = {d.duty for when, d in simulation.sent if when >= at(2) and isinstance(d.effect, Card)}
        assert cards == {"card/home", "card/left", "card/channel"}
        for _, demand in (*sends(simulation, "left"), *sends(simulation, "card/left")):
            said = words(OWN, simulation.incident, demand, simulation.now)
            assert said.text.startswith("🔒 A private incident")
            assert "Checkout" not in f"{said.subject}{said.text}{said.card}"

    def test_its_card_offers_nothing_any_more(self) -> None:
        demand = sends(flagged_later(), "card/left")[0][1]
        assert isinstance(demand.effect, Card)
        assert demand.effect.offers == ()

    def test_nothing_that_follows_is_said_at_home_or_where_the_runbook_says(self) -> None:
        simulation = flagged_later()
        happens(simulation, 4, UpdatePosted(by="Alice", text="the key of the database is out"))
        simulation.run_to(at(60))
        places = {d.effect.to.channel for when, d in simulation.sent if when > at(2) and isinstance(d.effect, Post)}
        assert places == {PRIVATE}

    def test_that_the_flag_is_taken_away_opens_and_publishes_nothing(self) -> None:
        simulation = flagged_later()
        happens(simulation, 4, FlagChanged(by="Alice", flag="security", on=False))
        happens(simulation, 5, FlagChanged(by="Alice", flag="private"))
        happens(simulation, 6, Resolved(by="Alice"))
        simulation.run_to(at(10))
        assert len(sends(simulation, "channel")) == 2
        assert {d.effect.to.channel for when, d in simulation.sent if when > at(2) and isinstance(d.effect, Post)} == {
            PRIVATE
        }

    def test_without_the_private_one_what_follows_waits_and_people_are_paged(self) -> None:
        shell = PolicyRunner.of(opening(OWN), lambda d: REJECTED if d.key == "channel/2" else Fate())
        shell.happens(2, FlagChanged(by="Alice", flag="security"))
        shell.happens(3, HandedOff(by="Alice", to="bob"))
        shell.run_to(at(20))
        later = [d for when, d in shell.begun if when > at(2) and isinstance(d.effect, Post)]
        assert [demand.duty for demand in later] == []
        assert "a private channel" in {w.waits_for for w in plan(OWN, shell.incident, shell.now).waiting}

    def test_an_open_channel_that_comes_meanwhile_is_left(self) -> None:
        incident = opened(OWN).incident
        demand = sends(opened(OWN), "channel")[0][1]
        flagged = apply(OWN, incident, FlagChanged(by="Alice", flag="security", at=at(1)))
        settled = EffectSettled(
            demand=demand, outcome="done", receipt=Receipt(reference="C0OPEN", name="#open"), at=at(1)
        )
        after = apply(OWN, flagged, settled)
        assert "channel" not in after.references
        assert after.left_channel == "C0OPEN"
