"""runbooks/standard.yaml does what the procedure says. The tests are named after its sentences."""

import pytest

from tests.runbooks.courses import (
    after,
    asked_for_roles,
    book,
    card,
    foreseen,
    handled,
    items,
    live,
    of,
    one,
    pages,
    sent,
    text,
    times,
)
from workflows.policy.effects.effects import OpenChannel
from workflows.policy.incident.events import Mitigated, Resolved, RoleAssigned, UpdatePosted
from workflows.policy.runbook.names import SeverityName

ALL: tuple[SeverityName, ...] = ("sev1", "sev2", "sev3")
every = pytest.mark.parametrize("severity", ALL)


@pytest.mark.parametrize(
    ("severity", "definition"),
    [
        ("sev1", "Widespread user impact or data loss risk."),
        ("sev2", "Partial user impact or high-risk dependency failure."),
        ("sev3", "Limited internal-only impact."),
    ],
)
def test_classify_severity(severity: SeverityName, definition: str) -> None:
    assert book("standard").severities[severity].definition == definition
    assert items(foreseen("standard", severity), "classify")[0].startswith("Classify the severity")


@every
def test_declare_incident_and_assign_roles(severity: SeverityName) -> None:
    lines = foreseen("standard", severity)
    assert times(lines, "declaration") == [0]
    minute, asked, _ = asked_for_roles("standard", severity)
    assert minute == 0
    for role in ("Incident Commander", "Communications Lead", "Operations Lead"):
        assert f"{role}: nobody yet" in asked


@every
def test_access_requirements_and_tools(severity: SeverityName) -> None:
    lines = foreseen("standard", severity)
    assert "https://dashboard.example.com" in one(lines, "declaration").text
    access = items(lines, "access")
    assert access[0] == "Access: the incident channel (Slack) and the deployment controls"
    assert access[1].startswith("Logs: Loki")


@every
def test_network_notice(severity: SeverityName) -> None:
    access = one(foreseen("standard", severity), "duty/access").text
    assert "Traefik/OAuth2 Proxy layer" in access
    assert "If SSO is down, use the internal Docker DNS: docker exec -it ..." in access


@every
def test_create_incident_document_and_incident_communication_channel(severity: SeverityName) -> None:
    document = one(foreseen("standard", severity), "duty/incident-document")
    assert (document.offset_s, document.kind) == (0, "document")
    opened = [demand.effect for _, demand in sent(live("standard", severity), "channel")]
    assert [channel.name for channel in opened if isinstance(channel, OpenChannel)] == ["incident-preview"]


@every
@pytest.mark.parametrize(
    "sentence",
    ["Assess the blast radius", "Apply immediate mitigation", "If mitigation fails, roll back using the deployment"],
)
def test_stabilize_and_mitigate(severity: SeverityName, sentence: str) -> None:
    lines = foreseen("standard", severity)
    assert one(lines, "duty/stabilize").to[0] == "operations-lead"
    assert any(item.startswith(sentence) for item in items(lines, "stabilize"))


def test_containment_action_under_commanders_authority() -> None:
    assert any("under the commander's authority" in item for item in items(foreseen("standard", "sev1"), "stabilize"))


@pytest.mark.parametrize(("severity", "every_minutes"), [("sev1", 15), ("sev2", 30), ("sev3", 60)])
def test_communicate_updates_on_a_fixed_cadence(severity: SeverityName, every_minutes: int) -> None:
    lines = foreseen("standard", severity, until=180)
    assert times(lines, "update/channel") == list(range(every_minutes, 181, every_minutes))
    assert times(lines, "remind/channel")[0] == every_minutes - 3


def test_an_update_restarts_the_clock() -> None:
    incident = after(live("standard", "sev1"), 10)
    incident.happen(UpdatePosted(by="Ada", text="Impact: checkout. Hypothesis: the deploy."))
    after(incident, 26)
    assert [minute for minute, _ in sent(incident, "update/channel")] == [25]


@every
def test_updates_detail_current_impact_hypothesis_and_next_update_time(severity: SeverityName) -> None:
    update = of(foreseen("standard", severity), "update/channel")[0].text
    for words in ("Current impact: not known yet", "Hypothesis: not known yet", "Next update: "):
        assert words in update
    assert (
        "current impact, hypothesis, next update time" in of(foreseen("standard", severity), "remind/channel")[0].text
    )


def test_resolve_and_verify_recovery() -> None:
    incident = after(live("standard", "sev1"), 40)
    incident.happen(Mitigated(by="Ada"))
    checklist = text(incident, "duty/verify")
    for item in ("Confirm service health", "Confirm that customer impact has recovered"):
        assert f"☐ {item}" in checklist
    assert "If the mitigation fails, roll back using the deployment runbook and re-check health" in checklist


def test_what_was_resolved_is_watched_for_15_minutes() -> None:
    incident = after(live("standard", "sev1"), 40)
    incident.happen(Resolved(by="Ada"))
    after(incident, 120)
    assert incident.incident.closed_at is not None
    assert (incident.incident.closed_at - incident.incident.declared_at).total_seconds() == 55 * 60


def test_timestamped_event_timeline_from_detection_to_resolution() -> None:
    incident = after(live("standard", "sev1"), 20)
    incident.happen(Mitigated(by="Ada", started=True))
    after(incident, 40).happen(Mitigated(by="Ada"))
    after(incident, 95).happen(Resolved(by="Ada"))
    assert text(incident, "duty/event-timeline").splitlines() == [
        "Event timeline (2026-03-02)",
        "Detection: 09:00 UTC",
        "Declaration: 09:00 UTC",
        "Mitigation start: 09:20 UTC",
        "Mitigation end: 09:40 UTC",
        "Full resolution: 10:35 UTC",
    ]


def test_a_time_that_nobody_gave_is_seen_to_be_missing() -> None:
    assert "Mitigation start: not known yet" in one(handled("standard", "sev1"), "duty/event-timeline").text


@every
def test_user_impact_resolved_and_verified(severity: SeverityName) -> None:
    assert "User impact is resolved and verified" in items(handled("standard", severity), "validation")


@pytest.mark.parametrize("severity", ["sev1", "sev2"])
def test_required_postmortem_mandatory_for_sev1_and_sev2(severity: SeverityName) -> None:
    lines = handled("standard", severity)
    assert times(lines, "duty/postmortem") == [95 + 48 * 60]
    assert any("mandatory for SEV-1 and SEV-2" in item for item in items(lines, "validation"))


def test_postmortem_is_only_considered_for_sev3() -> None:
    lines = handled("standard", "sev3")
    assert times(lines, "duty/postmortem") == []
    assert times(lines, "review/consider") == [95 + 15]


def test_primary_contact_incident_commander_or_on_call() -> None:
    assert pages(foreseen("standard", "sev1"), until=0) == [(0, "on-call")]
    incident = live("standard", "sev1")
    incident.happen(RoleAssigned(role="commander", person="engineering-leadership"))
    after(incident, 31)
    assert {d.effect.to for _, d in sent(incident, "escalate/1/engineering-leadership") if d.effect.kind == "page"}


@pytest.mark.parametrize(("severity", "called_at"), [("sev1", 15), ("sev2", 30), ("sev3", 60)])
def test_secondary_contact_engineering_leadership(severity: SeverityName, called_at: int) -> None:
    lines = foreseen("standard", severity, until=called_at)
    assert [minute for minute, who in pages(lines) if who == "engineering-leadership"] == [called_at]


@every
def test_an_acknowledged_incident_is_not_escalated(severity: SeverityName) -> None:
    assert "engineering-leadership" not in {who for _, who in pages(handled("standard", severity), until=66)}


@every
def test_the_contacts_are_pinned_at_declaration(severity: SeverityName) -> None:
    contacts = card("standard", severity)
    assert "Primary contact: Incident Commander / On-call" in contacts
    assert "Secondary contact: Engineering leadership" in contacts
