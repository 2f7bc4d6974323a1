"""What the incident after this one is about. Its alerts say so, and none of what people said of this one."""

from collections.abc import Sequence

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.alert_state import Coming
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.links import is_link


def joined_by(incident: Incident, news: Sequence[Alert], before: Coming | None) -> Coming:
    """What is coming, with these among its alerts. `before`: what was; None if nothing was, or is left of it."""
    each = [*([before] if before else []), *(_coming(incident, alert) for alert in news)]
    if not each:
        return Coming()
    first, *others = each
    return Coming(
        labels={name: said for name, said in first.labels.items() if all(o.labels.get(name) == said for o in others)},
        service=next((one.service for one in each if one.service), ""),
        links=next((one.links[:1] for one in each if one.links), ()),
    )


def _coming(incident: Incident, alert: Alert) -> Coming:
    """A repeat of what this incident knows comes without labels and links (`starter.intake.repeats`): those are
    this incident's."""
    if not alert.labels and alert.fingerprint in incident.alerts:
        return Coming(labels=incident.labels, service=incident.service, links=incident.links)
    links = (("link", alert.link),) if is_link(alert.link) else ()
    return Coming(labels=alert.labels, service=alert.service, links=links)
