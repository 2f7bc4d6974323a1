"""PagerDuty: whose phone rings, how often, and what it shows."""

from typing import Any, Literal

import pytest

from activities.errors import Rejected, Unavailable
from activities.pagerduty import PagerDuty
from activities.pagerduty_json import AskedResponder, PagerDutyIncident, meaning
from activities.pagerduty_log import PagerDutyLogEntry, help_proof, proof
from activities.pagers import fingerprint
from tests.activities import sends
from tests.activities.conftest import ROUTING_KEY
from tests.activities.sends import INCIDENT
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Annotate, ConfirmRing, Receipt, Send, SyncPager

LOOK = {"vendor": "pagerduty", "method": "api/incidents"}
NOTES = {"vendor": "pagerduty", "method": "/notes"}


async def events(sandbox: SandboxServer) -> list[tuple[str, str]]:
    sent = [entry["body"] for entry in await sandbox.wire("pagerduty") if entry["path"].endswith("/enqueue")]
    return [(body["event_action"], body["dedup_key"]) for body in sent]


async def rings(sandbox: SandboxServer) -> list[str]:
    return [ring["dedup_key"] for ring in (await sandbox.state())["rings"]]


async def incident(sandbox: SandboxServer) -> dict[str, Any]:
    (only,) = (await sandbox.state())["pagerduty_incidents"]
    found: dict[str, Any] = only
    return found


async def test_a_page_says_enough_on_a_phone(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    receipt = await pagerduty.page(
        sends.page(vendor_key="ring-1", links=(("Runbook", "https://wiki.example/checkout"),)), may_have_been_sent=False
    )
    (entry,) = await sandbox.wire("pagerduty")
    assert entry["body"] == {
        "routing_key": ROUTING_KEY,
        "event_action": "trigger",
        "dedup_key": "ring-1",
        "payload": {
            "summary": "SEV-1: checkout is down",
            "source": f"incident {INCIDENT}",
            "severity": "critical",
            "custom_details": {"message": "checkout is down since 02:04", "incident": INCIDENT},
        },
        "links": [{"href": "https://wiki.example/checkout", "text": "Runbook"}],
        "client": "Tocsin",
    }
    assert receipt.reference == "ring-1"
    assert receipt.note is None


async def test_a_page_carries_what_is_searched_and_routed_by_in_fields_of_its_own(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    address = "https://temporal.example/namespaces/default/workflows/1"
    known: dict[str, Any] = {
        "runbook": "company",
        "channel": "#incident-1",
        "labels": {"job": "checkout"},
        "address": address,
    }
    await pagerduty.page(sends.page(**known), may_have_been_sent=False)
    (entry,) = await sandbox.wire("pagerduty")
    details = entry["body"]["payload"]["custom_details"]
    assert {name: details[name] for name in ("incident", "runbook", "channel", "labels")} == {
        "incident": INCIDENT,
        "runbook": "company",
        "channel": "#incident-1",
        "labels": {"job": "checkout"},
    }
    assert entry["body"]["client_url"] == address


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("sev1", "critical"), ("sev2", "error"), ("sev3", "warning"), ("sev4", "info"), ("?", "critical")],
)
async def test_severities(pagerduty: PagerDuty, sandbox: SandboxServer, ours: str, theirs: str) -> None:
    await pagerduty.page(sends.page(severity=ours), may_have_been_sent=False)
    assert (await incident(sandbox))["severity"] == theirs


async def test_a_link_that_is_none_does_not_cost_the_page(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    links = (("a", "see the wiki"), ("b", "http://[::1"), ("c", "javascript:alert(1)"), ("d", "https://ok.example"))
    await pagerduty.page(sends.page(links=links), may_have_been_sent=False)
    (entry,) = await sandbox.wire("pagerduty")
    assert entry["body"]["links"] == [{"href": "https://ok.example", "text": "d"}]


DOUBTFUL = "https://dashboard.${DEFAULT_URL}"
ENQUEUE = {"vendor": "pagerduty", "method": "enqueue"}


async def triggers(sandbox: SandboxServer) -> list[set[str]]:
    """Which parts each trigger had."""
    sent = [entry["body"] for entry in await sandbox.wire("pagerduty") if entry["path"].endswith("/enqueue")]
    assert len({body["dedup_key"] for body in sent}) == 1
    return [{*body, *body["payload"]} - {"routing_key", "event_action", "dedup_key", "payload"} for body in sent]


ESSENTIAL = {"summary", "source", "severity"}


async def test_a_placeholder_in_a_link_costs_the_link(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await pagerduty.page(sends.page(links=(("Dashboard", DOUBTFUL), ("Logs", "https://logs.example"))), False)
    (entry,) = await sandbox.wire("pagerduty")
    assert [link["text"] for link in entry["body"]["links"]] == ["Logs"]
    assert len(await rings(sandbox)) == 1


async def test_an_event_that_is_refused_goes_without_links_and_details(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await sandbox.fault(**ENQUEUE, status=400, match="logs.example", error="links[0] is strange")
    receipt = await pagerduty.page(sends.page(links=(("Logs", "https://logs.example"),)), False)
    assert await triggers(sandbox) == [ESSENTIAL | {"links", "client", "custom_details"}, ESSENTIAL]
    assert len(await rings(sandbox)) == 1
    assert (receipt.note or "").startswith("rang all the same: without links and details, for PagerDuty answered 400")
    assert receipt.warns  # so that it stands on the timeline


@pytest.mark.parametrize("status", [400, 413, 414, 415, 422])
async def test_and_then_with_a_short_summary_alone(pagerduty: PagerDuty, sandbox: SandboxServer, status: int) -> None:
    await sandbox.fault(**ENQUEUE, status=status, match="ud83d")
    await pagerduty.page(sends.page(subject="🔥 SEV-1: " + "x" * 2000), False)
    assert await triggers(sandbox) == [ESSENTIAL | {"links", "client", "custom_details"}, ESSENTIAL, ESSENTIAL]
    assert (await incident(sandbox))["title"] == "SEV-1: " + "x" * 245


async def test_a_refusal_of_every_form_is_rejected_and_blames_no_key(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await sandbox.fault(**ENQUEUE, status=400)
    for _ in range(3):  # again and again: the key is as good as ever
        with pytest.raises(Rejected) as refused:
            await pagerduty.page(sends.page(), False)
        assert refused.value.route is None
    assert len(await triggers(sandbox)) == 9


async def test_what_did_not_fit_into_one_attempt_is_gone_on_with_in_the_next(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await sandbox.fault(**ENQUEUE, status=400, match="links", times=1)
    await sandbox.fault(**ENQUEUE, status=500, times=1)
    with pytest.raises(Unavailable):
        await pagerduty.page(sends.page(), False)
    await pagerduty.page(sends.page(), False)
    assert (await triggers(sandbox))[-1] == ESSENTIAL


async def test_what_got_through_with_less_is_whole_the_next_time(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await sandbox.fault(**ENQUEUE, status=400, match="links", times=1)
    for _ in range(2):  # the first one's answer may have been lost
        await pagerduty.page(sends.page(), False)
    assert (await triggers(sandbox))[1:] == [ESSENTIAL, ESSENTIAL | {"links", "client", "custom_details"}]


@pytest.mark.parametrize("status", [404, 429, 500])
async def test_what_is_no_refusal_of_the_event_blames_no_key_whatever_it_says(
    pagerduty: PagerDuty, sandbox: SandboxServer, status: int
) -> None:
    await sandbox.fault(**ENQUEUE, status=status, error="too many events for this routing key")
    with pytest.raises((Unavailable, Rejected)) as failed:
        await pagerduty.page(sends.page(), False)
    assert isinstance(failed.value, Rejected) == (status == 404)
    assert getattr(failed.value, "route", None) is None


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_by_the_status_is_tried_once(
    pagerduty: PagerDuty, sandbox: SandboxServer, status: int
) -> None:
    await sandbox.fault(**ENQUEUE, status=status)
    with pytest.raises(Rejected) as refused:
        await pagerduty.page(sends.page(), False)
    assert refused.value.route == fingerprint("on-call", ROUTING_KEY)
    assert len(await triggers(sandbox)) == 1


@pytest.mark.parametrize("status", [402, 404, 405, 410, 451])
async def test_another_refusal_is_about_neither(pagerduty: PagerDuty, sandbox: SandboxServer, status: int) -> None:
    await sandbox.fault(**ENQUEUE, status=status)
    with pytest.raises(Rejected) as refused:
        await pagerduty.page(sends.page(), False)
    assert refused.value.route is None
    assert len(await triggers(sandbox)) == 1


async def test_a_page_without_a_subject_names_the_incident(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await pagerduty.page(sends.page(subject="\n"), may_have_been_sent=False)
    assert (await incident(sandbox))["title"] == f"Incident {INCIDENT}"


async def test_a_second_page_with_the_same_key_rings_nobody(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    for _ in range(2):
        await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    assert await rings(sandbox) == ["ring-1"]


async def test_a_page_that_somebody_resolved_there_does_not_ring_again(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await sandbox.press((await incident(sandbox))["id"], "resolve")
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=True)
    assert await rings(sandbox) == ["ring-1"]


async def test_without_a_token_a_page_is_sent_without_a_look(sandbox: SandboxServer) -> None:
    keys = {"on-call": ROUTING_KEY}
    pagerduty = PagerDuty(keys, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, None, None)
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=True)
    assert [entry["path"] for entry in await sandbox.wire("pagerduty")] == ["/pagerduty/events/v2/enqueue"]


@pytest.mark.parametrize(
    "fault", [{"status": 401}, {"status": 429, "retry_after": 1200}, {"status": 500}, {"drop": "before"}]
)
async def test_a_look_that_fails_does_not_hold_a_page(
    pagerduty: PagerDuty, sandbox: SandboxServer, fault: dict[str, Any]
) -> None:
    await sandbox.fault(**LOOK, **fault)
    receipt = await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=True)
    assert await rings(sandbox) == ["ring-1"]
    assert (receipt.note or "").startswith("rang all the same: PagerDuty ")


async def test_a_look_that_hangs_does_not_hold_a_page(
    pagerduty: PagerDuty, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.pagerduty.LOOK_WITHIN_S", 0.05)
    await sandbox.fault(**LOOK, delay_s=0.3, status=500)
    receipt = await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=True)
    assert await rings(sandbox) == ["ring-1"]
    assert receipt.note == "rang all the same: PagerDuty did not answer within 0.05 s"


async def test_older_rings_are_resolved_before_the_new_one(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await pagerduty.page(sends.page(vendor_key="ring-2", supersedes=("ring-1",)), may_have_been_sent=False)
    assert await events(sandbox) == [("trigger", "ring-1"), ("resolve", "ring-1"), ("trigger", "ring-2")]
    statuses = {each["incident_key"]: each["status"] for each in (await sandbox.state())["pagerduty_incidents"]}
    assert statuses == {"ring-1": "resolved", "ring-2": "triggered"}


async def test_an_older_ring_that_cannot_be_resolved_does_not_hold_a_page(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await sandbox.fault(vendor="pagerduty", match="resolve", status=500)
    receipt = await pagerduty.page(
        sends.page(vendor_key="ring-3", supersedes=("ring-1", "ring-2")), may_have_been_sent=False
    )
    assert await rings(sandbox) == ["ring-3"]
    assert receipt.note == "rang all the same: PagerDuty answered 500"


async def test_a_person_without_a_key_is_rejected(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected, match="vp-engineering has no PagerDuty integration key: set") as refused:
        await pagerduty.page(sends.page("vp-engineering"), may_have_been_sent=False)
    assert refused.value.route == fingerprint("vp-engineering", "")
    assert await sandbox.wire("pagerduty") == []


async def test_a_key_that_pagerduty_refuses_is_rejected_with_its_fingerprint(pagerduty: PagerDuty) -> None:
    with pytest.raises(Rejected, match="answered 400: Event object is invalid: Invalid routing key") as refused:
        await pagerduty.page(sends.page("mistyped"), may_have_been_sent=False)
    assert refused.value.route == fingerprint("mistyped", "R0BAD-SECRET")


async def test_a_key_refused_twice_is_not_tried_until_it_is_changed(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    refused = (fingerprint("on-call", ROUTING_KEY),)
    with pytest.raises(Rejected, match="refused twice: not tried again until it is changed"):
        await pagerduty.page(sends.page(not_through=refused), may_have_been_sent=True)
    assert await sandbox.wire("pagerduty") == []
    await pagerduty.page(sends.page(not_through=(fingerprint("on-call", "an older key"),)), may_have_been_sent=False)
    assert len(await rings(sandbox)) == 1


def test_a_fingerprint_changes_with_the_key_and_the_person_and_shows_neither() -> None:
    prints = {fingerprint(person, key) for person in ("a", "b") for key in ("R0SECRET", "R0OTHER")}
    assert len(prints) == 4
    assert all(len(each) == 12 and set(each) <= set("0123456789abcdef") for each in prints)


async def test_a_rate_limit_without_a_time_is_tried_soon(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="pagerduty", status=429)
    with pytest.raises(Unavailable) as limited:
        await pagerduty.page(sends.page(), may_have_been_sent=False)
    assert limited.value.retry_after is not None
    assert limited.value.retry_after.total_seconds() == 10


def test_the_rest_apis_rate_limit_says_when_it_ends() -> None:
    limited = meaning(429, {"ratelimit-reset": "42"}, b"", [], None)
    assert isinstance(limited, Unavailable)
    assert limited.retry_after is not None
    assert limited.retry_after.total_seconds() == 42


@pytest.mark.parametrize("become", ["acknowledged", "resolved"])
async def test_a_ring_is_hushed(pagerduty: PagerDuty, sandbox: SandboxServer, become: str) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await pagerduty.sync(sends.sync("ring-1", become))
    assert (await incident(sandbox))["status"] == become


async def test_hushing_what_does_not_ring_is_no_failure(pagerduty: PagerDuty) -> None:
    assert (await pagerduty.sync(sends.sync("ring-1"))).reference == "ring-1"


async def test_a_note_is_written_once(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    note = sends.send(Annotate(to="on-call", ring="ring-1"), vendor_key="k7/annotate/1", text="<b>Bob</b> has it")
    await sandbox.fault(**NOTES, match="Bob", drop="after", times=1)
    with pytest.raises(Unavailable):
        await pagerduty.annotate(note)
    receipt = await pagerduty.annotate(note)
    found = await incident(sandbox)
    assert [(each["content"], each["by"]) for each in found["notes"]] == [
        ("<b>Bob</b> has it\n[k7/annotate/1]", "tocsin@example.com")
    ]
    assert receipt.reference == found["id"]


async def test_a_note_for_a_ring_that_opened_nothing_is_only_remarked(pagerduty: PagerDuty) -> None:
    receipt = await pagerduty.annotate(sends.send(Annotate(to="on-call", ring="ring-1")))
    assert receipt.note == "not noted: PagerDuty has no incident of this ring"


async def test_a_note_without_a_token_says_what_to_set(sandbox: SandboxServer) -> None:
    pagerduty = PagerDuty({}, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, None, "tocsin@example.com")
    receipt = await pagerduty.annotate(sends.send(Annotate(to="on-call", ring="ring-1")))
    assert receipt.note == "not noted: set TOCSIN_PAGERDUTY_API_TOKEN and TOCSIN_PAGERDUTY_FROM"
    assert await sandbox.wire("pagerduty") == []


def look(ring: str = "ring-1") -> Send:
    return sends.send(ConfirmRing(to="on-call", ring=ring))


async def test_whom_a_ring_reached_and_how_is_known_from_pagerdutys_own_log(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    assert (await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)).followed
    found = (await pagerduty.confirm(look())).proof
    assert found is not None
    assert (found.pager, found.there, found.reached_nobody) == ("PagerDuty", True, False)
    assert [(each.who, each.way) for each in found.notified] == [("Alice Example", "phone")]


async def test_a_ring_of_a_service_that_nobody_is_on_call_for_is_taken_and_reaches_nobody(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.pagerduty_incidents.LOOKED_FOR_AGAIN_S", (0.0, 0.0))
    keys, token = {"on-call": "R0NOBODY"}, "pagerduty-rest-secret"
    pagerduty = PagerDuty(keys, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, token, None)
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    found = (await pagerduty.confirm(look())).proof
    assert found is not None
    assert (found.there, found.reached_nobody) == (False, True)
    looked = [entry["path"] for entry in await sandbox.wire("pagerduty") if entry["method"] == "GET"]
    assert [path.rpartition("/")[2] for path in looked] == ["incidents", "incidents", "services"]


@pytest.mark.parametrize(
    ("key", "proves"),
    [("R0NOBODY", True), ("R0OFF-SERVICE", True), ("R0UNSEEN-SERVICE", False)],
)
async def test_what_is_not_there_proves_something_only_where_the_token_sees_its_service(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, key: str, proves: bool
) -> None:
    """A ring whose service the token does not see may well be ringing: it is no reason to call anybody else."""
    monkeypatch.setattr("activities.pagerduty_incidents.LOOKED_FOR_AGAIN_S", (0.0, 0.0))
    pagerduty = PagerDuty({"on-call": key}, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, "rest", None)
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    receipt = await pagerduty.confirm(look())
    assert (receipt.proof is not None and receipt.proof.reached_nobody) is proves
    assert proves or receipt.note == (
        "PagerDuty shows our token no incident of it, and no service that has on-call's key"
    )
    assert key not in str(receipt)


async def test_a_list_of_services_that_cannot_be_read_proves_nothing(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.pagerduty_incidents.LOOKED_FOR_AGAIN_S", (0.0,))
    keys = {"on-call": "R0NOBODY"}
    pagerduty = PagerDuty(keys, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, "rest", None)
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await sandbox.fault(vendor="pagerduty", method="api/services", status=403)
    with pytest.raises(Rejected):
        await pagerduty.confirm(look())


async def test_without_a_token_a_ring_cannot_be_followed(sandbox: SandboxServer) -> None:
    pagerduty = PagerDuty({"on-call": ROUTING_KEY}, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, None, None)
    assert not (await pagerduty.page(sends.page(), may_have_been_sent=False)).followed
    assert (await pagerduty.confirm(look())).proof is None


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"drop": "before"}, {"status": 401}])
async def test_a_log_that_cannot_be_read_is_no_proof_that_nobody_was_reached(
    pagerduty: PagerDuty, sandbox: SandboxServer, fault: dict[str, Any]
) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await sandbox.fault(vendor="pagerduty", method="log_entries", **fault)
    with pytest.raises((Unavailable, Rejected)):
        await pagerduty.confirm(look())


def entry(kind: str = "notify_log_entry", **fields: Any) -> PagerDutyLogEntry:
    given = {"type": kind, "created_at": "2026-11-21T02:04:05Z", "user": {"summary": "Ann"}}
    return PagerDutyLogEntry.model_validate(given | fields)


@pytest.mark.parametrize(
    ("fields", "way"),
    [
        ({"channel": {"type": "auto", "notification": {"type": "phone"}}}, "phone"),
        ({"channel": {"type": "sms"}}, "sms"),
        ({"channel": {"type": "ios_push_notification"}}, "push"),
        ({"channel": {"type": "short_email"}}, "email"),
        ({"channel": {"type": "auto"}, "summary": "Notified Ann by phone call"}, "phone"),
        ({"channel": {"type": "auto"}, "summary": "Notified Ann"}, ""),
        ({"channel": None, "summary": None}, ""),
    ],
)
def test_how_somebody_was_reached_is_read_wherever_pagerduty_writes_it(fields: dict[str, Any], way: str) -> None:
    (notified,) = proof("PagerDuty", PagerDutyIncident(id="Q1"), [entry(**fields)]).notified
    assert (notified.who, notified.way) == ("Ann", way)


@pytest.mark.parametrize(
    ("fields", "nobody"),
    [
        ({"status": "triggered", "assignments": []}, True),
        ({"status": "triggered", "assignments": [{"assignee": {"summary": "Ann"}}]}, False),
        ({"status": "acknowledged", "assignments": []}, False),
        ({"status": "triggered"}, False),
    ],
)
def test_an_incident_that_rings_and_is_assigned_to_nobody_reaches_nobody(fields: dict[str, Any], nobody: bool) -> None:
    assert proof("PagerDuty", PagerDutyIncident.model_validate({"id": "Q1"} | fields), []).nobody == nobody


def test_what_failed_and_what_notifies_nobody_is_no_proof() -> None:
    failed = entry(channel={"type": "auto", "notification": {"type": "phone", "status": "failed"}})
    others = [entry("trigger_log_entry"), entry("assign_log_entry"), failed]
    assert proof("PagerDuty", PagerDutyIncident(id="Q1"), others).notified == ()


async def written_at(pagerduty: PagerDuty, sandbox: SandboxServer, annotation: Annotate, **more: Any) -> dict[str, Any]:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await pagerduty.annotate(sends.send(annotation, **more))
    return await incident(sandbox)


def rated(severity: str, urgency: Any = "") -> Annotate:
    return Annotate(to="on-call", ring="ring-1", what="rating", severity=severity, urgency=urgency)


@pytest.mark.parametrize(
    ("severity", "urgency", "priority", "then"),
    [("sev1", "high", "P1", "high"), ("sev3", "low", "P3", "low"), ("sev3", "", "P3", "high"), ("?", "", None, "high")],
)
async def test_a_severity_is_a_priority_there_by_its_name(
    rating_pagerduty: PagerDuty, sandbox: SandboxServer, severity: str, urgency: str, priority: str | None, then: str
) -> None:
    found = await written_at(rating_pagerduty, sandbox, rated(severity, urgency))
    assert (found["priority"], found["urgency"]) == (priority, then)


@pytest.fixture
def rating_pagerduty(sandbox: SandboxServer) -> PagerDuty:
    names = {"sev1": "P1", "sev3": "P3", "sev4": "Minor"}
    urls = (sandbox.pagerduty_events_url, sandbox.pagerduty_api_url)
    return PagerDuty({"on-call": ROUTING_KEY}, *urls, "pagerduty-rest-secret", "tocsin@example.com", names)


async def test_a_priority_that_the_account_has_not_is_refused_with_its_words(
    rating_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    with pytest.raises(Rejected, match="Priority is invalid"):
        await written_at(rating_pagerduty, sandbox, rated("sev4"))


async def test_a_status_update_goes_out_once_although_its_answer_is_lost(
    pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    update = Annotate(to="on-call", ring="ring-1", what="status update")
    said = sends.send(update, key="update/subscribers/96", text="Update: the cache is cold")
    await sandbox.fault(vendor="pagerduty", method="status_updates", drop="after", times=1)
    with pytest.raises(Unavailable):
        await pagerduty.annotate(said)
    await pagerduty.annotate(said)
    (told,) = (await incident(sandbox))["status_updates"]
    assert told["message"] == f"Update: the cache is cold\n[{INCIDENT} 96]"


async def test_what_is_resolved_says_why_in_a_note(pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    over = sends.send(
        SyncPager(to="on-call", ring="ring-1", become="resolved"),
        vendor_key="k7/hush/1",
        text="Incident k7 was resolved by Bob: restarted.",
    )
    for _ in range(2):
        await pagerduty.sync(over)
    found = await incident(sandbox)
    assert found["status"] == "resolved"
    assert [note["content"] for note in found["notes"]] == ["Incident k7 was resolved by Bob: restarted.\n[k7/hush/1]"]


@pytest.mark.parametrize("fault", [{"status": 500}, {"delay_s": 0.3, "status": 500}, {"drop": "before"}])
async def test_a_reason_that_cannot_be_noted_leaves_it_resolved(
    pagerduty: PagerDuty, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr("activities.pagerduty.LOOK_WITHIN_S", 0.1)
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await sandbox.fault(**LOOK, **fault)
    await pagerduty.sync(sends.sync("ring-1", "resolved"))
    assert (await incident(sandbox))["status"] == "resolved"


@pytest.fixture
def helped_pagerduty(sandbox: SandboxServer) -> PagerDuty:
    return helped(sandbox)


def helped(
    sandbox: SandboxServer,
    token: str = "pagerduty-rest-secret",
    sender: str = "tocsin@example.com",
    boss: str = "PBOSS",
) -> PagerDuty:
    urls = (sandbox.pagerduty_events_url, sandbox.pagerduty_api_url)
    keys, users = {"on-call": ROUTING_KEY}, {"boss": boss, "on-call": "PONCALL"}
    return PagerDuty(keys, *urls, token, sender, {}, users)


def page_of_the_boss(beside: tuple[str, ...] = ("ring-1",), **more: Any) -> Send:
    return sends.page("boss", vendor_key="ring-2", beside=beside, **more)


async def test_whoever_has_no_key_is_asked_to_help_on_the_incident_that_stands_open_once(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await sandbox.fault(vendor="pagerduty", method="responder_requests", drop="after", times=1)
    with pytest.raises(Unavailable):
        await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=True)
    (asked,) = (await incident(sandbox))["responders"]
    assert (asked["user_id"], asked["message"]) == ("PBOSS", "SEV-1: checkout is down\n[ring-2]")


async def test_whoever_has_a_key_is_rung_by_it(helped_pagerduty: PagerDuty, sandbox: SandboxServer) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1", beside=("ring-0",)), may_have_been_sent=False)
    assert await rings(sandbox) == ["ring-1"]


async def test_without_the_ability_it_is_refused_as_a_key_is_so_that_it_is_not_tried_for_ever(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await sandbox.fault(vendor="pagerduty", method="responder_requests", status=402, error="no such ability")
    with pytest.raises(Rejected, match="boss cannot be asked to help: PagerDuty answered 402") as refused:
        await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    route = refused.value.route or ""
    with pytest.raises(Rejected, match="was refused twice"):
        await helped_pagerduty.page(page_of_the_boss(not_through=(route,)), False)
    await sandbox.clear_faults()
    for token, sender in (("a new token", "tocsin@example.com"), ("pagerduty-rest-secret", "another@example.com")):
        mended = helped(sandbox, token, sender)
        receipt = await mended.page(page_of_the_boss(not_through=(route,)), False)
        assert "asked to help" in (receipt.note or "")


@pytest.mark.parametrize("beside", [(), ("ring-unknown",)])
async def test_where_nothing_stands_open_there_is_nobody_to_help_and_the_next_tier_is_called(
    helped_pagerduty: PagerDuty, beside: tuple[str, ...]
) -> None:
    with pytest.raises(Rejected, match="nobody has been rung at PagerDuty whom they could help") as refused:
        await helped_pagerduty.page(page_of_the_boss(beside), may_have_been_sent=False)
    assert refused.value.route is None  # the next page may find somebody


async def help_asked(sandbox: SandboxServer) -> tuple[list[str], int]:
    """How each request stands, and how often the boss was rung for one."""
    found = await incident(sandbox)
    rung = [line for line in found["log"] if (line["what"], line["by"]) == ("notify", "PBOSS")]
    return [asked["state"] for asked in found["responders"]], len(rung)


@pytest.mark.parametrize("become", ["acknowledged", "resolved"])
async def test_who_was_asked_to_help_is_rung_no_longer_once_somebody_else_has_answered(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer, become: Literal["acknowledged", "resolved"]
) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    asked = await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    over = SyncPager(to="boss", ring="ring-2", become=become, reference=asked.reference or "")
    for _ in range(2):  # again is as good as once
        await helped_pagerduty.sync(sends.send(over))
    assert await help_asked(sandbox) == (["user_cancelled"], 1)
    [last] = [request for request in await sandbox.wire("pagerduty") if request["method"] == "PUT"]
    assert (last["method"], last["path"].partition("/incidents/")[2].partition("/")[2]) == (
        "PUT", "responder_requests/cancel"
    )  # fmt: skip
    assert last["body"] == {
        "requester_id": "UREQUESTER",
        "responder_request_targets": [{"id": "PBOSS", "type": "user_reference"}],
    }


async def test_each_round_rings_whoever_was_asked_to_help_and_has_not_replied(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    again = sends.page("boss", vendor_key="ring-3", beside=("ring-1",))
    await helped_pagerduty.page(again, may_have_been_sent=False)
    assert await help_asked(sandbox) == (["user_cancelled", "pending"], 2)


async def test_whoever_was_let_go_is_asked_again_when_they_are_needed_again(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    asked = await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    over = SyncPager(to="boss", ring="ring-2", become="acknowledged", reference=asked.reference or "")
    await helped_pagerduty.sync(sends.send(over))
    await helped_pagerduty.page(sends.page("boss", vendor_key="ring-3", beside=("ring-1",)), may_have_been_sent=False)
    assert await help_asked(sandbox) == (["user_cancelled", "pending"], 2)


async def asked_by_a_colleague(sandbox: SandboxServer, *, before: bool) -> tuple[PagerDuty, Receipt]:
    """A colleague asks the boss there as well, before we do or after."""
    pagerduty = helped(sandbox, boss="UBOSS")
    await pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    there = (await incident(sandbox))["id"]
    if before:
        await sandbox.press(there, "responder", to="boss", text="Please look at the database")
    asked = await pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    if not before:
        await sandbox.press(there, "responder", to="boss", text="Please look at the database")
    return pagerduty, asked


async def colleagues_request(sandbox: SandboxServer) -> str:
    (state,) = (each["state"] for each in (await incident(sandbox))["responders"] if "database" in each["message"])
    return str(state)


@pytest.mark.parametrize("before", [True, False])
async def test_what_a_colleague_asks_of_somebody_there_stands_whoever_has_answered_us(
    sandbox: SandboxServer, before: bool
) -> None:
    """PagerDuty takes back all that they are asked in that incident, or nothing."""
    pagerduty, asked = await asked_by_a_colleague(sandbox, before=before)
    over = SyncPager(to="boss", ring="ring-2", become="acknowledged", reference=asked.reference or "")
    receipt = await pagerduty.sync(sends.send(over))
    assert await colleagues_request(sandbox) == "pending"
    assert receipt.note == "another request there asks them to help, too, and stands"


async def test_a_later_round_takes_back_nothing_that_a_colleague_asks(sandbox: SandboxServer) -> None:
    """They are rung for that already."""
    pagerduty, _ = await asked_by_a_colleague(sandbox, before=True)
    await pagerduty.page(sends.page("boss", vendor_key="ring-3", beside=("ring-1",)), may_have_been_sent=False)
    assert await colleagues_request(sandbox) == "pending"
    assert (await incident(sandbox))["responders"][-1]["message"].endswith("[ring-3]")


async def test_an_older_round_that_ends_late_takes_back_nothing_of_the_newer_one(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    asked = await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    await helped_pagerduty.page(sends.page("boss", vendor_key="ring-3", beside=("ring-1",)), may_have_been_sent=False)
    over = SyncPager(to="boss", ring="ring-2", become="acknowledged", reference=asked.reference or "")
    await helped_pagerduty.sync(sends.send(over))
    assert await help_asked(sandbox) == (["user_cancelled", "pending"], 2)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 402}, {"delay_s": 0.5}, {"drop": "before"}])
async def test_a_request_that_cannot_be_taken_back_holds_no_page_up(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr("activities.pagerduty_help.LOOK_WITHIN_S", 0.1)
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)
    await sandbox.fault(vendor="pagerduty", method="responder_requests/cancel", **fault)
    await helped_pagerduty.page(sends.page("boss", vendor_key="ring-3", beside=("ring-1",)), may_have_been_sent=False)
    assert (await help_asked(sandbox))[1] == 2


async def test_of_whoever_helps_nothing_of_their_own_is_to_be_acknowledged(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    sync = sends.send(SyncPager(to="boss", ring="ring-2", become="acknowledged"))
    assert "nothing of their own" in ((await helped_pagerduty.sync(sync)).note or "")
    assert await sandbox.wire("pagerduty") == []


def look_at_the_boss(ring: str = "ring-2", reference: str = "") -> Send:
    return sends.send(ConfirmRing(to="boss", ring=ring, reference=reference))


async def asked_the_boss(helped_pagerduty: PagerDuty) -> Receipt:
    await helped_pagerduty.page(sends.page(vendor_key="ring-1"), may_have_been_sent=False)
    return await helped_pagerduty.page(page_of_the_boss(), may_have_been_sent=False)


async def test_whether_a_request_reached_its_person_can_be_asked_and_of_others_nothing_is_taken_for_it(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    asked = await asked_the_boss(helped_pagerduty)
    assert asked.followed
    found = await helped_pagerduty.confirm(look_at_the_boss(reference=asked.reference or ""))
    assert found.proof is not None
    assert [(each.who, each.way) for each in found.proof.notified] == [("PBOSS", "phone")]
    assert not found.proof.reached_nobody
    other = helped(sandbox)
    unknown = await other.confirm(look_at_the_boss("ring-9", asked.reference or ""))
    assert (unknown.proof, unknown.note) == (None, "PagerDuty shows no request of this page")


async def test_who_declines_was_not_reached_also_where_its_webhook_was_lost(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    asked = await asked_the_boss(helped_pagerduty)
    await sandbox.press((await incident(sandbox))["id"], "decline", by="PBOSS")
    found = await helped_pagerduty.confirm(look_at_the_boss(reference=asked.reference or ""))
    assert found.proof is not None
    assert (found.proof.declined, found.proof.reached_nobody, found.proof.why) == (True, True, "PBOSS declined")


async def test_who_joins_has_answered_also_where_its_webhook_was_lost(
    helped_pagerduty: PagerDuty, sandbox: SandboxServer
) -> None:
    asked = await asked_the_boss(helped_pagerduty)
    await sandbox.press((await incident(sandbox))["id"], "join", by="PBOSS")
    found = await helped_pagerduty.confirm(look_at_the_boss(reference=asked.reference or ""))
    assert found.proof is not None
    assert (found.proof.answered_by, found.proof.reached_nobody) == ("PBOSS", False)


def test_whom_an_older_request_reached_says_nothing_of_a_newer_one() -> None:
    boss = {"id": "PBOSS", "summary": "Bo"}
    asked = AskedResponder.parse({"state": "pending", "user": boss, "requested_at": "2026-11-27T02:10:00Z"})
    rung = [
        PagerDutyLogEntry.parse({"type": "notify_log_entry", "user": user, "created_at": f"2026-11-27T{at}Z"})
        for user, at in (
            (boss, "02:05:00"),
            ({"id": "PANN", "summary": "Ann"}, "02:11:00"),
            (boss, "02:10:00"),
            (boss, "02:12:00"),
        )
    ]
    assert [each.at.minute for each in help_proof("PagerDuty", asked, rung).notified] == [10, 12]
