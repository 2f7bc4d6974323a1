"""Each webhook of PagerDuty's, signed, through the gateway to the timeline and the state of the incident that rang:
sent twice, and by a later version. None is ever answered with a 500, nor refused, whatever is null or of another type:
three in a row would end the subscription."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.worker import Worker

from starter.intake.pagerduty_rings import SUBSCRIBED_EVENTS, IgnoredRing, Report, report
from starter.sources.reading import Unreadable
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.pagerduty_side import (
    EVE,
    OF_IT,
    PATH,
    event,
    looked_up_by,
    reference,
    signed,
    whole,
    with_nulls,
    with_odd_fields,
    with_unknown_fields,
)
from tests.starter.sources.webhooks import webhook as received
from tests.starter.test_pagerduty_rings import RING
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import Status


@dataclass(frozen=True)
class PagerWebhook:
    """What PagerDuty sends, and what comes of it."""

    event_type: str
    data: Callable[[str], dict[str, Any]]
    """By the key of our ring."""
    says: str = ""
    """On the timeline; nothing, if it is ignored."""
    stands: Callable[[Incident, PagerAlert], object] = lambda incident, ring: not incident.acknowledged_by
    """True of the state then."""
    after_an_answer: bool = False
    """Ada has acknowledged there before."""
    ignored: str = ""


def noted(event_type: str, says: str, **data: Any) -> PagerWebhook:
    return PagerWebhook(event_type, lambda ring: OF_IT | data, f"at PagerDuty: {says}")


def ignored(event_type: str, reason: str, data: dict[str, Any] | None = None) -> PagerWebhook:
    return PagerWebhook(event_type, lambda ring: data or whole(ring), ignored=reason)


def unknown(event_type: str, data: dict[str, Any] | None = None) -> PagerWebhook:
    return ignored(event_type, f"events of type {event_type!r} change nothing here", data)


def handed_on(how: str) -> PagerWebhook:
    return PagerWebhook(
        f"incident.{how}",
        lambda ring: whole(ring, assignees=[EVE]),
        f"at PagerDuty: {how}: to Eve Example",
        lambda incident, ring: (
            incident.passed_on
            and incident.passed_on.to == ring.assigned == ("Eve Example",)
            and ring.state == "ringing"
        ),
        after_an_answer=True,
    )


ASKED = {"type": "incident_responder", "user": EVE, "escalation_policy": None, "message": "please help"}
FIELD = {"id": "PF1", "name": "customers", "display_name": "Customers", "type": "field_value", "value": "EU"}
BRIDGE = {"conference_numbers": [{"label": "", "number": "+1 415-555-1212,,,,1234#"}], "conference_url": "https://x/1"}
BODIES = [
    ignored("incident.triggered", "one of our own pages"),
    PagerWebhook(
        "incident.acknowledged",
        lambda ring: whole(ring, status="acknowledged"),
        "Ada Example acknowledged through pagerduty",
        lambda incident, ring: incident.acknowledged_by == "Ada Example" and ring.state == "acknowledged",
    ),
    PagerWebhook(
        "incident.unacknowledged",
        whole,
        "Ada Example's acknowledgement was taken back through pagerduty",
        after_an_answer=True,
    ),
    handed_on("escalated"),
    handed_on("reassigned"),
    handed_on("delegated"),
    noted("incident.annotated", "note: the cache is cold", type="incident_note", id="N1", content="the cache is cold",
          trimmed=False),
    PagerWebhook("incident.priority_updated", whole, "at PagerDuty: priority: P1"),
    PagerWebhook(
        "incident.responder.added", lambda ring: OF_IT | ASKED | {"state": "pending"},
        "at PagerDuty: responder asked for: Eve Example pending please help",
        lambda incident, ring: ring.responders == {"Eve Example": "pending"},
    ),
    PagerWebhook(
        "incident.responder.replied", lambda ring: OF_IT | ASKED | {"state": "joined"},
        "at PagerDuty: responder replied: Eve Example joined please help",
        lambda incident, ring: ring.responders == {"Eve Example": "joined"} and not incident.acknowledged_by,
    ),
    noted("incident.status_update_published", "status update: all is lost", type="incident_status_update", id="S1",
          message="all is lost", trimmed=False),
    PagerWebhook(
        "incident.resolved",
        lambda ring: whole(ring, status="resolved"),
        "resolved by Ada Example after",
        lambda incident, ring: incident.resolved_by == "Ada Example" and incident.phase == "resolved",
    ),
    PagerWebhook(
        "incident.reopened", whole,
        "Ada Example reopened the page to On-call Engineer through pagerduty, which rings there again",
        lambda incident, ring: ring.state == "ringing" and not incident.acknowledged_by,
    ),
    PagerWebhook("incident.service_updated", whole, "at PagerDuty: moved to another service"),
    noted("incident.conference_bridge.updated", "the conference bridge changed", type="incident_conference_bridge",
          **BRIDGE),
    noted("incident.custom_field_values.updated", "custom fields changed", type="incident_field_values",
          custom_fields=[FIELD], changed_custom_fields=["customers"]),
    noted("incident.incident_type.changed", "the type of the incident changed", type="incident_type"),
    noted("incident.role.assigned", "role assigned: Eve Example", type="incident_role_assignment", user=EVE,
          role=reference("incident_role", "PR1", "Scribe")),
    noted("incident.task.created", "task: call them", type="incident_task", id="T1", title="call them"),
    noted("incident.task.updated", "task changed: call them", type="incident_task", id="T1", title="call them"),
    noted("incident.task.completed", "task done: call them", type="incident_task", id="T1", title="call them"),
    unknown("pagey.ping", {"type": "ping", "message": "Hello from your friend Pagey!"}),
    unknown("incident.workflow.started"),
    unknown("incident.action_invocation.created"),
    unknown("service.updated", reference("service", "PSERVICE", "Checkout")),
    unknown("incident.brand_new"),
    unknown("brand.new", {"type": "brand_new"}),
]  # fmt: skip


def test_each_type_of_which_a_subscription_is_made_is_among_them() -> None:
    assert set(SUBSCRIBED_EVENTS) <= {each.event_type for each in BODIES}


@dataclass
class RungIncident:
    """An open incident, its ring at PagerDuty, and the gateway that PagerDuty calls."""

    gate: GatewayUnderTest
    http: httpx.AsyncClient
    client: Client
    workflow: str
    ring: str = ""

    async def incident(self) -> Incident:
        handle = self.client.get_workflow_handle(self.workflow)
        status: Status = await handle.query("state", result_type=Status)
        return status.incident

    async def told(self, sent: dict[str, Any]) -> httpx.Response:
        content = json.dumps(sent).encode()
        answer = await self.http.post(PATH, content=content, headers=signed(self.gate, content))
        assert answer.status_code == 202, (sent, answer.text)
        return answer

    async def happens(self, event_type: str, data: dict[str, Any]) -> dict[str, Any]:
        """There, now."""
        sent = event(event_type, data, datetime.now(UTC).isoformat(timespec="milliseconds"))
        await self.told(sent)
        return sent


@pytest_asyncio.fixture
async def there(
    gate: GatewayUnderTest, client: Client, worker: Worker, incidents: Incidents, book: Runbook
) -> AsyncIterator[RungIncident]:
    gate.settings = gate.settings.model_copy(update={"pagerduty_webhook_secrets": (SecretStr("shared"),)})
    async with looked_up_by(gate) as rest:
        workflow = await incidents.declare(OpenRequest(runbook=book, severity="sev1", title="Checkout fails"))
        async with gate.open() as http:
            found = RungIncident(gate, http, client, workflow)
            first = await eventually(found.incident, lambda seen: bool(seen.rings))
            found.ring = next(iter(first.rings))
            rest.alert_keys = [found.ring]
            yield found


@pytest.mark.parametrize("body", BODIES, ids=[each.event_type for each in BODIES])
async def test_it_stands_on_the_timeline_and_in_the_state_once_however_often_it_comes(
    there: RungIncident, body: PagerWebhook
) -> None:
    if body.after_an_answer:
        await there.happens("incident.acknowledged", whole(there.ring))
    before = len((await there.incident()).timeline)
    sent = await there.happens(body.event_type, body.data(there.ring))
    incident = await there.incident()
    said = [entry.text for entry in incident.timeline[before:]]
    to_the_end = body.says.startswith("at PagerDuty")
    told = [text for text in said if (text.endswith(body.says) if to_the_end else body.says in text)]
    assert bool(told) == bool(body.says), said
    assert body.says or said == []
    again = [await there.told(sent), await there.told(with_unknown_fields(sent))]
    assert [answer.json().get("ignored") or "" for answer in again] == [body.ignored, body.ignored]
    afterwards = await there.incident()
    lines = [entry.text for entry in afterwards.timeline]
    assert [text for text in lines if text in told] == told  # beside what becomes of our own sends meanwhile
    ring = afterwards.rings.get(there.ring) or PagerAlert(person="", rung_at=incident.declared_at)
    assert body.stands(afterwards, ring)


@pytest.mark.parametrize("body", BODIES, ids=[each.event_type for each in BODIES])
def test_nulls_and_fields_of_other_types_are_read_as_if_they_were_missing(body: PagerWebhook) -> None:
    """Nothing but an event without any data is unreadable, and that is taken, too: an incident says so."""
    sent = event(body.event_type, body.data(RING), "2026-11-21T00:05:00.123Z")
    for odd in with_odd_fields(sent):
        if body.ignored or odd["event"]["data"] is not None:
            assert isinstance(report(received(odd)), Report | IgnoredRing), odd
        else:
            with pytest.raises(Unreadable, match="about no incident"):
                report(received(odd))


async def test_nulls_are_taken_by_the_gateway_wherever_they_stand(there: RungIncident) -> None:
    """Signed, and each of them answered 202: `told` demands it."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    for body in BODIES:
        for odd in with_nulls(event(body.event_type, body.data(there.ring), now)):
            await there.told(odd)
