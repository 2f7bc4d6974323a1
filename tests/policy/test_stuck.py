"""Who is told of what stands still, and in which words."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from tests.workflows.incidents import shipped
from workflows.policy.watches.stuck import GRAVITIES, NAMES_MOST, Gravity, StuckLadder, StuckWorkflow, stuck_ladders

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


def test_one_whose_severity_nobody_knows_stands_with_the_gravest() -> None:
    (ladder,) = ladders(one("sev2", number=1), one("sev9", number=2), one("", kind="review", number=3))
    assert [each.name for each in ladder.stuck] == ["incident 2", "incident 1", "incident 3"]


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


class Spell(NamedTuple):
    """A workflow is stuck from one minute to another."""

    begins: int
    severity: str = "sev1"
    until: int = 999
    kind: str = "incident"


def rung(*spells: Spell, tiers: int = 2, minutes: int = 90) -> list[tuple[int, int]]:
    """Minute and tier of each ring, of tiers of one person each who can be reached."""
    last: dict[tuple[Gravity, int], datetime] = {}
    rings = []
    for minute in range(minutes):
        now = T0 + timedelta(minutes=minute)
        there = [
            one(each.severity, kind=each.kind, number=number, after=60 * each.begins)
            for number, each in enumerate(spells)
            if each.begins <= minute < each.until
        ]
        for ladder in ladders(*there):
            for tier in range(min(tiers, len(ladder.tiers))):
                call = ladder.call(tier, now)
                as_grave = GRAVITIES[: GRAVITIES.index(ladder.gravity) + 1]
                rung_at = max((last[key, tier] for key in as_grave if (key, tier) in last), default=None)
                if call and (rung_at is None or call.rings_again(rung_at, now)):
                    last[ladder.gravity, tier] = now
                    rings.append((minute, tier + 1))
    return rings


@pytest.mark.parametrize(
    ("spells", "rings"),
    [
        pytest.param([Spell(0)], [(0, 1), (10, 2)], id="one"),
        pytest.param([Spell(0), Spell(0)], [(0, 1), (10, 2)], id="two at once"),
        pytest.param([Spell(0, "", kind="review")], [(0, 1)], id="a review"),
        pytest.param([Spell(0, "", kind="review"), Spell(60)], [(0, 1), (60, 1), (70, 2)], id="a review, then a SEV-1"),
        pytest.param([Spell(0, "", kind="review"), Spell(1)], [(0, 1), (1, 1), (11, 2)], id="and soon"),
        pytest.param([Spell(0, "sev3"), Spell(2)], [(0, 1), (2, 1), (12, 2)], id="a SEV-3, then a SEV-1"),
        pytest.param([Spell(0), Spell(60, "sev3")], [(0, 1), (10, 2)], id="a SEV-1, then a SEV-3"),
        pytest.param([Spell(0), Spell(60)], [(0, 1), (10, 2), (60, 1), (70, 2)], id="two SEV-1s an hour apart"),
        pytest.param([Spell(0), Spell(3)], [(0, 1), (10, 1), (10, 2)], id="two SEV-1s three minutes apart"),
        pytest.param([Spell(0, until=20), Spell(0, "sev3")], [(0, 1), (10, 2)], id="the graver one is cured"),
        pytest.param(
            [Spell(0, until=20), Spell(5, until=30), Spell(40)],
            [(0, 1), (10, 1), (10, 2), (40, 1), (50, 2)],
            id="both are cured, and then another",
        ),
        pytest.param([Spell(0, until=3), Spell(4)], [(0, 1), (4, 1), (14, 2)], id="cured, and stuck again"),
        pytest.param(
            [Spell(0, until=30), Spell(20)], [(0, 1), (10, 2), (20, 1), (30, 2)], id="the first is cured in between"
        ),
    ],
)
def test_whoever_has_not_heard_of_the_gravest_is_rung(spells: list[Spell], rings: list[tuple[int, int]]) -> None:
    assert rung(*spells) == rings


def test_one_incident_after_the_other_does_not_ring_with_each_and_the_next_tier_hears_in_time() -> None:
    rings = rung(*(Spell(minute) for minute in range(30)), minutes=40)
    assert [minute for minute, tier in rings if tier == 1] == [0, 10, 20, 30]
    assert [minute for minute, tier in rings if tier == 2] == [10, 21, 32]


def test_a_gateways_clock_that_is_behind_delays_no_first_ring() -> None:
    (ladder,) = ladders(one(after=60))
    assert ladder.call(0, T0) is not None
    assert ladder.call(1, T0) is None
    assert ladder.call(1, T0, at_once=True) is not None
