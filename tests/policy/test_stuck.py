"""Who is told of what stands still, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.workflows.incidents import shipped
from workflows.policy.watches.stuck import NAMES_MOST, StuckLadder, StuckWorkflow, stuck_ladders

T0 = datetime(2026, 11, 26, 3, tzinfo=UTC)
COMPANY = shipped("company")
BOOKS = {name: shipped(name) for name in ("company", "samia")}


def one(
    severity: str = "sev1", *, kind: str = "incident", runbook: str = "company", number: int = 1, after: int = 0
) -> StuckWorkflow:
    since = T0 + timedelta(seconds=after)
    name = f"incident {number}"
    return StuckWorkflow(
        workflow_id=f"w{number}", type=kind, name=name, severity=severity, runbook=runbook, since=since, why="a bug"
    )


def ladders(*stuck: StuckWorkflow) -> list[StuckLadder]:
    return list(stuck_ladders(stuck, BOOKS, COMPANY))


def test_the_gravest_incident_decides_who_is_called() -> None:
    (ladder,) = ladders(one("sev3", number=1), one("sev1", number=2, after=60))
    tiers = COMPANY.severities["sev1"].escalation
    assert len(ladder.tiers) == len(tiers)
    assert ladder.tiers[0] == tiers[0].page
    assert ladder.stuck[0].name == "incident 2"
    assert ladder.since == T0


def test_each_runbook_calls_its_own_people() -> None:
    by_book = {ladder.runbook: ladder for ladder in ladders(one(), one(runbook="samia", number=2))}
    assert set(by_book) == {"company", "samia"}


@pytest.mark.parametrize("kind", ["review", "heartbeat", "silence", "digest", "war-room"])
def test_what_is_no_incident_calls_the_first_tier_only(kind: str) -> None:
    (ladder,) = ladders(one("", kind=kind, runbook=""))
    assert ladder.tiers == (COMPANY.severities["sev1"].escalation[0].page,)


@pytest.mark.parametrize(("severity", "runbook"), [("", ""), ("sev9", "gone")])
def test_what_is_not_known_is_taken_for_grave_and_for_the_default_runbooks(severity: str, runbook: str) -> None:
    (ladder,) = ladders(one(severity, runbook=runbook))
    assert (ladder.runbook, ladder.severity) == ("company", "sev1")


def test_many_are_counted_and_the_first_are_named() -> None:
    (ladder,) = ladders(*(one(number=number, after=number) for number in range(NAMES_MOST + 2)))
    assert ladder.subject == f"STUCK: incident 0 and {NAMES_MOST + 1} more: nobody is being paged for it"
    assert ladder.text.count("\n- incident") == NAMES_MOST
    assert "- and 2 more" in ladder.text
