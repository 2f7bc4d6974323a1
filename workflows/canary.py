"""The workflow `canary`: goes through gateway, Temporal and worker once a minute; only then is the dead man's switch
called, whose silence is somebody else's alarm (issue: who watches the watcher)."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.queues import COMMS_QUEUE, FIRST_IN_LINE, PAGE_QUEUE

QUICKLY = timedelta(seconds=10)
ONCE = RetryPolicy(maximum_attempts=1)


@workflow.defn(name="canary")
class CanaryWorkflow:
    @workflow.run
    async def run(self) -> None:
        for queue in (PAGE_QUEUE, COMMS_QUEUE):
            await workflow.execute_activity(
                "canary",
                task_queue=queue,
                schedule_to_close_timeout=QUICKLY,
                retry_policy=ONCE,
                priority=FIRST_IN_LINE,
                summary="alive?",
            )
        await workflow.execute_activity(
            "call_dead_mans_switch",
            task_queue=COMMS_QUEUE,
            schedule_to_close_timeout=2 * QUICKLY,
            start_to_close_timeout=QUICKLY,
            priority=FIRST_IN_LINE,
            summary="tell the outside that everything works",
        )
