"""runbooks/lma.yaml does what the procedure says. The tests are named after its sentences."""

from datetime import UTC, datetime

import pytest

from tests.runbooks.courses import (
    MONDAY,
    SATURDAY,
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
from tests.starter.sources.webhooks import delivery
from workflows.policy.effects.effects import Page, Post, Publish
from workflows.policy.incident.events import DraftApproved, Mitigated, Resolved, RoleAssigned, UpdatePosted
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.names import SeverityName
from workflows.policy.runbook.reach import ReachStep
from workflows.policy.simulation.simulate import Simulation

ALL: tuple[SeverityName, ...] = ("sev1", "sev2", "sev3", "sev4")
MAJOR: tuple[SeverityName, ...] = ("sev1", "sev2")
every = pytest.mark.parametrize("severity", ALL)
major = pytest.mark.parametrize("severity", MAJOR)
HOUR, DAY = 60, 24 * 60


@pytest.mark.parametrize(
    ("severity", "definition", "example"),
    [
        ("sev1", "Complete service outage affecting all users.", "payment processing failed"),
        ("sev2", "Major feature broken, significant user impact.", "order creation failing"),
        ("sev3", "Minor feature broken, limited user impact.", "specific edge cases"),
        ("sev4", "Cosmetic issues, no functional impact.", "minor styling issues"),
    ],
)
def test_incident_severity_levels(severity: SeverityName, definition: str, example: str) -> None:
    rules = book("lma").severities[severity]
    assert rules.definition == definition
    assert example in rules.examples


@pytest.mark.parametrize(("severity", "within"), [("sev1", 15), ("sev2", 30), ("sev3", 120)])
def test_response_time(severity: SeverityName, within: int) -> None:
    """Missed: on-call is rung again."""
    rung = [minute for minute, who in pages(foreseen("lma", severity)) if who == "on-call"]
    assert rung[:2] == [0, within]


def test_response_time_next_business_day() -> None:
    """Declared on a Saturday at 2: rung on Monday at 9; missed when that day is over, so again on Tuesday."""
    monday_at_nine, tuesday_at_nine = 2 * DAY + 7 * HOUR, 3 * DAY + 7 * HOUR
    rung = pages(foreseen("lma", "sev4", at=SATURDAY, until=4 * DAY), until=4 * DAY)
    assert rung == [(monday_at_nine, "next-available"), (tuesday_at_nine, "next-available")]


def test_a_sev4_that_nobody_answers_is_asked_about_again_and_again() -> None:
    """From a Friday at 16:59, counted in days: when its business day has passed, and a day after that."""
    friday = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)
    rung = [minute / DAY for minute, _ in pages(foreseen("lma", "sev4", at=friday, until=12 * DAY), until=12 * DAY)]
    nine = (16 * HOUR + 1) / DAY
    assert rung == [0, 3 + nine, 4 + nine, 9 + nine, 10 + nine]


@pytest.mark.parametrize(
    ("role", "duties"),
    [
        ("commander", "decides on escalation and communication, runs the post-incident review"),
        ("technical-lead", "leads the investigation, coordinates with engineers, validates fixes before deployment"),
        ("communications-lead", "updates the status page, notifies stakeholders, handles customer communication"),
    ],
)  # fmt: skip
def test_roles_and_responsibilities(role: str, duties: str) -> None:
    assert duties in book("lma").roles[role].duties


@every
def test_acknowledge_the_incident_in_slack_incidents(severity: SeverityName) -> None:
    """By the button of its declaration in #incidents; the checklist says so."""
    incident = live("lma", severity)
    ((_, declaration),) = sent(incident, "declaration")
    assert isinstance(declaration.effect, Post)
    assert declaration.effect.to.channel == "#incidents"
    assert declaration.effect.offers[0].verb == "ack"
    assert "Acknowledge the incident" in text(incident, "duty/assess")


@major
def test_major_incidents_have_all_three_roles(severity: SeverityName) -> None:
    minute, asked, whom = asked_for_roles("lma", severity)
    assert (minute, whom) == (0, ("on-call",))
    for role in ("Incident Commander", "Technical Lead", "Communications Lead"):
        assert f"{role}: nobody yet" in asked


@every
def test_ensures_timeline_is_documented(severity: SeverityName) -> None:
    lines = foreseen("lma", severity)
    assert one(lines, "duty/assess").to[0] == "commander"
    assert "Make sure that the timeline is documented" in items(lines, "assess")


@pytest.mark.parametrize("alert", ["Health check failed", "Error rate spike", "Latency increase"])
def test_automated_detection(alert: str) -> None:
    """Whatever can send JSON opens an incident."""
    body = f'{{"key": "{alert}", "title": "{alert}", "severity": "critical"}}'.encode()
    found = delivery("generic", body, book("lma"), datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert [batch.opening.severity for batch in found.batches] == ["sev1"]


def test_error_rate_spike_sentry_alert() -> None:
    rule = {"id": "7", "name": "Error rate spike", "projects": ["api"]}
    alert = {"id": "4", "title": "Sacred Marmot", "date_started": "2026-03-02T09:00:00Z", "alert_rule": rule}
    body = {"action": "critical", "data": {"metric_alert": alert}, "installation": {"uuid": "a8e5d37a"}}
    (batch,) = delivery("sentry", body, book("lma")).batches
    assert (batch.opening.severity, batch.opening.title) == ("sev1", "Error rate spike")
    assert batch.opening.service == "api"


def test_health_check_failures_github_actions_alert() -> None:
    """GitHub does not say how grave it is: what failed on the default branch is the runbook's default."""
    run = {"id": 1, "name": "Health check", "workflow_id": 2, "event": "schedule", "head_branch": "main",
           "conclusion": "failure", "run_started_at": "2026-03-02T09:00:00Z"}  # fmt: skip
    body = {
        "action": "completed",
        "workflow_run": run,
        "repository": {"full_name": "lma/api", "default_branch": "main"},
    }
    (batch,) = delivery("github", body, book("lma")).batches
    assert (batch.opening.severity, batch.opening.service) == ("sev2", "api")
    assert "Health check" in batch.opening.title


def test_latency_increase_monitoring_alert() -> None:
    alert = {
        "status": "firing",
        "labels": {"alertname": "LatencyIncrease", "severity": "warning", "service": "api"},
        "startsAt": "2026-03-02T09:00:00Z",
        "fingerprint": "1f",
    }
    body = {"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "tocsin", "alerts": [alert]}
    (batch,) = delivery("alertmanager", body, book("lma")).batches
    assert (batch.opening.severity, batch.opening.service) == ("sev3", "api")


def test_this_is_the_procedure_for_production_systems() -> None:
    assert book("lma").title == "Incident Response Procedure"


@every
def test_assess_severity_level_and_assign_incident_commander_at_t_0(severity: SeverityName) -> None:
    lines = foreseen("lma", severity)
    assert times(lines, "duty/assess") == [0]
    assert "assess the severity level, assign the Incident Commander" in items(lines, "assess")[0]


@pytest.mark.parametrize(("severity", "own"), [("sev1", True), ("sev2", True), ("sev3", False), ("sev4", False)])
def test_create_incident_channel_if_sev1_or_sev2(severity: SeverityName, own: bool) -> None:
    assert [line.to for line in of(foreseen("lma", severity), "channel")] == [("#incident-preview",)] * own


@every
def test_assessment_questions(severity: SeverityName) -> None:
    assert items(foreseen("lma", severity), "assess")[1:5] == [
        "How many users are affected?",
        "What functionality is broken?",
        "When did it start?",
        "Were there recent deployments?",
    ]


@pytest.mark.parametrize(
    ("severity", "updates"),
    [("sev1", "#incident-preview"), ("sev2", "#incident-preview"), ("sev3", "in this thread")],
)
def test_internal_communication_template(severity: SeverityName, updates: str) -> None:
    declaration = one(foreseen("lma", severity), "declaration")
    assert (declaration.offset_s, declaration.to) == (0, ("#incidents",))
    assert declaration.text.splitlines()[:6] == [
        "🚨 INCIDENT: Example incident",
        f"Severity: {severity.upper()}",
        "Status: Investigating",
        "IC: nobody yet",
        "Impact: not known yet",
        f"Updates: {updates}",
    ]


@major
def test_update_status_page(severity: SeverityName) -> None:
    """The Communications Lead does: it is drafted for them at once."""
    draft = one(foreseen("lma", severity), "draft/investigating")
    assert (draft.offset_s, draft.to[0]) == (0, "communications-lead")


@pytest.mark.parametrize("severity", ["sev3", "sev4"])
def test_external_communication_is_for_sev1_and_sev2(severity: SeverityName) -> None:
    assert not [line for line in handled("lma", severity, "customer-facing") if line.kind in ("draft", "publish")]


@major
def test_prepare_customer_notification_if_needed(severity: SeverityName) -> None:
    draft = one(foreseen("lma", severity, "customer-facing"), "duty-draft/customer-notification")
    assert (draft.offset_s, draft.to[0]) == (0, "communications-lead")
    assert times(foreseen("lma", severity), "duty-draft/customer-notification") == []


@major
def test_notifies_stakeholders(severity: SeverityName) -> None:
    mail = one(foreseen("lma", severity), "duty/stakeholders")
    assert (mail.offset_s, mail.kind, mail.to) == (0, "email", ("stakeholders",))


@every
def test_initial_investigation_checklist(severity: SeverityName) -> None:
    lines = foreseen("lma", severity)
    assert one(lines, "duty/investigate").to[0] == "technical-lead"
    assert [item.split(":")[0] for item in items(lines, "investigate")] == [
        "Check health endpoints",
        "Review Sentry for new errors",
        "Check recent deployments",
        "Review infrastructure metrics",
        "Check external service status (Supabase, Stripe, etc.)",
    ]


@pytest.mark.parametrize(
    "command",
    ["curl -s https://api.lma.com/health | jq", "curl -s https://api.lma.com/health/metrics | jq",
     "gh run list --workflow=deploy-api.yml --limit=5"],
)  # fmt: skip
def test_commands_for_investigation(command: str) -> None:
    assert any(item.endswith(command) for item in items(foreseen("lma", "sev1"), "investigate"))


@every
@pytest.mark.parametrize("option", ["Rollback", "Feature flag", "Scale up", "Rate limit", "Failover"])
def test_quick_mitigation_options(severity: SeverityName, option: str) -> None:
    lines = foreseen("lma", severity, ack=7)
    assert times(lines, "duty/mitigate") == [7]
    assert any(item.startswith(f"{option}: ") for item in items(lines, "mitigate"))


@every
def test_resolution_steps(severity: SeverityName) -> None:
    steps = items(foreseen("lma", severity, ack=7), "fix")
    assert [step.split(",")[0] for step in steps] == [
        "Identify root cause",
        "Implement fix",
        "Test in staging",
        "Deploy to production",
        "Verify fix in production",
        "Monitor for 30 minutes",
    ]


def test_verify_fix_in_production_once_it_is_there() -> None:
    incident = after(live("lma", "sev1"), 40)
    incident.happen(Mitigated(by="Ada"))
    assert "☐ Verify fix in production" in text(incident, "duty/monitor")


@every
def test_monitor_for_30_minutes(severity: SeverityName) -> None:
    incident = after(live("lma", severity), 40)
    incident.happen(Resolved(by="Ada"))
    after(incident, 69)
    assert incident.incident.closed_at is None
    after(incident, 71)
    assert incident.incident.closed_at is not None


@major
@pytest.mark.parametrize(
    ("duty", "item"),
    [("timeline", "Document the timeline"), ("told-outside", "Notify stakeholders of the resolution"),
     ("told-outside", "Update the status page")],
)  # fmt: skip
def test_immediate_within_24_hours(severity: SeverityName, duty: str, item: str) -> None:
    lines = handled("lma", severity)
    assert times(lines, f"duty/{duty}") == [95 + DAY]
    assert item in items(lines, duty)
    assert any(owed.startswith("Within 24 hours: ") for owed in items(lines, "review-owed"))


@major
def test_stakeholders_are_told_of_the_resolution_when_it_comes(severity: SeverityName) -> None:
    assert times(handled("lma", severity), "duty/stakeholders-resolved") == [95]


@major
def test_post_incident_review_within_1_week(severity: SeverityName) -> None:
    lines = handled("lma", severity)
    assert times(lines, "duty/review-meeting") == times(lines, "duty/post-mortem") == [95 + 7 * DAY]
    assert items(lines, "review-meeting") == ["Schedule the review meeting, and run it", "Identify action items"]


@pytest.mark.parametrize("severity", ["sev3", "sev4"])
def test_after_lesser_incidents_a_review_is_only_considered(severity: SeverityName) -> None:
    lines = handled("lma", severity)
    assert times(lines, "review/consider") == [95 + 30]
    assert times(lines, "duty/post-mortem") == []


def test_post_mortem_template() -> None:
    written = one(handled("lma", "sev1"), "review/document/post-mortem").text
    for part in (
        "# Incident Post-Mortem: Example incident",
        "- **Date:** 2026-03-02",
        "- **Duration:** 1h 35m",
        "- **Severity:** SEV1",
        "- **Impact:** ",
        "| Time (UTC) | Event |",
        "## Root Cause",
        "## Resolution",
        "## What Went Well",
        "## What Could Be Improved",
        "| Action | Owner | Due Date |",
        "## Lessons Learned",
    ):
        assert part in written


def _published(phase: str) -> str:
    incident = live("lma", "sev1")
    incident.happen(DraftApproved(by="Ada"))
    if phase == "identified":
        incident.happen(UpdatePosted(by="Ada", text="a deploy", phase="identified"))
        incident.happen(DraftApproved(by="Ada"))
    elif phase == "resolved":
        incident.happen(Resolved(by="Ada"))
        incident.happen(DraftApproved(by="Ada"))
    ((_, demand),) = sent(incident, f"publish/{phase}")
    assert isinstance(demand.effect, Publish)
    return text(incident, f"publish/{phase}")


@pytest.mark.parametrize(
    ("phase", "sentences"),
    [
        ("investigating", ["We are currently investigating reports of a problem with some of our services.",
                           "Some users may experience [impact].", "We will provide updates as we learn more."]),
        ("identified", ["We have identified the cause of a problem with some of our services.",
                        "We are working on a fix and expect to resolve this within [timeframe].",
                        "We apologize for any inconvenience."]),
        ("resolved", ["The issue affecting checkout has been resolved.", "All services are now operating normally.",
                      "We apologize for any inconvenience caused."]),
    ],
)  # fmt: skip
def test_status_page_templates(phase: str, sentences: list[str]) -> None:
    assert _published(phase).splitlines() == sentences


def test_customer_email_for_a_major_incident() -> None:
    mail = one(foreseen("lma", "sev1", "customer-facing"), "duty-draft/customer-notification").text
    for part in (
        "Subject: checkout Incident - 2026-03-02",
        "Dear Customer,",
        "We experienced an incident on 2026-03-02 that affected checkout.",
        "**What happened:**",
        "**What we're doing:**",
        "We sincerely apologize for any inconvenience this may have caused.",
        "If you have any questions, please contact support@lma.com.",
        "The LMA Team",
    ):
        assert part in mail


@pytest.mark.parametrize(
    ("severity", "first", "after_30_minutes", "after_1_hour"),
    [
        ("sev1", {"on-call", "secondary-on-call"}, {"team-lead", "engineering-manager"}, {"cto"}),
        ("sev2", {"on-call", "secondary-on-call"}, {"team-lead"}, {"engineering-manager"}),
        ("sev3", {"on-call"}, set(), {"team-lead"}),
        ("sev4", {"next-available"}, set(), set()),
    ],
)
def test_escalation_matrix(
    severity: SeverityName, first: set[str], after_30_minutes: set[str], after_1_hour: set[str]
) -> None:
    """Acknowledged or not: what counts is the resolution."""
    for lines in (foreseen("lma", severity), foreseen("lma", severity, ack=7)):
        called = pages(lines, until=HOUR)
        assert {who for minute, who in called if minute == 0} == first
        assert {who for minute, who in called if minute == 30 and who not in first} == after_30_minutes
        assert {who for minute, who in called if minute == HOUR and who not in first} == after_1_hour


def test_a_resolved_incident_is_not_escalated() -> None:
    assert {who for _, who in pages(foreseen("lma", "sev1", ack=7, resolve=29))} == {"on-call", "secondary-on-call"}


@major
def test_secondary_on_call_assists_with_sev1_and_sev2(severity: SeverityName) -> None:
    assert pages(foreseen("lma", severity), until=0) == [(0, "on-call"), (0, "secondary-on-call")]


@major
def test_primary_on_call_responds_first(severity: SeverityName) -> None:
    assert pages(foreseen("lma", severity))[0] == (0, "on-call")


@every
@pytest.mark.parametrize(
    "contact",
    ["On-call: PagerDuty: lma-production", "Engineering Manager: @em-handle", "CTO: @cto-handle",
     "Supabase Support: support@supabase.com", "Render Support: support@render.com",
     "Vercel Support: support@vercel.com"],
)  # fmt: skip
def test_emergency_contacts(severity: SeverityName, contact: str) -> None:
    assert contact in card("lma", severity)


def test_or_opsgenie() -> None:
    lma = book("lma")
    reached = lma.people["on-call"].model_copy(update={"reach": (ReachStep(way="opsgenie"),)})
    changed = lma.model_copy(update={"people": {**lma.people, "on-call": reached}})
    incident = Simulation.of(OpenRequest(runbook=changed, severity="sev1", title="Down"), MONDAY)
    rung = {d.effect.to: d.effect.way for _, d in incident.sent if isinstance(d.effect, Page)}
    assert rung["on-call"] == "opsgenie"


@pytest.mark.parametrize("severity", ["sev1", "sev2", "sev3"])
def test_the_hour_makes_no_difference_above_sev4(severity: SeverityName) -> None:
    assert pages(foreseen("lma", severity, at=SATURDAY)) == pages(foreseen("lma", severity, at=MONDAY))


def test_a_commander_who_was_named_is_named_in_the_topic() -> None:
    incident = live("lma", "sev1")
    incident.happen(RoleAssigned(role="commander", person="team-lead"))
    assert "Commander: Team Lead" in text(incident, "topic")
