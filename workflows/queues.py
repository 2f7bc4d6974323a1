"""The task queues: one for workflows, one for pages, one for everything else that leaves (rule 2); and what goes first
in each (ADR 33)."""

from typing import Final

from temporalio.common import Priority

WORKFLOW_QUEUE = "tocsin"
PAGE_QUEUE = "tocsin-page"
COMMS_QUEUE = "tocsin-comms"

FIRST_IN_LINE: Final = Priority(priority_key=1)
"""A new incident until its first page is out, and the canary, which asks whether somebody works, not how much there is
to do. Of Temporal's five levels: https://docs.temporal.io/develop/task-queue-priority-fairness"""
GRAVE: Final = Priority(priority_key=2)
"""A SEV-1 whose first page is out."""
OPEN: Final = Priority(priority_key=3)
"""Another incident whose first page is out; Temporal's own default."""
AS_ITS_WORKFLOW: Final = Priority.default
QUESTIONS_FIRST: Final = Priority(priority_key=2)
"""Who is on call, and whom a page reached: the next tier may wait for the answer, and a question that nobody took
within a minute is asked again."""
HELD_UP: Final = Priority(priority_key=3)
"""A message that has been on its way already, before all that is sent for the first time."""
MESSAGES: Final = Priority(priority_key=4)
"""What people are told, whoever's."""
LAST_IN_LINE: Final = Priority(priority_key=5)
