"""What lists show of an incident, and in which order."""

import pytest

from tests.policy.builders import at, happens, opened, runbook, severity, tier
from tests.workflows.incidents import shipped
from workflows.policy.engine import plan
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    Event,
    FlagChanged,
    Reopened,
    Resolved,
    SeverityChanged,
    UpdatePosted,
)
from workflows.policy.incident.obligation_events import ObligationSent
from workflows.policy.views.standing import HEAVIEST_DUTY, URGENCIES, WATCHED, next_duty, standing, urgency, urgency_of

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


def test_the_next_duty_is_the_one_whose_time_comes_first_with_its_reason() -> None:
    simulation = opened(BOOK)
    simulation.run_to(at(1))
    present = plan(BOOK, simulation.incident, at(1))
    said, due_at = next_duty(BOOK, present) or ("", None)
    assert due_at == min(demand.due_at for demand in (*present.due, *present.next))
    assert said.partition(": ")[2]
    assert len(said) <= HEAVIEST_DUTY


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
