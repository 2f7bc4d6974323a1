"""runbooks/lumi.yaml does what the procedure says. The tests are named after its sentences."""

import pytest

from chat.grammar import read
from tests.runbooks.courses import (
    SATURDAY,
    after,
    asked_for_roles,
    book,
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
from workflows.policy.effects.effects import Email, OpenChannel
from workflows.policy.incident.events import DraftApproved, FlagChanged, Mitigated
from workflows.policy.runbook.names import SeverityName

ALL: tuple[SeverityName, ...] = ("sev1", "sev2", "sev3")
every = pytest.mark.parametrize("severity", ALL)


@pytest.mark.parametrize(
    ("severity", "definition"),
    [
        ("sev1", "Full outage, data breach, or regulatory impact."),
        ("sev2", "Major functionality degraded with high customer impact."),
        ("sev3", "Minor functionality issues with workarounds."),
    ],
)
def test_severity_classification(severity: SeverityName, definition: str) -> None:
    assert book("lumi").severities[severity].definition == definition


@every
def test_using_incident_start(severity: SeverityName) -> None:
    """Its form has the runbook's definitions, and the incident is declared where all are."""
    assert read("start Checkout fails", {}).form.verb == "declare"
    assert book("lumi").severities[severity].definition
    assert book("lumi").home == "#lumi-incidents"


@every
def test_declare_the_incident_in_lumi_incidents(severity: SeverityName) -> None:
    declaration = one(foreseen("lumi", severity), "declaration")
    assert (declaration.offset_s, declaration.to) == (0, ("#lumi-incidents",))


@every
def test_assign_commander_communications_lead_and_scribe(severity: SeverityName) -> None:
    minute, asked, whom = asked_for_roles("lumi", severity)
    assert (minute, whom) == (0, ("on-call",))
    for role in ("Incident Commander", "Communications Lead", "Scribe"):
        assert f"{role}: nobody yet" in asked


@every
def test_subject_matter_experts_as_required(severity: SeverityName) -> None:
    lines = foreseen("lumi", severity)
    assert any("subject matter experts as required" in item for item in items(lines, "experts"))
    assert "Subject" not in of(lines, "nag/roles")[0].reason


@every
def test_open_a_pagerduty_incident_and_page_the_on_call_engineer(severity: SeverityName) -> None:
    assert pages(foreseen("lumi", severity), until=0) == [(0, "on-call")]


def test_nobody_answers_so_on_call_is_rung_again_every_5_minutes() -> None:
    assert pages(foreseen("lumi", "sev1"), until=10) == [(0, "on-call"), (5, "on-call"), (10, "on-call")]


def test_the_hour_makes_no_difference() -> None:
    assert pages(foreseen("lumi", "sev3", at=SATURDAY)) == pages(foreseen("lumi", "sev3"))


@every
def test_document_start_time_affected_systems_and_customer_impact_in_the_incident_doc(severity: SeverityName) -> None:
    document = one(foreseen("lumi", severity), "duty/incident-document")
    assert (document.offset_s, document.kind) == (0, "document")
    for line in ("Start time: 2026-03-02 09:00 UTC", "Affected systems: checkout", "Customer impact: [impact?]"):
        assert line in document.text
    assert "`ops/templates/incident-report.md`" in document.text


def test_scribe_timeline_and_actions() -> None:
    checklist = one(foreseen("lumi", "sev1"), "duty/affected-systems")
    assert checklist.to[0] == "scribe"
    assert "Keep the timeline and the actions in it" in checklist.text


@every
@pytest.mark.parametrize(
    "sentence",
    ["Gather logs, metrics, and alerts", "Disable impacted features if necessary, using feature flags",
     "Preserve evidence for forensics; avoid resetting systems prematurely"],
)  # fmt: skip
def test_containment(severity: SeverityName, sentence: str) -> None:
    assert any(item.startswith(sentence) for item in items(foreseen("lumi", severity), "containment"))


@every
def test_provide_updates_every_15_minutes_in_the_incident_channel(severity: SeverityName) -> None:
    lines = foreseen("lumi", severity, until=60)
    assert times(lines, "update/channel") == [15, 30, 45, 60]
    place = "#lumi-incidents" if severity == "sev3" else "#incident-preview"
    assert {line.to for line in of(lines, "update/channel")} == {(place,)}


@every
def test_notify_stakeholders_via_email(severity: SeverityName) -> None:
    mail = one(foreseen("lumi", severity), "duty/stakeholders")
    assert (mail.offset_s, mail.kind, mail.to) == (0, "email", ("stakeholders",))
    assert book("lumi").audiences["stakeholders"].addresses == ("dev-team@lumi.com", "product@lumi.com")


@every
def test_stakeholders_hear_of_the_end_too(severity: SeverityName) -> None:
    assert times(handled("lumi", severity), "duty/stakeholders-resolved") == [95]


@every
def test_customer_communication_is_drafted_for_the_communications_lead(severity: SeverityName) -> None:
    draft = one(foreseen("lumi", severity), "duty-draft/customer-notice")
    assert (draft.offset_s, draft.kind, draft.to[0]) == (0, "draft", "communications-lead")
    assert times(foreseen("lumi", severity), "duty/customer-notice") == []


def test_customer_communication_goes_out_when_it_is_approved() -> None:
    incident = after(live("lumi", "sev1"), 12)
    incident.happen(DraftApproved(by="Ada", draft="customer-notice"))
    ((minute, demand),) = sent(incident, "duty/customer-notice")
    assert minute == 12
    assert isinstance(demand.effect, Email)
    assert demand.effect.to == "customers"


@every
def test_implement_fixes_and_validate_across_environments(severity: SeverityName) -> None:
    lines = handled("lumi", severity)
    assert times(lines, "duty/resolution") == [7]
    assert items(lines, "resolution")[0] == "Implement fixes and validate them across environments"


def test_monitor_metrics_and_downgrade_or_close_once_all_systems_are_healthy_and_verified() -> None:
    incident = after(live("lumi", "sev1"), 40)
    incident.happen(Mitigated(by="Ada"))
    assert [minute for minute, _ in sent(incident, "duty/stability")] == [40]
    checklist = text(incident, "duty/stability")
    assert "☐ Monitor metrics for stability" in checklist
    assert "once all systems are healthy and verified" in checklist


@every
def test_conduct_a_blameless_retrospective_within_48_hours(severity: SeverityName) -> None:
    lines = handled("lumi", severity)
    assert "Conduct a blameless retrospective within 48 hours" in items(lines, "review-owed")
    assert times(lines, "duty/retrospective") == [95 + 48 * 60]


@every
def test_capture_root_cause_contributing_factors_remediation_tasks_and_owners(severity: SeverityName) -> None:
    document = one(handled("lumi", severity), "review/document/retrospective-findings")
    for words in ("Root cause: ", "Contributing factors: ", "Remediation tasks and their owners: "):
        assert words in document.text


@every
def test_update_runbooks_monitoring_and_alerts_to_prevent_recurrence(severity: SeverityName) -> None:
    assert "Update runbooks, monitoring, and alerts" in one(handled("lumi", severity), "duty/prevent-recurrence").text


@every
def test_notify_the_security_lead_immediately(severity: SeverityName) -> None:
    assert (0, "security-lead") in pages(foreseen("lumi", severity, "security"))
    assert "security-lead" not in {who for _, who in pages(foreseen("lumi", severity))}


def test_notify_the_security_lead_as_soon_as_it_is_known_to_be_one_acknowledged_or_not() -> None:
    incident = after(live("lumi", "sev2"), 20)
    incident.happen(FlagChanged(flag="security"))
    assert [minute for minute, _ in sent(incident, "escalate/2/security-lead")] == [20]


@every
def test_compromised_secrets_call_the_security_lead_too_and_once(severity: SeverityName) -> None:
    def called(*flags: str) -> list[tuple[float, str]]:
        return [page for page in pages(foreseen("lumi", severity, *flags), until=0) if page[1] == "security-lead"]

    assert called("secrets-compromised") == called("secrets-compromised", "security") == [(0, "security-lead")]


@every
def test_follow_responsible_disclosure_policies(severity: SeverityName) -> None:
    checklist = one(foreseen("lumi", severity, "security"), "duty/disclosure")
    assert (checklist.offset_s, checklist.to[0]) == (0, "security-lead")
    assert "responsible disclosure policies" in checklist.text


def test_involve_legal_and_compliance_teams_for_sev1_events() -> None:
    called = [page for page in pages(foreseen("lumi", "sev1", "security")) if page[1] in ("legal", "compliance")]
    assert called == [(0, "compliance"), (0, "legal")]
    assert {who for _, who in pages(foreseen("lumi", "sev2", "security"))} == {"on-call", "security-lead"}


@every
def test_initiate_credential_rotation_if_secrets_are_compromised(severity: SeverityName) -> None:
    rotation = one(foreseen("lumi", severity, "secrets-compromised"), "duty/credential-rotation")
    assert (rotation.offset_s, rotation.to[0]) == (0, "security-lead")
    assert "Initiate credential rotation" in rotation.text
    assert times(foreseen("lumi", severity), "duty/credential-rotation") == []


@pytest.mark.parametrize(("flags", "private"), [((), False), (("security",), True)])
def test_a_security_incident_is_worked_on_in_private(flags: tuple[str, ...], private: bool) -> None:
    ((_, demand),) = sent(live("lumi", "sev1", *flags), "channel")
    assert isinstance(demand.effect, OpenChannel)
    assert demand.effect.private is private


def test_the_on_call_schedule_is_at_hand() -> None:
    assert "https://pagerduty.com/organizations/lumi/oncall" in one(foreseen("lumi", "sev1"), "declaration").text


def test_the_observability_dashboards_are_named_where_metrics_are_gathered() -> None:
    (item,) = [item for item in items(foreseen("lumi", "sev1"), "containment") if item.startswith("Gather")]
    assert "Grafana for staging and production, Prometheus locally" in item
