"""The workflow `status-page`: keeps what stands on Tocsin's own status page. `policy/watches/public_page.py` decides.

Whoever says something in public writes the page himself (`activities/public_page.py`), so that he knows that it stands
there. This workflow has it written anew when time alone changes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.durable import decoding
from workflows.durable.leaving import must_leave
from workflows.durable.summaries import summary
from workflows.policy.incident.events import stamp
from workflows.policy.views.plan_view import plain
from workflows.policy.watches import public_page as policy
from workflows.policy.watches.public_page import PageRecord
from workflows.queues import COMMS_QUEUE

WRITTEN_WITHIN = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(hours=1)


@workflow.defn(name="status-page")
class PublicPageWorkflow:
    @workflow.init
    def __init__(self, record: PageRecord) -> None:
        self._record = record
        self._news = False
        workflow.set_dynamic_signal_handler(self._on_signal)

    @workflow.run
    async def run(self, record: PageRecord) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        while True:
            self._news = False
            self._show()
            if must_leave(self._record.history_limit, self._record.history_bytes):
                workflow.continue_as_new(self._record)
            if await self._has_come(policy.changes_at(self._record, workflow.now())):
                await self._write()

    async def _has_come(self, at: datetime) -> bool:
        """False: something was said before that."""
        span = max(at - workflow.now(), timedelta(seconds=1))
        try:
            await workflow.wait_condition(
                lambda: self._news, timeout=span, timeout_summary=summary("the status page changes by time alone")
            )
        except TimeoutError:
            return True
        return False

    async def _write(self) -> None:
        """If that fails for an hour, the next who says something, or the next day, writes it."""
        try:
            await workflow.execute_activity(
                "write_status_page",
                task_queue=COMMS_QUEUE,
                start_to_close_timeout=WRITTEN_WITHIN,
                schedule_to_close_timeout=GIVEN_UP_AFTER,
                retry_policy=RetryPolicy(maximum_interval=WRITTEN_WITHIN),
                summary=summary("the status page as it is today"),
            )
        except ActivityError as error:
            workflow.logger.warning("the status page is not written: %s", error.cause)

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Never raises: what cannot be read changes nothing."""
        for event in decoding.decode(policy.PAGE_SIGNALS, name, args):
            self._record = policy.apply(self._record, stamp(event, workflow.now()))
        self._news = True

    def _show(self) -> None:
        lines = (f"- {each.name}: {each.status} since {each.updated_at:%Y-%m-%d %H:%M} UTC" for each in self._open())
        workflow.set_current_details(plain("\n".join(lines) or "nothing is open in public"))

    def _open(self) -> Sequence[policy.PageIncident]:
        return [each for each in self._record.incidents if not each.is_over]

    @workflow.query(name="state", description="what stands on the status page")
    def state(self) -> PageRecord:
        return self._record
