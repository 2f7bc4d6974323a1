"""What an incident remembers of its alerts."""

from datetime import datetime, timedelta
from typing import Literal

from workflows.policy.incident.alert import Alert, Ends
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.opening import Links
from workflows.policy.runbook.names import SeverityName
from workflows.policy.wire.bounded import FewLabels, Line, fit
from workflows.policy.wire.model import Instant, Wire


class NewAlerts(Wire):
    """Alerts that joined an incident that was open, to be said together."""

    number: int
    due_at: Instant
    texts: tuple[str, ...]
    more: int = 0
    """Beyond those that are named."""
    rung: tuple[str, ...] = ()
    """Whose page says it: no note is left for them."""

    def in_words(self) -> str:
        count = len(self.texts) + self.more
        if not self.texts:
            return f"{count} new alerts, of which their sender tells no more"
        many = f"{count} new alerts: " if count > 1 else "a new alert: "
        return many + "; ".join(self.texts) + (f"; and {self.more} more" if self.more else "")


class NewAlertRing(NewAlerts):
    """The last ring that new alerts asked for, made or to be made."""

    people: tuple[str, ...]
    fingerprints: tuple[str, ...]
    """Of those that are named: when all have ended before it was made, it is not."""


class AlertState(Wire):
    """What is asked later of one alert of this incident. The rest is in the message that brought it."""

    fingerprint: str
    name: str
    summary: str
    status: Literal["firing", "resolved"]
    starts_at: Instant
    first_seen_at: Instant
    last_seen_at: Instant
    count: int
    """How often it was received."""
    severity: SeverityName | None = None
    """The gravest that it ever asked for."""
    harmless: bool = False
    """It fires at a level that is nobody's concern: it may become grave again without starting anew."""
    ends: Ends = "by-sender"
    group: str = ""
    changed_at: Instant
    """When it was heard of that it fires, or has ended."""
    flaps: bool = False
    """It fired again within the runbook's `flap_hold` of its end, and has not rested since."""
    ended: Literal["said", "presumed", "by-hand"] = "said"
    """Once it has resolved: how that is known. presumed: with its group, unlisted; if it is said to fire after that, it
    does. by-hand: a person resolved the incident, and its sender never says."""

    @classmethod
    def of(cls, alert: Alert, at: datetime, before: "AlertState | None" = None) -> "AlertState":
        """An alert received at a time; `before` is what was known of it."""
        return cls(
            fingerprint=alert.fingerprint,
            name=fit(alert.name, IncidentBounds.alert_name),
            summary=fit(alert.summary, IncidentBounds.alert_summary),
            status=alert.status,
            starts_at=alert.starts_at,
            first_seen_at=before.first_seen_at if before else at,
            last_seen_at=max(at, before.last_seen_at) if before else at,
            changed_at=before.changed_at if before and before.status == alert.status else at,
            flaps=before.flaps if before else False,
            count=alert.count + (before.count if before else 0),
            severity=min((each.severity for each in (alert, before) if each and each.severity), default=None),
            harmless=alert.harmless,
            ends=alert.ends,
            group=alert.group,
        )

    def seen_again(self, alert: Alert, at: datetime) -> "AlertState":
        """It was received, and that says nothing of the present; but it asked for what it asked for."""
        seen = AlertState.of(alert, at, self)
        return self.model_copy(
            update={"last_seen_at": seen.last_seen_at, "count": seen.count, "severity": seen.severity}
        )

    def over(self, ended: Literal["presumed", "by-hand"], at: datetime) -> "AlertState":
        """Without a word of its sender."""
        return self.model_copy(update={"status": "resolved", "ended": ended, "changed_at": at})

    def turned(self, before: "AlertState", hold: timedelta) -> "AlertState":
        """The same, which fires now, or has ended, and did not before: does it flap?"""
        is_quick = self.changed_at - before.changed_at < hold
        return self.model_copy(update={"flaps": is_quick and (self.status == "firing" or before.flaps)})


class Coming(Wire):
    """What the alerts that open the next incident say of it: as much as they have in common."""

    labels: FewLabels = {}
    service: Line = ""
    links: Links = ()
