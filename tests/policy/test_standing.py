"""What lists show of an incident, and in which order."""

from datetime import timedelta

import pytest

from tests.policy.builders import at, happens, opened, runbook, severity, tier
from tests.workflows.incidents import shipped
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Event,
    FlagChanged,
    FollowUpAdded,
    FollowUpDone,
    FollowUpWaived,
    Reopened,
    Resolved,
    SeverityChanged,
    UpdatePosted,
)
from workflows.policy.incident.obligation_events import ObligationSent
from workflows.policy.views.standing import (
    FOLLOW_UPS_MEMO,
    MOST_FOLLOW_UPS_LISTED,
    URGENCIES,
    WATCHED,
    follow_ups_due,
    standing,
    urgency,
    urgency_of,
)
from workflows.policy.views.summary import listed_while_open

BOOK = shipped("company")


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ((), urgency("sev1")),
        ((Acknowledged(by="Ada"),), urgency("sev1", acknowledged=True)),
        ((SeverityChanged(severity="sev3", by="Ada"),), urgency("sev3")),
        ((Acknowledged(by="Ada"), Resolved(by="Ada")), WATCHED),
        ((Acknowledged(by="Ada"), Resolved(by="Ada"), Reopened(by="Ada")), urgency("sev1")),
        ((Cancelled(by="Ada"),), WATCHED),
    ],
    ids=["nobody is on it", "somebody is", "less grave", "resolved", "reopened", "opened in error"],
)
def test_the_graver_is_more_urgent_and_of_these_what_nobody_is_on(happened: tuple[Event, ...], expected: int) -> None:
    simulation = opened(BOOK)
    for minute, event in enumerate(happened, start=1):
        happens(simulation, minute, event)
    assert urgency_of(BOOK, simulation.incident, at(10)) == expected
    assert expected in URGENCIES


def test_an_acknowledgement_that_has_lapsed_is_none() -> None:
    simulation = opened(BOOK)
    happens(simulation, 1, Acknowledged(by="Ada"))
    simulation.run_to(at(60 * 24))
    assert urgency_of(BOOK, simulation.incident, at(60 * 24)) == urgency("sev1")


def test_every_urgency_is_listed_once_and_the_most_urgent_first() -> None:
    assert list(URGENCIES) == sorted(set(URGENCIES))
    assert URGENCIES[-1] == WATCHED


def test_an_update_is_a_sign_of_life_and_a_cadence_is_not() -> None:
    simulation = opened(BOOK)
    happens(simulation, 1, Acknowledged(by="Ada"))
    happens(simulation, 7, UpdatePosted(by="Ada", text="looking"))
    simulation.run_to(at(50))
    row = standing(BOOK, simulation.incident)
    assert (row.acknowledged_by, row.alive_at, row.updated_at) == ("Ada", at(7), at(7))


def test_a_legal_clock_is_listed_by_its_deadline_not_by_its_next_reminder() -> None:
    gdpr = {"id": "gdpr", "when": {"flags": ["security"]}, "from": "declared", "within": "72h", "owner": "commander"}
    nis2 = {**gdpr, "id": "nis2", "stages": [{"id": "early-warning", "within": "24h"}]}
    book = runbook(severity(tier("alice")), obligations=[gdpr, {k: v for k, v in nis2.items() if k != "within"}])
    simulation = opened(book)
    assert standing(book, simulation.incident).obligation == ""
    happens(simulation, 5, FlagChanged(flag="security"))
    row = standing(book, simulation.incident)
    assert (row.obligation, row.obligation_due_at) == ("nis2: early warning", at(24 * 60))
    happens(simulation, 10, ObligationSent(obligation="nis2"))
    assert standing(book, simulation.incident).obligation_due_at == at(72 * 60)


def test_of_what_is_left_to_do_lists_show_what_is_due_first_and_whose_it_is() -> None:
    simulation = opened(BOOK)
    assert FOLLOW_UPS_MEMO not in listed_while_open(BOOK, simulation.incident)
    today = at(0).date()
    for days in (9, 3, 6):
        due_on = today + timedelta(days=days)
        added = FollowUpAdded(by="Ada", text=f"in {days} days", owner="commander", due_on=due_on)
        happens(simulation, 10 - days, added)
    listed = follow_ups_due(BOOK, simulation.incident)
    assert [each.text for each in listed] == ["in 3 days", "in 6 days", "in 9 days"]
    assert [each.due_at for each in listed] == sorted(each.due_at for each in listed)
    assert {each.owner for each in listed} == {BOOK.role_name("commander")}
    happens(simulation, 20, FollowUpDone(by="Ada", follow_up="2"))
    happens(simulation, 21, FollowUpWaived(by="Ada", follow_up="1", reason="no need"))
    assert [each.text for each in follow_ups_due(BOOK, simulation.incident)] == ["in 6 days"]
    happens(simulation, 22, FollowUpDone(by="Ada", follow_up="3"))
    assert listed_while_open(BOOK, simulation.incident)[FOLLOW_UPS_MEMO] == ()  # what was listed is so no more


def test_however_many_they_are_their_row_stays_small() -> None:
    simulation = opened(BOOK)
    for number in range(30):
        happens(simulation, number, FollowUpAdded(by="Ada", text=f'{number} \u00e9"' * 80, owner="\u5b57" * 80))
    listed = follow_ups_due(BOOK, simulation.incident)
    assert len(listed) == MOST_FOLLOW_UPS_LISTED
    assert sum(len(each.model_dump_json().encode()) for each in listed) < 2_000
