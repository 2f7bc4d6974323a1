"""PagerDuty's own: what was reopened there says only when it was created."""

from datetime import datetime
from typing import Any

import pytest

from starter.sources.pagerduty import translate
from tests.starter.sources.webhooks import webhook


def starts_at(event_type: str, **data: Any) -> datetime | None:
    sent = {
        "id": "01EVENT",
        "event_type": event_type,
        "occurred_at": "2026-11-21T03:00:00Z",
        "data": {"id": "Q1", "incident_key": "theirs", "created_at": "2026-11-21T00:00:00Z", **data},
    }
    return translate(webhook({"event": sent})).alerts[0].starts_at


@pytest.mark.parametrize(
    ("event_type", "data", "hour"),
    [
        ("incident.triggered", {}, 0),
        ("incident.priority_updated", {}, 0),
        ("incident.reopened", {}, 3),
        ("incident.reopened", {"reopened_at": "2026-11-21T02:00:00Z"}, 2),
        ("incident.priority_updated", {"reopened_at": "2026-11-21T02:00:00Z"}, 2),
        ("incident.resolved", {}, 3),
    ],
)
def test_an_episode_begins_when_it_was_opened_there_or_reopened(event_type: str, data: Any, hour: int) -> None:
    found = starts_at(event_type, **data)
    assert found is not None
    assert found.hour == hour
