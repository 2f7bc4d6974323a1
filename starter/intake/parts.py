"""A batch in signals that an incident can read in one go."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from starter.intake.grouping import Batch
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.wire.model import Wire

ALERTS_A_PART = 100
"""Alerts in one signal at most ..."""
BYTES_A_PART = 150_000
"""... and bytes, unless one alone weighs more: a workflow reads that in one go, and Temporal takes 2 MB."""


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
    if len(alerts) == 1 or (len(alerts) <= ALERTS_A_PART and _weight(AlertsReceived(alerts=alerts)) <= BYTES_A_PART):
        yield tuple(alerts)  # nearly always
        return
    part, together = list[Alert](), 0
    for alert in alerts:
        weight = _weight(alert)
        if part and (len(part) >= ALERTS_A_PART or together + weight > BYTES_A_PART):
            yield tuple(part)
            part, together = [], 0
        part.append(alert)
        together += weight
    if part:
        yield tuple(part)


def _weight(said: Wire) -> int:
    """In bytes, as it travels."""
    return len(said.model_dump_json(exclude_defaults=True).encode())
