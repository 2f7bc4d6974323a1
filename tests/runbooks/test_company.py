"""runbooks/company.yaml does what the company's procedure says. The tests are named after its sentences."""

import pytest

from tests.policy.builders import T0, at, happens, minute, pages, post, said, sends, times
from tests.runbooks import courses
from tests.runbooks.courses import book, card, foreseen, items, one
from workflows.policy.effects.effects import OpenChannel, Publish
from workflows.policy.incident.events import (
    Acknowledged,
    DraftApproved,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    Resolved,
    RoleAssigned,
)
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.review.events import Waived
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.render import words


def unanswered(severity: SeverityName, until: float = 0) -> Simulation:
    opening = OpenRequest(runbook=book("company"), severity=severity, title="Checkout fails", service="checkout")
    simulation = Simulation.of(opening, T0)
    simulation.run_to(at(until))
    return simulation


def handled(severity: SeverityName) -> Simulation:
    """Acknowledged at 7m, resolved at 95m, and watched to its end."""
    simulation = unanswered(severity)
    happens(simulation, 7, Acknowledged(by="Ada"))
    happens(simulation, 95, Resolved(by="Ada", text="A bad deploy, rolled back"))
    simulation.run_to(at(24 * 60))
    return simulation


def public(simulation: Simulation) -> list[tuple[float, str]]:
    return [(minute(when), d.effect.status) for when, d in simulation.sent if isinstance(d.effect, Publish)]


def text(simulation: Simulation, duty: str) -> str:
    demand = sends(simulation, duty)[-1][1]
    return words(simulation.book, simulation.incident, demand, simulation.now).text


class TestSev1:
    def test_response_time_immediate_less_than_5_minutes(self) -> None:
        """On-call is rung at once, and again when nobody has answered after five minutes."""
        assert pages(unanswered("sev1", until=6)) == [(0, "on-call"), (5, "on-call")]

    def test_acknowledge_the_incident_in_pagerduty(self) -> None:
        simulation = unanswered("sev1")
        ring = simulation.incident.vendor_key("escalate/1/on-call/1")
        happens(simulation, 4, Acknowledged(by="Ada", via="pagerduty", ring=ring))
        simulation.run_to(at(29))
        assert pages(simulation) == [(0, "on-call")]

    def test_join_the_war_room_zoom_link_posted_in_incidents_channel(self) -> None:
        simulation = unanswered("sev1")
        ((when, demand),) = sends(simulation, "duty/war-room")
        assert (when, post(demand).to.channel, post(demand).pin) == (0, "#incidents", True)
        assert text(simulation, "duty/war-room") == "Join the war room: https://company.zoom.us/my/warroom"

    def test_assign_an_incident_commander_and_roles(self) -> None:
        simulation = unanswered("sev1")
        assert "Incident Commander: nobody yet" in card("company", "sev1")
        for role in ("commander", "technical-lead", "communications-lead", "scribe"):
            simulation.happen(RoleAssigned(role=role, person="ada"))
        simulation.run_to(at(60))
        assert times(simulation, "nag/roles") == []

    def test_ic_creates_an_incident_doc_from_the_template(self) -> None:
        simulation = unanswered("sev1")
        assert times(simulation, "duty/incident-document") == [0]
        assert said(simulation.incident, "wrote the incident document: ")

    def test_update_status_page_immediately(self) -> None:
        assert public(unanswered("sev1", until=60)) == [(0, "investigating")]

    def test_post_updates_every_15_minutes_in_incidents(self) -> None:
        simulation = unanswered("sev1", until=60)
        assert times(simulation, "update/channel") == [15, 30, 45, 60]
        assert {post(demand).to.channel for _, demand in sends(simulation, "update/channel")} == {"#incidents"}

    def test_the_document_says_what_it_is_about(self) -> None:
        document = text(unanswered("sev1"), "duty/incident-document")
        assert document.startswith("# Incident document for SEV-1: Checkout fails")

    def test_once_resolved_schedule_post_mortem_within_48_hours(self) -> None:
        lines = courses.handled("company", "sev1")
        assert courses.times(lines, "duty/post-mortem") == [95]
        assert items(lines, "post-mortem") == ["Schedule the post-mortem meeting within 48 hours"]
        assert courses.times(lines, "duty/post-mortem-meeting") == [95 + 48 * 60]

    def test_if_not_resolved_within_30_minutes_escalate_to_vp_engineering(self) -> None:
        simulation = unanswered("sev1", until=31)
        asked_again = [(minute, "on-call") for minute in range(0, 30, 5)]
        assert pages(simulation) == [*asked_again, (30, "vp-engineering")]
        assert said(simulation.incident, "paged VP Engineering: not resolved within 30m")

    def test_if_not_resolved_although_acknowledged_escalate_too(self) -> None:
        assert (30, "vp-engineering") in pages(handled("sev1"))

    def test_if_resolved_within_30_minutes_do_not(self) -> None:
        simulation = unanswered("sev1")
        happens(simulation, 29, Resolved())
        simulation.run_to(at(600))
        assert "vp-engineering" not in {who for _, who in pages(simulation)}

    def test_resolution_update(self) -> None:
        simulation = handled("sev1")
        assert public(simulation) == [(0, "investigating"), (95, "resolved")]
        resolved = text(simulation, "publish/resolved")
        assert "The issue affecting our services has been resolved." in resolved  # the runbook lists no checkout
        assert "Root cause: A bad deploy" in text(simulation, "duty/resolution-summary")
        assert "A bad deploy" not in resolved  # said inside: it is public once somebody has written it for the public
        assert "All systems are now operating normally." in resolved

    def test_always_prioritize_customer_communication_and_service_restoration(self) -> None:
        assert "Customer communication and service restoration" in text(unanswered("sev1"), "duty/service-first")

    def test_a_channel_of_its_own(self) -> None:
        opened = [d.effect for _, d in unanswered("sev1").sent if isinstance(d.effect, OpenChannel)]
        assert [channel.name for channel in opened] == ["incident-preview"]

    def test_the_whole_course_when_acknowledged_at_7_and_resolved_at_95_minutes(self) -> None:
        """For an hour after the acknowledgement nobody says a word, so on-call is asked again."""
        simulation = handled("sev1")
        asked_again = [(minute, "on-call") for minute in (67, 72, 77, 82, 87, 92)]
        assert pages(simulation) == [(0, "on-call"), (5, "on-call"), (30, "vp-engineering"), *asked_again]
        assert times(simulation, "update/channel") == [15, 30, 45, 60, 75, 90]
        assert times(simulation, "duty/resolution-summary") == [95]
        assert simulation.incident.closed_at == at(110)

    def test_an_acknowledgement_without_a_sign_of_life_for_an_hour_starts_the_ladder_again(self) -> None:
        simulation = unanswered("sev1")
        happens(simulation, 7, Acknowledged(by="Ada"))
        simulation.run_to(at(68))
        assert pages(simulation)[-1] == (67, "on-call")


def test_a_sev3_that_nobody_answers_is_asked_about_every_hour() -> None:
    assert pages(unanswered("sev3", until=310)) == [(minute, "on-call") for minute in range(0, 301, 60)]


class TestSev2:
    def test_response_time_within_15_minutes(self) -> None:
        assert pages(unanswered("sev2", until=16)) == [(0, "on-call"), (15, "on-call")]

    def test_create_thread_in_incidents_channel(self) -> None:
        simulation = unanswered("sev2", until=20)
        assert times(simulation, "channel") == []
        assert {post(demand).to.thread for _, demand in sends(simulation, "tell/")} == {"declaration/1"}

    def test_assign_a_technical_lead(self) -> None:
        assert "Roles: Technical Lead: nobody yet" in card("company", "sev2")

    def test_investigate_and_implement_fix(self) -> None:
        assert "☐ Investigate and implement a fix" in text(unanswered("sev2"), "duty/fix")

    def test_update_status_page_if_customer_facing(self) -> None:
        simulation = unanswered("sev2", until=60)
        assert times(simulation, "draft/") == []
        simulation.happen(FlagChanged(flag="customer-facing"))
        assert times(simulation, "draft/") == [60]

    def test_post_resolution_summary_in_incidents(self) -> None:
        simulation = handled("sev2")
        ((when, demand),) = sends(simulation, "duty/resolution-summary")
        assert (when, post(demand).to.channel) == (95, "#incidents")
        assert "Root cause: A bad deploy, rolled back" in text(simulation, "duty/resolution-summary")

    def test_acknowledge_the_incident_in_pagerduty(self) -> None:
        simulation = unanswered("sev2")
        ring = simulation.incident.vendor_key("escalate/1/on-call/1")
        happens(simulation, 14, Acknowledged(by="Ada", via="pagerduty", ring=ring))
        simulation.run_to(at(60))
        assert pages(simulation) == [(0, "on-call")]

    def test_consider_post_mortem_if_incident_was_complex(self) -> None:
        assert courses.times(courses.handled("company", "sev2"), "review/consider") == []
        complex_one = courses.handled("company", "sev2", "complex")
        assert one(complex_one, "review/consider").to[0] == "technical-lead"
        assert any("flag complex" in item for item in items(complex_one, "fix"))

    def test_if_not_resolved_within_2_hours_escalate_to_engineering_manager(self) -> None:
        simulation = unanswered("sev2")
        happens(simulation, 7, Acknowledged())
        simulation.run_to(at(121))
        assert (120, "engineering-manager") in pages(simulation)

    def test_if_nobody_answers_the_engineering_manager_is_called_in_time_too(self) -> None:
        asked_again = [(minute, "on-call") for minute in range(0, 120, 15)]
        assert pages(unanswered("sev2", until=121)) == [*asked_again, (120, "engineering-manager")]

    def test_the_root_cause_is_public_once_somebody_has_let_it_out(self) -> None:
        simulation = unanswered("sev2")
        simulation.happen(FlagChanged(flag="customer-facing"))
        happens(simulation, 2, DraftApproved(by="Ada", draft="status-page"))
        happens(simulation, 30, Resolved(by="Ada", text="A bad deploy"))
        simulation.run_to(at(31))
        happens(simulation, 32, DraftApproved(by="Ada", draft="status-page"))
        simulation.run_to(at(33))
        assert "Root cause: A bad deploy" in text(simulation, "publish/resolved")

    def test_nothing_is_published_without_a_human(self) -> None:
        simulation = unanswered("sev2")
        simulation.happen(FlagChanged(flag="customer-facing"))
        simulation.run_to(at(600))
        assert public(simulation) == []


class TestSev3:
    def test_response_time_within_1_hour(self) -> None:
        assert pages(unanswered("sev3", until=61)) == [(0, "on-call"), (60, "on-call")]

    def test_create_ticket_in_jira_and_update_it_with_the_resolution(self) -> None:
        simulation = handled("sev3")
        assert times(simulation, "duty/ticket") == [0]
        assert times(simulation, "duty/ticket-resolution") == [95]

    def test_post_in_incidents_channel(self) -> None:
        simulation = unanswered("sev3")
        assert post(sends(simulation, "declaration")[0][1]).to.channel == "#incidents"

    def test_investigate_during_business_hours_implement_fix_or_workaround(self) -> None:
        lines = foreseen("company", "sev3", at=courses.SATURDAY, until=3 * 24 * 60)
        monday_at_nine = (24 + 24 + 7) * 60
        assert courses.times(lines, "duty/fix") == [monday_at_nine]
        assert items(lines, "fix")[:2] == ["Investigate during business hours", "Implement a fix or workaround"]

    def test_update_ticket_with_resolution(self) -> None:
        assert "Resolution: A bad deploy, rolled back" in text(handled("sev3"), "duty/ticket-resolution")

    def test_vp_engineering_emergency_escalation_only(self) -> None:
        severities: tuple[SeverityName, ...] = ("sev2", "sev3")
        for severity in severities:
            simulation = unanswered(severity, until=24 * 60)
            assert "vp-engineering" not in {who for _, who in pages(simulation)}


def test_this_is_the_process_for_incidents_in_production_systems() -> None:
    assert book("company").title == "Incident Response Runbook"


def test_initial_status_page_update() -> None:
    simulation = unanswered("sev1")
    published = text(simulation, "publish/investigating")
    assert published.startswith("We are currently investigating ")
    assert published.endswith("We will provide updates as we learn more.")


def test_every_page_carries_the_tools() -> None:
    page = text(unanswered("sev1"), "escalate/1/on-call")
    for address in ("company.pagerduty.com", "status.company.com", "grafana.company.com", "logs.company.com"):
        assert address in page


@pytest.mark.parametrize(
    ("severity", "title", "definition"),
    [
        ("sev1", "Critical", "Complete service outage or critical functionality unavailable affecting all users."),
        ("sev2", "High", "Partial service degradation or critical functionality impaired for subset of users."),
        ("sev3", "Medium", "Minor service degradation, workaround available, or internal-only impact."),
    ],
)
def test_severity_levels(severity: SeverityName, title: str, definition: str) -> None:
    rules = book("company").severities[severity]
    assert (rules.title, rules.definition) == (title, definition)


@pytest.mark.parametrize(
    ("role", "duties"),
    [
        ("technical-lead", "diagnoses and coordinates fixes"),
        ("communications-lead", "handles stakeholder updates"),
        ("scribe", "documents timeline and actions"),
    ],
)
def test_what_the_roles_do(role: str, duties: str) -> None:
    assert book("company").roles[role].duties == duties


@pytest.mark.parametrize("severity", ["sev1", "sev2", "sev3"])
def test_key_contacts(severity: SeverityName) -> None:
    contacts = card("company", severity)
    for sentence in ("On-call Engineer: the PagerDuty schedule", "Engineering Manager: Slack or PagerDuty",
                  "VP Engineering: emergency escalation only"):  # fmt: skip
        assert sentence in contacts


class TestPostIncidentProcess:
    """After a SEV-1; after a SEV-2 when it was complex, and its owner said yes."""

    def test_write_post_mortem_document_use_template(self) -> None:
        lines = courses.handled("company", "sev1")
        document = one(lines, "review/document/post-mortem-document")
        assert (document.kind, document.offset_s) == ("document", (95 + 15) * 60)
        assert courses.times(lines, "duty/post-mortem-document") == [95 + 48 * 60]
        assert document.text.startswith("# Post-mortem: SEV-1: Example incident (2026-03-02)")

    def test_identify_action_items_with_owners_and_due_dates(self) -> None:
        assert items(courses.handled("company", "sev1"), "action-items")[0] == (
            "Identify action items with owners and due dates"
        )

    def test_track_action_items_to_completion(self) -> None:
        assert items(courses.handled("company", "sev1"), "action-items")[1] == "Track the action items to completion"
        incident = courses.live("company", "sev1")
        incident.happen(FollowUpAdded(by="Ann", text="test the fallback", owner="vp-engineering"))
        incident.happen(Resolved(by="Ann"))
        courses.after(incident, 60).happen(Waived(by="Ann", reason="only the action item matters here"))
        courses.after(incident, 30 * 24 * 60)
        assert len(courses.sent(incident, "review/overdue/vp-engineering")) > 5
        incident.happen(FollowUpDone(by="Ann", follow_up="1"))
        assert incident.review is not None
        assert incident.review.closed_at == incident.now

    def test_share_learnings_with_engineering_team(self) -> None:
        assert items(courses.handled("company", "sev1"), "share-learnings") == [
            "Share learnings with the engineering team"
        ]

    def test_nothing_is_owed_after_a_sev3(self) -> None:
        assert book("company").severities["sev3"].review is None
