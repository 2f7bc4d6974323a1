"""The workflow `coverage`: looks each day whether the pages of one runbook lead to somebody, and says what is new.

Of a post that is held in turns its `shift` says it. This one says it of everybody else, so that a runbook without a
rota is looked at, too.
"""

from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from workflows.durable.asking import ask
from workflows.durable.home_posts import HomeChannel, post_at_home
from workflows.durable.leaving import must_leave
from workflows.durable.summaries import summary
from workflows.policy.rota.coverage import CoverageGaps, CoverageQuestion, in_the_days_ahead, known_by, unsaid
from workflows.policy.time.durations import DAY, HOUR
from workflows.policy.watches.coverage import KeptCoverage


@workflow.defn(name="coverage")
class CoverageWorkflow:
    @workflow.init
    def __init__(self, kept: KeptCoverage) -> None:
        self._kept = kept
        self._news = False
        workflow.set_dynamic_signal_handler(self._on_signal)

    @workflow.run
    async def run(self, kept: KeptCoverage) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        is_loaded = True
        while is_loaded or self._news:
            self._news = False
            found = await self._look()
            is_loaded = found is None or found.is_loaded
            if self._news or not is_loaded:
                continue
            if must_leave(self._kept.history_limit, self._kept.history_bytes):
                workflow.continue_as_new(self._kept)
            await self._rest(HOUR if found is None else DAY)

    async def _look(self) -> CoverageGaps | None:
        """None: it could not be found out."""
        now, book = workflow.now(), self._kept.runbook
        try:
            asked = CoverageQuestion(runbook=book, begin=now)
            found = await ask("check_coverage", [asked], CoverageGaps, f"do the pages of {book} lead to somebody?")
        except ActivityError:
            return None
        new, home = unsaid(found.gaps, self._kept.missing), HomeChannel(book, found.home, found.zone)
        text = in_the_days_ahead(new, found.zone, now, book)
        failed = new if new and not await post_at_home(home, "coverage", "coverage", now, text) else ()
        self._kept = self._kept.model_copy(update={"missing": known_by(found.gaps, failed)})
        return found

    async def _rest(self, span: timedelta) -> None:
        why = summary(f"the next look at whom the pages of {self._kept.runbook} reach")
        try:
            await workflow.wait_condition(lambda: self._news, timeout=span, timeout_summary=why)
        except TimeoutError:
            return

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:  # noqa: ARG002 (as Temporal calls it)
        """Whatever it is: somebody wants it to be looked at now."""
        self._news = True

    @workflow.query(name="state", description="what is missing, as it was last said")
    def state(self) -> KeptCoverage:
        return self._kept
