"""How alerts become incidents: which of them are one, and whose service it is."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.vocabulary import meaning, plain
from workflows.policy.runbook.intake import Ignored
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title

_ANY_ALERTS = (
    {"alertname": "HighErrorRate", "severity": "sev1", "source": "alertmanager"},
    {"alertname": "db-17: disk is full", "severity": "warning", "source": "zabbix"},
)
"""With the labels that every alert has, and nothing in common."""


def findings(book: Runbook) -> Iterator[Finding]:
    yield from _grouped_by_severity(book)
    yield from _grouped_by_a_service_that_never_comes(book)
    yield from _twice(book)
    yield from _services(book)
    yield from _grave_words_ignored(book)
    yield from _ignores_everything(book)
    yield from _ignores_what_it_maps(book)


def _path(book: Runbook, label: str) -> RunbookPath:
    return ("intake", "group_by", book.intake.group_by.index(label))


def _grouped_by_severity(book: Runbook) -> Iterator[Finding]:
    for label in {"severity", book.intake.severity_label} & set(book.intake.group_by):
        yield warning(
            _path(book, label),
            f"groups by {label}, which changes while an alert fires",
            "An alert that becomes graver opens a second incident instead of raising the first, which stays open.",
            f"Leave out {label}: the gravest alert of an incident decides how grave it is",
        )


def _grouped_by_a_service_that_never_comes(book: Runbook) -> Iterator[Finding]:
    if "service" in book.intake.group_by and not book.intake.service_labels:
        yield warning(
            _path(book, "service"),
            "groups by the service, which no label names",
            "Alerts that have nothing else to be grouped by are grouped as their sender does.",
            "Name the labels under `service_labels`, or leave out service",
        )


def _twice(book: Runbook) -> Iterator[Finding]:
    labels = book.intake.group_by
    for number, label in enumerate(labels):
        if label in labels[:number]:
            yield warning(
                ("intake", "group_by", number), f"names {label} a second time", "It changes nothing.", "Leave it out"
            )


def _services(book: Runbook) -> Iterator[Finding]:
    services = book.intake.services
    if services and not book.intake.service_labels:
        yield warning(
            ("intake", "services"),
            "is never looked at: no label names the service",
            "Incidents have no service.",
            "Name the labels under `service_labels`",
        )
    for value, service in services.items():
        again = services.get(service, service)
        if again != service:
            yield warning(
                ("intake", "services", value),
                f"becomes {service}, which would itself become {again}",
                f"The map is followed once: such an alert is about {service}.",
                f"Write {value}: {again}, if that is what it is",
            )


def _grave_words_ignored(book: Runbook) -> Iterator[Finding]:
    for label, means in book.intake.severities.items():
        usual = meaning(label)
        if means == "ignore" and usual in ("sev1", "sev2") and plain(label) != usual:  # that, `levels` says
            yield warning(
                ("intake", "severities", label),
                f"is ignored, although elsewhere it means {severity_title(usual)}",
                "Alerts that say so open nothing, and nobody is paged.",
                f"Write {label}: {usual}, or leave it out; to ignore some of them, name these under `ignore`",
            )


def _ignores_everything(book: Runbook) -> Iterator[Finding]:
    for number, entry in enumerate(book.intake.ignore):
        if all(matcher.matches(labels) for labels in _ANY_ALERTS for matcher in entry):
            yield error(
                ("intake", "ignore", number),
                f"ignores everything: all alerts match {_written(entry)}",
                "No alert opens an incident, and nobody is ever paged.",
                "Name what is harmless, such as alertname=Watchdog",
            )


def _ignores_what_it_maps(book: Runbook) -> Iterator[Finding]:
    label = book.intake.severity_label
    for number, entry in enumerate(book.intake.ignore):
        for word, means in book.intake.severities.items():
            if means != "ignore" and len(entry) == 1 and entry[0].label == label and entry[0].matches({label: word}):
                yield warning(
                    ("intake", "ignore", number),
                    f"ignores alerts that say {word}, which `severities` calls {means}",
                    "`ignore` decides: they open nothing.",
                    f"Leave out one of the two, or write {word}: ignore",
                )


def _written(entry: Ignored) -> str:
    return ", ".join(map(str, entry))
