"""How a runbook turns alerts into incidents."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from workflows.policy.runbook.matchers import Matchers
from workflows.policy.runbook.names import LabelName, Meaning, SeverityName
from workflows.policy.time.durations import MINUTE, Duration
from workflows.policy.wire.model import Wire


def _several(matchers: object) -> object:
    """One matcher may stand without a list around it."""
    return [matchers] if isinstance(matchers, str) else matchers


Ignored = Annotated[
    Matchers,
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]


class Intake(Wire):
    """How alerts become incidents of this runbook."""

    severity_label: str = "severity"
    severities: dict[str, Meaning] = {}
    """Value of that label -> severity, or `ignore`: such an alert opens nothing. For words that are not in the built-in
    vocabulary, or that mean something else here."""
    default_severity: SeverityName = "sev2"
    """How grave an alert is that does not say so, or says it in a word that nobody knows."""
    ignore: tuple[Ignored, ...] = Field(
        default=("alertname=Watchdog", "alertname=InfoInhibitor"), max_length=50, validate_default=True
    )
    """Alerts that open nothing, by their labels, as Alertmanager writes matchers (`alertname=~"Test.*"`): those that
    match one entry, and of an entry that is a list, all of it. What stands here replaces the default."""
    service_labels: tuple[str, ...] = ("service", "job")
    """The first of these labels that an alert carries names the service."""
    services: dict[str, str] = {}
    """Value of that label -> service, where the alerts' names for it are not yours. Only these stand in public by
    themselves."""
    group_by: Annotated[tuple[LabelName, ...], Field(max_length=10)] = ()
    """One incident for each combination of values of these labels, from each source; otherwise, and for alerts that
    have none of them, what the sender itself puts together. `alertname`, `service`, `severity` and `source` are always
    there."""
    resolve_with_alerts: bool = True
    """When all alerts of an incident have resolved, so has the incident."""
    new_alert: Literal["tell", "ring"] | None = None
    """What an alert does that is new to an incident that somebody has acknowledged. tell: the channel is told, and
    noted at the pager; ring: whoever acknowledged is paged too. Left out: it rings if it is at least as grave as the
    incident and its name or its service is new there. At most one such ring every `repeat_after`."""
    flap_hold: Duration = Field(default=5 * MINUTE, le=timedelta(hours=1))
    """An alert that fires again within this after it resolved flaps: from then on it must stay resolved for so long
    before its incident is over, and rings nobody meanwhile. What fires is never held; `0m` holds nothing."""
