"""How much of a history a run of a workflow lets grow before it goes on in a new one (ADR 25)."""

HISTORY_BYTES = 16 * 2**20
"""Temporal ends a workflow at 50 MB, for good, and a worker that is new to it reads all of it first."""
QUIET_EVENTS = 600
"""Events after which an incident or a review is left in the next quiet moment. A worker that is new to it makes each of
its turns again, within the five seconds that a task may take: half a second of a quiet machine, most of them on one
that is ten times slower, or busy."""
HISTORY_EVENTS = 2000
"""... and after which it is left whatever is on its way."""
