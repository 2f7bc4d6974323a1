"""What can be done from a message itself."""

import pytest

from starter.desk.verbs import VERBS, Verb
from tests.policy.builders import happens, opened, post, runbook, sends, severity, tier
from tests.runbooks.courses import NAMES, after, live
from workflows.policy.effects.effects import Post
from workflows.policy.effects.offers import Offer
from workflows.policy.incident.events import Acknowledged, Event, Mitigated, Reopened, Resolved, RoleAssigned
from workflows.policy.reducers.refusals import refusal
from workflows.policy.simulation.simulate import Simulation

ROLES = ["commander", "scribe"]
STEERING = ["Post update", "Change severity", "Escalate to ...", "Mitigated", "Resolve", "Snooze 15m"]
UPDATES = {"every": "15m", "owner": "communications"}
PAGE = {"owner": "communications"}


def labels(simulation: Simulation, duty: str) -> list[str]:
    """Of the last message of that duty."""
    return [offer.label for offer in post(sends(simulation, duty)[-1][1]).offers]


@pytest.mark.parametrize(
    ("duty", "at", "expected"),
    [
        ("declaration", 0, ["Acknowledge", "Take command", "Take Scribe", *STEERING]),
        ("nag/roles", 5, ["Take command", "Take Scribe", "Snooze 15m"]),
        ("remind/channel", 12, ["Post update", "Snooze 15m"]),
        ("update/channel", 15, ["Post update"]),
        ("draft/investigating", 0, ["Approve", "Edit"]),
    ],
)
def test_a_message_offers_what_it_asks_for(duty: str, at: float, expected: list[str]) -> None:
    simulation = opened(runbook(severity(tier("alice"), updates=UPDATES, status_page=PAGE, roles=ROLES)))
    happens(simulation, at, Acknowledged(by="Alice"))
    assert labels(simulation, duty) == expected


def test_a_role_that_is_taken_is_not_offered() -> None:
    simulation = opened(runbook(severity(tier("alice"), roles=ROLES)))
    happens(simulation, 1, RoleAssigned(role="commander", person="bob"))
    happens(simulation, 5, Acknowledged(by="Alice"))
    assert labels(simulation, "nag/roles") == ["Take Scribe", "Snooze 15m"]


def test_the_end_offers_to_go_on() -> None:
    simulation = opened(runbook(severity(tier("alice"))))
    happens(simulation, 3, Resolved(by="Alice"))
    (offer,) = post(sends(simulation, "tell/home")[-1][1]).offers
    assert (offer.verb, bool(offer.confirm)) == ("reopen", True)


def test_where_a_page_does_not_get_through_it_can_be_answered() -> None:
    simulation = opened(runbook(severity(tier("alice"))), {"alice": "rejected"})
    assert labels(simulation, "tell/home") == ["Acknowledge", "Take command"]


OVER, ANEW = Resolved(by="Alice"), Reopened(by="Alice")


@pytest.mark.parametrize(
    ("before", "duty", "pressed", "meanwhile"),
    [((), "declaration", Mitigated(by="Bob"), (OVER, ANEW)), ((OVER,), "tell/home", Reopened(by="Bob"), (ANEW, OVER))],
)
def test_what_changes_much_is_done_only_if_it_still_is_as_the_message_showed(
    before: tuple[Event, ...], duty: str, pressed: Mitigated | Reopened, meanwhile: tuple[Event, ...]
) -> None:
    simulation = opened(runbook(severity(tier("alice"))))
    for event in before:
        happens(simulation, 3, event)
    (offer,) = [each for each in post(sends(simulation, duty)[-1][1]).offers if each.verb == pressed.kind]
    still = pressed.model_copy(update={"if_still": offer.if_still})
    assert refusal(simulation.book, simulation.incident, still) is None
    for event in meanwhile:
        happens(simulation, 4, event)
    assert "it has changed meanwhile" in (refusal(simulation.book, simulation.incident, still) or "")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_shipped_runbook_offers_the_desk_does(name: str) -> None:
    """Named as the desk names it, with fields that it takes."""
    verbs: dict[tuple[str, str], Verb] = {(verb.group, verb.name): verb for verb in VERBS}
    simulation = live(name, "sev1")
    after(simulation, 90)
    simulation.happen(Resolved(by="Alice"))
    after(simulation, 9 * 24 * 60)
    offers = {
        offer.model_dump_json(): offer
        for _, demand in simulation.sent
        if isinstance(demand.effect, Post)
        for offer in demand.effect.offers
    }
    assert offers
    for offer in offers.values():
        verb = verbs[offer.group, offer.verb]
        assert set(offer.said) <= set(verb.fields)
        assert offer.command.startswith("tocsin ")
        if not offer.asks:
            verb.event_of({**_who(offer), **offer.said})


def _who(offer: Offer) -> dict[str, str]:
    """What the press itself says."""
    return {"person": "bob"} if offer.verb == "assign" else {}


def test_a_message_about_several_things_says_which() -> None:
    simulation = live("company", "sev1")
    simulation.happen(Resolved(by="Alice"))
    after(simulation, 49 * 60)
    opened_review = next(d for _, d in simulation.sent if d.duty == "review/opened")
    assert [offer.label for offer in post(opened_review).offers][:2] == [
        "Done: post mortem meeting",
        "Waive: post mortem meeting",
    ]
