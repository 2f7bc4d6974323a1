"""When a run of a workflow has become too much, and goes on as a new one."""

from temporalio import workflow


def is_long_or_heavy(events: int, size: int) -> bool:
    """Has its history reached that many events, or bytes? Whatever is on its way then."""
    info = workflow.info()
    return info.get_current_history_length() >= events or info.get_current_history_size() >= size


def must_leave(events: int, size: int) -> bool:
    """Or has Temporal suggested it: there is more that it bounds, such as the number of updates."""
    return is_long_or_heavy(events, size) or workflow.info().is_continue_as_new_suggested()
