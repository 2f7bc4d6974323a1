"""The task queues: one for workflows, one for pages, one for everything else that leaves (rule 2)."""

WORKFLOW_QUEUE = "tocsin"
PAGE_QUEUE = "tocsin-page"
COMMS_QUEUE = "tocsin-comms"
