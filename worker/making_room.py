"""A new incident goes before all others until its first page is out; then it makes room for the next new one.

Its place is a property of the workflow, which Temporal gives to each of its turns; only somebody outside can change it.
No page depends on that: where it cannot be changed (an older server, say), the incident stays in front.
https://docs.temporal.io/develop/task-queue-priority-fairness
"""

import asyncio
from datetime import timedelta

import structlog
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio import activity
from temporalio.api.common.v1 import Priority, WorkflowExecution
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionOptionsRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from workflows.policy.effects.effects import Page, Send
from workflows.queues import GRAVE, OPEN

ROOM_WITHIN = timedelta(seconds=5)

log = structlog.get_logger()


class MakingRoom(Interceptor):
    """For the worker of pages."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 (Temporal's name)
        return _AfterPage(next, self._client)


class _AfterPage(ActivityInboundInterceptor):
    def __init__(self, carried_out: ActivityInboundInterceptor, client: Client) -> None:
        super().__init__(carried_out)
        self._client = client
        self._under_way: set[asyncio.Task[None]] = set()

    async def execute_activity(self, input: ExecuteActivityInput) -> object:  # noqa: A002 (Temporal's name)
        """The page's answer does not wait for what comes after it."""
        receipt: object = await super().execute_activity(input)
        info = activity.info()
        of_an_incident = info.workflow_id is not None  # `page-test` is an activity by itself
        if of_an_incident and len(input.args) == 1 and isinstance(send := input.args[0], Send) and _is_first(send):
            run = WorkflowExecution(workflow_id=info.workflow_id or "", run_id=info.workflow_run_id or "")
            task = asyncio.create_task(make_room(self._client, run, send))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return receipt


def _is_first(send: Send) -> bool:
    return isinstance(send.effect, Page) and (send.effect.tier, send.effect.round) == (1, 1)


async def make_room(client: Client, run: WorkflowExecution, send: Send) -> None:
    place = GRAVE if send.severity == "sev1" else OPEN
    request = UpdateWorkflowExecutionOptionsRequest(
        namespace=client.namespace,
        workflow_execution=run,
        workflow_execution_options=WorkflowExecutionOptions(priority=Priority(priority_key=place.priority_key or 0)),
        update_mask=FieldMask(paths=["priority"]),
    )
    try:
        await client.workflow_service.update_workflow_execution_options(request, timeout=ROOM_WITHIN)
    except RPCError as error:
        log.warning("an incident stays in front of others", incident=send.incident, reason=error.message)
