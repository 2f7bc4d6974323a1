"""A climb of the ladder and its times: when each rung is due, when it is lost, and when the round is over.

Within a round each rung is due at its own time from the start of the round; a rung that reached nobody makes the next
one due at once (rule 4). A round begins when its first page does: `Incident.round` is a fact, written by a reducer.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from workflows.policy.escalation.ladder import PAGE_BUDGET, Callee, Rung
from workflows.policy.incident.page_statistics import LATE
from workflows.policy.incident.rules import acknowledgement_expires_at
from workflows.policy.incident.settlements import Settlement, got_lost
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook


class Round(NamedTuple):
    number: int
    started_at: datetime


class Step(NamedTuple):
    """A rung in a round."""

    rung: Rung
    round: Round
    due_at: datetime
    instead_of: int | None = None
    """The tier that reached nobody, so that this rung is due before its own time."""


def present_round(book: Runbook, incident: Incident, now: datetime) -> Round:
    """The round that is under way, or the one that begins where an acknowledgement expired."""
    expires_at = acknowledgement_expires_at(book, incident)
    if expires_at is not None and expires_at <= now and incident.round_started_at < expires_at:
        return Round(incident.round + 1, expires_at)
    return Round(incident.round, incident.round_started_at)


def steps(incident: Incident, rungs: list[Rung], climb: Round) -> Iterator[Step]:
    """When each rung of a round is due. A target that was missed is no next tier: it hastens nothing by falling away
    where the tier could not be reached in the first place."""
    gave_up_at: datetime | None = None
    lost: list[int] = []
    for rung in rungs:
        if rung.again and rung.tier in lost:
            continue
        due_at = rung.hold.released(max(_due_at(incident, rung, climb), rung.since))
        early = gave_up_at is not None and gave_up_at < due_at and not rung.again
        if gave_up_at is not None and early:
            due_at = rung.hold.released(max(gave_up_at, rung.since))
        yield Step(rung, climb, due_at, lost[-1] if early else None)
        its_own = _gave_up_at(rung, climb.number, due_at)
        if its_own is not None:
            lost.append(rung.tier)
        gave_up_at = its_own or (gave_up_at if rung.again else None)


def _due_at(incident: Incident, rung: Rung, climb: Round) -> datetime:
    """Counted from the start of the round. The first time, from the opening: if the severity was raised in this round
    (rule 6), or if the rung has a time of its own: called once, or unless it is resolved, which does not care about
    rounds."""
    raised_at = incident.raised_at or incident.opened_at
    may_count = rung.once or rung.unless == "resolved" or raised_at >= climb.started_at
    if may_count and not any(_was_called_before(incident, callee, climb) for callee in rung.callees):
        # It could not be late before it was wanted.
        return max(incident.opened_at + rung.after, raised_at, climb.started_at)
    return climb.started_at + rung.after


def _was_called_before(incident: Incident, callee: Callee, climb: Round) -> bool:
    return callee.settled is not None and incident.first_round <= callee.settled.occurrence < climb.number


def was_lost(incident: Incident, callee: Callee) -> bool:
    """The last page of this rung, since this opening began, did not get through."""
    return callee.settled is not None and callee.has_settled(incident.first_round) and got_lost(callee.settled)


def was_reached(incident: Incident, callee: Callee) -> bool:
    return callee.settled is not None and callee.has_settled(incident.first_round) and not got_lost(callee.settled)


def was_reached_in(callee: Callee, climb: Round) -> bool:
    settled = callee.settled
    return settled is not None and settled.occurrence == climb.number and not got_lost(settled)


def rang_at(settled: Settlement) -> datetime:
    return settled.due_at if settled.settled_at - settled.due_at < LATE else settled.settled_at


def _gave_up_at(rung: Rung, number: int, due_at: datetime) -> datetime | None:
    """When it is clear that a rung reaches nobody; None while somebody was, or may yet be, reached."""
    times = [due_at]
    for callee in rung.callees:
        if callee.settled is not None and callee.settled.occurrence == number:
            latest = callee.repeated if _was_repeated(callee) and callee.repeated else callee.settled
            if not got_lost(latest):
                return None
            times.append(latest.settled_at)
        elif callee.trying is not None:
            times.append(callee.trying.started_at + PAGE_BUDGET)
        else:
            return None
    return max(times)


def _was_repeated(callee: Callee) -> bool:
    """After its own page of this round."""
    return bool(callee.repeated and callee.settled and callee.repeated.due_at > callee.settled.due_at)


def over_at(climb: list[Step]) -> datetime | None:
    """From when the next round counts: all rungs of this one were begun. None: not yet, or nothing is repeated."""
    latest: datetime | None = None
    for step in reversed(climb):  # the last ones are begun last
        if step.rung.once:
            continue
        begun_at = _begun_at(step)
        if begun_at is None:
            return None
        latest = begun_at if latest is None else max(latest, begun_at)
    return latest


def _begun_at(step: Step) -> datetime | None:
    """A rung that went out late moves what follows; one person's page that is still trying does not."""
    times = []
    for callee in step.rung.callees:
        settled, trying, number = callee.settled, callee.trying, step.round.number
        if settled is not None and settled.occurrence >= number:
            due_at, sent_at = settled.due_at, settled.sent_at
        elif trying is not None and callee.is_trying(number):
            due_at, sent_at = trying.due_at, trying.started_at
        elif trying is not None:
            continue
        else:
            return None
        times.append(sent_at if sent_at - due_at >= LATE else due_at)
    return max(step.due_at, min(times, default=step.due_at))
