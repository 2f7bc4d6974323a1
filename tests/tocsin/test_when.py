"""When something comes, as people think of it: how soon, and on their own clock."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from tocsin.view.answers import plan_view
from workflows.policy.views.results import PlanView, Upcoming

NOW = datetime(2026, 11, 21, 13, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "zone", "told"),
    [
        (timedelta(minutes=7), "Europe/Berlin", "in 7m (14:30 Berlin)"),
        (timedelta(minutes=7), "UTC", "in 7m (13:30 UTC)"),
        (timedelta(hours=30), "Europe/Berlin", "in 1d 6h (Sun 22 Nov 20:23 Berlin)"),
        (timedelta(minutes=-2), "Europe/Berlin", "2m ago (14:21 Berlin)"),
    ],
)
def test_a_time_is_told_from_now_on_and_on_the_clock_of_the_runbook(after: timedelta, zone: str, told: str) -> None:
    line = Upcoming(at=NOW + after, what="page the VP", kind="page", duty="escalate/2", reason="nobody answered")
    console = Console(width=120)
    with console.capture() as shown:
        console.print(plan_view(PlanView(incident="20261121-1323-k7qxzm", now=NOW, zone=zone, lines=(line,))))
    assert told in shown.get()
