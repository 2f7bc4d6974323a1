"""incident = reduce(apply, events): nothing raises, nothing is taken twice, everything stays bounded."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.policy.builders import (
    T0,
    alert,
    alerts,
    at,
    declared,
    happens,
    ladder,
    lines,
    opened,
    opening,
    said,
    tier,
)
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Closed,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    HandedOff,
    Mitigated,
    Noted,
    NotUnderstood,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
    stamp,
)
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.incident.state import Incident, declare
from workflows.policy.reducers.refusals import refusal
from workflows.policy.reducers.root import apply

BOOK = ladder(tier("alice"), tier("bob", after=30))
LONG = "x" * 1_000_000


def folded(*events: Event, incident: Incident | None = None) -> Incident:
    incident = incident or declared(BOOK)
    for event in events:
        incident = apply(BOOK, incident, stamp(event, T0))
    return incident


class TestHeardTwice:
    def test_an_event_with_a_known_id_changes_nothing(self) -> None:
        once = folded(Noted(id="n1", text="hm"))
        assert folded(Noted(id="n1", text="something else"), incident=once) == once

    def test_events_without_an_id_all_count(self) -> None:
        twice = folded(Noted(text="hm"), Noted(text="hm"))
        assert twice.timeline[-1].count == 2

    def test_so_many_ids_are_remembered(self) -> None:
        incident = folded(*(Noted(id=f"n{n}", text=f"{n}") for n in range(IncidentBounds.seen_ids + 1)))
        assert (incident.heard[0], len(incident.heard)) == ("n1", IncidentBounds.seen_ids)


class TestTheTimeline:
    def test_begins_with_the_declaration(self) -> None:
        assert lines(declared(BOOK)) == ["declared SEV-1: Checkout fails"]

    def test_counts_equal_lines_in_a_row(self) -> None:
        incident = folded(Noted(by="Bob", text="hm"), Noted(by="Bob", text="hm"), Noted(by="Bob", text="ah"))
        assert [(e.text, e.count) for e in incident.timeline[1:]] == [("Bob: hm", 2), ("Bob: ah", 1)]

    def test_drops_the_oldest_lines_and_counts_them(self) -> None:
        incident = folded(*(Noted(text=f"note {n}") for n in range(IncidentBounds.timeline + 4)))
        assert len(incident.timeline) == IncidentBounds.timeline
        assert incident.timeline_dropped == 5

    def test_says_what_could_not_be_understood_and_loudly(self) -> None:
        incident = folded(NotUnderstood(name="resolve", problem="text: Input should be a valid string"))
        assert incident.timeline[-1].loud
        assert said(incident, "could not read a message named 'resolve': text: Input should be a valid string")


TOO_LATE = [
    (Resolved(by="Bob"), "Bob resolved again, which changes nothing"),
    (Acknowledged(by="Bob"), "Bob acknowledged, too late to change anything"),
    (Mitigated(by="Bob"), "Bob reported a fix, after the incident was resolved"),
]


@pytest.mark.parametrize(("event", "line"), TOO_LATE, ids=[line for _, line in TOO_LATE])
def test_a_signal_that_comes_too_late_is_only_written_down(event: Event, line: str) -> None:
    resolved = folded(Resolved(by="Alice"))
    after = folded(event, incident=resolved)
    assert lines(after)[-1] == line
    timeline = {"timeline": resolved.timeline, "timeline_weight": resolved.timeline_weight}
    assert after.model_copy(update=timeline) == resolved


def test_reopening_what_is_open_changes_nothing() -> None:
    assert folded(Reopened(by="Bob")).opening == 1
    assert said(folded(Reopened(by="Bob")), "Bob reopened, which changes nothing")


def test_reopening_what_was_cancelled_changes_nothing() -> None:
    """It would be open with nobody able to resolve it: everything is refused once it is cancelled."""
    assert folded(Cancelled(), Reopened(by="Bob")).resolved


def test_reopening_starts_everything_from_there() -> None:
    simulation = opened(BOOK)
    happens(simulation, 1, Acknowledged())
    happens(simulation, 3, Resolved(by="Alice", text="rolled back"))
    happens(simulation, 5, Reopened(by="Bob", reason="it is back"))
    incident = simulation.incident
    assert (incident.opening, incident.opened_at, incident.declared_at) == (2, at(5), at(0))
    assert (incident.phase, incident.acknowledged_at, incident.resolved_at) == ("investigating", None, None)
    assert said(incident, "reopened by Bob: it is back")


def test_a_handover_names_both_and_moves_the_hat() -> None:
    incident = folded(RoleAssigned(role="commander", person="alice"), HandedOff(by="alice", to="bob", text="lunch"))
    assert incident.roles == {"commander": "bob"}
    assert incident.to_tell[-1].mention == ("bob",)


def test_a_role_that_somebody_wants_only_if_it_is_free_is_taken_from_nobody() -> None:
    """Whoever pressed first: both pressed before either was heard."""
    wanted = [RoleAssigned(role="commander", person=who, by=who, if_free=True) for who in ("alice", "bob", "Alice")]
    assert refusal(BOOK, folded(wanted[0]), wanted[1]) == "Alice is Incident Commander already"
    assert refusal(BOOK, folded(wanted[0]), wanted[2]) is None
    incident = folded(*wanted[:2])
    assert incident.roles == {"commander": "alice"}
    assert said(incident, "Bob wanted to be Incident Commander, which Alice is already")
    assert folded(RoleAssigned(role="commander", person="bob"), incident=incident).roles == {"commander": "bob"}


@pytest.mark.parametrize(("first", "second"), [("alice", "bob"), ("bob", "alice")])
def test_of_two_who_swap_a_role_in_the_same_second_the_later_one_counts_and_both_read_that(
    first: str, second: str
) -> None:
    incident = folded(*(RoleAssigned(role="commander", person=who, by=who) for who in (first, second)))
    assert incident.roles == {"commander": second}
    name = {"alice": "Alice", "bob": "Bob"}
    assert said(incident, f"{name[second]} is Incident Commander, instead of {name[first]}")
    assert not said(
        folded(RoleAssigned(role="commander", person=second), incident=incident), "instead of " + name[second]
    )


def test_a_severity_is_said_with_its_reason() -> None:
    book_with_two = folded(SeverityChanged(by="Bob", severity="sev2", reason="contained"))
    assert said(book_with_two, "Bob lowered the severity from SEV-1 to SEV-2: contained")


class TestTimes:
    def test_an_event_without_a_time_happens_now(self) -> None:
        assert stamp(Noted(), T0).at == T0

    def test_nothing_happens_in_the_future(self) -> None:
        assert stamp(Noted(at=at(5)), T0).at == T0

    def test_what_happened_earlier_keeps_its_time(self) -> None:
        assert stamp(Noted(at=at(-5)), T0).at == at(-5)

    def test_a_time_without_a_zone_is_in_utc(self) -> None:
        assert Noted.model_validate({"at": "2026-03-02T09:00:00"}).at == T0
        assert Noted.model_validate({"at": "2026-03-02T10:00:00+01:00"}).at == T0

    @pytest.mark.parametrize("beyond", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
    def test_what_is_said_at_a_time_beyond_the_calendar_is_heard_now(self, beyond: str) -> None:
        assert stamp(Noted.model_validate({"at": beyond}), T0).at == T0

    def test_detection_is_never_after_the_declaration(self) -> None:
        assert declare(opening(BOOK, detected_at=at(9)), T0, "id", "wf").detected_at == T0


WORDY: list[Event] = [
    Resolved(by=LONG, text=LONG), Acknowledged(by=LONG, ring=LONG, via=LONG), Noted(by=LONG, text=LONG, id=LONG),
    SeverityChanged(severity="sev2", reason=LONG), Escalated(to="alice", reason=LONG, by=LONG), Escalated(to=LONG),
    HandedOff(to="bob", text=LONG, by=LONG), Cancelled(by=LONG, reason=LONG), DraftApproved(text=LONG, by=LONG),
    Mitigated(text=LONG), Snoozed(duration=timedelta(hours=1), reason=LONG), NotUnderstood(name=LONG, problem=LONG),
    UpdatePosted(by=LONG, text="short"), FlagChanged(flag="security", by=LONG),
    RoleAssigned(role="x", person="bob", by=LONG),
    alerts(alert(name=LONG, summary=LONG, link=LONG, labels={"team": LONG})),
]  # fmt: skip


@pytest.mark.parametrize("event", WORDY, ids=lambda event: event.kind)
def test_however_much_is_said_little_is_kept(event: Event) -> None:
    assert len(folded(event).model_dump_json()) < 20_000


def test_a_million_characters_reopen_nothing_large() -> None:
    incident = folded(alerts(alert()), Resolved(), alerts(alert("f2", name=LONG)), Reopened(reason=LONG))
    assert len(incident.model_dump_json()) < 20_000


def test_a_storm_of_wordy_alerts_stays_small() -> None:
    labels = {f"label-{n}": LONG for n in range(60)}
    storm = (
        alert(f"f{n}", name=LONG, summary=LONG, link=LONG, labels=labels) for n in range(IncidentBounds.alerts + 50)
    )
    incident = folded(alerts(*storm))
    assert incident.alerts_untracked == 50
    assert len(incident.model_dump_json()) < 256 * 1024


def test_roles_and_flags_are_bounded() -> None:
    """A signal cannot be refused, so it may name roles and flags that the runbook does not know."""
    many = [RoleAssigned(role=f"r{n}", person="x") for n in range(500)] + [
        FlagChanged(flag=f"f{n}") for n in range(500)
    ]
    incident = folded(*many)
    assert len(incident.roles) <= IncidentBounds.names
    assert len(incident.flags) <= IncidentBounds.names


def test_closing_is_the_last_line() -> None:
    incident = folded(Resolved(), Closed())
    assert incident.closed_at == T0
    assert lines(incident)[-1] == "closed"


def test_every_command_has_the_wire_name_that_is_its_kind() -> None:
    assert list(INCIDENT_SIGNALS) == [
        "alert", "acknowledge", "change_severity", "resolve", "note", "escalate", "flag", "assign_role", "hand_off",
        "post_update", "approve", "mitigate", "reopen", "cancel", "snooze", "adopt",
        "follow_up_added", "follow_up_done", "follow_up_waived", "unacknowledged",
        "obligation_sent", "obligation_not_applicable", "tick", "at_pager", "correct",
    ]  # fmt: skip


def test_the_first_moment_of_an_incident() -> None:
    incident = declare(
        opening(BOOK, flags=("security",), detected_at=at(-3)), datetime(2026, 3, 2, 9, tzinfo=UTC), "id", "wf"
    )
    assert (incident.phase, incident.opening, incident.round) == ("investigating", 1, 1)
    assert (incident.declared_at, incident.opened_at, incident.detected_at) == (T0, T0, at(-3))
    assert incident.flags == {"security"}
