"""How much of a history a run of a workflow lets grow before it goes on in a new one."""

HISTORY_BYTES = 16 * 2**20
"""Temporal ends a workflow at 50 MB, for good, and a worker that is new to it reads all of it first: within the five
seconds that a task may take."""
