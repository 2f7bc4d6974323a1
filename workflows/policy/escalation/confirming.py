"""Did a ring reach anybody? Some seconds after it got through the pager is asked, and some minutes later again.

No page waits for that. Only rings are looked at of which the pager can say something (`PagerAlert.followed`). A look
has no settlement of its own: its ring knows how many there were. Where nothing tells us of an answer there
(`PagerAlert.polled`), looks go on as long as the ring stands open.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand
from workflows.policy.runbook.model import Runbook

LOOKS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=3))
"""After a ring got through: a pager that is well has it by the first, and has reached for somebody by the last."""

POLLED_EVERY = timedelta(seconds=30)
POLLED_OFTEN_FOR = timedelta(minutes=10)
"""While a ring is new. Later less often: whoever is awake has answered, or has been rung anew."""
POLLED_LATER = timedelta(minutes=2)


def confirming_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    """One look at each ring at a time, until somebody was reached; of what is polled, until somebody has answered. A
    page about a legal clock outlives its incident, and so do its looks."""
    for key, ring in incident.rings.items():
        if incident.resolved and not rings_for_obligations(incident, key):
            continue
        due_at = _next_look_at(ring)
        if due_at is None:
            continue
        duty, occurrence = duty_key(DutyKind.CONFIRM, incident.effect_key(key)), ring.looks + 1
        build = partial(_look, book, key, ring, due_at, occurrence, duty)
        yield build() if due_at <= now else DeferredDemand(duty, occurrence, due_at, build)


def _next_look_at(ring: PagerAlert) -> datetime | None:
    """None: enough is known of it. What was missed meanwhile is one look, not many."""
    if ring.through_at is None:
        return None
    if not ring.polled:
        is_known = not ring.followed or ring.notified or ring.looks >= len(LOOKS)
        return None if is_known else ring.through_at + LOOKS[ring.looks]
    if ring.state != "ringing":
        return None
    if ring.looked_at is None:
        return ring.through_at + LOOKS[0]
    is_new = ring.looked_at < ring.through_at + POLLED_OFTEN_FOR
    return ring.looked_at + (POLLED_EVERY if is_new else POLLED_LATER)


def _look(
    book: Runbook, key: str, ring: PagerAlert, due_at: datetime, occurrence: int, duty: WrittenDuty
) -> BlockedDemand:
    demand = Demand(
        duty=duty,
        occurrence=occurrence,
        due_at=due_at,
        reason=f"did the page reach {book.person_name(ring.person)}?",
        effect=ConfirmRing(to=ring.person, ring=key, way=ring.way, address=ring.address, reference=ring.reference),
    )
    return BlockedDemand(demand)
