"""What the alerts of a delivery mean by the runbook's `intake`: how grave each is, which service is in trouble.

Pure. A translator says what was sent (`starter.sources.reading`). Here each alert is converted, once, into what an
incident is told of it; every later step reads that.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from starter.intake.identity import tag
from starter.runbooks import vocabulary
from starter.sources import text
from starter.sources.reading import Reading, SentAlert
from workflows.policy.incident.alert import Alert
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import Meaning
from workflows.policy.wire.model import Instant

_EXPORTER = re.compile(
    r"(?:.*[-_])?(?:exporter|kube-state-metrics|cadvisor|kubelet)(?:[-_]\w+)?|node[-_]?exporter|blackbox|node",
    re.IGNORECASE,
)
"""A `job` that measures others: kube-state-metrics speaks of everybody's pods."""
_WORKLOADS = (
    "deployment",
    "statefulset",
    "daemonset",
    "cronjob",
    "app_kubernetes_io_name",
    "app",
    "container",
    "namespace",
)
"""Labels that name what such a job measures."""
BY_ADDRESS = "?severity"
"""Where the word stands that the address says for alerts that say none."""
SENDER_CLOCK_SKEW = timedelta(minutes=5)
"""As much as a sender's clock may be ahead of ours."""


@dataclass(frozen=True)
class InterpretedAlert:
    sent: SentAlert
    """In the sender's words, and never changed on the way."""
    means: Meaning | None
    """What its word for how grave it is stands for. None: nobody knows the word, or there is none."""
    alert: Alert
    """What the incident is told."""


@dataclass(frozen=True)
class InterpretedReading:
    """All that one request brought, with what decides about it."""

    source: str
    book: Runbook
    received_at: Instant
    reading: Reading
    """Of the delivery as a whole; `alerts` may be fewer by now than the sender's."""
    alerts: tuple[InterpretedAlert, ...]

    @property
    def intake(self) -> Intake:
        return self.book.intake

    def only(self, alerts: Iterable[InterpretedAlert]) -> "InterpretedReading":
        return replace(self, alerts=tuple(alerts))

    def labels(self, each: InterpretedAlert) -> Mapping[str, str]:
        """What `ignore`, `group_by` and silences see of it."""
        return shown(self.source, each.alert, self.intake)


def interpret(source: str, reading: Reading, book: Runbook, received_at: Instant) -> InterpretedReading:
    tags = {group: tag(source, reading.tenant, group) for group in {sent.group for sent in reading.alerts}}
    meanings: dict[tuple[str, Meaning | None], Meaning | None] = {}

    def interpreted(sent: SentAlert) -> InterpretedAlert:
        said = word(book.intake, sent)[1], sent.severity_otherwise  # the same for most alerts of a delivery
        if said not in meanings:
            meanings[said] = meaning(book.intake, sent)
        means = meanings[said]
        return InterpretedAlert(sent, means, _alert(sent, means, book.intake, received_at, tags[sent.group]))

    return InterpretedReading(source, book, received_at, reading, tuple(map(interpreted, reading.alerts)))


def shown(source: str, alert: Alert, intake: Intake) -> Mapping[str, str]:
    """What `group_by` and silences see of an alert: its labels, and by these names what it may say without labels."""
    severity = alert.severity or intake.default_severity
    own = {"service": alert.service} if alert.service else {}
    return {"alertname": alert.name, "severity": severity, **alert.labels, **own, "source": source}


def with_severity(reading: Reading, word: str, intake: Intake) -> Reading:
    """The same, this word said by all alerts that say none themselves."""
    if not word:
        return reading

    def said(sent: SentAlert) -> SentAlert:
        says_one = sent.severity or sent.labels.get(intake.severity_label)
        return sent if says_one or sent.unreadable else replace(sent, severity=word, severity_field=BY_ADDRESS)

    return replace(reading, alerts=tuple(map(said, reading.alerts)))


def _alert(sent: SentAlert, means: Meaning | None, intake: Intake, received_at: Instant, group: str) -> Alert:
    """What was sent, in our words."""
    service = {intake.service_labels[0]: sent.service} if sent.service and intake.service_labels else {}
    labels = text.labels({**service, **sent.labels, **service} if service else sent.labels)
    dated = is_dated(sent.starts_at, received_at)
    return Alert(
        fingerprint=sent.fingerprint,
        status=sent.status,
        name=text.line(sent.name, text.LONGEST_VALUE)
        or text.line(sent.summary, text.LONGEST_VALUE)
        or "An alert without a name",
        summary=text.line(sent.summary, text.LONGEST_TEXT),
        starts_at=_in_utc(sent.starts_at) if dated and sent.starts_at else received_at,
        dated=sent.dated and dated,
        labels=labels,
        service=_called(intake, _names_of_services(intake, (labels,))),
        link=text.link(sent.link),
        severity=None if means == "ignore" else means,
        ends=sent.ends,
        group=group,
    )


def word(intake: Intake, sent: SentAlert) -> tuple[str, str]:
    """By which word an alert says how grave it is, after the name of where it stands. Empty: it does not say."""
    if sent.severity:
        return sent.severity_field, sent.severity
    return f"labels.{intake.severity_label}", sent.labels.get(intake.severity_label, "")


def meaning(intake: Intake, sent: SentAlert) -> Meaning | None:
    """What that word stands for: by the runbook, at this sender, or to everybody. None: nobody knows it."""
    _, said = word(intake, sent)
    return _by_runbook(intake, said) or sent.severity_otherwise or vocabulary.meaning(said)


def _by_runbook(intake: Intake, said: str) -> Meaning | None:
    if said in intake.severities:
        return intake.severities[said]
    plain = vocabulary.plain(said)
    return next((name for known, name in intake.severities.items() if vocabulary.plain(known) == plain), None)


def started(stated: datetime | None, received_at: Instant) -> Instant:
    """When an alert began. A missing or zero time (Go writes year 1), or one far ahead of our clock, is now.

    Without a zone it is taken for UTC.
    """
    if stated is None or not is_dated(stated, received_at):
        return received_at
    return _in_utc(stated)


def is_dated(stated: datetime | None, received_at: Instant) -> bool:
    """Is that a time by which an episode is known again? One a little ahead of our clock stays as it was sent: it is
    the same in the repeat, which comes when our clock has passed it."""
    return stated is not None and stated.year >= 1980 and _in_utc(stated) - received_at <= SENDER_CLOCK_SKEW


def _in_utc(stated: datetime) -> datetime:
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)


def service_of(intake: Intake, alerts: Sequence[Alert]) -> str:
    """Not what exports the figures, which is not what is in trouble, unless the runbook calls it something."""
    return _called(intake, _names_of_services(intake, [alert.labels for alert in alerts]))


def services(intake: Intake, alerts: Sequence[Alert]) -> Iterator[tuple[str, str, Alert]]:
    """Labels that name the service, with their alerts, the best first."""
    for label, value, number in _names_of_services(intake, [alert.labels for alert in alerts]):
        yield label, value, alerts[number]


def _called(intake: Intake, names: Iterator[tuple[str, str, int]]) -> str:
    """By the runbook."""
    service = next((value for _, value, _ in names), "")
    return intake.services.get(service, service)


def _names_of_services(intake: Intake, labelled: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, str, int]]:
    """Each with the number of the alert whose label it is, the best first."""
    for label in intake.service_labels:
        for number, labels in enumerate(labelled):
            value = labels.get(label, "")
            if value and (value in intake.services or not _EXPORTER.fullmatch(value)):
                yield label, value, number
    for label in _WORKLOADS if intake.service_labels else ():
        for number, labels in enumerate(labelled):
            if labels.get(label) and any(name in labels for name in intake.service_labels):
                yield label, labels[label], number
