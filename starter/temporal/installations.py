"""The running installation as Temporal keeps it: publishing what a worker has loaded, and reading it, worker or not."""

from importlib import metadata

from pydantic import ValidationError
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from starter.temporal.connection import DEADLINE, TemporalConnection
from starter.temporal.results import NothingOpen, Unpublished
from workflows.durable.summaries import summary
from workflows.policy.watches.installation import Installation, differences
from workflows.policy.wire.bounded import fit
from workflows.queues import WORKFLOW_QUEUE

WORKFLOW_ID = "tocsin-installation"
CHANGES = 20
"""As many are said of one publication."""


class Installations:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection
        self._read: tuple[str, Installation] | None = None
        """Installations by run id: the argument of a run never changes."""

    async def current(self) -> Installation:
        """What was published last. Raises Unpublished."""
        handle = self._connection.client.get_workflow_handle(WORKFLOW_ID)
        try:
            async with self._connection.temporal(WORKFLOW_ID):
                run_id = (await handle.describe(rpc_timeout=DEADLINE)).run_id
                if self._read is None or self._read[0] != run_id:
                    handle = self._connection.client.get_workflow_handle(WORKFLOW_ID, run_id=run_id)
                    self._read = run_id, await self._argument(handle)
                return self._read[1]
        except NothingOpen:
            raise Unpublished(
                "no worker has published its runbooks here yet: start `tocsin worker` or `tocsin up`, "
                "or try again in a few seconds"
            ) from None

    async def publish(self, installation: Installation) -> Installation:
        """Replace the publication before; the answer says what that changes."""
        installation = await self._compared(installation)
        async with self._connection.temporal():
            await self._connection.client.start_workflow(
                "installation",
                installation,
                id=WORKFLOW_ID,
                task_queue=WORKFLOW_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
                static_summary=summary(f"runbooks of {installation.published_by}"),
                rpc_timeout=DEADLINE,
            )
        return installation

    async def _compared(self, installation: Installation) -> Installation:
        try:
            before = await self.current()
        except Unpublished:
            return installation
        changed = [str(each) for each in differences(before.publication, installation.publication)]
        if not changed:
            return installation.model_copy(update={"changed": before.changed, "changed_at": before.changed_at})
        listed = tuple(fit(each, 200) for each in changed[:CHANGES])
        return installation.model_copy(update={"changed": listed, "changed_at": installation.published_at})

    async def _argument(self, handle: WorkflowHandle[object, object]) -> Installation:
        """Out of the first event of its history: the server has it, whoever else is away."""
        async for event in handle.fetch_history_events(page_size=1, rpc_timeout=DEADLINE):
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            try:
                [found] = await self._connection.client.data_converter.decode(payloads, [Installation])
            except (ValidationError, ValueError) as error:
                version = metadata.version("tocsin")
                reason = f"{type(error).__name__}: start a worker of this version, or use the worker's"
                raise Unpublished(f"Tocsin {version} cannot read what the worker has published ({reason})") from None
            known: Installation = found
            return known
        raise Unpublished("what the worker has published has no history")
