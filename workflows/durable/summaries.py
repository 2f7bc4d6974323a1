"""A line for Temporal's UI: of a workflow, an activity or a timer."""

from workflows.policy.views.plan_view import plain
from workflows.policy.wire.bounded import fit

HEAVIEST_SUMMARY = 365
"""Bytes in JSON. Temporal takes a payload of 400 (its `limit.userMetadataSummarySize`), and `encoding: json/plain`, the
quotation marks and protobuf weigh 29. Where a version enforces that, a heavier one fails the task, again and again."""


def summary(text: str) -> str:
    """Temporal's UI reads it as Markdown."""
    return fit(plain(text), HEAVIEST_SUMMARY)
