"""Two kinds of failure: when to try again, and what is said."""

import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from activities.errors import Malformed, Rejected, Unavailable, vendor_error, wait
from activities.plain_text import clean, login, quote


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
        ("1.5", timedelta(seconds=1.5)),
        (" 5 ", timedelta(seconds=5)),
        ("1e300", timedelta(days=1)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", timedelta(days=1)),
        ("Fri, 99 Jan 2100 00:00:00 GMT", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("1e999", None),
        ("-0.5", None),
    ],
)
def test_retry_after(header: str | None, duration: timedelta | None) -> None:
    assert wait(header) == duration


def test_a_date_is_waited_for() -> None:
    found = wait(format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True))
    assert found is not None
    assert timedelta(minutes=9) < found <= timedelta(minutes=10)


@pytest.mark.parametrize("status", [400, 413, 414, 415, 422])
def test_what_is_about_the_message_is_known_as_such(status: int) -> None:
    assert isinstance(vendor_error("no", status, None), Malformed)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 410, 451])
def test_what_is_about_the_sender_is_not(status: int) -> None:
    assert not isinstance(vendor_error("no", status, None), Malformed)


def test_a_success_that_is_not_the_vendors_is_tried_again() -> None:
    assert isinstance(vendor_error("a login page", 200, None), Unavailable)


def test_a_redirect_is_a_wrong_address() -> None:
    assert isinstance(vendor_error("moved", 302, None), Rejected)


def test_a_quotation_is_one_short_line_without_secrets() -> None:
    quoted = quote("bad key\nR0SECRET\x1b[0m" + "!" * 1000, ["R0SECRET", ""])
    assert quoted.startswith("bad key ***[0m!")
    assert len(quoted) == 200


@pytest.mark.parametrize(
    "echoed",
    [
        "dHIwdWJsZS9zM2NyZXQ/Kw==",
        "dHIwdWJsZS9zM2NyZXQ_Kw==",
        "dHIwdWJsZS9zM2NyZXQ/Kw",
        "tr0uble%2Fs3cret%3F%2B",
        "dG9jc2luQGFjbWUuZXhhbXBsZTp0cjB1YmxlL3MzY3JldD8r",
        "AHRvY3NpbkBhY21lLmV4YW1wbGUAdHIwdWJsZS9zM2NyZXQ/Kw==",
    ],
    ids=["base64", "for addresses", "without padding", "percent-encoded", "Basic", "SMTP's PLAIN"],
)
def test_a_secret_is_one_in_every_form_in_which_it_is_sent(echoed: str) -> None:
    secrets = login("tocsin@acme.example", "tr0uble/s3cret?+")
    assert quote(f"535 bad: {echoed}.", secrets) == "535 bad: ***."


def test_nothing_is_a_secret_where_there_is_none() -> None:
    assert quote("535 bad: Og== AAA=", login("tocsin@acme.example", "")) == "535 bad: Og== AAA="


def test_of_all_characters_controls_and_lone_surrogates_and_what_turns_text_around_are_left_out() -> None:
    turning = {chr(code) for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    for character in map(chr, range(sys.maxunicode + 1)):
        hidden = unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"
        assert clean(character, 10) == ("" if hidden or character in turning else character)
