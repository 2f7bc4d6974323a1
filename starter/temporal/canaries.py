"""The canary's executions: one is sent a minute, and each carries on when the gateway has shown itself (ADR 36).

So those before it can be deleted, and Temporal's own list shows the incidents.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.api.common.v1 import WorkflowExecution as ExecutionName
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowExecution, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from starter.temporal.connection import DEADLINE, QUERY_WITHIN, TemporalConnection
from starter.temporal.results import NobodyWorks, NothingOpen, Unreachable
from workflows.policy.watches.heartbeat import GatewayPresence, shown
from workflows.queues import FIRST_IN_LINE, WORKFLOW_QUEUE

CANARY = "tocsin-canary"
CANARY_LIVES = timedelta(seconds=50)
KEPT = timedelta(minutes=5)
"""For people who look whether it is well, and for a replay that has just read the list."""
AT_ONCE = 200
"""How many are deleted after one success: an older version may have left half a million."""
SWEPT_WITHIN = timedelta(seconds=20)
PRESENCE = "gateway"
"""The name in the memo."""

log = structlog.get_logger()


class Canaries:
    """Raises Unreachable when Temporal is away."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection
        self._client = connection.client

    async def presence(self) -> GatewayPresence:
        """When a gateway has shown itself: the last time, and when it was away before."""
        try:
            async with self._connection.temporal(CANARY):
                newest = await self._client.get_workflow_handle(CANARY).describe(rpc_timeout=DEADLINE)
        except NothingOpen:
            return GatewayPresence()
        try:
            return await newest.memo_value(PRESENCE, GatewayPresence(), type_hint=GatewayPresence)
        except ValueError:  # of another version: the next one begins anew, and none is held up by it
            return GatewayPresence()

    async def send(self) -> None:
        """Run the workflow `canary` to its end. Raises NobodyWorks when it does not get there in time."""
        now = datetime.now(UTC)
        presence = shown(await self.presence(), now)
        try:
            async with self._connection.temporal(deadline=CANARY_LIVES + QUERY_WITHIN):
                handle = await self._client.start_workflow(
                    "canary",
                    id=CANARY,
                    task_queue=WORKFLOW_QUEUE,
                    priority=FIRST_IN_LINE,
                    execution_timeout=CANARY_LIVES,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,  # another gateway's is as good
                    memo={PRESENCE: presence},
                )
                await handle.result()
        except WorkflowFailureError as error:
            raise NobodyWorks("the canary did not come through the worker", str(error.cause)) from error
        await self._sweep(now - KEPT, handle.first_execution_run_id)

    async def _sweep(self, until: datetime, own: str | None) -> None:
        """Whatever becomes of that, the canary has come back."""
        try:
            async with self._connection.temporal(deadline=SWEPT_WITHIN):
                async for each in self._ended(until):
                    if each.run_id != own:
                        await self._delete(each)
        except Unreachable as error:
            log.warning("old canaries stay in Temporal's list", problem=str(error))

    def _ended(self, until: datetime) -> AsyncIterator[WorkflowExecution]:
        query = f"WorkflowId = '{CANARY}' AND ExecutionStatus != 'Running' AND StartTime < '{until.isoformat()}'"
        return self._client.list_workflows(query, limit=AT_ONCE, page_size=AT_ONCE, rpc_timeout=DEADLINE)

    async def _delete(self, run: WorkflowExecution) -> None:
        request = DeleteWorkflowExecutionRequest(
            namespace=self._client.namespace,
            workflow_execution=ExecutionName(workflow_id=run.id, run_id=run.run_id),
        )
        with suppress(NothingOpen):  # another gateway was faster, or the list lags
            async with self._connection.temporal(CANARY):
                await self._client.workflow_service.delete_workflow_execution(request, timeout=DEADLINE)
