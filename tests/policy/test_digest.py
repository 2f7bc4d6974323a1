"""What the digest says, and when it says nothing."""

from datetime import timedelta

import pytest

from tests.policy.builders import T0
from workflows.policy.time.calendar import day_in
from workflows.policy.watches.digest import DIGEST_LINE, Inventory, OwedToReview, StillOpen, compose

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = T0


def still_open(**more: object) -> StillOpen:
    given = {"incident": "20260301-0900-k7", "title": "Checkout fails", "severity": "sev1", "declared_at": NOW - DAY}
    return StillOpen.model_validate(given | more)


def owed(kind: str = "review", due_in: timedelta = HOUR, **more: object) -> OwedToReview:
    given = {
        "incident": "20260228-1200-b2", "title": "Search is slow", "what": "incident report", "owner": "alice",
        "kind": kind, "due_at": NOW + due_in,
    }  # fmt: skip
    return OwedToReview.model_validate(given | more)


def said(*things: StillOpen | OwedToReview, most: int = 12) -> list[str]:
    incidents = tuple(thing for thing in things if isinstance(thing, StillOpen))
    debts = tuple(thing for thing in things if isinstance(thing, OwedToReview))
    return compose(Inventory(taken_at=NOW, incidents=incidents, owed=debts), most).splitlines()


def test_nothing_is_said_when_there_is_nothing_to_say() -> None:
    assert compose(Inventory(taken_at=NOW), 12) == ""


class TestIncidents:
    @pytest.mark.parametrize(
        ("more", "standing"),
        [
            ({}, "nobody has acknowledged it"),
            ({"acknowledged_by": "Bob", "alive_at": NOW - HOUR}, "acknowledged by Bob"),
            ({"acknowledged_by": "Bob", "alive_at": NOW - 8 * HOUR + HOUR / 60}, "acknowledged by Bob"),
            ({"acknowledged_by": "Bob", "alive_at": NOW - 8 * HOUR}, "acknowledged by Bob, no sign of life for 8h"),
            ({"acknowledged_by": "Bob", "alive_at": NOW - 3 * DAY}, "acknowledged by Bob, no sign of life for 3d"),
            ({"answers": False}, "its workflow does not answer"),
        ],
    )
    def test_one_that_is_open_says_how_it_stands(self, more: dict[str, object], standing: str) -> None:
        assert said(still_open(**more)) == [
            "Still open (1)",
            f"• SEV-1 20260301-0900-k7 Checkout fails, open for 1d: {standing}",
        ]

    def test_the_gravest_comes_first_and_of_these_the_oldest(self) -> None:
        lines = said(
            still_open(severity="sev2", incident="c", declared_at=NOW - 9 * DAY),
            still_open(incident="b"),
            still_open(incident="a", declared_at=NOW - 2 * DAY),
        )
        assert [line.split()[2] for line in lines[1:]] == ["a", "b", "c"]


class TestReviews:
    def test_what_is_late_comes_before_what_is_due_soon(self) -> None:
        assert said(owed(due_in=2 * HOUR, what="review meeting"), owed(due_in=-26 * HOUR)) == [
            "Reviews overdue (1)",
            "• 20260228-1200-b2 Search is slow: incident report, alice, 1d 2h late",
            "",
            "Reviews due soon (1)",
            "• 20260228-1200-b2 Search is slow: review meeting, alice, due in 2h",
        ]

    def test_what_is_due_after_the_next_digest_even_over_a_weekend_can_wait(self) -> None:
        assert said(owed(due_in=3 * DAY))
        assert not said(owed(due_in=3 * DAY + HOUR))

    def test_one_that_does_not_say_what_it_owes_is_named(self) -> None:
        text = compose(Inventory(taken_at=NOW, silent_reviews=("20260228-1200-b2",)), 12)
        assert text == "Reviews that do not say what they owe (1)\n• 20260228-1200-b2"


class TestFollowUps:
    def test_all_open_ones_are_listed_by_owner_and_then_by_time(self) -> None:
        lines = said(
            owed("follow-up", 9 * DAY, owner="bob", what="add an alert"),
            owed("follow-up", -DAY, owner="bob", what="raise the limit"),
            owed("follow-up", 30 * DAY, owner="alice", what="rehearse it"),
        )
        assert lines == [
            "Open follow-ups (3)",
            "• alice: rehearse it (20260228-1200-b2), due in 30d",
            "• bob: raise the limit (20260228-1200-b2), 1d late",
            "• bob: add an alert (20260228-1200-b2), due in 9d",
        ]


class TestBounds:
    def test_what_does_not_fit_is_counted(self) -> None:
        lines = said(*(still_open(incident=f"i{n}") for n in range(5)), most=3)
        assert lines[0] == "Still open (5)"
        assert len(lines) == 5
        assert lines[-1] == "… and 2 more: 2 SEV-1"

    def test_what_was_not_read_is_counted_by_severity(self) -> None:
        known = {"sev1": 12, "sev3": 2038}
        inventory = Inventory(taken_at=NOW, incidents=(still_open(),), by_severity=known, unread_reviews=40)
        lines = compose(inventory, 20).splitlines()
        assert (lines[0], lines[2]) == ("Still open (2,050)", "… and 2,049 more: 11 SEV-1, 2,038 SEV-3")
        assert lines[-1] == "40 more reviews are open"

    def test_no_line_is_endless(self) -> None:
        long = "x" * 3000
        lines = said(still_open(title=long, acknowledged_by=long), owed(what=long), owed("follow-up", what=long))
        assert max(map(len, lines)) == DIGEST_LINE

    def test_an_alerts_text_stays_on_its_line(self) -> None:
        assert said(still_open(title="Checkout\nReviews overdue (0)"))[1].startswith(
            "• SEV-1 20260301-0900-k7 Checkout "
        )


@pytest.mark.parametrize(
    ("zone", "hours", "day"),
    [
        ("UTC", 0, 2),
        ("America/Los_Angeles", -2, 1),  # 23:00 there
        ("America/Los_Angeles", 0, 2),
        ("Pacific/Auckland", 1, 2),  # 23:00 there
        ("Pacific/Auckland", 3, 3),
    ],
)
def test_a_day_is_that_of_its_zone(zone: str, hours: int, day: int) -> None:
    """T0 is 09:00 UTC."""
    assert day_in(zone, T0 + hours * HOUR).day == day
