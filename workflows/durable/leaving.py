"""When the history of a run has become too long or too heavy, and the workflow continues as new."""

from temporalio import workflow


def is_long_or_heavy(events: int, size: int) -> bool:
    """Has the history reached that many events, or bytes? Then the run ends even while sends are under way."""
    info = workflow.info()
    return info.get_current_history_length() >= events or info.get_current_history_size() >= size


def must_leave(events: int, size: int) -> bool:
    """Or has Temporal suggested it: there is more that it bounds, such as the number of updates."""
    return is_long_or_heavy(events, size) or workflow.info().is_continue_as_new_suggested()
