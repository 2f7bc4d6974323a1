"""PagerDuty's V3 webhooks: only what a person did to a ring of ours counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from starter.intake.pagerduty_rings import IgnoredRing, Report, report
from starter.sources.reading import Unreadable
from starter.sources.redaction import redaction
from tests.starter.sources.webhooks import webhook
from workflows.policy.incident.events import Acknowledged, Noted, Reopened, Resolved, Unacknowledged
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.keys.vendor_keys import workflow_of

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


def read(**fields: Any) -> Report | IgnoredRing:
    return report(webhook({"event": event(**fields)}, {"X-Webhook-Id": "delivery-1"}))


@pytest.mark.parametrize(
    ("event_type", "becomes"),
    [
        ("incident.acknowledged", Acknowledged),
        ("incident.resolved", Resolved),
        ("incident.unacknowledged", Unacknowledged),
    ],
)
def test_what_a_person_did_there_is_told_with_its_time_and_name(event_type: str, becomes: type) -> None:
    found = read(event_type=event_type)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, becomes)
    assert isinstance(told, Acknowledged | Resolved | Unacknowledged)
    assert told.at == datetime(2026, 11, 21, 0, 5, 0, 123000, UTC)
    assert (told.by, told.via, told.ring, told.id) == ("Ada Example", "pagerduty", RING, "pagerduty-01EVENT")


@pytest.mark.parametrize(
    "event_type", ["incident.triggered", "pagey.ping", "service.updated", "incident.workflow.started", "brand.new"]
)
def test_other_events_change_nothing(event_type: str) -> None:
    assert isinstance(read(event_type=event_type), IgnoredRing)


def test_a_ping_without_an_incident_is_fine() -> None:
    assert isinstance(read(event_type="pagey.ping", data={"message": "Hello", "type": "ping"}), IgnoredRing)


@pytest.mark.parametrize("kind", ["inbound_integration_reference", "service_reference", "event_orchestration"])
def test_our_own_hushing_comes_back_from_an_integration_and_is_nobodys_doing(kind: str) -> None:
    """Resolving a superseded ring would otherwise resolve the incident."""
    assert isinstance(read(event_type="incident.resolved", agent={"type": kind, "summary": "Tocsin"}), IgnoredRing)


@pytest.mark.parametrize("agent", [None, {}, {"type": None, "summary": None}])
@pytest.mark.parametrize("event_type", ["incident.acknowledged", "incident.resolved"])
def test_an_agent_that_is_missing_is_no_person_and_only_noted(agent: Any, event_type: str) -> None:
    """PagerDuty's workflows and time-outs have none: nobody has answered."""
    found = read(agent=agent, event_type=event_type)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, Noted)
    assert (told.by, told.automatic) == ("someone at PagerDuty", True)
    assert "by no person that PagerDuty names" in told.text


def test_a_user_without_a_name_is_somebody() -> None:
    found = read(agent={"type": "user_reference", "summary": None})
    assert isinstance(found, Report)
    assert isinstance(found.event(RING), Acknowledged)
    assert found.by == "someone at PagerDuty"


@pytest.mark.parametrize("agent", [None, {"type": "service_reference"}, {"type": "user_reference", "summary": "Ada"}])
def test_an_acknowledgement_ends_there_whoever_ends_it(agent: Any) -> None:
    found = read(event_type="incident.unacknowledged", agent=agent)
    assert isinstance(found, Report)
    assert isinstance(found.event(RING), Unacknowledged)


INCIDENT = {"id": "Q1", "type": "incident", "incident_key": RING}
BOB = {"summary": "Bob"}
OF_IT = {"incident": {"id": "Q1", "type": "incident_reference"}, "id": "OTHER"}


@pytest.mark.parametrize(
    ("event_type", "data", "said"),
    [
        ("incident.escalated", INCIDENT | {"assignees": [BOB, {"summary": "Eve"}]}, "escalated: to Bob, Eve"),
        ("incident.reassigned", INCIDENT | {"assignees": [{"summary": "Bob"}]}, "reassigned: to Bob"),
        ("incident.delegated", INCIDENT, "delegated"),
        ("incident.priority_updated", INCIDENT | {"priority": {"summary": "P1"}}, "priority: P1"),
        ("incident.priority_updated", INCIDENT | {"priority": None}, "priority: none"),
        ("incident.service_updated", INCIDENT, "moved to another service"),
        ("incident.annotated", OF_IT | {"content": "see\n the <!channel>"}, "note: see the <!channel>"),
        ("incident.responder.added", OF_IT | {"user": BOB, "message": "help"}, "responder asked for: Bob help"),
        ("incident.responder.replied", OF_IT | {"user": BOB, "state": "joined"}, "responder replied: Bob joined"),
        ("incident.status_update_published", OF_IT | {"message": "all is lost"}, "status update: all is lost"),
        ("incident.conference_bridge.updated", OF_IT, "the conference bridge changed"),
        ("incident.role.assigned", OF_IT | {"user": {"summary": "Bob"}}, "role assigned: Bob"),
        ("incident.annotated", OF_IT | {"content": "x" * 9000}, "note: " + "x" * 9000),
    ],
)  # fmt: skip
def test_what_else_happens_there_is_noted_in_one_bounded_line(event_type: str, data: Any, said: str) -> None:
    found = read(event_type=event_type, data=data)
    assert isinstance(found, Report)
    assert found.pagerduty_id == "Q1"
    told = found.event(RING)
    assert isinstance(told, Noted | ChangedAtPager)
    assert told.text[:100] == f"at PagerDuty: {said}"[:100]
    assert len(told.text) <= 300
    assert (told.by, told.automatic, told.id) == ("Ada Example", False, "pagerduty-01EVENT")


HANDED = {"assignees": [{"summary": "Bob"}, {"summary": "Eve"}]}


@pytest.mark.parametrize("event_type", ["incident.reassigned", "incident.delegated", "incident.escalated"])
@pytest.mark.parametrize(("status", "unanswered"), [("triggered", True), ("acknowledged", False), (None, True)])
def test_who_has_it_now_and_whether_they_have_answered_is_known(
    event_type: str, status: str | None, unanswered: bool
) -> None:
    told = told_of(event_type, INCIDENT | HANDED | {"status": status})
    assert (told.ring, told.handed_to, told.unanswered) == (RING, ("Bob", "Eve"), unanswered)


ASKED, REPLIED = "incident.responder.added", "incident.responder.replied"
DATABASES = {"escalation_policy": {"summary": "Databases"}}


@pytest.mark.parametrize(
    ("event_type", "data", "change"),
    [
        ("incident.priority_updated", INCIDENT | {"priority": {"summary": "P1"}}, {"priority": "P1"}),
        ("incident.priority_updated", INCIDENT, {"priority": ""}),
        (ASKED, OF_IT | {"user": BOB, "state": "pending"}, {"responder": "Bob", "reply": "pending"}),
        (ASKED, OF_IT | DATABASES, {"responder": "Databases"}),
        (REPLIED, OF_IT | {"user": BOB, "state": "declined"}, {"responder": "Bob", "reply": "declined"}),
    ],
)
def test_what_has_changed_there_travels_in_fields(event_type: str, data: Any, change: dict[str, Any]) -> None:
    told = told_of(event_type, data)
    assert told.model_dump(include=set(change)) == change
    assert not told.unanswered


def told_of(event_type: str, data: dict[str, Any]) -> ChangedAtPager:
    found = read(event_type=event_type, data=data)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, ChangedAtPager)
    return told


def test_more_assignees_than_anybody_reads_are_cut() -> None:
    many = {"assignees": [{"summary": f"user {n}"} for n in range(50)]}
    assert len(told_of("incident.reassigned", INCIDENT | many).handed_to) == 10


@pytest.mark.parametrize(
    ("event_type", "field"),
    [("incident.annotated", "content"), ("incident.status_update_published", "message"), (ASKED, "message")],
)
def test_what_the_settings_redact_stands_in_no_note_of_theirs(event_type: str, field: str) -> None:
    secret = "it is hunter2 " + "x" * 300 + " hunter2"
    sent = webhook({"event": event(event_type=event_type, data=OF_IT | {field: secret})})
    found = report(sent, redaction(["hunter[0-9]"]))
    assert isinstance(found, Report)
    assert "***" in found.text
    assert "hunter" not in found.text


def test_credentials_in_addresses_stand_in_no_note_whatever_the_settings() -> None:
    found = read(event_type="incident.annotated", data=OF_IT | {"content": "see https://a:b@db.example/?token=s3cret"})
    assert isinstance(found, Report)
    assert "s3cret" not in found.text


@pytest.mark.parametrize("event_type", ["incident.status_update_published", "incident.responder.added"])
def test_our_own_update_and_our_own_request_come_back_and_are_not_told_again(event_type: str) -> None:
    for mark in (f"[{RING}]", "[20261121-0003-k7qxzm 96]"):
        data = OF_IT | {"message": f"we look into it\n{mark}", "user": BOB}
        assert isinstance(read(event_type=event_type, data=data), IgnoredRing)


@pytest.mark.parametrize(("state", "becomes"), [("joined", Acknowledged), ("declined", ChangedAtPager)])
def test_whoever_joins_because_we_asked_them_to_has_answered_their_page(state: str, becomes: type) -> None:
    boss = RING.replace("on-call", "boss")
    data = OF_IT | {"user": BOB, "state": state, "message": f"SEV-1: Down\n[{boss}]"}
    found = read(event_type=REPLIED, data=data)
    assert isinstance(found, Report)
    assert (found.incident_key, found.by) == (boss, "Bob")
    told = found.event(boss)
    assert isinstance(told, becomes)
    assert isinstance(told, Acknowledged | ChangedAtPager)
    assert told.ring == boss
    if isinstance(told, ChangedAtPager):
        assert (told.declined, told.text) == (True, "at PagerDuty: responder replied: Bob declined")


def test_a_person_who_reopens_it_there_reopens_it_here() -> None:
    found = read(event_type="incident.reopened", data=INCIDENT)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, Reopened)
    assert (told.ring, told.by, told.via, told.id) == (RING, "Ada Example", "pagerduty", "pagerduty-01EVENT")


@pytest.mark.parametrize("agent", [None, {"type": "inbound_integration_reference", "summary": "Tocsin"}])
def test_what_reopens_by_itself_or_by_a_key_is_noted_and_no_sign_of_life(agent: Any) -> None:
    found = read(event_type="incident.reopened", data=INCIDENT, agent=agent)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, Noted)
    assert (told.text, told.automatic) == (
        "at PagerDuty: reopened by no person that PagerDuty names, which reopens nothing here",
        True,
    )


def test_our_own_note_comes_back_and_is_not_noted_again() -> None:
    content = f"Bob has it\n[{RING}]"
    assert isinstance(read(event_type="incident.annotated", data=OF_IT | {"content": content}), IgnoredRing)


@pytest.mark.parametrize(("event_type", "field"), [("annotated", "content"), ("status_update_published", "message")])
def test_of_a_long_note_or_update_of_ours_the_begin_may_come_back_alone(event_type: str, field: str) -> None:
    for mark in (f"[{RING}]", "[20261121-0003-k7qxzm 96]"):
        said = (f"{mark}\n" + "the cache is cold " * 90)[:500]
        assert isinstance(read(event_type=f"incident.{event_type}", data=OF_IT | {field: said}), IgnoredRing)


def test_payloads_of_the_first_years_have_no_incident_key() -> None:
    found = read(data={"id": "Q1", "type": "incident"})
    assert isinstance(found, Report)
    assert (found.incident_key, found.pagerduty_id) == (None, "Q1")


@pytest.mark.parametrize("headers", [{}, {"X-Webhook-Id": "delivery-1"}, {"X-Webhook-Id": "of somebody else"}])
def test_the_events_own_id_de_duplicates_which_is_signed_whatever_header_it_comes_under(
    headers: dict[str, str],
) -> None:
    found = report(webhook({"event": event()}, headers))
    assert isinstance(found, Report)
    assert found.id == "pagerduty-01EVENT"


def test_without_an_id_the_body_de_duplicates() -> None:
    one, again = (report(webhook({"event": event(id="")}, {"X-Webhook-Id": name})) for name in ("1", "2"))
    other = report(webhook({"event": event(id="", occurred_at="2026-11-21T00:06:00Z")}))
    assert isinstance(one, Report)
    assert isinstance(again, Report)
    assert isinstance(other, Report)
    assert one.id == again.id != other.id


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


def test_whoever_declines_what_others_asked_them_there_takes_nobody_off() -> None:
    data = OF_IT | {"user": BOB, "state": "declined", "message": "Please help"}
    found = read(event_type=REPLIED, data=data)
    assert isinstance(found, Report)
    told = found.event(RING)
    assert isinstance(told, ChangedAtPager)
    assert (told.reply, told.declined) == ("declined", False)
