"""The controls beside a runbook: what they say is read as people write it, and costs the gateway little."""

from datetime import UTC, datetime, timedelta

import pytest

from starter.board.what_if import LONGEST_LOOK_AHEAD, what_if
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import write


def test_what_is_asked_is_the_course(book: Runbook) -> None:
    asked = {"ack": "7m", "resolve": "1h 35m", "at": "2026-11-21T02:00:00Z", "until": "2d"}
    found = what_if(book, "sev1", asked)
    assert found.problems == ()
    assert found.course.ack_after == timedelta(minutes=7)
    assert found.course.at == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert found.course.end == timedelta(days=2)
    assert what_if(book, "sev1", {}).course.ack_after is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"ack": "7"}, "ack: a duration is written like"),
        ({"ack": "-5m"}, "ack: a duration cannot be negative"),
        ({"ack": "2h", "resolve": "1h"}, "nobody acknowledges what is over"),
        ({"until": write(LONGEST_LOOK_AHEAD * 2)}, "until: at most"),
        ({"resolve": "999999w"}, "resolve: a duration is at most"),
        ({"at": "yesterday"}, "at: write a moment like"),
        ({"at": "0001-01-01T00:00:00Z"}, "at: a day in the years"),
        ({"at": "9999-12-31T23:59:59+14:00"}, "at: a day in the years"),
        ({"ack": "<script>"}, "ack: "),
    ],
)
def test_what_cannot_be_is_said_and_left_out(asked: dict[str, str], said: str, book: Runbook) -> None:
    found = what_if(book, "sev1", asked)
    assert any(problem.startswith(said) or said in problem for problem in found.problems), found.problems
    assert found.course.end <= LONGEST_LOOK_AHEAD + timedelta(days=1)


def test_a_severity_that_the_runbook_has_not_is_its_gravest(book: Runbook) -> None:
    assert what_if(book, "sev9", {}).course.severity == "sev1"
