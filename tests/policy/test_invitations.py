"""Who is brought into the incident's channel: each once, and nobody waits for it."""

import pytest

from tests.policy.builders import at, happens, opened, opening, runbook, sends, severity, tier
from tests.policy.shell import NEVER, REJECTED, Fate, PolicyRunner, begun
from workflows.policy.effects.card import CardFacts
from workflows.policy.effects.effects import Card, Invite
from workflows.policy.incident.events import Acknowledged, Escalated, Event, RoleAssigned
from workflows.policy.simulation.simulate import Simulation

CHANNEL = runbook(severity(tier("alice"), own_channel=True))
THREAD = runbook(severity(tier("alice")))


def invited(simulation: Simulation) -> list[str]:
    return [demand.effect.to for _, demand in simulation.sent if isinstance(demand.effect, Invite)]


@pytest.mark.parametrize(
    ("event", "who"),
    [
        (None, ["alice"]),  # paged
        (Acknowledged(by="Bob"), ["alice", "bob"]),
        (Acknowledged(by="someone at PagerDuty"), ["alice"]),
        (Acknowledged(by="zoe@example.com"), ["alice", "zoe@example.com"]),  # by Slack's word
        (Escalated(to="carol"), ["alice", "carol"]),
        (RoleAssigned(role="scribe", person="dave"), ["alice", "dave"]),
        (RoleAssigned(role="scribe", person="Zoe"), ["alice", "Zoe"]),
    ],
)
def test_whoever_is_concerned_is_invited_once(event: Event | None, who: list[str]) -> None:
    simulation = opened(CHANNEL)
    if event is not None:
        happens(simulation, 1, event)
        happens(simulation, 2, event)
    simulation.run_to(at(4))
    assert invited(simulation) == who


def test_whoever_acknowledges_as_well_is_invited_too() -> None:
    simulation = opened(CHANNEL)
    for who in ("Bob", "Carol", "zoe@example.com", "Carol"):
        happens(simulation, 1, Acknowledged(by=who))
    simulation.run_to(at(2))
    assert invited(simulation) == ["alice", "bob", "carol", "zoe@example.com"]


def test_into_a_private_channel_nobody_is_invited_for_an_address_that_they_may_have_made_up() -> None:
    simulation = opened(CHANNEL, flags=("security",))
    for who in ("mallory@example.com", "Bob", "zoe@example.com"):
        happens(simulation, 1, Acknowledged(by=who))
    simulation.run_to(at(2))
    assert invited(simulation) == ["alice", "bob"]


def test_whoever_is_concerned_later_is_not_late() -> None:
    simulation = opened(CHANNEL)
    happens(simulation, 30, Acknowledged(by="Bob"))
    simulation.run_to(at(31))
    invitations = [(demand.effect, demand) for _, demand in simulation.sent if isinstance(demand.effect, Invite)]
    assert [demand.due_at for effect, demand in invitations if effect.to == "bob"] == [at(30)]


def test_whoever_is_asked_is_invited() -> None:
    simulation = opened(runbook(severity(tier("alice"), own_channel=True, roles=["communications"])))
    assert invited(simulation) == ["alice", "bob"]


def test_a_thread_needs_no_invitation() -> None:
    assert invited(opened(THREAD)) == []


def test_one_that_hangs_holds_up_nothing() -> None:
    shell = PolicyRunner.of(opening(CHANNEL), lambda d: NEVER if isinstance(d.effect, Invite) else Fate())
    shell.happens(1, RoleAssigned(role="commander", person="bob"))
    shell.run_to(at(20))
    assert begun(shell, "topic") == [1]
    assert begun(shell, "escalate")[-1] > 4


def test_whom_the_chat_does_not_take_stands_on_the_card_and_the_timeline_and_is_not_asked_for_again() -> None:
    shell = PolicyRunner.of(opening(CHANNEL), lambda d: REJECTED if isinstance(d.effect, Invite) else Fate())
    shell.run_to(at(4))
    assert begun(shell, "invite") == [0]
    assert any("Alice could not be brought into the channel: no route" in line.text for line in shell.incident.timeline)
    cards = [d.effect for _, d in shell.begun if isinstance(d.effect, Card) and d.duty == "card/channel"]
    assert isinstance(cards[-1].facts, CardFacts)
    assert cards[-1].facts.unknown == ("Alice",)


def test_the_card_at_home_leads_to_the_channel() -> None:
    """As soon as there is one: the first edit waits for nothing."""
    [(minute, demand)] = sends(opened(CHANNEL), "card/home")
    last = demand.effect
    assert minute == 0
    assert isinstance(last, Card)
    assert isinstance(last.facts, CardFacts)
    assert last.facts.channel == "ref:channel/1"
