"""How incidents and reviews stand, for whoever asks; without a worker, what their histories know by themselves."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date

from starter.desk.answers import KeptFollowUp, Remembered, ShownIncident, ShownReview
from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, LookupFailed, NobodyWorks, RefusedByIncident, ReviewSummary, Summary
from starter.temporal.reviews import Reviews
from workflows.policy.keys import workflow_ids
from workflows.policy.views.results import PlanView

ASKED_AT_ONCE = 20
"""Of incidents and reviews that have follow-ups; the others are not asked."""


async def show(known: Incidents, part: str) -> ShownIncident | Remembered:
    """Raises LookupFailed."""
    found = await known.find(part or None, closed=True)
    try:
        state = await known.status(found.workflow_id, found.run_id)
        return ShownIncident(state=state, plan=await known.plan_view(found.workflow_id, found.run_id))
    except NobodyWorks as error:
        return await _remembered(known, found, error)


async def plan(known: Incidents, part: str) -> PlanView | Remembered:
    """Raises LookupFailed."""
    found = await known.find(part or None, closed=True)
    try:
        return await known.plan_view(found.workflow_id, found.run_id)
    except NobodyWorks as error:
        return await _remembered(known, found, error)


async def show_review(known: Incidents, part: str) -> ShownReview | Remembered:
    """Raises LookupFailed."""
    reviews = Reviews(known)
    found = await reviews.find(part or None, closed=True)
    try:
        return ShownReview(state=await reviews.status(found), plan=await reviews.plan_view(found))
    except NobodyWorks as error:
        return await _remembered(known, found, error)


async def follow_ups(known: Incidents, part: str) -> list[KeptFollowUp]:
    """Of one incident or its review; without a part of its id, of all that are open, what is due first at the top."""
    if part:
        return await _follow_ups_of(known, await Reviews(known).find_either(part), asyncio.Semaphore())
    rows: list[Summary | ReviewSummary] = [*(await known.list()), *(await Reviews(known).list())]
    found = [
        FoundIncident(workflow_id=row.workflow_id, incident=row.incident) for row in rows if may_have_follow_ups(row)
    ]
    turns = asyncio.Semaphore(ASKED_AT_ONCE)
    answers = await asyncio.gather(*(_follow_ups_of(known, each, turns) for each in found), return_exceptions=True)
    return sorted(_kept(found, answers), key=lambda each: each.follow_up.due_on if each.follow_up else date.min)


async def _remembered(known: Incidents, found: FoundIncident, error: NobodyWorks) -> Remembered:
    history = await known.history(found.workflow_id, found.run_id)
    return Remembered(incident=found.incident, history=list(history), problem=str(error))


def _kept(
    found: Sequence[FoundIncident], answers: Sequence[list[KeptFollowUp] | BaseException]
) -> Iterator[KeptFollowUp]:
    """One that cannot answer is named, and the others are listed all the same. If none answers, it is said why."""
    for each, answer in zip(found, answers, strict=True):
        if not isinstance(answer, BaseException):
            yield from answer
        elif isinstance(answer, NobodyWorks | RefusedByIncident | LookupFailed) and len(found) > 1:
            yield KeptFollowUp(incident=each.incident, problem="it does not answer: see its workflow in Temporal")
        else:
            raise answer


def may_have_follow_ups(row: Summary | ReviewSummary) -> bool:
    """By what its row says; of one that says nothing yet it is not known."""
    if isinstance(row, Summary):
        return row.follow_ups > 0 or not row.seen
    return row.record is None or row.record.follow_ups > 0


async def _follow_ups_of(known: Incidents, found: FoundIncident, turns: asyncio.Semaphore) -> list[KeptFollowUp]:
    async with turns:
        if workflow_ids.is_review(found.workflow_id):
            incident = (await Reviews(known).status(found)).review.incident
        else:
            incident = (await known.status(found.workflow_id, found.run_id)).incident
    return [KeptFollowUp(incident=found.incident, follow_up=each) for each in incident.follow_ups]
