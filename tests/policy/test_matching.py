"""Matchers: which alerts a silence means."""

import pytest
from pydantic import TypeAdapter, ValidationError

from workflows.policy.runbook.matchers import Matcher, Matchers

MANY: TypeAdapter[tuple[Matcher, ...]] = TypeAdapter(Matchers)


@pytest.mark.parametrize(
    ("written", "label", "operator", "value"),
    [
        ("service=checkout", "service", "=", "checkout"),
        ("service != checkout", "service", "!=", "checkout"),
        ('alertname=~"High.*|Low.*"', "alertname", "=~", "High.*|Low.*"),
        ("alertname!~High.*", "alertname", "!~", "High.*"),
        ("service=", "service", "=", ""),
        ("service=a=b", "service", "=", "a=b"),
        ("k8s.io/name=x", "k8s.io/name", "=", "x"),
        ('service="', "service", "=", '"'),
    ],
)
def test_it_is_written_as_alertmanager_writes_it(written: str, label: str, operator: str, value: str) -> None:
    matcher = Matcher.parse(written)
    assert (matcher.label, matcher.operator, matcher.value) == (label, operator, value)


@pytest.mark.parametrize(
    ("matcher", "labels", "matches"),
    [
        ("service=checkout", {"service": "checkout"}, True),
        ("service=checkout", {"service": "checkout2"}, False),
        ("service=checkout", {}, False),
        ("service!=checkout", {}, True),
        ("service=~check", {"service": "checkout"}, False),  # the whole value, as in Alertmanager
        ("service=~check.*", {"service": "checkout"}, True),
        ("service=~a|b", {"service": "b"}, True),
        ("service=~a|b", {"service": "bc"}, False),
        ("service=~(?i)CHECKOUT", {"service": "checkout"}, True),
        ("service=~", {}, True),
        ("service!~check.*", {"service": "checkout"}, False),
        ("service!~check.*", {"service": "search"}, True),
        ("service=~.+", {}, False),
        ("service=~checkout$", {"service": "checkout\n"}, False),
    ],
)
def test_it_matches_the_whole_value(matcher: str, labels: dict[str, str], matches: bool) -> None:
    assert Matcher.parse(matcher).matches(labels) is matches


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("service", "is no matcher"),
        ("=x", "is no matcher"),
        ("service=~(", "unclosed group"),
        ("service=~a)|(b", "unopened group"),
        ("service=~(?x)a #", "is no pattern"),
        (r"service=~(a)\1", "backreferences are not supported"),  # nor this, by an engine that never goes back
        ("service=~(?=a)a", "look-around"),
        ("service=~a{1000}{1000}", "is no pattern"),
        ("service=" + "x" * 201, "at most 200 characters"),
    ],
)
def test_what_is_none_is_refused_in_words(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Matcher.parse(written)


def test_no_pattern_makes_the_gateway_think_for_long() -> None:
    """An engine that tries one way after the other, such as Python's, would try 2^200 of them here."""
    assert not Matcher.parse("service=~(a|a?)+(a+)+(a*)*b").matches({"service": "a" * 200})


@pytest.mark.parametrize("written", [["service=~.*"], ["service!=checkout"], ["service=", "team!=x"], []])
def test_what_would_silence_everything_is_refused(written: list[str]) -> None:
    with pytest.raises(ValidationError, match=r"one matcher at least|at least 1 item"):
        MANY.validate_python([Matcher.parse(each) for each in written])


def test_one_that_asks_for_something_is_enough() -> None:
    assert MANY.validate_python([Matcher.parse("service=checkout"), Matcher.parse("team!=x")])
