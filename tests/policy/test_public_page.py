"""What stands on Tocsin's own status page: what was let out, each word once, and not without end."""

from datetime import datetime, timedelta

import pytest

from tests.policy.builders import T0, at, opened, runbook, severity, tier
from workflows.policy.communication.affected import affected, public_impact
from workflows.policy.incident.events import FlagChanged, NotUnderstood
from workflows.policy.reducers.root import apply as applied
from workflows.policy.watches.public_page import (
    HEAVIEST_RECORD,
    MOST_ON_PAGE,
    MOST_UPDATES,
    PAGE_KEEPS,
    CorrectedInPublic,
    MaintenanceAnnounced,
    PageRecord,
    SaidInPublic,
    apply,
    changes_at,
    public_id,
)

DAY = timedelta(days=1)
ENDS = at(120)


def say(text: str = "looking", incident: str = "i1", key: str = "", **more: object) -> SaidInPublic:
    known = {"at": T0, "status": "investigating", "name": "Checkout", "id": key or f"{incident} {text}"}
    return SaidInPublic.model_validate({"text": text, "incident": incident, **known, **more})


def announce(ends_at: datetime = ENDS, **more: object) -> MaintenanceAnnounced:
    known = {"at": T0, "maintenance": "m1", "name": "Moving the database", "starts_at": at(60), "ends_at": ends_at}
    return MaintenanceAnnounced.model_validate({**known, **more})


def after(*events: SaidInPublic | CorrectedInPublic | MaintenanceAnnounced | NotUnderstood) -> PageRecord:
    record = PageRecord()
    for event in events:
        record = apply(record, event)
    return record


def test_an_incident_is_its_updates_the_newest_first() -> None:
    (incident,) = after(say(), say("found", status="identified"), say("over", status="resolved")).incidents
    assert [(update.status, update.text) for update in incident.updates] == [
        ("resolved", "over"),
        ("identified", "found"),
        ("investigating", "looking"),
    ]
    assert incident.is_over


def test_what_is_said_again_under_its_key_is_there_once() -> None:
    record = after(say(), say(incident="i2"), say(), say(incident="i2"))
    assert [len(incident.updates) for incident in record.incidents] == [1, 1]


def test_the_name_is_the_first_and_what_is_affected_the_last_that_was_said() -> None:
    (incident,) = after(say(impact="minor"), say("2", name="X", impact="major", components=("Payments",))).incidents
    assert (incident.name, incident.impact, incident.components) == ("Checkout", "major", ("Payments",))


def test_what_cannot_be_read_changes_nothing() -> None:
    assert after(say(), NotUnderstood(name="say", problem="?")) == after(say())


def test_a_maintenance_that_is_announced_again_moves_and_one_that_does_not_take_place_is_gone() -> None:
    (moved,) = after(announce(), announce(ends_at=at(180))).maintenances
    assert moved.ends_at == at(180)
    assert after(announce(), announce(ends_at=at(60))).maintenances == ()


@pytest.mark.parametrize(("minute", "status"), [(59, "scheduled"), (60, "in_progress"), (120, "completed")])
def test_a_maintenance_goes_on_by_time_alone(minute: int, status: str) -> None:
    (planned,) = after(announce()).maintenances
    assert planned.status(at(minute)) == status


def test_the_page_changes_by_itself_when_a_maintenance_begins_or_ends_and_each_day() -> None:
    record = after(announce())
    midnight = T0.replace(hour=0, minute=0, second=0) + DAY
    assert [changes_at(record, at(minute)) for minute in (0, 60)] == [at(60), at(120)]
    assert changes_at(PageRecord(), T0) == midnight
    assert changes_at(PageRecord(), midnight) == midnight + DAY


class TestBounds:
    def test_what_was_over_three_months_ago_is_taken_down_and_what_goes_on_is_not(self) -> None:
        later = T0 + PAGE_KEEPS + DAY
        record = after(say(incident="open"), say(incident="over", status="resolved"), announce(), say("x", at=later))
        assert {incident.id for incident in record.incidents} == {"open", "i1"}
        assert record.maintenances == ()

    def test_of_many_incidents_those_that_go_on_and_the_newest_are_kept(self) -> None:
        over = [say(incident=f"o{n}", status="resolved", at=at(n)) for n in range(MOST_ON_PAGE + 20)]
        record = after(say(incident="open"), *over)
        assert len(record.incidents) == MOST_ON_PAGE
        kept = {incident.id for incident in record.incidents}
        assert "open" in kept
        assert f"o{MOST_ON_PAGE + 19}" in kept

    def test_of_many_updates_the_first_and_the_newest_are_kept(self) -> None:
        (incident,) = after(*(say(f"news {n}") for n in range(MOST_UPDATES + 10))).incidents
        assert len(incident.updates) == MOST_UPDATES
        assert (incident.updates[0].text, incident.updates[-1].text) == (f"news {MOST_UPDATES + 9}", "news 0")

    def test_the_record_can_always_travel(self) -> None:
        """Temporal takes two megabytes."""
        record = PageRecord()
        for incident in range(MOST_ON_PAGE + 5):
            for update in range(4):
                record = apply(record, say("ü" * 5000, incident=f"i{incident}", key=f"{incident}/{update}"))
        assert len(record.model_dump_json().encode()) < 2 * HEAVIEST_RECORD
        assert len(record.incidents) == MOST_ON_PAGE
        assert all(len(incident.updates) > 1 for incident in record.incidents)


class TestWhatTheIncidentSays:
    book = runbook(severity(tier("alice")), intake={"services": {"pay": "Payments", "sea": "Search"}})

    @pytest.mark.parametrize("service", ["Payments", "pay"], ids=["as the public knows it", "as alerts say it"])
    def test_only_services_that_the_runbook_lists_are_affected_in_public(self, service: str) -> None:
        concerned = {"service": service, "services": ("db-7.internal", "Search")}
        incident = opened(self.book).incident.model_copy(update=concerned)
        assert affected(self.book, incident) == ("Payments", "Search")

    def test_of_a_private_incident_nothing_but_its_words_is_public(self) -> None:
        incident = opened(self.book).incident.model_copy(update={"service": "Payments"})
        hidden = applied(self.book, incident, FlagChanged(at=T0, flag="security"))
        assert (affected(self.book, hidden), public_impact(hidden)) == ((), "none")

    def test_the_page_calls_an_incident_by_a_name_that_says_nothing(self) -> None:
        name = public_id("incident incident-alertmanager-payroll-leak-f5d9")
        assert len(name) == 12
        assert "payroll" not in name


def test_words_are_changed_by_their_key_and_a_correction_that_is_said_twice_counts_once() -> None:
    change = CorrectedInPublic(at=at(9), id="c1", incident="i1", update="k1", text="some")
    others = (say(key="k2"), say(incident="i2", key="k1"))
    first, second = after(say("all", key="k1"), *others, change).incidents
    changed = first if first.id == "i1" else second
    assert [(each.text, each.corrected_at) for each in changed.updates] == [("looking", None), ("some", at(9))]
    late = change.model_copy(update={"at": at(20)})
    assert after(say("all", key="k1"), *others, change, late) == after(say("all", key="k1"), *others, change)
    assert changed.updated_at == at(9)


def test_what_is_not_there_is_not_changed() -> None:
    change = CorrectedInPublic(at=at(9), id="c1", incident="i1", update="k9", text="some")
    assert after(say(key="k1"), change) == after(say(key="k1"))
