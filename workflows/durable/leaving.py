"""When a workflow that lives long goes on in a new run: before its history is longer than Temporal bears."""

from temporalio import workflow


def must_leave(history_limit: int, history_bytes: int | None = None) -> bool:
    info = workflow.info()
    long = info.get_current_history_length() >= history_limit
    heavy = history_bytes is not None and info.get_current_history_size() >= history_bytes
    return long or heavy or info.is_continue_as_new_suggested()
