"""PagerDuty's V3 webhooks: only what a person did to a ring of ours counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from starter.pagerduty_rings import Ignored, Report, report
from starter.sources.pagerduty import workflow_of
from starter.sources.reading import Unreadable
from tests.starter.sources.webhooks import webhook
from workflows.policy.events import Acknowledged, Resolved

RING = "incident-alertmanager-0123456789abcdef0123/20261121-0003-k7/escalate/1/on-call/1"


def event(**fields: Any) -> dict[str, Any]:
    return {
        "id": "01EVENT",
        "event_type": "incident.acknowledged",
        "occurred_at": "2026-11-21T00:05:00.123Z",
        "agent": {"type": "user_reference", "summary": "Ada Example"},
        "data": {"id": "Q1", "type": "incident", "incident_key": RING},
        **fields,
    }


def read(**fields: Any) -> Report | Ignored:
    return report(webhook({"event": event(**fields)}, {"X-Webhook-Id": "delivery-1"}))


@pytest.mark.parametrize(
    ("event_type", "becomes"), [("incident.acknowledged", Acknowledged), ("incident.resolved", Resolved)]
)
def test_what_a_person_did_there_is_told_with_its_time_and_name(event_type: str, becomes: type) -> None:
    found = read(event_type=event_type)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, becomes)
    assert told.at == datetime(2026, 11, 21, 0, 5, 0, 123000, UTC)
    assert (told.by, told.via, told.ring, told.id) == ("Ada Example", "pagerduty", RING, "pagerduty-delivery-1")


@pytest.mark.parametrize(
    "event_type", ["incident.triggered", "incident.priority_updated", "pagey.ping", "service.updated", "brand.new"]
)
def test_other_events_change_nothing(event_type: str) -> None:
    assert isinstance(read(event_type=event_type), Ignored)


def test_a_ping_without_an_incident_is_fine() -> None:
    assert isinstance(read(event_type="pagey.ping", data={"message": "Hello", "type": "ping"}), Ignored)


@pytest.mark.parametrize("kind", ["inbound_integration_reference", "service_reference", "event_orchestration"])
def test_our_own_hushing_comes_back_from_an_integration_and_is_nobodys_doing(kind: str) -> None:
    """Resolving a superseded ring would otherwise resolve the incident."""
    assert isinstance(read(event_type="incident.resolved", agent={"type": kind, "summary": "Tocsin"}), Ignored)


@pytest.mark.parametrize("agent", [None, {}, {"type": None, "summary": None}])
def test_an_agent_without_a_name_is_somebody(agent: Any) -> None:
    found = read(agent=agent)
    assert isinstance(found, Report)
    assert found.by == "someone at PagerDuty"


def test_payloads_of_the_first_years_have_no_incident_key() -> None:
    found = read(data={"id": "Q1", "type": "incident"})
    assert isinstance(found, Report)
    assert (found.incident_key, found.pagerduty_id) == (None, "Q1")


def test_without_a_delivery_id_the_events_own_de_duplicates() -> None:
    found = report(webhook({"event": event()}))
    assert isinstance(found, Report)
    assert found.id == "pagerduty-01EVENT"


@pytest.mark.parametrize(
    ("key", "workflow"),
    [
        (RING, "incident-alertmanager-0123456789abcdef0123"),
        ("incident-declared-0f/20261121-0003-k7/page/1", "incident-declared-0f"),
        ("0123456789abcdef", None),
        ("somebody-elses/incident-key/1", None),
        ("incident-alone", None),
        ("incident-x//", None),
        ("", None),
        (None, None),
    ],
)
def test_a_ring_of_ours_names_its_workflow(key: str | None, workflow: str | None) -> None:
    assert workflow_of(key) == workflow


@pytest.mark.parametrize(
    ("body", "field", "is_json"),
    [
        (b"{", "", False),
        (b"{}", "event", True),
        (b'{"event": {}}', "event.event_type", True),
        (b'{"event": {"event_type": "incident.resolved", "occurred_at": "soon"}}', "event.occurred_at", True),
        (b'{"messages": []}', "event", True),  # V2
    ],
)
def test_anything_else_is_refused_by_its_field(body: bytes, field: str, is_json: bool) -> None:
    with pytest.raises(Unreadable) as refused:
        report(webhook(body))
    assert refused.value.problems[0].field == field
    assert refused.value.is_json is is_json
