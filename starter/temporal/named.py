"""Workflows that people know by name: signals to one of them, and questions how it stands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from temporalio.client import WorkflowHandle

from starter.temporal.connection import DEADLINE, QUERY_WITHIN, TemporalConnection
from starter.temporal.redacting import redacted
from starter.temporal.results import NothingOpen
from workflows.policy.incident.events import Event

S = TypeVar("S")


@dataclass(frozen=True)
class NamedWorkflows:
    """Every method raises Unreachable when Temporal is away, and NothingOpen where there is none of that name."""

    connection: TemporalConnection
    workflow_id: Callable[[str], str]
    missing: Callable[[str], str]
    """The error's words for a name that does not exist."""

    async def signal(self, name: str, event: Event) -> None:
        """Temporal keeps it, with or without a worker."""
        signal = str(type(event).model_fields["kind"].default)
        said = redacted(event, self.connection.redact).model_dump(mode="json", exclude_defaults=True)
        async with self.called(name) as handle:
            await handle.signal(signal, said, rpc_timeout=DEADLINE)

    async def state(self, name: str, result_type: type[S]) -> S:
        """Raises NobodyWorks."""
        async with self.called(name) as handle, self.connection.worker(handle.id, QUERY_WITHIN):
            answered: S = await handle.query("state", result_type=result_type, rpc_timeout=QUERY_WITHIN)
        return answered

    @asynccontextmanager
    async def called(self, name: str) -> AsyncIterator[WorkflowHandle[Any, Any]]:
        handle = self.connection.client.get_workflow_handle(self.workflow_id(name))
        try:
            async with self.connection.temporal(handle.id, QUERY_WITHIN + DEADLINE):
                yield handle
        except NothingOpen:
            raise NothingOpen(self.missing(name)) from None
