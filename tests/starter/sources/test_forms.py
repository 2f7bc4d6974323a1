"""A delivery is not lost for its form: the same alert, however its JSON is written."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest

from starter.sources import json_text, text
from starter.sources.reading import Unreadable
from starter.sources.source import Source
from tests.starter.sources import fixture
from tests.starter.sources.fixture import JSON, Loc
from tests.starter.sources.mutation import places, replaced
from tests.starter.sources.test_conformance import delivery, every, identity
from workflows.policy.runbook.model import Runbook

EMOJI = "\ud83d"
"""Half of one: what is left when a text is cut to a length in UTF-16."""

FORMS: dict[str, Callable[[str], bytes]] = {
    "a byte order mark": lambda sent: b"\xef\xbb\xbf" + sent.encode(),
    "UTF-16": lambda sent: sent.encode("utf-16"),
    "UTF-32 without a mark": lambda sent: sent.encode("utf-32-le"),
    "a NUL at the end": lambda sent: sent.encode() + b"\0",
    "rubbish at the end": lambda sent: sent.encode() + b"\r\n--boundary--",
    "a form": lambda sent: b"payload=" + quote_plus(sent).encode(),
    "a form of several fields": lambda sent: b"v=1&payload=" + quote_plus(sent).encode() + b"&x=",
    "a number without end": lambda sent: b'{"brandNew": ' + b"9" * 5000 + b", " + sent.encode()[1:],
    "no number at all": lambda sent: b'{"brandNew": [NaN, -Infinity], ' + sent.encode()[1:],
    "bare control characters": lambda sent: b'{"brandNew": "\x01\t\n", ' + sent.encode()[1:],
    "half an emoji": lambda sent: rb'{"brandNew": "\ud83d", ' + sent.encode()[1:],
    "bytes of Latin-1": lambda sent: b'{"brandNew": "\xfcber", ' + sent.encode()[1:],
    "very deep": lambda sent: b'{"brandNew": ' + b"[" * 400 + b"]" * 400 + b", " + sent.encode()[1:],
    "every key twice": lambda sent: sent.encode()[:-1] + b"," + sent.encode()[1:],
}


@every
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_same_alert_in_another_form_is_the_same_alert(
    source: Source, form: Callable[[str], bytes], book: Runbook
) -> None:
    body = fixture.of(source).firing
    if isinstance(body, list):
        body = body[0]
    assert identity(delivery(source, form(json.dumps(body)), book)) == identity(delivery(source, body, book))


@every
def test_half_an_emoji_in_any_text_costs_that_character(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    for loc in given.texts:
        (batch,) = delivery(source, replaced(given.firing, loc, "Kasse fällt aus" + EMOJI), book).batches
        assert "Kasse fällt aus" in str(batch.alerts)


@every
def test_nothing_that_cannot_be_written_down_travels_on(source: Source, book: Runbook) -> None:
    """To Temporal, to Slack, into a log: lone surrogates are no UTF-8."""
    body = fixture.of(source).firing
    for loc in places(body):
        try:
            found = delivery(source, replaced(body, loc, f"a{EMOJI}b\udc00"), book)
        except Unreadable as unreadable:
            json.dumps([vars(problem) for problem in unreadable.problems], ensure_ascii=False).encode()
            continue
        for batch in found.batches:
            for alert in batch.alerts:
                assert EMOJI not in alert.model_dump_json()
            assert batch.opening.model_dump_json().encode()


def _words_of_the_end(firing: JSON, resolved: JSON) -> list[Loc]:
    """Where the end says in a word what the beginning says in another."""
    begun, ended = ({loc: _at(body, loc) for loc in places(body)} for body in (firing, resolved))
    told = (loc for loc, value in ended.items() if begun.get(loc) != value and isinstance(value, str))
    return [loc for loc in told if re.fullmatch(r"[A-Za-z_.]{2,30}", ended[loc])]


def _at(body: JSON, loc: Loc) -> JSON:
    for part in loc:
        body = body[part]
    return body


@every
def test_what_ends_ends_in_whatever_case_it_says_so(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    if given.resolved is None:
        return
    words = _words_of_the_end(given.firing, given.resolved)
    for change in (str.upper, str.lower, str.capitalize, lambda word: f" {word} "):
        body = given.resolved
        for loc in words:
            body = replaced(body, loc, change(_at(body, loc)))
        found = delivery(source, body, book)
        assert {alert.status for batch in found.batches for alert in batch.alerts} == {"resolved"}, words


@every
@pytest.mark.parametrize("url", ["http://[", "https://a:b:c/", "http://", "https://x:99999999/", "http:// a"])
def test_a_hostile_address_costs_the_link_and_nothing_else(source: Source, url: str, book: Runbook) -> None:
    body = fixture.of(source).firing
    for loc in places(body):
        value = _at(body, loc)
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            found = delivery(source, replaced(body, loc, url), book)
            assert len(found.batches) == 1
            assert url not in [link for _, link in found.batches[0].opening.links]


@every
def test_too_many_wrong_fields_are_not_named_one_by_one(source: Source, book: Runbook) -> None:
    """Naming and leaving out 300,000 kept all other senders waiting for 22 s."""
    body = fixture.of(source).firing
    for loc in places(body):
        if isinstance(_at(body, loc), list):
            try:
                found = delivery(source, replaced(body, loc, [{}] * 5000), book).problems
            except Unreadable as unreadable:
                found = unreadable.problems
            assert len(found) < 2500


def test_a_byte_that_is_no_utf_8_is_that_of_latin_1() -> None:
    assert json_text.forgiving(b'{"a": "Z\xfcrich, \xc3\xbcber"}') == {"a": "Zürich, über"}


@pytest.mark.parametrize(
    "sent", [b"", b"12x", b"payload=", b"payload=x", b"a=b", b"'a'", b"{", b"[" * 5000, b"&" * 200]
)
def test_what_is_no_json_by_any_reading_is_said_to_be_none(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting|Invalid|nested|more than one|Max number"):
        json_text.forgiving(sent)


@pytest.mark.parametrize(
    ("url", "good"), [("http://[", False), ("http://[::1]/x", True), ("https://a.example/ä", True)]
)
def test_only_an_address_that_can_be_taken_apart_is_one(url: str, good: bool) -> None:
    assert bool(text.link(url)) is good
