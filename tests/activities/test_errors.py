"""Two kinds of failure: when to try again, and what is said."""

from datetime import timedelta

import pytest

from activities.errors import Rejected, Unavailable, refusal, wait
from activities.plain_text import quote


@pytest.mark.parametrize(
    ("header", "duration"),
    [
        ("0", timedelta(0)),
        ("1200", timedelta(minutes=20)),
        # Nobody waits for a week because a proxy says so.
        ("604800", timedelta(days=1)),
        ("9" * 5000, timedelta(days=1)),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("Sat, 21 Nov 2026 02:04:00 GMT", None),
        ("²", None),
    ],
)
def test_retry_after(header: str | None, duration: timedelta | None) -> None:
    assert wait(header) == duration


def test_a_success_that_is_not_the_vendors_is_tried_again() -> None:
    assert isinstance(refusal("a login page", 200, None), Unavailable)


def test_a_redirect_is_a_wrong_address() -> None:
    assert isinstance(refusal("moved", 302, None), Rejected)


def test_a_quotation_is_one_short_line_without_secrets() -> None:
    quoted = quote("bad key\nR0SECRET\x1b[0m" + "!" * 1000, ["R0SECRET", ""])
    assert quoted.startswith("bad key ***[0m!")
    assert len(quoted) == 200
