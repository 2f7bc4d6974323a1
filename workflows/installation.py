"""The workflow `installation`: a record of what the worker has loaded, which can be read while no worker runs.

It does nothing. Its argument is the record (ADR 0018); another publication takes its place as another run.
"""

from temporalio import workflow

from workflows.policy.views.plan_view import plain
from workflows.policy.watches.installation import Installation, Publication


@workflow.defn(name="installation")
class InstallationWorkflow:
    @workflow.init
    def __init__(self, installation: Installation) -> None:
        self._publication = installation.publication

    @workflow.run
    async def run(self, installation: Installation) -> None:  # noqa: ARG002 (Temporal passes it here as well)
        workflow.set_current_details(_in_words(self._publication))
        await workflow.wait_condition(lambda: False)

    @workflow.query(name="state", description="which runbooks are loaded, and how this installation runs")
    def state(self) -> Publication:
        return self._publication


def _in_words(said: Publication) -> str:
    books = (f"- {plain(name)} ({content})" for name, content in said.runbooks.items())
    return "\n".join((f"default runbook: {plain(said.default)}; published by {plain(said.published_by)}", "", *books))
