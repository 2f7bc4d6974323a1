"""What a runbook's `intake` makes of the alerts of a delivery: which incident each belongs to, and how it opens.

Pure. A translator says what was sent (`starter.sources.reading`), this says what it means here.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from starter.runbooks import vocabulary
from starter.sources import text
from starter.sources.reading import FieldProblem, Links, Reading, SentAlert
from workflows.policy.incident.events import Alert
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.reducers.alerts import headline
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import Meaning
from workflows.policy.wire.bounded import LINE, fit
from workflows.policy.wire.model import Instant

Labels = tuple[tuple[str, str], ...]
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
CLOCK_SKEW = timedelta(minutes=5)
"""As much as a sender's clock may be ahead of ours."""
MOST_WORDS = 20
"""That nobody knows, named in an answer."""


@dataclass(frozen=True)
class AlertGroup:
    """What belongs together."""

    name: str
    by: Labels = ()
    """The labels that the runbook groups by; empty: it is the sender's own group."""


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
    by: Labels = ()
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


def group(source: str, reading: Reading, book: Runbook, received_at: Instant) -> Delivery:
    """A batch for each group of alerts."""
    groups: dict[AlertGroup, list[SentAlert]] = {}
    for sent in reading.alerts:
        groups.setdefault(_group_of(source, sent, book.intake, received_at), []).append(sent)
    batches = tuple(_batch(source, reading, group, sent, book, received_at) for group, sent in groups.items())
    problems = (*reading.problems, *_unknown_severities(reading.alerts, book), *_ungrouped(groups, reading, book))
    return Delivery(batches, problems)


def shown(source: str, alert: Alert, intake: Intake) -> Mapping[str, str]:
    """What `group_by` and silences see of an alert: its labels, and by these names what it may say without labels."""
    severity = alert.severity or intake.default_severity
    service = _service(intake, [alert])
    own = {"service": service} if service else {}
    return {"alertname": alert.name, "severity": severity, **alert.labels, **own, "source": source}


def with_severity(reading: Reading, word: str, intake: Intake) -> Reading:
    """The same, this word said by all alerts that say none themselves."""

    def said(sent: SentAlert) -> SentAlert:
        says_one = sent.severity or sent.labels.get(intake.severity_label)
        return (
            sent if says_one or not word or sent.unreadable else replace(sent, severity=word, severity_field=BY_ADDRESS)
        )

    return replace(reading, alerts=tuple(map(said, reading.alerts)))


def alert(sent: SentAlert, intake: Intake, received_at: Instant, group: str = "") -> Alert:
    """What was sent, in our words."""
    service = {intake.service_labels[0]: sent.service} if sent.service and intake.service_labels else {}
    labels = text.labels({**service, **sent.labels, **service})
    means = meaning(intake, sent)
    received = Alert(
        fingerprint=sent.fingerprint,
        status=sent.status,
        name=text.line(sent.name, text.VALUE) or text.line(sent.summary, text.VALUE) or "An alert without a name",
        summary=text.line(sent.summary, text.TEXT),
        starts_at=started(sent.starts_at, received_at),
        dated=sent.dated and is_dated(sent.starts_at, received_at),
        labels=labels,
        link=text.link(sent.link),
        severity=None if means == "ignore" else means,
        harmless=sent.harmless,
        ends=sent.ends,
        group=group,
    )
    return received.model_copy(update={"service": fit(_service(intake, [received]), LINE)})


def workflow_id(source: str, tenant: str, group: str) -> str:
    """Where alerts of a group find their incident: the same for ever, whoever computes it, with no look-up."""
    return f"incident-{source}-{_hashed(source, tenant, group)[:20]}"


def tag(source: str, tenant: str, group: str) -> str:
    """A sender's group, as short as an incident can keep it with each of its alerts."""
    return _hashed(source, tenant, group)[:10]


def _hashed(source: str, tenant: str, group: str) -> str:
    name = "\0".join((source, tenant, group))
    # A lone surrogate is no UTF-8, and still a name.
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()


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
    return stated is not None and stated.year >= 1980 and _in_utc(stated) - received_at <= CLOCK_SKEW


def _in_utc(stated: datetime) -> datetime:
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)


def _group_of(source: str, sent: SentAlert, intake: Intake, received_at: Instant) -> AlertGroup:
    if sent.unreadable or not intake.group_by:
        return AlertGroup(sent.group)
    seen = shown(source, alert(sent, intake, received_at), intake)
    by = tuple((label, seen.get(label, "")) for label in sorted(set(intake.group_by)))
    # All that have none of the labels would be one incident, and the second of them would page nobody.
    return AlertGroup(f"by {json.dumps(by)}", by) if any(value for _, value in by) else AlertGroup(sent.group)


def _ungrouped(
    groups: Mapping[AlertGroup, Sequence[SentAlert]], reading: Reading, book: Runbook
) -> Iterator[FieldProblem]:
    if all(group.by or alerts[0].unreadable for group, alerts in groups.items()):
        return
    yield from reading.ungrouped
    if book.intake.group_by:
        labels = ", ".join(book.intake.group_by)
        yield FieldProblem("labels", f"alerts without {labels} were grouped as their sender does, not by the runbook")


def _batch(
    source: str, reading: Reading, group: AlertGroup, sent: Sequence[SentAlert], book: Runbook, received_at: Instant
) -> Batch:
    ordered = _firing_first(sent)
    tags = {name: tag(source, reading.tenant, name) for name in {each.group for each in ordered}}
    alerts = tuple(alert(each, book.intake, received_at, tags[each.group]) for each in ordered)
    links = _first_of_each(link for each in ordered for link in each.links)
    about = sent[0].unreadable
    incident = workflow_id(source, "" if about else reading.tenant, group.name)
    opening = _opening(source, alerts, links, book, received_at)
    if about:
        return Batch(incident, opening, alerts, remark=not reading.unreadable)
    ended = dict.fromkeys(tags.values(), started(reading.ended_at, received_at)) if reading.ended_at else {}
    return Batch(incident, opening, alerts, reading.truncated, ended, group.by)


def _firing_first(alerts: Iterable[SentAlert]) -> list[SentAlert]:
    return sorted(alerts, key=lambda alert: alert.status != "firing")


def _opening(source: str, alerts: Sequence[Alert], links: Links, book: Runbook, received_at: Instant) -> OpenRequest:
    """What those that fire ask for, which come first; if none does, they all: it is not opened then."""
    firing = [each for each in alerts if each.status == alerts[0].status]
    return OpenRequest(
        runbook=book,
        severity=min(alert.severity or book.intake.default_severity for alert in firing),
        title=headline(firing),
        service=_service(book.intake, firing),
        source=source,
        detected_at=min(received_at, *(alert.starts_at for alert in firing)),
        labels=dict(set.intersection(*(set(alert.labels.items()) for alert in firing))),
        links=links,
    )


def _unknown_severities(alerts: Iterable[SentAlert], book: Runbook) -> Iterator[FieldProblem]:
    """Each word once, wherever it stands."""
    unknown = dict.fromkeys(word(book.intake, sent) for sent in alerts if not meaning(book.intake, sent))
    taken = f"in `intake.severities` of the runbook {book.runbook!r}: taken as {book.intake.default_severity}"
    for place, said in list(unknown)[:MOST_WORDS]:
        if said:
            yield FieldProblem(place, f"nobody knows the word {text.line(said, text.NAME)!r}, and it is not {taken}")


def _first_of_each(links: Iterable[tuple[str, str]]) -> Links:
    chosen: dict[str, str] = {}
    for label, url in links:
        if label not in chosen and text.link(url):
            chosen[label] = url
    return tuple(chosen.items())


def _service(intake: Intake, alerts: Sequence[Alert]) -> str:
    """Not what exports the figures, which is not what is in trouble, unless the runbook calls it something."""
    service = next((value for _, value, _ in services(intake, alerts)), "")
    return intake.services.get(service, service)


def services(intake: Intake, alerts: Sequence[Alert]) -> Iterator[tuple[str, str, Alert]]:
    """Labels that name the service, with their alerts, the best first."""
    for label in intake.service_labels:
        for alert in alerts:
            value = alert.labels.get(label, "")
            if value and (value in intake.services or not _EXPORTER.fullmatch(value)):
                yield label, value, alert
    for label in _WORKLOADS if intake.service_labels else ():
        for alert in alerts:
            if alert.labels.get(label) and any(name in alert.labels for name in intake.service_labels):
                yield label, alert.labels[label], alert
