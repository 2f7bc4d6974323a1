"""A schedule that the sandbox's PagerDuty has from the start, so that a runbook that names one can be tried."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from activities.pagerduty import PagerDuty
from sandbox.app import create_app
from sandbox.pagerduty_on_call import OnCallList, WeeklySchedule
from sandbox.serve import serving
from workflows.policy.rota.roster import RosterQuestion
from workflows.policy.runbook.on_call import OnCall, PagerDutyOnCall

A_WEEK = timedelta(weeks=1)
TURNS = WeeklySchedule("PI7DH85", ("Ann Lee", "Ben"))


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-25T12:00", "2026-11-23T09:00"),
        ("2026-11-30T08:59", "2026-11-23T09:00"),
        ("2026-11-30T09:00", "2026-11-30T09:00"),
    ],
)
def test_turns_go_from_monday_to_monday_and_somebody_is_there_now_and_for_a_year(now: str, first: str) -> None:
    found = list(TURNS.stretches(datetime.fromisoformat(f"{now}+00:00")))
    assert found[0].start == datetime.fromisoformat(f"{first}+00:00")
    assert [each.name for each in found[:3]] == ["Ann Lee", "Ben", "Ann Lee"]
    assert all(before.end == after.start for before, after in pairwise(found))
    assert len(found) == 53


def test_a_reset_brings_them_back() -> None:
    known = OnCallList([TURNS])
    known.entries.clear()
    known.reset()
    assert known.entries[0].name == "Ann Lee"


@pytest.mark.parametrize("where", [{"schedule": "PI7DH85"}, {"escalation_policy": "PI7DH85"}])
async def test_whoever_asks_pagerduty_is_given_them(where: dict[str, str]) -> None:
    now = datetime.now(UTC)
    terms = OnCall(pagerduty=PagerDutyOnCall.model_validate(where))
    people = {"ann": "Ann Lee", "ben": "Ben"}
    question = RosterQuestion(post="on-call", terms=terms, people=people, begin=now, end=now + 2 * A_WEEK)
    async with serving(create_app(schedules=[TURNS])) as url:
        pagerduty = PagerDuty({}, f"{url}/pagerduty/events", f"{url}/pagerduty/api", "token", None)
        assert terms.pagerduty
        found = await pagerduty.stints(question, terms.pagerduty)
    assert [stint.who for [stint] in found[:2]] == ["ann", "ben"]
