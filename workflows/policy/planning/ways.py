"""Several ways to one person: which there are, and what has become of a page by all of them together.

The first way is the page itself, under the key that it always had. Each other is a ring of its own, under a key that
names the page that it stands beside: `reach/2/escalate/1/ann`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from workflows.policy.incident.settlements import Settlement, Start, got_lost, is_declined
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKey, DutyKind, EffectKey, WrittenDuty, duty_of, effect_key, reach_duty
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import ReachStep

WAY_IS_AWAY_AFTER = timedelta(seconds=60)
"""A page that has not got through for so long is as good as lost, where there is another way to the person."""


def ways_to(book: Runbook, incident: Incident, person: str, rang: str = "") -> tuple[str, tuple[ReachStep, ...]]:
    """Whom they lead to, and which they are. A post that has none is reached by those of whoever holds it."""
    somebody = book.people.get(person)
    if somebody is None or somebody.reach or somebody.on_call is None:
        return person, somebody.reach if somebody else ()
    known = incident.on_call.get(person)
    holder = rang or (known.who if known else "")
    return holder, book.people[holder].reach if holder in book.people else ()


def first_way(book: Runbook, person: str) -> ReachStep | None:
    """None: whichever pager knows them."""
    somebody = book.people.get(person)
    return somebody.reach[0] if somebody and somebody.reach else None


def rung_by(book: Runbook, incident: Incident, page: DutyKey) -> tuple[str, ReachStep | None]:
    """Whom the page of a duty rings, and by which of their ways."""
    if page.kind is not DutyKind.REACH:
        return page.person, first_way(book, page.person)
    person, steps = ways_to(book, incident, page.person)
    by_number = {str(number): step for number, step in enumerate(steps, start=1)}
    return person, by_number.get(page.name.partition("/")[0])


def through(book: Runbook, incident: Incident, duty: WrittenDuty) -> Settlement | None:
    """What has become of a page, by whichever way. One that was lost got through if another way has; and as long as
    others are on their way it is not lost. Whoever has said no was reached by none."""
    last = incident.settled.get(duty)
    if last is None or not got_lost(last) or is_declined(last):
        return last
    others = list(_others(book, incident, duty))
    rang = [settled for _, settled in others if settled and _has_rung(settled, last.occurrence)]
    if rang:
        return last.model_copy(update={"outcome": "done", "settled_at": min(settled.settled_at for settled in rang)})
    ended = [settled.settled_at for _, settled in others if settled and settled.occurrence >= last.occurrence]
    hoped_until = [last.settled_at + WAY_IS_AWAY_AFTER] if len(ended) < len(others) else []
    return last.model_copy(update={"settled_at": max((last.settled_at, *ended, *hoped_until))})


def is_replaced(book: Runbook, incident: Incident, start: Start, now: datetime) -> bool:
    """It does not get through, and another way has rung the person: it is withdrawn, or it would ring them again when
    its pager is back."""
    return now >= start.started_at + WAY_IS_AWAY_AFTER and has_stand_in(book, incident, start.duty, start.occurrence)


def has_stand_in(book: Runbook, incident: Incident, duty: WrittenDuty, occurrence: int) -> bool:
    others = _others(book, incident, duty)
    return any(settled is not None and _has_rung(settled, occurrence) for _, settled in others)


def first_ring(incident: Incident, ring_key: str) -> str:
    """The key of the page that a ring stands beside; of a page itself, its own."""
    effect = EffectKey.parse(incident.effect_key(ring_key))
    return effect_key(effect.duty.first_page.written, effect.occurrence) if effect else ring_key


def noted_rings(incident: Incident, keys: Iterable[str]) -> dict[str, str]:
    """One for each person, where a note is read: the last by their first way, or else the last."""
    in_order = sorted(keys, key=lambda key: not _is_beside(incident, key))
    return {incident.rings[key].person: key for key in in_order}


def _is_beside(incident: Incident, ring_key: str) -> bool:
    effect = EffectKey.parse(incident.effect_key(ring_key))
    return effect is not None and effect.duty.kind is DutyKind.REACH


def _has_rung(settled: Settlement, occurrence: int) -> bool:
    return settled.occurrence == occurrence and settled.outcome == "done"


def _others(book: Runbook, incident: Incident, duty: WrittenDuty) -> Iterator[tuple[ReachStep, Settlement | None]]:
    """The ways beside the first that ring, and what became of each."""
    _, steps = ways_to(book, incident, duty_of(duty).person)
    for number, step in enumerate(steps[1:], start=2):
        if not step.is_quiet:
            yield step, incident.settled.get(reach_duty(number, duty))
