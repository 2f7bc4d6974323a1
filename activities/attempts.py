"""One attempt at a vendor: how long it may take, and from when on an earlier one can have had its effect."""

from datetime import UTC, datetime, timedelta

from workflows.policy.effects.effects import Send

RING_WITHIN_S = 7
"""Seconds for a whole call that rings: a host with several dead addresses takes the time-out for each of them."""
LOOK_WITHIN_S = 1.25
"""Seconds that a page waits for each thing that is better done before it. There are two of them at the most, and two
seconds for the name where a post is rung by whoever holds it (`activities.on_call`): one attempt stays within 11.5, and
the workflow waits for 12 (`workflows.durable.deliveries`)."""
CLOCK_SKEW = timedelta(seconds=60)
"""How far a vendor's clock may be behind ours. Our number: clocks that are kept right differ by far less."""


def begun_at(send: Send) -> datetime:
    """Nothing that the vendor dates before this is of an earlier attempt. The epoch, if there was no attempt."""
    begun = send.first_started_at
    return begun - CLOCK_SKEW if begun else datetime.fromtimestamp(0, UTC)
