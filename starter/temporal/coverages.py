"""The workflows that look whom the pages of a runbook reach: one for each that is loaded."""

from temporalio.common import WorkflowIDConflictPolicy

from starter.temporal.connection import DEADLINE, TemporalConnection
from workflows.durable.summaries import summary
from workflows.policy.watches.coverage import KeptCoverage, coverage_workflow_id
from workflows.policy.watches.installation import Installation
from workflows.queues import WORKFLOW_QUEUE


class Coverages:
    """Every method raises Unreachable when Temporal is away."""

    def __init__(self, connection: TemporalConnection) -> None:
        self._connection = connection

    async def keep(self, there: Installation) -> None:
        """Those that run look anew: a worker that starts may have other settings. Of a runbook that is loaded no more
        it finds that out itself, and ends."""
        for name in there.runbooks:
            async with self._connection.temporal():
                await self._connection.client.start_workflow(
                    "coverage",
                    KeptCoverage(runbook=name),
                    id=coverage_workflow_id(name),
                    task_queue=WORKFLOW_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    start_signal="look",
                    static_summary=summary(f"whom the pages of {name} reach"),
                    rpc_timeout=DEADLINE,
                )
