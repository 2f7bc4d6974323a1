"""A runbook's preview: what the core foresees, in the words in which it would be said."""

from datetime import datetime

from workflows.policy.demand import Demand
from workflows.policy.incident import Incident
from workflows.policy.preview import Course, Line, foresee
from workflows.policy.runbook import Runbook
from workflows.texts import words


def preview(book: Runbook, course: Course) -> list[Line]:
    """What would follow, in the order of time."""
    return foresee(book, course, _say)


def _say(book: Runbook, incident: Incident, demand: Demand, now: datetime) -> str:
    return words(book, incident, demand, now).text
