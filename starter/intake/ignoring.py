"""Alerts that fire and open nothing: their word says that nothing is wrong, or the runbook's `ignore` names them.

What is open already must still hear of them. An alert that was critical and is harmless now no longer asks for anybody:
so it goes on as an end, which opens nothing and is told to nobody where nothing is open.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel

from starter.intake import grouping
from starter.sources import text
from starter.sources.reading import Reading, SentAlert
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.model import Runbook

NAMED = 20
"""Reasons in an answer: each may be there for many alerts."""


class Ignored(BaseModel):
    """Alerts of one delivery that open nothing, and why."""

    why: str
    alerts: int

    def __str__(self) -> str:
        return f"{self.why}" if self.alerts == 1 else f"{self.why} ({self.alerts} alerts)"


def set_aside(source: str, reading: Reading, book: Runbook, now: datetime) -> tuple[Reading, Sequence[Ignored]]:
    """The same with the ends of those that open nothing, and what the sender is told of them."""
    counted = Counter[str]()
    alerts = []
    for sent in reading.alerts:
        if why := _why(source, sent, book.intake, now):
            counted[why] += 1
            sent = replace(sent, status="resolved", harmless=True)
        alerts.append(sent)
    ignored = [Ignored(why=why, alerts=count) for why, count in counted.most_common(NAMED)]
    return (replace(reading, alerts=tuple(alerts)) if counted else reading), ignored


def _why(source: str, sent: SentAlert, intake: Intake, now: datetime) -> str:
    if sent.status != "firing":
        return ""
    if grouping.meaning(intake, sent) == "ignore":
        name, word = grouping.word(intake, sent)
        return f"{name}={text.line(word, text.NAME)} opens nothing: {text.line(sent.name, text.NAME)}"
    if not intake.ignore:
        return ""
    labels = grouping.shown(source, grouping.alert(sent, intake, now), intake)
    found = next((each for each in intake.ignore if all(matcher.matches(labels) for matcher in each)), ())
    matched = ", ".join(map(str, found))
    return f"the runbook ignores {matched}: {text.line(sent.name, text.NAME)}" if found else ""
