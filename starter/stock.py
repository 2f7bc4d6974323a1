"""What is open and who owes what: a list, and then each of them asked how it stands."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from starter.answers import NobodyWorks, NothingOpen, Refused, Summary
from workflows.policy.answers import Status
from workflows.policy.digest import StillOpen, Stock

AT_ONCE = 20
OVER = ("resolved", "cancelled")
"""Phases in which an incident is only watched until it closes."""
Ask = Callable[[str], Awaitable[Status]]
"""An incident's state, by its workflow id."""


async def take(still_open: tuple[Summary, ...], ask: Ask, now: datetime) -> Stock:
    """One that does not answer is listed with what its list entry says, and that it does not answer."""
    places = asyncio.Semaphore(AT_ONCE)

    async def asked(summary: Summary) -> StillOpen:
        async with places:
            try:
                return _standing(summary, await ask(summary.workflow_id))
            except (NobodyWorks, NothingOpen, Refused):
                return _listed(summary).model_copy(update={"answers": False})

    unresolved = [summary for summary in still_open if summary.phase not in OVER]
    return Stock(taken_at=now, incidents=tuple(await asyncio.gather(*map(asked, unresolved))))


def _listed(summary: Summary) -> StillOpen:
    return StillOpen(
        incident=summary.incident,
        title=summary.title,
        severity=summary.severity,
        service=summary.service,
        commander=summary.commander,
        declared_at=summary.started_at,
    )


def _standing(summary: Summary, status: Status) -> StillOpen:
    incident = status.incident
    signs = [at for at in (incident.alive_at, incident.updated_at) if at is not None]
    known = {"acknowledged_by": incident.acknowledged_by, "alive_at": max(signs, default=incident.acknowledged_at)}
    return _listed(summary).model_copy(update=known)
