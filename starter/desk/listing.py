"""What open incidents and reviews have of something, all of them together: follow-ups, legal clocks.

Only those are asked whose rows say that they have any, and one that cannot answer hides none of the others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import TypeVar

from starter.desk.answers import KeptFollowUp, ListedObligation
from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, LookupFailed, NobodyWorks, RefusedByIncident, ReviewSummary, Summary
from starter.temporal.reviews import Reviews
from workflows.durable.clock import Clock
from workflows.policy.incident.follow_up import FollowUp
from workflows.policy.keys import workflow_ids
from workflows.policy.views.results import RunningObligation
from workflows.policy.wire.bounded import EARLIEST

ASKED_AT_ONCE = 20
SILENT = "it does not answer: see its workflow in Temporal"
T = TypeVar("T", FollowUp, RunningObligation)


async def follow_ups(known: Incidents, part: str) -> list[KeptFollowUp]:
    """Of one incident or its review; without a part of its id, of all that are open, what is due first at the top."""
    found = [
        KeptFollowUp(incident=incident, follow_up=each, problem=problem)
        for incident, each, problem in await _of_each(known, part, may_have_follow_ups, _follow_ups_of)
    ]
    return sorted(found, key=lambda each: each.follow_up.due_on if each.follow_up else date.min)


async def obligations(known: Incidents, part: str) -> list[ListedObligation]:
    """Legal clocks that run, the same way; what runs out first at the top."""
    found = [
        ListedObligation(incident=incident, obligation=each, problem=problem)
        for incident, each, problem in await _of_each(known, part, may_owe, _obligations_of)
    ]
    return sorted(found, key=lambda each: each.obligation.due_at if each.obligation else EARLIEST)


def may_have_follow_ups(row: Summary | ReviewSummary) -> bool:
    """By what its row says; of one that says nothing yet it is not known."""
    if isinstance(row, Summary):
        return row.follow_ups > 0 or not row.seen
    return row.record is None or row.record.follow_ups > 0


def may_owe(row: Summary | ReviewSummary) -> bool:
    """The same of legal clocks."""
    if isinstance(row, Summary):
        return bool(row.obligation) or not row.seen
    return row.record is None or row.record.open > 0


async def _of_each(
    known: Incidents,
    part: str,
    may_have: Callable[[Summary | ReviewSummary], bool],
    ask: Callable[[Incidents, FoundIncident], Awaitable[Sequence[T]]],
) -> list[tuple[str, T | None, str]]:
    """By incident; without one, why it is not known. It is raised of one that was named; and of the only one that could
    have any, if that is because no worker runs."""
    found = [await Reviews(known).find_either(part)] if part else await _open(known, may_have)
    turns = asyncio.Semaphore(ASKED_AT_ONCE)

    async def one(each: FoundIncident) -> list[tuple[str, T | None, str]]:
        try:
            async with turns:
                return [(each.incident, answer, "") for answer in await ask(known, each)]
        except (NobodyWorks, RefusedByIncident, LookupFailed) as error:
            if part or (len(found) == 1 and isinstance(error, NobodyWorks) and not error.is_of_one):
                raise
            return [(each.incident, None, SILENT)]

    return [line for lines in await asyncio.gather(*map(one, found)) for line in lines]


async def _open(known: Incidents, may_have: Callable[[Summary | ReviewSummary], bool]) -> list[FoundIncident]:
    rows: list[Summary | ReviewSummary] = [*(await known.list()), *(await Reviews(known).list())]
    return [FoundIncident(workflow_id=row.workflow_id, incident=row.incident) for row in rows if may_have(row)]


async def _follow_ups_of(known: Incidents, found: FoundIncident) -> Sequence[FollowUp]:
    if workflow_ids.is_review(found.workflow_id):
        review = await Reviews(known).status(found)
        incident = review.review.incident
        clock = Clock(incident.declared_at, review.speed)
        return [_on_the_wall(review.follow_up(each), clock) for each in incident.follow_ups]
    state = await known.status(found.workflow_id, found.run_id)
    clock = Clock(state.incident.declared_at, state.speed)
    return [_on_the_wall(state.follow_up(each), clock) for each in state.incident.follow_ups]


def _on_the_wall(kept: FollowUp, clock: Clock) -> FollowUp:
    """The day on which it is due stays the one that somebody has said."""
    ending = kept.ending and kept.ending.model_copy(update={"at": clock.wall(kept.ending.at)})
    return kept.model_copy(update={"added_at": clock.wall(kept.added_at), "ending": ending})


async def _obligations_of(known: Incidents, found: FoundIncident) -> Sequence[RunningObligation]:
    if not workflow_ids.is_review(found.workflow_id):
        state = await known.status(found.workflow_id, found.run_id)
        wall = Clock(state.incident.declared_at, state.speed).wall
        return [
            each.model_copy(update={"people": tuple(map(state.name, each.people)), "due_at": wall(each.due_at)})
            for each in state.obligations
        ]
    review = await Reviews(known).status(found)
    wall = Clock(review.review.incident.declared_at, review.speed).wall
    return [
        RunningObligation(
            name=each.name,
            title=each.title,
            role=each.role,
            people=tuple(map(review.name, each.people)),
            due_at=wall(each.due_at),
            overdue=each.overdue,
        )
        for each in review.owed
        if each.kind == "obligation"
    ]
