"""What recorded workflows decide when they are replayed: `python -m tests.workflows.retracing`, a line each.

Temporal compares an activity with the recorded one by its type alone. Two posts that change places would get each
other's answers and replay all the same; so what is said here is everything: arguments, texts, and the state at the end.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import (
    ContinueAsNewInput,
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    StartActivityInput,
    StartChildWorkflowInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from worker.hosting import runner
from worker.registry import WORKFLOWS

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("*.json"))
_ANYTHING = TypeAdapter[Any](Any)


async def replay(path: Path, interceptors: tuple[Interceptor, ...] = ()) -> None:
    """Raises what the replay ends with."""
    replayer = Replayer(
        workflows=list(WORKFLOWS.values()),
        data_converter=pydantic_data_converter,
        workflow_runner=runner(),
        interceptors=interceptors,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, path.read_text()))


def _say(what: str, *values: object) -> None:
    sys.stdout.write(" ".join((what, *(_ANYTHING.dump_json(value).decode() for value in values))) + "\n")


class _Said(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> "workflow.ActivityHandle[Any]":  # noqa: A002 (the SDK's name)
        _say("activity", input.activity, list(input.args), input.summary)
        return super().start_activity(input)

    async def start_child_workflow(
        self,
        input: StartChildWorkflowInput,  # noqa: A002 (the SDK's name)
    ) -> "workflow.ChildWorkflowHandle[Any, Any]":
        _say("child", input.workflow, input.id, list(input.args))
        return await super().start_child_workflow(input)

    def continue_as_new(self, input: ContinueAsNewInput) -> Any:  # noqa: A002 (the SDK's name)
        _say("continue as new", list(input.args))
        return super().continue_as_new(input)


class _Retraced(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Said(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 (the SDK's name)
        result = await super().execute_workflow(input)
        memo = dict(sorted(workflow.memo().items()))  # a map on the wire, which has no order
        _say("ended", workflow.get_current_details(), memo)
        return result


class Retracer(Interceptor):
    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 (the SDK's name)
    ) -> type[WorkflowInboundInterceptor]:
        return _Retraced


async def main() -> None:
    for path in HISTORIES:
        _say(path.stem)
        await replay(path, (Retracer(),))
    await asyncio.sleep(0.3)  # temporalio/sdk-python#300: the interpreter may crash if it ends at once


if __name__ == "__main__":
    asyncio.run(main())
