"""Words that went out and were wrong: what stands there instead, what is left of them, and who is asked if it fails."""

import pytest

from tests.policy.builders import at, happens, lines, opened, opening, runbook, sends, severity, tier
from tests.policy.shell import DONE, NEVER, Fate, PolicyRunner, begun
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Publish
from workflows.policy.incident.events import Mitigated, Outcome, Resolved, UpdatePosted
from workflows.policy.incident.mark import mark
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.reducers.refusals import refusal
from workflows.policy.reducers.root import apply
from workflows.policy.simulation.simulate import Simulation

PAGE = {"owner": "communications", "automatic": ("investigating", "identified", "monitoring")}
BOOK = runbook(severity(tier("alice"), status_page=PAGE))
WRONG, RIGHT = "All data is lost.", "Some data is late. None is lost."


def said(simulation: Simulation) -> list[Publish]:
    found = [d.effect for _, d in (*sends(simulation, "publish/"), *sends(simulation, "correct/"))]
    return [effect for effect in found if isinstance(effect, Publish)]


def never_corrected(demand: Demand) -> Fate:
    return NEVER if demand.duty.startswith("correct/") else DONE


def wrong() -> Simulation:
    """Bob said it to the public after three minutes."""
    simulation = opened(BOOK)
    happens(simulation, 3, UpdatePosted(by="Bob", text=WRONG, public=True))
    simulation.incident = simulation.incident.model_copy(
        update={"public": simulation.incident.public.model_copy(update={"says": WRONG})}
    )
    return simulation


def test_the_update_that_stands_there_is_changed_and_no_other_is_said() -> None:
    simulation = wrong()
    before = said(simulation)
    happens(simulation, 4, PublicCorrected(by="Bob", text=RIGHT))
    *others, last = said(simulation)
    assert others == before
    (published,) = [demand for when, demand in sends(simulation, "publish/") if when == 3]
    assert (last.words, last.approved, last.before) == (RIGHT, True, WRONG)
    assert last.corrects == simulation.incident.vendor_key(published.key)


def test_what_it_said_before_stays_on_the_timeline_and_the_next_update_is_due_as_before() -> None:
    simulation = wrong()
    due = simulation.incident.public.counts_from
    happens(simulation, 4, PublicCorrected(by="Bob", text=RIGHT))
    public = simulation.incident.public
    assert (public.correction, public.corrected_at, public.counts_from) == (None, at(4), due)
    assert f"Bob corrects what the status page says (investigating): {RIGHT}" in lines(simulation.incident)
    assert f"status page: correction of investigating; it said before: {WRONG}" in lines(simulation.incident)


def test_words_that_come_after_it_are_marked_no_more() -> None:
    simulation = wrong()
    happens(simulation, 4, PublicCorrected(by="Bob", text=RIGHT))
    happens(simulation, 5, UpdatePosted(by="Bob", text="It is over soon.", public=True))
    assert simulation.incident.public.corrected_at is None


def test_it_can_be_corrected_again_and_after_the_end() -> None:
    simulation = wrong()
    happens(simulation, 4, PublicCorrected(by="Bob", text="Some."))
    happens(simulation, 5, PublicCorrected(by="Bob", text=RIGHT))
    happens(simulation, 6, Resolved(by="Bob"))
    happens(simulation, 7, PublicCorrected(by="Bob", text="It was nothing."))
    assert [effect.words for effect in said(simulation) if effect.corrects][:2] == ["Some.", RIGHT]
    assert simulation.incident.public.corrected_at is not None


def test_one_change_of_the_page_is_on_its_way_at_a_time() -> None:
    shell = PolicyRunner.of(opening(BOOK), never_corrected)
    shell.happens(1, PublicCorrected(by="Bob", text=RIGHT))
    shell.happens(2, Mitigated(by="Bob"))
    waiting = [(wanted.demand.duty, wanted.waits_for) for wanted in shell.look().waiting]
    assert waiting == [("publish/monitoring", "the update before it to end")]
    assert begun(shell, "correct") == [1]


def test_others_that_take_its_place_while_it_is_on_its_way_go_out_after_it() -> None:
    shell = PolicyRunner.of(opening(BOOK), never_corrected)
    shell.happens(1, PublicCorrected(by="Bob", text="Some."))
    (flying,) = [demand for _, demand in shell.begun if demand.duty == "correct/investigating"]
    shell.fate = lambda demand: DONE
    shell.overtaken(flying, PublicCorrected(by="Bob", text=RIGHT))
    sent = [demand.effect for _, demand in shell.begun if demand.duty == "correct/investigating"]
    assert [effect.words for effect in sent if isinstance(effect, Publish)] == ["Some.", RIGHT]
    assert shell.incident.public.correction is None


def test_what_was_said_meanwhile_is_not_what_is_corrected() -> None:
    """The page said something else between the press and the change: the words that were seen are meant."""
    simulation = wrong()
    meant = simulation.incident.public.said_key
    incident = apply(BOOK, simulation.incident, PublicCorrected(at=at(3), by="Bob", text=RIGHT))
    news = {"said_key": "publish/monitoring/9", "says": "A fix is in place."}
    incident = incident.model_copy(update={"public": incident.public.model_copy(update=news)})
    simulation.incident = incident
    simulation.settle()
    last = said(simulation)[-1]
    assert (last.corrects, last.before) == (incident.vendor_key(meant), WRONG)
    assert simulation.incident.public.says == "A fix is in place."
    assert simulation.incident.public.corrected_at is None


@pytest.mark.parametrize("outcome", ["rejected", "undelivered", "unconnected"])
def test_where_it_cannot_be_changed_whoever_owes_the_page_is_asked_to(outcome: Outcome) -> None:
    simulation = opened(BOOK, {"correct/investigating": outcome})
    happens(simulation, 4, PublicCorrected(by="Bob", text=RIGHT))
    assert simulation.incident.public.correction is None
    assert simulation.incident.public.corrected_at is None
    asked = [line for line in lines(simulation.incident) if "do this by hand: status page: correction of" in line]
    assert len(asked) == 1


def test_where_nothing_stands_there_is_nothing_to_correct() -> None:
    simulation = opened(runbook(severity(tier("alice"))))
    event = PublicCorrected(by="Bob", text=RIGHT)
    assert refusal(BOOK, simulation.incident, event) == (
        "nothing is known to stand on the status page that could be corrected"
    )
    simulation.happen(event)  # as a signal it is never refused
    assert simulation.incident.public.correction is None
    assert "Bob corrected the status page, where nothing is known to stand" in lines(simulation.incident)


def test_who_has_seen_other_words_there_corrects_nothing() -> None:
    simulation = wrong()
    still = PublicCorrected(by="Bob", text=RIGHT, if_still=mark(simulation.incident))
    assert refusal(BOOK, simulation.incident, still) is None
    happens(simulation, 5, UpdatePosted(by="Carol", text="It is over soon.", public=True))
    assert "the status page says investigating in other words now" in (refusal(BOOK, simulation.incident, still) or "")
