"""Bounds on how long Temporal is waited for, and its failures in words for people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from starter.temporal.redacting import Redact
from starter.temporal.results import NobodyWorks, NothingOpen, Unreachable
from starter.temporal.unanswered import last_poll, unanswered

# How a server says that it waited in vain, or that it has seen no worker for minutes.
_IN_VAIN = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.FAILED_PRECONDITION}

QUERY_WITHIN = timedelta(seconds=5)
"""How long a person waits for an incident's answer. An incident with a worker answers in milliseconds."""
DEADLINE = timedelta(seconds=4)
"""How long Temporal may take to store something: PagerDuty wants the gateway's answer within 5 s."""


class _NoAnswer(Unreachable):
    """Temporal is silent, or waits for somebody who is."""


class TemporalConnection:
    """How far a client gets."""

    def __init__(self, client: Client, redact: Redact | None = None) -> None:
        """`redact`: for the words of whoever says something through it."""
        self.client = client
        self.redact = redact

    @property
    def address(self) -> str:
        return self.client.service_client.config.target_host

    async def check(self) -> None:
        """Returns if Temporal answers and knows our namespace, otherwise raises Unreachable."""
        async with self.temporal():
            request = DescribeNamespaceRequest(namespace=self.client.namespace)
            await self.client.workflow_service.describe_namespace(request, timeout=DEADLINE)

    async def is_worked(self) -> bool:
        """Has a worker asked for incidents' work within the last five minutes? So long the server remembers."""
        async with self.temporal():
            return await last_poll(self.client) is not None

    @asynccontextmanager
    async def temporal(self, workflow_id: str = "", deadline: timedelta = DEADLINE) -> AsyncIterator[None]:
        """Surrounds a call that Temporal answers by itself.

        The SDK's own retries go on for about 10 s, whatever `rpc_timeout` says. It makes an error of its own of an
        update that is cancelled; whoever waits no longer must not hear that nobody works."""
        before = _cancellations()
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                yield
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            _end_if_cancelled(before)
            raise _NoAnswer(f"Temporal at {self.address} does not answer") from None
        except RuntimeError as error:  # a lazy client's first connection failed
            raise Unreachable(f"Temporal at {self.address} cannot be reached: {error}") from None
        except RPCError as error:
            _end_if_cancelled(before)
            raise self._in_words(error, workflow_id) from None

    @asynccontextmanager
    async def worker(self, workflow_id: str, patience: timedelta) -> AsyncIterator[None]:
        """Surrounds a call that only a worker can answer. Without a worker, the SDK waits for an update without end."""
        try:
            async with self.temporal(workflow_id, patience):
                yield
        except _NoAnswer:
            await self.check()  # raises if it is Temporal that is away, and not the worker
            raise await self.nobody(workflow_id) from None

    async def nobody(self, workflow_id: str) -> NobodyWorks:
        """Why this workflow does not answer."""
        async with self.temporal(workflow_id):
            return await unanswered(self.client, workflow_id)

    def _in_words(self, error: RPCError, workflow_id: str) -> Exception:
        if error.status is RPCStatusCode.NOT_FOUND and workflow_id and not _is_of_namespace(error):
            closed = "already completed" in error.message
            return NothingOpen(f"{workflow_id} is closed already" if closed else f"there is no incident {workflow_id}")
        kind = _NoAnswer if error.status in _IN_VAIN else Unreachable
        return kind(f"Temporal at {self.address} cannot be used: {error.message}")


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _end_if_cancelled(before: int) -> None:
    """Raises CancelledError if somebody has asked for it since."""
    if _cancellations() > before:
        raise asyncio.CancelledError


def _is_of_namespace(error: RPCError) -> bool:
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
