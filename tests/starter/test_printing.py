"""Which characters of a stranger's text stand on pages, in pictures, feeds and the terminal: one rule, wherever."""

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from starter.board.troubles import trouble_page
from starter.markup.printing import printed
from starter.pictures import svg
from starter.public_page.site import site
from tests.starter.public_pages import ACME, said, standing
from tocsin.view.plain import plain

FARSI = "نمی\u200cخواهم"
MALAYALAM = "അവന്\u200d"
SINHALA = "ශ්\u200dරී"
COOK = "\N{WOMAN}\U0001f3fd\u200d\N{COOKING}"
RAINBOW = "\N{WAVING WHITE FLAG}\ufe0f\u200d\N{RAINBOW}"


@pytest.mark.parametrize(
    "text",
    ["plain", "Zoë", FARSI, MALAYALAM, SINHALA, COOK, RAINBOW, "10\u202f000\u00a0€", "東京\u3000駅"],
    ids=["plain", "accent", "Farsi", "Malayalam", "Sinhala", "cook", "rainbow flag", "French number", "wide space"],
)
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert printed(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202etxt.exe", "a\ufffdtxt.exe"),
        ("\u2066a\u2069", "\ufffda\ufffd"),
        ("a\x00\x1b[31m", "a\ufffd\ufffd[31m"),
        ("pay\u200bpal", "pay\ufffdpal"),
        ("pay\u200dpal", "pay\ufffdpal"),
        ("\u200cpaypal", "\ufffdpaypal"),
        ("а\u200dб", "а\ufffdб"),
        ("ی\u200c\u200c", "ی\u200c\ufffd"),
        ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
        ("a\ufeff\u00ad\u061c", "a\ufffd\ufffd\ufffd"),
        ("\U000e0041\ud800", "\ufffd\ufffd"),
        ("two\nlines\tapart\r", "two\nlines\tapart\ufffd"),
    ],
)
def test_what_would_hide_or_turn_something_is_a_mark(text: str, shown: str) -> None:
    assert printed(text) == shown


TEXT = f"{FARSI} {COOK} \u202epay\u200dpal"
SHOWN = f"{FARSI} {COOK} \ufffdpay\ufffdpal"


def _board() -> str:
    return trouble_page(404, TEXT)


def _file(path: str) -> Callable[[], str]:
    return lambda: site(standing(said(5, TEXT)), ACME)[path].body.decode()


def _feed() -> str:
    return "".join(ElementTree.fromstring(_file("feed.atom")()).itertext())


def _summary() -> str:
    return json.dumps(json.loads(_file("api/v2/summary.json")()), ensure_ascii=False)


@pytest.mark.parametrize(
    "place",
    [_board, _file("index.html"), _feed, _summary, lambda: svg.text(TEXT), lambda: plain(TEXT).plain],
    ids=["board", "public page", "feed", "summary", "picture", "terminal"],
)
def test_the_rule_is_the_same_wherever_a_text_is_shown(place: Callable[[], str]) -> None:
    found = place()
    assert SHOWN in found
    assert "\u202e" not in found
