"""What every source owes: the same alert is the same for ever, nothing usable is lost, nothing sent can break it."""

import json
import re
import unicodedata
from dataclasses import replace

import pytest

from starter.intake.grouping import Delivery, group
from starter.intake.ignoring import set_aside
from starter.intake.interpreting import interpret, with_severity
from starter.runbooks.problems import written
from starter.sources import text
from starter.sources.reading import Unreadable
from starter.sources.source import Source
from tests.starter.sources import fixture, mutation
from tests.starter.sources.fixture import ALL, JSON
from tests.starter.sources.mutation import places, replaced, without
from tests.starter.sources.webhooks import NOW, webhook
from workflows.policy.reducers.alerts import LONGEST_TITLE
from workflows.policy.runbook.model import Runbook

every = pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)


def delivery(source: Source, body: JSON, book: Runbook) -> Delivery:
    sent = webhook(body, fixture.of(source).headers)
    return group(interpret(source.name, source.translate(sent), book, NOW))


def outcome(source: Source, body: JSON, book: Runbook) -> Delivery | Unreadable:
    try:
        return delivery(source, body, book)
    except Unreadable as unreadable:
        return unreadable


def identity(found: Delivery) -> list[tuple[str, list[str]]]:
    return [(batch.workflow_id, sorted(alert.fingerprint for alert in batch.alerts)) for batch in found.batches]


@every
def test_what_fires_opens_an_incident_that_says_what_it_is(source: Source, book: Runbook) -> None:
    found = delivery(source, fixture.of(source).firing, book)
    (batch,) = found.batches
    assert re.fullmatch(rf"incident-{re.escape(source.name)}-[a-z0-9-]*[0-9a-f]{{8}}", batch.workflow_id)
    assert len(batch.workflow_id) <= 90
    assert {alert.status for alert in batch.alerts} == {"firing"}
    assert batch.opening.title not in ("", "alert")
    assert batch.opening.source == source.name
    assert batch.opening.links, "people need somewhere to look"


@every
def test_a_repeat_is_the_same_alert_of_the_same_incident_since_the_same_time(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    first, again = (delivery(source, body, book) for body in (given.firing, given.repeated or given.firing))
    assert identity(first) == identity(again)
    assert [a.starts_at for a in first.batches[0].alerts] == [a.starts_at for a in again.batches[0].alerts]


@every
def test_its_end_finds_the_same_alert_of_the_same_incident(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    if given.resolved is None:
        assert "never" in source.about, "people must know that somebody has to resolve these"
        return
    ended = delivery(source, given.resolved, book)
    assert identity(ended) == identity(delivery(source, given.firing, book))
    assert {alert.status for alert in ended.batches[0].alerts} == {"resolved"}


@every
def test_what_arrives_late_cannot_reopen_what_has_ended(source: Source, book: Runbook) -> None:
    """An end that overtakes its beginning: the beginning is no later, so the incident knows that it is old."""
    given = fixture.of(source)
    if given.resolved is None:
        return
    beginning, end = (delivery(source, body, book).batches[0].alerts for body in (given.firing, given.resolved))
    assert all(first.starts_at <= last.starts_at for first, last in zip(beginning, end, strict=True))
    assert all(alert.starts_at < NOW for alert in beginning), "when it began is not taken from the sender"


@every
def test_another_thing_that_is_wrong_is_another_incident(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    first, other = (delivery(source, body, book).batches[0] for body in (given.firing, given.other))
    assert first.workflow_id != other.workflow_id


@every
def test_a_later_version_with_more_fields_in_another_order_says_the_same(source: Source, book: Runbook) -> None:
    given, body = fixture.of(source), fixture.of(source).firing
    for changed in (mutation.newer(body, given.maps), mutation.reordered(body)):
        assert identity(delivery(source, changed, book)) == identity(delivery(source, body, book))
        assert delivery(source, changed, book).problems == delivery(source, body, book).problems


@every
@pytest.mark.parametrize("absence", ["missing", "null"])
def test_without_any_field_but_those_that_are_needed_it_still_opens(
    source: Source, absence: str, book: Runbook
) -> None:
    given = fixture.of(source)
    around = {loc[:length] for loc in given.needed for length in range(1, len(loc) + 1)}
    for loc in set(places(given.firing)) - around:
        if isinstance(loc[-1], int):
            continue
        body = without(given.firing, loc) if absence == "missing" else replaced(given.firing, loc, None)
        found = outcome(source, body, book)
        assert isinstance(found, Delivery), f"{written(loc)} {absence}: {found} {getattr(found, 'problems', '')}"
        assert len(found.batches) == 1, written(loc)


@every
def test_a_field_that_is_needed_is_named_when_it_is_missing(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    for loc in given.needed:
        found = outcome(source, without(given.firing, loc), book)
        assert isinstance(found, Unreadable), written(loc)
        assert found.is_json
        assert written(loc) in [problem.field for problem in found.problems]


@every
def test_a_wrong_type_in_any_field_is_understood_or_named(source: Source, book: Runbook) -> None:
    body = fixture.of(source).firing
    for loc in places(body):
        for value in mutation.WRONG:
            found = outcome(source, replaced(body, loc, value), book)
            if isinstance(found, Unreadable):
                assert found.is_json
                assert any(problem.field and problem.message for problem in found.problems), (loc, value)
            assert_bounded(found)


@every
def test_a_title_is_for_people_whatever_it_is_made_of(source: Source, book: Runbook) -> None:
    """Never an identity, an address or a word for nothing alone: also when the texts are missing."""
    given = fixture.of(source)
    around = {loc[:length] for loc in given.needed for length in range(1, len(loc) + 1)}
    removable = [loc for loc in places(given.firing) if loc not in around and not isinstance(loc[-1], int)]
    for loc in removable:
        found = outcome(source, without(given.firing, loc), book)
        assert isinstance(found, Delivery)
        for batch in found.batches:
            title = batch.opening.title
            assert not re.fullmatch(r"[0-9a-f-]{12,}|https?://\S+|(?i:alert|alerts|checks|event|incident)", title), (
                loc,
                title,
            )
            assert " " in title or title[0].isupper(), (written(loc), title)


@every
def test_a_harmless_word_opens_nothing_wherever_the_sender_says_it(source: Source, book: Runbook) -> None:
    """As its address says it, for those that say nothing themselves."""
    sent = webhook(fixture.of(source).firing, fixture.of(source).headers)
    reading = source.translate(sent)
    bare = replace(
        reading, alerts=tuple(replace(each, severity="", labels={}, severity_otherwise=None) for each in reading.alerts)
    )
    after, ignored = set_aside(interpret(source.name, with_severity(bare, "none", book.intake), book, NOW))
    assert {each.alert.status for each in after.alerts} == {"resolved"}
    assert ignored


@every
def test_what_the_sender_itself_says_goes_before_tags_of_the_same_name_and_before_any_number_of_them(
    source: Source, book: Runbook
) -> None:
    given = fixture.of(source)
    if given.tagged is None:
        assert not given.own
        return
    before = delivery(source, given.firing, book).batches[0].alerts[0].labels
    many = {f"tag{number}": "x" for number in range(text.MAX_LABELS)}
    for tags in (dict.fromkeys(given.own, "hidden"), many):
        after = delivery(source, given.tagged(given.firing, tags), book).batches[0].alerts[0].labels
        assert {name: after.get(name) for name in given.own} == {name: before[name] for name in given.own}
    assert "tag0" in after
    assert given.own


@every
def test_texts_in_any_language_arrive_as_they_are(source: Source, book: Runbook) -> None:
    given = fixture.of(source)
    for loc in given.texts:
        (batch,) = delivery(source, replaced(given.firing, loc, mutation.UNICODE), book).batches
        assert mutation.UNICODE in str(batch.alerts), written(loc)


@every
@pytest.mark.parametrize("hostile", mutation.HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_are_cut_cleaned_and_carried_as_data(source: Source, hostile: str, book: Runbook) -> None:
    body = fixture.of(source).firing
    for loc in places(body):
        assert_bounded(outcome(source, replaced(body, loc, hostile), book))


@every
@pytest.mark.parametrize("content", mutation.NO_JSON, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_is_said_to_be_none(source: Source, content: bytes, book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        source.translate(webhook(content, fixture.of(source).headers))
    assert not refused.value.is_json
    assert refused.value.problems


@every
@pytest.mark.parametrize("content", mutation.NO_BODY, ids=lambda body: repr(body[:12]))
def test_json_that_is_no_delivery_is_refused_with_a_reason(source: Source, content: bytes, book: Runbook) -> None:
    with pytest.raises(Unreadable) as refused:
        source.translate(webhook(content, fixture.of(source).headers))
    assert refused.value.problems


def assert_bounded(found: Delivery | Unreadable) -> None:
    if isinstance(found, Unreadable):
        return
    for batch in found.batches:
        assert len(batch.opening.title) <= LONGEST_TITLE
        for alert in batch.alerts:
            assert len(json.dumps(alert.model_dump(mode="json"))) < 60_000
            shown = (alert.name, alert.summary, *alert.labels, *alert.labels.values())
            assert not [c for part in shown for c in part if unicodedata.category(c) in ("Cc", "Cs") or c in BIDI]
        assert all(re.fullmatch(r"https?://\S+", url) for _, url in batch.opening.links)


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
