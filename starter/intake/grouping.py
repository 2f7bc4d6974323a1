"""Which incident each alert of a delivery belongs to, and how that incident opens. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from starter.intake.identity import BY_LABELS, workflow_id
from starter.intake.interpreting import InterpretedAlert, InterpretedReading, service_of, started, word
from starter.sources import text
from starter.sources.reading import FieldProblem, LabelledLinks
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.reducers.alerts import headline

LabelPairs = tuple[tuple[str, str], ...]
MOST_WORDS = 20
"""That nobody knows, named in an answer."""


class AlertGroup(NamedTuple):
    """What belongs together."""

    name: str
    by: LabelPairs = ()
    """The labels that the runbook groups by; empty: it is the sender's own group."""
    shown: str | None = None
    """See `SentAlert`."""


@dataclass(frozen=True)
class Batch:
    """Alerts that belong to one incident."""

    workflow_id: str
    opening: OpenRequest
    alerts: tuple[Alert, ...]
    truncated: int = 0
    """How many more the group has, of which nothing is known."""
    ended: Mapping[str, datetime] = field(default_factory=dict)
    """The sender's own groups that have ended as a whole: see `AlertsReceived`."""
    by: LabelPairs = ()
    """See `AlertGroup`."""
    remark: bool = False
    """About alerts of the delivery that could not be read: it is none of those that were sent."""


@dataclass(frozen=True)
class Delivery:
    """All that one request brought, for the incidents that it concerns."""

    batches: tuple[Batch, ...] = ()
    problems: tuple[FieldProblem, ...] = ()

    @property
    def endless(self) -> tuple[str, ...]:
        """Alerts by name that fire and never end by themselves."""
        alerts = (alert for batch in self.batches for alert in batch.alerts)
        return tuple(dict.fromkeys(a.name for a in alerts if a.status == "firing" and a.ends == "never"))

    def but(self, problems: Sequence[FieldProblem]) -> "Delivery":
        """The same with problems that the request itself had."""
        return Delivery(self.batches, (*problems, *self.problems))


def group(reading: InterpretedReading) -> Delivery:
    """A batch for each group of alerts."""
    groups: dict[AlertGroup, list[InterpretedAlert]] = {}
    for each in reading.alerts:
        groups.setdefault(_group_of(each, reading), []).append(each)
    batches = tuple(_batch(group, alerts, reading) for group, alerts in groups.items())
    problems = (*reading.reading.problems, *_unknown_severities(reading), *_ungrouped(groups, reading))
    return Delivery(batches, problems)


def _group_of(each: InterpretedAlert, reading: InterpretedReading) -> AlertGroup:
    of_its_sender = AlertGroup(each.sent.group, shown=each.sent.shown_group)
    if each.sent.unreadable or not reading.intake.group_by:
        return of_its_sender
    labels = reading.labels(each)
    by = tuple((label, labels.get(label, "")) for label in sorted(set(reading.intake.group_by)))
    # All that have none of the labels would be one incident, and the second of them would page nobody.
    return AlertGroup(f"{BY_LABELS}{json.dumps(by)}", by) if any(value for _, value in by) else of_its_sender


def _ungrouped(
    groups: Mapping[AlertGroup, Sequence[InterpretedAlert]], reading: InterpretedReading
) -> Iterator[FieldProblem]:
    if all(group.by or alerts[0].sent.unreadable for group, alerts in groups.items()):
        return
    yield from reading.reading.ungrouped
    if reading.intake.group_by:
        labels = ", ".join(reading.intake.group_by)
        yield FieldProblem("labels", f"alerts without {labels} were grouped as their sender does, not by the runbook")


def _batch(group: AlertGroup, grouped: Sequence[InterpretedAlert], reading: InterpretedReading) -> Batch:
    whole, about = reading.reading, grouped[0].sent.unreadable
    ordered = sorted(grouped, key=lambda each: each.alert.status != "firing")
    alerts = tuple(each.alert for each in ordered)
    incident = workflow_id(reading.source, "" if about else whole.tenant, group.name, group.shown)
    opening = _opening(alerts, _first_of_each(link for each in ordered for link in each.sent.links), reading)
    if about:
        return Batch(incident, opening, alerts, remark=not whole.unreadable)
    tags = (alert.group for alert in alerts)
    ended = dict.fromkeys(tags, started(whole.ended_at, reading.received_at)) if whole.ended_at else {}
    return Batch(incident, opening, alerts, whole.truncated, ended, group.by)


def _opening(alerts: Sequence[Alert], links: LabelledLinks, reading: InterpretedReading) -> OpenRequest:
    """What those that fire ask for, which come first; if none does, they all: it is not opened then."""
    firing = [each for each in alerts if each.status == alerts[0].status]
    return OpenRequest(
        runbook=reading.book,
        severity=min(alert.severity or reading.intake.default_severity for alert in firing),
        title=headline(firing),
        service=service_of(reading.intake, firing),
        source=reading.source,
        detected_at=min(reading.received_at, *(alert.starts_at for alert in firing)),
        labels=dict(set(firing[0].labels.items()).intersection(*(alert.labels.items() for alert in firing[1:]))),
        links=links,
    )


def _unknown_severities(reading: InterpretedReading) -> Iterator[FieldProblem]:
    """Each word once, wherever it stands."""
    intake = reading.intake
    unknown = dict.fromkeys(word(intake, each.sent) for each in reading.alerts if not each.means)
    taken = f"in `intake.severities` of the runbook {reading.book.runbook!r}: taken as {intake.default_severity}"
    for place, said in list(unknown)[:MOST_WORDS]:
        if said:
            yield FieldProblem(
                place, f"nobody knows the word {text.line(said, text.LONGEST_WORD)!r}, and it is not {taken}"
            )


def _first_of_each(links: Iterable[tuple[str, str]]) -> LabelledLinks:
    chosen: dict[str, str] = {}
    for label, url in links:
        if label not in chosen and text.link(url):
            chosen[label] = url
    return tuple(chosen.items())
