"""Handing alerts on, and the 202 that says that Temporal has them."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from starter.gateway.errors import ErrorBody
from starter.gateway.gateway import Gateway
from starter.gateway.routes.holding import HeldAlerts
from starter.intake.grouping import Batch, Delivery
from starter.intake.ignoring import Ignored
from starter.sources.reading import FieldProblem
from workflows.policy.incident.events import Alert, AlertsReceived

PART = 100
"""Alerts in one signal at most ..."""
PART_BYTES = 150_000
"""... and bytes, unless one alone weighs more: a workflow reads that in one go, and Temporal takes 2 MB."""

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "the sender hung up"},
    401: {"model": ErrorBody, "description": "wrong token or signature"},
    403: {"model": ErrorBody, "description": "reachable from outside, and no secret is set"},
    413: {"model": ErrorBody, "description": "larger than twice TOCSIN_MAX_BODY_BYTES, and signed"},
    503: {"model": ErrorBody, "description": "Temporal is away: send it again (Retry-After)"},
}


class Accepted(BaseModel):
    """Temporal has what is counted here, for good."""

    accepted: int = 0
    """Alerts of those that were sent."""
    incident: str | None = None
    """Workflow id; the first, if there are several."""
    incidents: list[str] = []
    ignored: str | None = None
    """Why nothing was done."""
    opens_nothing: list[Ignored] = []
    """Alerts that fire and open no incident: a harmless word, or the runbook's `ignore`."""
    unreadable: str | None = None
    """Why nothing in it can be read. The incident is about that: "cannot read what ... sends"."""
    held: list[HeldAlerts] = []
    resolve_by_hand: list[str] = []
    """Alerts by name whose sender may never say when they are over: their incident waits for a person's word."""
    problems: list[FieldProblem] = []


def answer(accepted: Accepted) -> Response:
    """Made here, because it is made very often, and FastAPI would look at every field again."""
    return Response(accepted.model_dump_json(), 202, media_type="application/json")


async def deliver(
    gateway: Gateway,
    source: str,
    delivery: Delivery,
    received_at: datetime,
    event_id: str = "",
    held: Sequence[HeldAlerts] = (),
    ignored: Sequence[Ignored] = (),
) -> Accepted:
    """Hand every batch to its incident. Sending the same delivery again does no harm, also after half of it.

    `held` is what a silence has taken of it already, `ignored` what opens nothing of it.
    """
    kept = [*map(str, ignored), *map(str, held)]

    async def hand_on(batch: Batch) -> int:
        accepted = 0
        for event in events_of(source, batch, received_at, event_id):
            if await gateway.alerts.open(batch.workflow_id, gateway.opening(batch), event):
                accepted += len(event.alerts)
        return accepted

    counts = await gateway.to_its_end(asyncio.gather(*(hand_on(batch) for batch in delivery.batches)))
    handed_on = [(batch, count) for batch, count in zip(delivery.batches, counts, strict=True) if count]
    incidents = [batch.workflow_id for batch, _ in handed_on]
    if ignored:
        gateway.counts[source, "ignored"] += 1
    if incidents or not kept:
        gateway.counts[source, "accepted" if incidents else "nothing_open"] += 1
    return Accepted(
        accepted=sum(count for batch, count in handed_on if not batch.remark),
        incident=incidents[0] if incidents else None,
        incidents=incidents,
        opens_nothing=list(ignored),
        held=list(held),
        ignored=None if incidents else "; ".join(kept) or "nothing open",
        resolve_by_hand=list(delivery.endless),
        problems=list(delivery.problems),
    )


def events_of(source: str, batch: Batch, received_at: datetime, event_id: str = "") -> Iterator[AlertsReceived]:
    """What the incident of a batch is told: in parts, of which the last says what has ended as a whole."""
    parts = list(_parts(batch.alerts))
    for number, alerts in enumerate(parts):
        yield AlertsReceived(
            at=received_at,
            id=f"{event_id}/{batch.workflow_id}/{number}" if event_id else "",
            by=source,
            via="alerts",
            alerts=alerts,
            truncated=batch.truncated if number == 0 else 0,
            ended=dict(batch.ended) if number == len(parts) - 1 else {},
        )


def _parts(alerts: Sequence[Alert]) -> Iterator[tuple[Alert, ...]]:
    """The same for the same alerts: a part that is sent again is known by its number."""
    part, together = list[Alert](), 0
    for alert in alerts:
        weight = len(alert.model_dump_json(exclude_defaults=True).encode())
        if part and (len(part) >= PART or together + weight > PART_BYTES):
            yield tuple(part)
            part, together = [], 0
        part.append(alert)
        together += weight
    if part:
        yield tuple(part)
