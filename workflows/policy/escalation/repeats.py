"""Nobody is left in silence: while nobody has answered, whoever was reached last is called again.

No stretch without a ring is longer than `acknowledge.within` (or `repeat_after`): the tier that was reached last is
called again so long after the last ring, unless a page of the ladder is due before that. Its keys count in seconds
since the declaration: each is later than the one before, in whichever round.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from workflows.policy.escalation.climb import Step, rang_at, was_reached_in
from workflows.policy.escalation.ladder import PAGE_BUDGET, Callee, target
from workflows.policy.escalation.paging import page
from workflows.policy.incident.rules import rules
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.planning.conditions import is_emergency
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import MINUTE, write


def repeats(
    book: Runbook,
    incident: Incident,
    climb: list[Step],
    others: Sequence[BlockedDemand | DeferredDemand],
    now: datetime,
) -> Iterator[BlockedDemand | DeferredDemand]:
    """The next ring of the tier that was reached last; `others` are the pages of the ladder."""
    yield from _still_trying(incident, climb)
    last = _reached_last(climb)
    if last is None or not last.rung.rings_again:
        return
    coming = min((each.due_at for each in others if each.key not in incident.started), default=None)
    for callee in last.rung.callees:
        silent_until = _last_ring(incident, climb, last, callee) + every(book, incident)
        due_at = last.rung.hold.released(max(silent_until, _may_get_through_until(climb) or silent_until))
        ladder_is_sooner = coming is not None and coming <= max(due_at, now)
        if callee.trying is None and not ladder_is_sooner:
            build = partial(_repeat, incident, last, callee, due_at)
            yield (
                build()
                if due_at <= now
                else DeferredDemand(_duty(last, callee), _occurrence(incident, due_at), due_at, build)
            )


def every(book: Runbook, incident: Incident) -> timedelta:
    """The longest stretch without a ring while nobody has answered."""
    acknowledge, pause = rules(book, incident).acknowledge, rules(book, incident).repeat_after
    within = None if is_emergency(book, incident) else target(book, incident)
    if within is None:
        return pause
    return max(within, pause if acknowledge.within == "next-business-day" else MINUTE)


def between_rounds(book: Runbook, incident: Incident, climb: list[Step]) -> timedelta:
    """Whoever was called last has their time to answer; where nobody was reached there is nothing to wait for."""
    pause = rules(book, incident).repeat_after
    has_time = isinstance(rules(book, incident).acknowledge.within, timedelta) and _reached_last(climb) is not None
    return max(pause, every(book, incident)) if has_time else pause


def _reached_last(climb: list[Step]) -> Step | None:
    reached = [step for step in climb if not (step.rung.once or step.rung.again) and any(_reached(step))]
    return max(reached, key=lambda step: (step.rung.after, step.rung.tier), default=None)


def _reached(step: Step) -> Iterator[Callee]:
    return (callee for callee in step.rung.callees if was_reached_in(callee, step.round))


def _last_ring(incident: Incident, climb: list[Step], last: Step, callee: Callee) -> datetime:
    """Of this round to anybody, by the ladder; to this person in whatever way, through or not."""
    rings = [rang_at(each.settled) for step in climb for each in _reached(step) if each.settled]
    own = (incident.settled.get(duty) for duty in (_duty(last, callee), duty_key(DutyKind.CALL, callee.person)))
    return max((*rings, *(rang_at(each) for each in own if each and each.due_at > last.round.started_at)))


def _may_get_through_until(climb: list[Step]) -> datetime | None:
    """A page that was just begun is as good as a ring; not for long."""
    flying = (callee.trying for step in climb for callee in step.rung.callees if callee.is_trying(step.round.number))
    return max((begun.started_at + PAGE_BUDGET for begun in flying if begun), default=None)


def _still_trying(incident: Incident, climb: list[Step]) -> Iterator[BlockedDemand]:
    """What was begun goes on until it is through, also into the next round; not if the ladder was begun anew."""
    since = incident.renewed.at if incident.renewed else incident.opened_at
    for step in climb:
        for callee in step.rung.callees:
            begun = callee.trying
            if begun and begun.duty == _duty(step, callee) and begun.due_at > since and not step.rung.again:
                yield _repeat(incident, step, callee, begun.due_at, begun.occurrence)


def _repeat(
    incident: Incident, step: Step, callee: Callee, due_at: datetime, occurrence: int | None = None
) -> BlockedDemand:
    silence = write(max(due_at - step.round.started_at, MINUTE))
    first = step.round.number == 1  # later `nobody has answered for 10m` would say that it has only just begun
    said = f"nobody has answered for {silence}:" if first else f"still nobody, {silence} later: {_round(step)},"
    reason = f"{said} tier {step.rung.tier} again"
    once_more = callee._replace(duty=_duty(step, callee))
    return page(incident, step, once_more, due_at, reason, occurrence or _occurrence(incident, due_at))


def _round(step: Step) -> str:
    return f"round {step.round.number} of the ladder"


def _duty(step: Step, callee: Callee) -> WrittenDuty:
    return duty_key(DutyKind.REPEAT, callee.person, step.rung.tier)


def _occurrence(incident: Incident, due_at: datetime) -> int:
    return incident.seconds_since_declared(due_at) + 1
