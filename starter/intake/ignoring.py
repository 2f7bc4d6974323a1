"""Alerts that fire and open nothing: their word says that nothing is wrong, or the runbook's `ignore` names them.

An incident that is open must still get them. An alert that was critical and is harmless now no longer asks for anybody:
so it goes on as an end, which opens nothing and is dropped where nothing is open.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from starter.intake.interpreting import InterpretedAlert, InterpretedReading, word
from starter.sources import text
from workflows.policy.runbook.matchers import Matchers

MOST_REASONS = 20
"""Reasons in an answer: each may be there for many alerts."""


class IgnoredAlerts(BaseModel):
    """Alerts of one delivery that open nothing, and why."""

    why: str
    alerts: int

    def __str__(self) -> str:
        return f"{self.why}" if self.alerts == 1 else f"{self.why} ({self.alerts} alerts)"


def set_aside(reading: InterpretedReading) -> tuple[InterpretedReading, Sequence[IgnoredAlerts]]:
    """The same with the ends of those that open nothing, and what the sender is told of them."""
    counted = Counter[str]()
    alerts = []
    for each in reading.alerts:
        if why := _why(each, reading):
            counted[why] += 1
            end = each.alert.model_copy(update={"status": "resolved", "harmless": True})
            alerts.append(replace(each, alert=end))
        else:
            alerts.append(each)
    ignored = [IgnoredAlerts(why=why, alerts=count) for why, count in counted.most_common(MOST_REASONS)]
    return (reading.only(alerts) if ignored else reading), ignored


def _why(each: InterpretedAlert, reading: InterpretedReading) -> str:
    if each.alert.status != "firing":
        return ""
    sent, intake = each.sent, reading.intake
    if each.means == "ignore":
        name, said = word(intake, sent)
        return f"{name}={text.line(said, text.LONGEST_WORD)} opens nothing: {text.line(sent.name, text.LONGEST_WORD)}"
    if not intake.ignore:
        return ""
    labels = reading.labels(each)
    found = _first_that_matches(intake.ignore, labels)
    matched = ", ".join(map(str, found))
    return f"the runbook ignores {matched}: {text.line(sent.name, text.LONGEST_WORD)}" if found else ""


def _first_that_matches(entries: Iterable[Matchers], labels: Mapping[str, str]) -> Matchers:
    for each in entries:
        for matcher in each:
            if not matcher.matches(labels):
                break
        else:
            return each
    return ()
