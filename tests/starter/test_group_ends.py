"""From Alertmanager's and Grafana's bodies to the end of an incident: a group that has ended lists only a part."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from starter.intake.grouping import group
from starter.intake.interpreting import interpret
from starter.intake.parts import events_of
from starter.sources.table import SOURCES
from tests.policy.builders import ladder, tier
from tests.starter.sources.webhooks import webhook
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

TEN = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
BOOK = ladder(tier("alice"))


def minute(count: float) -> str:
    return (TEN + timedelta(minutes=count)).isoformat()


def one(instance: str, began: float = 0, ended: float | None = None, **labels: str) -> dict[str, Any]:
    return {
        "status": "firing" if ended is None else "resolved",
        "labels": {"alertname": "PartEnd", "instance": instance, **labels},
        "startsAt": minute(began),
        "endsAt": "0001-01-01T00:00:00Z" if ended is None else minute(ended),
    }


def body(*alerts: dict[str, Any], key: str = "part-end", **more: object) -> dict[str, Any]:
    status = "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved"
    return {"receiver": "tocsin", "groupKey": key, "status": status, "truncatedAlerts": 0, "alerts": alerts, **more}


class Incidents:
    """What deliveries make of incidents, in time."""

    def __init__(self, source: str, book: Runbook = BOOK) -> None:
        self.source, self.book = source, book
        self.open: dict[str, Simulation] = {}

    def delivered(self, count: float, body: dict[str, Any]) -> None:
        at = TEN + timedelta(minutes=count)
        reading = SOURCES[self.source].translate(webhook(body, at=at))
        for batch in group(interpret(self.source, reading, self.book, at)).batches:
            if any(alert.status == "firing" for alert in batch.alerts) and batch.workflow_id not in self.open:
                self.open[batch.workflow_id] = Simulation.of(batch.opening, at)
            if incident := self.open.get(batch.workflow_id):
                incident.run_to(at)
                for event in events_of(self.source, batch, at):
                    incident.happen(event)

    @property
    def firing(self) -> Sequence[Sequence[str]]:
        """Per incident, the instances that fire."""
        return [sorted(a.fingerprint for a in each.incident.firing) for each in self.open.values()]

    @property
    def resolved(self) -> Sequence[bool]:
        return [each.incident.resolved for each in self.open.values()]


@pytest.fixture(params=["alertmanager", "grafana"])
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_group_that_ends_listing_one_of_two_ends_both(source: str) -> None:
    incidents = Incidents(source)
    incidents.delivered(0, body(one("a"), one("b")))
    incidents.delivered(31, body(one("a", ended=30)))
    assert (incidents.firing, incidents.resolved) == ([[]], [True])


def test_not_when_something_was_left_out(source: str) -> None:
    incidents = Incidents(source)
    incidents.delivered(0, body(one("a"), one("b")))
    incidents.delivered(31, body(one("a", ended=30), truncatedAlerts=1))
    assert incidents.resolved == [False]


def test_not_when_the_end_is_older_than_what_fires(source: str) -> None:
    incidents = Incidents(source)
    incidents.delivered(0, body(one("a")))
    incidents.delivered(36, body(one("a", began=35), one("b", began=35)))
    incidents.delivered(37, body(one("a", ended=30)))
    assert incidents.resolved == [False]
    assert len(incidents.firing[0]) == 2


def test_when_the_runbook_makes_one_incident_of_several_groups_only_that_group_ends(source: str) -> None:
    incidents = Incidents(source, Runbook.model_validate(BOOK.model_dump() | {"intake": {"group_by": ["alertname"]}}))
    incidents.delivered(0, body(one("a"), one("b"), key="one"))
    incidents.delivered(1, body(one("x"), one("y"), key="other"))
    incidents.delivered(31, body(one("a", ended=30), key="one"))
    assert len(incidents.firing[0]) == 2
    assert incidents.resolved == [False]
    incidents.delivered(32, body(one("x", ended=31), key="other"))
    assert incidents.resolved == [True]


def test_a_hundred_and_more_alerts_end_after_the_last_of_them_was_read(source: str) -> None:
    """They travel in several events."""
    incidents = Incidents(source)
    many = [f"i{n}" for n in range(150)]
    incidents.delivered(0, body(*(one(name) for name in many), one("unlisted")))
    incidents.delivered(31, body(*(one(name, ended=30) for name in many)))
    assert incidents.resolved == [True]
