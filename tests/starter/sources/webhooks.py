"""Webhooks for tests, and what becomes of them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starter.intake.grouping import Delivery, group
from starter.intake.interpreting import interpret
from starter.sources.reading import Webhook
from starter.sources.table import SOURCES
from workflows.policy.runbook.model import Runbook

NOW = datetime(2026, 11, 21, 0, 10, tzinfo=UTC)


def webhook(body: Any, headers: Mapping[str, str] | None = None, at: datetime = NOW) -> Webhook:
    """With this body: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(content, at, {name.lower(): value for name, value in (headers or {}).items()})


def delivery(source: str, body: Any, book: Runbook, at: datetime = NOW) -> Delivery:
    """What the gateway makes of it."""
    sent = webhook(body, at=at)
    return group(interpret(source, SOURCES[source].translate(sent), book, sent.received_at))
