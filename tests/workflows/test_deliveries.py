"""The table of deliveries and what else knows the kinds of effects agree."""

from typing import cast, get_args

import pytest

from activities.perform import Perform
from workflows.durable.deliveries import EffectDelivery, delivery
from workflows.policy.effects.effects import Effect
from workflows.policy.escalation.confirming import LOOKS
from workflows.policy.wire.model import Wire
from workflows.queues import AS_ITS_WORKFLOW, COMMS_QUEUE, FIRST_IN_LINE, GRAVE, HELD_UP, OPEN, PAGE_QUEUE

KINDS: tuple[type[Wire], ...] = get_args(get_args(Effect)[0])


def rows() -> dict[str, EffectDelivery]:
    return {kind.__name__: delivery(cast("Effect", kind.model_construct())) for kind in KINDS}


@pytest.mark.parametrize("name", rows())
def test_each_effect_goes_to_an_activity_that_works_on_its_queue(name: str) -> None:
    perform = Perform(None, None, None)
    workers = {PAGE_QUEUE: perform.page_activities(), COMMS_QUEUE: perform.comms_activities()}
    row = rows()[name]
    names = [getattr(activity, "__temporal_activity_definition").name for activity in workers[row.policy.queue]]
    assert row.activity in names


@pytest.mark.parametrize("name", ["AskOnCall", "ConfirmRing"])
def test_a_question_goes_before_all_messages(name: str) -> None:
    """A tier may wait for the answer."""
    place = rows()[name].policy.priority.priority_key
    others = {row.policy.priority.priority_key for row in rows().values() if row.policy.queue == COMMS_QUEUE} - {place}
    assert place is not None
    assert FIRST_IN_LINE.priority_key is not None
    assert FIRST_IN_LINE.priority_key < place < min(each for each in (*others, HELD_UP.priority_key) if each)


def test_a_look_at_a_ring_is_not_given_up_before_the_last_one_is_due() -> None:
    """Three that had been given up meanwhile would be all: a page that reached nobody would pass for one that did."""
    assert rows()["ConfirmRing"].policy.give_up_after > LOOKS[-1]


def test_what_ends_a_ring_goes_after_whatever_rings() -> None:
    """Many have acknowledged, and a vendor hangs at which each is to be told: a page waits for none of them."""
    assert rows()["Page"].policy.priority == AS_ITS_WORKFLOW
    place = rows()["SyncPager"].policy.priority.priority_key
    assert place is not None
    assert place > max(each.priority_key or 0 for each in (FIRST_IN_LINE, GRAVE, OPEN))


def test_no_two_kinds_of_effects_share_an_activity() -> None:
    assert len({row.activity for row in rows().values()}) == len(KINDS)


def test_an_effect_that_the_table_does_not_know_is_not_sent_to_the_chat() -> None:
    class Unknown:
        kind = "telegram"

    with pytest.raises(AssertionError, match="unreachable"):
        delivery(Unknown())  # type: ignore[arg-type]  # what mypy would refuse
