"""How alerts become incidents: which of them are one, and whose service it is."""

from collections.abc import Iterator

from starter.lint.finding import Finding, Path, warning
from workflows.policy.runbook import Runbook


def findings(book: Runbook) -> Iterator[Finding]:
    yield from _grouped_by_severity(book)
    yield from _grouped_by_a_service_that_never_comes(book)
    yield from _twice(book)
    yield from _services(book)


def _path(book: Runbook, label: str) -> Path:
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
