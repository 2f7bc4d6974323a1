"""Counts what became of each delivery, and says it loudly where one was not taken."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from starter.gateway.rejected_webhooks import NOWHERE, RejectedWebhooks
from starter.sources.reading import Unreadable, Webhook
from starter.sources.refusal import Refusal
from starter.sources.source import Source


@dataclass(frozen=True)
class Outcomes:
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, what became of a delivery) -> how often."""
    rejected_webhooks: RejectedWebhooks = field(default_factory=RejectedWebhooks)

    def count(self, source: Source, outcome: str, times: int = 1) -> None:
        self.counts[source.name, outcome] += times

    def forged(self, source: Source, webhook: Webhook) -> None:
        """Its token or signature is wrong."""
        self.count(source, "refused")
        self.rejected_webhooks.refused(source, webhook.received_at, webhook.sender)

    def refusal(self, source: Source, status: int, error: str, at: datetime, sender: str) -> Refusal:
        """To be raised. What is not taken is counted, logged and shown: its sender may never say so."""
        self.count(source, "refused")
        self.rejected_webhooks.dropped(source, f"was answered {status}", error, at, sender)
        return Refusal(status, error)

    def unreadable(self, source: Source, why: str, webhook: Webhook) -> None:
        """Accepted all the same, because an incident says so. Whoever looks at the gateway sees it, too."""
        self.count(source, "unreadable")
        self.rejected_webhooks.dropped(source, "could not be read", why, webhook.received_at, webhook.sender)

    def partly_unreadable(self, source: Source, unread: int, why: str, webhook: Webhook) -> None:
        """Some of its alerts: the others are handed on, and an incident says so."""
        self.count(source, "unreadable_alerts", unread)
        outcome = "had alerts that could not be read"
        self.rejected_webhooks.dropped(source, outcome, why, webhook.received_at, webhook.sender)

    def unusable(self, source: Source, webhook: Webhook, error: Unreadable) -> None:
        """Answered 400 or 422: no alert is lost by it, and nothing proves who sent it, or it was none of alerts."""
        self.count(source, "refused")
        outcome = f"was answered {error.status}"
        self.rejected_webhooks.dropped(source, outcome, str(error), webhook.received_at, webhook.sender)

    def nowhere(self, status: int, reason: str, at: datetime, sender: str) -> None:
        """Sent to an address that there is not."""
        self.counts[NOWHERE, "refused"] += 1
        self.rejected_webhooks.nowhere(status, reason, at, sender)
