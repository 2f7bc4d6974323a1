"""What an alert says that its incident does not say itself: its own labels, and its link.

All of it together takes no more room than the incident's labels and links leave of theirs, so that an incident stays as
small as it was: usually those are few, and then many alerts have their own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from workflows.policy.incident.alert import Alert
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.runbook.links import is_link
from workflows.policy.wire.bounded import LABELS, fitting, weight
from workflows.policy.wire.model import Wire

_BRACES = len('"":{"labels":{},"link":""},')
_QUOTES = len('"":"",')


class AlertDetails(Wire):
    labels: Annotated[dict[str, str], AfterValidator(lambda labels: fitting(labels, IncidentBounds.alert_labels))] = {}
    """Those that the incident does not have, or has otherwise."""
    link: Annotated[str, AfterValidator(lambda url: url if len(url) <= IncidentBounds.alert_link else "")] = ""
    """Whole or not at all."""


@dataclass(frozen=True)
class SaidByIncident:
    """What need not be kept again of each alert."""

    labels: Mapping[str, str]
    links: tuple[tuple[str, str], ...]

    @property
    def leaves(self) -> int:
        """Bytes."""
        links = sum(weight(url) for _, url in self.links)
        return LABELS + IncidentBounds.links * IncidentBounds.link - _labels_weight(self.labels) - links

    def beyond(self, alert: Alert) -> AlertDetails:
        own = {name: value for name, value in alert.labels.items() if self.labels.get(name) != value}
        is_new = is_link(alert.link) and alert.link not in {url for _, url in self.links}
        return AlertDetails(labels=own, link=alert.link if is_new else "")


def kept_details(
    kept: Mapping[str, AlertDetails], alerts: Iterable[Alert], said: SaidByIncident
) -> dict[str, AlertDetails]:
    """Also of these. A repeat that comes without labels and link (`starter.intake.repeats`) changes nothing."""
    after = dict(kept)
    for alert in alerts:
        is_one_more = alert.fingerprint not in after
        if not (alert.labels or alert.link) or (is_one_more and len(after) >= IncidentBounds.alert_details):
            continue
        found = said.beyond(alert)
        if found == after.get(alert.fingerprint, AlertDetails()):
            continue
        with_it = after | {alert.fingerprint: found}
        if sum(_weight(*each) for each in with_it.items()) <= said.leaves:
            after = with_it
    return after


def _weight(fingerprint: str, details: AlertDetails) -> int:
    return _BRACES + weight(fingerprint) + _labels_weight(details.labels) + weight(details.link)


def _labels_weight(labels: Mapping[str, str]) -> int:
    return sum(_QUOTES + weight(name) + weight(value) for name, value in labels.items())
