"""How workflow code is run: in Temporal's sandbox, on modules that are shared because they are pure.

One place for the worker, the tests and the replayer.
"""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PURE = (
    "workflows.policy",
    "workflows.texts",
    "pydantic",  # builds its validators once; importing it anew for each workflow costs a second
    "pydantic_core",
    "jinja2",  # a compiled template imports jinja2.runtime when it first runs
    "markupsafe",
)


def runner() -> SandboxedWorkflowRunner:
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PURE))
