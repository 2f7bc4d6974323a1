"""One attempt at a page has room for all that it may wait for."""

from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S
from activities.on_call import RUNG_WITHIN_S
from workflows.durable.deliveries import PAGES


def test_whoever_holds_the_post_two_looks_and_the_ring_itself_fit_into_one_attempt() -> None:
    """Cut short, a page would be tried again although it may have rung, and never say why it failed."""
    longest = RUNG_WITHIN_S + 2 * LOOK_WITHIN_S + RING_WITHIN_S
    assert longest < PAGES.start_to_close.total_seconds()
