"""Incidents and reviews as a list shows them, without a worker that would have to run them; and what reading costs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from workflows.durable import search_attributes as attributes
from workflows.policy.views.standing import STANDING_MEMO, IncidentStanding


async def incident_row(
    client: Client,
    incident: str,
    urgency: int | None = 10,
    severity: str = "sev1",
    standing: IncidentStanding | None = None,
    more: Mapping[str, object] | None = None,
) -> WorkflowHandle[Any, Any]:
    """Open, and nobody runs it."""
    named: list[SearchAttributePair[Any]] = [
        SearchAttributePair(attributes.INCIDENT, incident),
        SearchAttributePair(attributes.INCIDENT_LETTERS, incident.rpartition("-")[2]),
        SearchAttributePair(attributes.SEVERITY, severity),
        SearchAttributePair(attributes.PHASE, "investigating"),
    ]
    if urgency is not None:
        named.append(SearchAttributePair(attributes.URGENCY, urgency))
    memo = {"title": f"Title of {incident}", STANDING_MEMO: standing or IncidentStanding(), **(more or {})}
    return await client.start_workflow(
        "incident",
        id=f"incident-test-{incident}",
        task_queue="nobody",
        search_attributes=TypedSearchAttributes(named),
        memo=memo,
    )


async def review_row(client: Client, incident: str, due_at: datetime | None) -> WorkflowHandle[Any, Any]:
    """Open, and nobody runs it."""
    named: list[SearchAttributePair[Any]] = [
        SearchAttributePair(attributes.INCIDENT, incident),
        SearchAttributePair(attributes.INCIDENT_LETTERS, incident.rpartition("-")[2]),
        SearchAttributePair(attributes.SEVERITY, "sev1"),
    ]
    if due_at is not None:
        named.append(SearchAttributePair(attributes.REVIEW_DUE_AT, due_at))
    return await client.start_workflow(
        "review",
        id=f"review-{incident}",
        task_queue="nobody",
        search_attributes=TypedSearchAttributes(named),
        memo={"title": f"Title of {incident}"},
    )


@contextmanager
def calls_of(client: Client) -> Iterator[Counter[str]]:
    """What goes over the wire meanwhile, by the name of the call."""
    counted = Counter[str]()
    service = client.service_client
    really = service._rpc_call

    async def count(rpc: str, *args: Any, **kwargs: Any) -> Any:
        counted[rpc] += 1
        return await really(rpc, *args, **kwargs)

    with patch.object(service, "_rpc_call", count):
        yield counted
