"""A body of allowed size costs what our own fields cost, whatever is in them: things are counted here, not timed."""

import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from starter.intake import ours, translating
from starter.sources import alertmanager, cloudevents, foreign, json_text
from starter.sources.naming import MOST_PROBLEMS
from starter.sources.reading import FieldProblem, Reading
from starter.sources.source import Source
from starter.sources.table import SOURCES
from tests.starter.sources import fixture
from tests.starter.sources.fixture import ALL, JSON, Loc
from tests.starter.sources.mutation import places, replaced
from tests.starter.sources.webhooks import webhook
from workflows.policy.keys.vendor_keys import is_page_in_full

MANY = 20_000
LIMIT = 1_048_576
every = pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)
Built = Callable[[], int]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Built:
    """How many problems have been built."""
    number, before = 0, FieldProblem.__init__

    def counting(*given: Any, **named: Any) -> None:
        nonlocal number
        number += 1
        before(*given, **named)

    monkeypatch.setattr(FieldProblem, "__init__", counting)
    return lambda: number


def filled(body: JSON) -> Iterator[tuple[Loc, JSON]]:
    """Each list and object with very many wrong things in it, each text very long."""
    for loc in places(body):
        value: JSON = body
        for part in loc:
            value = value[part]
        if isinstance(value, list):
            yield loc, replaced(body, loc, [{}] * MANY)
            yield loc, replaced(body, loc, [*value, *[[]] * MANY])
        elif isinstance(value, dict):
            yield loc, replaced(body, loc, {**value, **{f"k{n}": [] for n in range(MANY)}})
        elif isinstance(value, str):
            yield loc, replaced(body, loc, value + "[P1] 1.1,a:" * MANY)


@every
def test_no_more_problems_are_built_than_are_named_whatever_a_field_is_full_of(source: Source, built: Built) -> None:
    given = fixture.of(source)
    for loc, body in filled(given.firing):
        before = built()
        reading = translating.translated(source, webhook(body, given.headers), LIMIT)
        assert len(reading.problems) <= MOST_PROBLEMS + 1, loc
        assert all(len(str(problem)) < 1000 for problem in reading.problems), loc
        assert built() - before < 10_000, loc
        assert reading.alerts or reading.ignored, loc


def _alert(**more: JSON) -> JSON:
    return {"labels": {"alertname": "A", **more.pop("labels", {})}, **more}


def test_the_body_that_took_22_seconds_opens_its_incident(built: Built) -> None:
    body = json.dumps({"data": {"essentials": {"alertId": "x", "alertTargetIDs": [{}] * 40_000}}}).encode()
    reading = translating.translated(SOURCES["azure"], webhook(body), LIMIT)
    assert (len(reading.alerts), reading.unread) == (1, 0)
    assert [problem.message for problem in reading.problems[-1:]] == ["181 more problems are not named"]
    assert built() < 300


def test_what_is_wrong_in_very_many_alerts_is_left_out_of_so_many_fields_and_the_rest_is_counted(built: Built) -> None:
    wrong = _alert(labels={f"k{n}": [] for n in range(80)})
    body = {"alerts": [wrong] * 500, "groupKey": "g"}
    reading = translating.translated(SOURCES["alertmanager"], webhook(body), LIMIT)
    assert len(reading.alerts) + reading.truncated == 500
    assert len(reading.problems) == MOST_PROBLEMS + 1
    assert built() < 10_000


class TestTooMuch:
    def test_more_values_than_can_be_read_in_one_go_are_somebodys_and_nobodys_page_is_lost(self) -> None:
        body = b'{"data": {"essentials": {"alertId": "x", "alertTargetIDs": [' + b"{}," * 300_000 + b"{}]}}}"
        reading = translating.translated(SOURCES["azure"], webhook(body), LIMIT)
        assert [alert.unreadable for alert in reading.alerts] == [True]
        assert "more values" in reading.unreadable

    @pytest.mark.parametrize(
        "body",
        [
            b'[{"a":"' + b'[{,\\\\\\"' * 200_000 + b'"}]',
            b'[{"a":"b"},' + b'"' * 50 + b'"[{,", ' * 60_000 + b"1]",
            b'{"a":' + b"[1,2]" + b"}",
            json.dumps([{f"l{n}": "v" for n in range(40)}] * 1500).encode(),
        ],
        ids=["in a text", "in many texts", "little", "a storm of honest alerts"],
    )
    def test_what_stands_in_texts_is_no_value(self, body: bytes) -> None:
        assert not json_text.is_too_much(body)

    @pytest.mark.parametrize("body", [b"[" * 100_000, b"[],\n" * 100_000, b'{"a":1,' * 100_000])
    def test_brackets_are(self, body: bytes) -> None:
        assert json_text.is_too_much(body)

    def test_what_a_form_hides_is_looked_at_as_well(self) -> None:
        with pytest.raises(ValueError, match="too many"):
            json_text.forgiving(b"payload=%5B" + b"%7B%7D," * 100_000 + b"%7B%7D%5D")


def test_a_field_that_is_cut_is_named() -> None:
    body = {"alerts": [_alert(labels={f"k{n}": "v" for n in range(5000)})], "groupKey": "g"}
    reading = translating.translated(SOURCES["alertmanager"], webhook(body), LIMIT)
    assert [str(problem) for problem in reading.problems] == ["labels: only the first 200 of 5001 are read"]
    assert len(reading.alerts[0].labels) == foreign.MOST_ITEMS


def test_two_texts_that_differ_only_at_their_far_end_are_two() -> None:
    def group(key: str) -> str:
        return alertmanager.translate(webhook({"alerts": [_alert()], "groupKey": key})).alerts[0].group

    assert group("k" * 100_000 + "a") != group("k" * 100_000 + "b")
    assert group("k" * 100_000 + "a") == group("k" * 100_000 + "a")
    assert len(group("k" * 100_000)) < 20_000


def test_the_groups_name_is_written_once_for_all_its_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    written, before = 0, json.dumps

    def counting(*given: Any, **named: Any) -> str:
        nonlocal written
        written += 1
        return before(*given, **named)

    sent = webhook({"alerts": [_alert()] * 500, "groupLabels": {"a": "b"}})
    monkeypatch.setattr(json, "dumps", counting)
    reading = alertmanager.translate(sent)
    assert len({alert.group for alert in reading.alerts}) == 1
    assert written == 1


def test_a_group_is_looked_at_once_for_all_its_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, before = [], is_page_in_full

    def counting(key: str) -> bool:
        looked.append(key)
        return before(key)

    monkeypatch.setattr(ours, "is_page_in_full", counting)
    sent = {"alerts": [_alert()] * 500, "groupKey": "\n".join(["tocsin/", *"g" * 50])}
    reading = ours.without(alertmanager.translate(webhook(sent)))
    assert isinstance(reading, Reading)
    assert looked.count("g") == 50


def test_a_version_is_looked_for_at_the_end_of_a_type_only(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths, before = [], cloudevents._VERSION

    class Recording:
        def sub(self, by: str, text: str) -> str:
            lengths.append(len(text))
            return before.sub(by, text)

    monkeypatch.setattr(cloudevents, "_VERSION", Recording())
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": ".1" * 100_000 + "x", "subject": "x"}
    cloudevents.translate(webhook(event))
    assert lengths
    assert max(lengths) <= 100


@pytest.mark.parametrize("name", ["generic", "github", "grafana", "pagerduty", "sentry"])
def test_of_a_thousand_signatures_the_first_few_are_compared(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared, before = 0, hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        nonlocal compared
        compared += 1
        return bool(before(one, other))

    monkeypatch.setattr(hmac, "compare_digest", counting)
    source = SOURCES[name]
    given = fixture.of(source)
    proof = given.prove(b"{}", given.secrets[0])
    many = {
        header: " ".join([f"v1,{'A' * 43}="] * 1000) if header.startswith("webhook-s") else ",".join(["v1=a"] * 5000)
        for header in proof.headers
        if "ignature" in header
    }
    sent = webhook({}, {**proof.headers, **many})
    assert not source.is_genuine(sent, [SecretStr(each) for each in given.secrets])
    assert compared <= 10 * len(given.secrets)
