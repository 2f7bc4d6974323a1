"""What holds for each kind of effect, a new one too: nothing that fails is silent, and whoever owes it is asked."""

from typing import get_args

import pytest

from tests.policy.builders import T0, declared, ladder, tier
from tests.policy.effects import EVERY
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import (
    Annotate,
    AskOnCall,
    Card,
    ConfirmRing,
    Effect,
    Invite,
    OutsideEffect,
    Receipt,
    SyncPager,
)
from workflows.policy.incident.events import EffectSettled, EffectStarted, Outcome
from workflows.policy.incident.state import Incident
from workflows.policy.planning.wording import what
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import line_kind

BOOK = ladder(tier("alice"))
DUTY = "duty/war-room"


def ended(book: Runbook, effect: Effect, outcome: Outcome, reference: str | None = None) -> Incident:
    demand = Demand(duty=DUTY, due_at=T0, reason="why", effect=effect)
    begun = apply(book, declared(book), EffectStarted(at=T0, real_at=T0, demand=demand))
    receipt = Receipt(reference=reference)
    return apply(book, begun, EffectSettled(at=T0, demand=demand, outcome=outcome, problem="broken", receipt=receipt))


def id_of(effect: Effect) -> str:
    return effect.kind


every = pytest.mark.parametrize("effect", EVERY, ids=id_of)
owed = pytest.mark.parametrize("effect", [each for each in EVERY if isinstance(each, OutsideEffect)], ids=id_of)


def test_there_is_an_example_of_each_kind() -> None:
    models = get_args(get_args(Effect)[0])
    kinds = {kind for model in models for kind in get_args(model.model_fields["kind"].annotation)}
    assert kinds == {effect.kind for effect in EVERY}


@every
@pytest.mark.parametrize("outcome", ["rejected", "undelivered", "unconnected"])
def test_its_failure_stands_on_the_timeline(effect: Effect, outcome: Outcome) -> None:
    assert any("broken" in entry.text for entry in ended(BOOK, effect, outcome).timeline)


@owed
@pytest.mark.parametrize("outcome", ["rejected", "undelivered", "unconnected"])
def test_whoever_owes_it_is_asked_to_do_it_by_hand(effect: OutsideEffect, outcome: Outcome) -> None:
    (asked,) = ended(BOOK, effect, outcome).to_tell
    assert (asked.template, asked.role) == ("by_hand", "commander")
    assert "do this by hand" in asked.text


@owed
def test_what_it_made_is_found_again_under_its_kind(effect: OutsideEffect) -> None:
    assert ended(BOOK, effect, "done", "made-1").references[f"{effect.kind}/war-room"] == "made-1"


@every
def test_the_plan_has_words_for_it(effect: Effect) -> None:
    assert what(BOOK, Demand(duty=DUTY, due_at=T0, reason="why", effect=effect))


@every
def test_the_preview_shows_it_unless_it_only_tidies_up_or_asks_who_is_on_call(effect: Effect) -> None:
    assert bool(line_kind(effect)) != isinstance(effect, SyncPager | Annotate | ConfirmRing | AskOnCall | Card | Invite)
