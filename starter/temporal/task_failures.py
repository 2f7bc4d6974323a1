"""Why code cannot go on with a workflow, for people: of a replay here, or of the tasks that fail at a worker.

What is not recognized is said as it came, cut: it must never be lost for its form.
"""

import re
from typing import NamedTuple

from temporalio.api.failure.v1 import Failure

from workflows.policy.wire.bounded import cut

FAILURE_MOST = 300
_IN_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_IN_TYPE = re.compile(r'r#type: "([^"]*)"')
_IN_OUR_CODE = re.compile(r'File \\*"[^"]*?((?:workflows|starter|activities)/[\w/]+\.py)\\*", line (\d+)')
_HISTORY_EVENT = re.compile(r"HistoryEvent\(id: (\d+), (\w+)\)")


class _TaskFailure(NamedTuple):
    message: str
    """The outermost."""
    innermost: str
    error: str
    """Of the innermost: the name of its class."""
    traceback: str


def of_replay(failure: str) -> str:
    """One line. The SDK hands on its core's failure as text with all that is nested in it, the innermost type first."""
    messages, errors = _IN_MESSAGE.findall(failure) or [failure], _IN_TYPE.findall(failure) or [""]
    return _in_words(_TaskFailure(messages[0], messages[-1], errors[0], failure))


def of_task(failure: Failure) -> str:
    """One line, of a task that failed at a worker."""
    inner = failure
    while inner.HasField("cause"):
        inner = inner.cause
    error = inner.application_failure_info.type
    return _in_words(_TaskFailure(failure.message, inner.message, error, failure.stack_trace))


def _in_words(failed: _TaskFailure) -> str:
    if "TMPRL1100" in failed.message:
        return _something_else(failed.message.split("Nondeterminism error: ", 1)[-1])
    if "TMPRL1101" in failed.message:
        return "this code does not come to an end with it, or its machine is too busy"
    kind = f"{failed.error}: " if failed.error else ""
    places = _IN_OUR_CODE.findall(failed.traceback)
    where = f" ({places[-1][0]}, line {places[-1][1]})" if places else ""
    return f"this code fails on it: {cut(kind + _on_one_line(failed.innermost), FAILURE_MOST)}{where}"


def _something_else(said: str) -> str:
    found = _HISTORY_EVENT.search(said)
    if found is None:
        return cut(f"this code does something else than what was done: {_on_one_line(said)}", FAILURE_MOST)
    event = f"event {found[1]} ({_spelled(found[2])})"
    if said.startswith("No command scheduled"):
        return f"this code does not do what was done at {event}"
    return f"this code does something else at {event}, or does it at another time"


def _on_one_line(text: str) -> str:
    return " ".join(text.replace("\\n", " ").replace('\\"', '"').split())


def _spelled(event: str) -> str:
    """`ActivityTaskScheduled` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", event).lower()
