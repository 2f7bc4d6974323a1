"""The task queues. Workflows and pages share one: a turn that wants a page then starts it with its own answer, where
the same process has a slot for pages free (ADR 33). Nothing else is on it: each kind of task has slots of its own
(rule 2). Everything else that leaves has a queue to itself."""

WORKFLOW_QUEUE = "tocsin"
PAGE_QUEUE = WORKFLOW_QUEUE
FORMER_PAGE_QUEUE = "tocsin-page"
"""Where an older version put its pages: what still waits there leaves."""
COMMS_QUEUE = "tocsin-comms"
