"""What the settings redact stands nowhere: not in a history, not in an id, not in an answer."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from temporalio.client import Client

from settings import Settings, SettingsError, load
from starter.intake.grouping import group
from starter.intake.interpreting import interpret
from starter.intake.parts import events_of
from starter.intake.translating import translated
from starter.sources.credentials import without_credentials
from starter.sources.reading import Reading, SentAlert
from starter.sources.redaction import redaction
from starter.sources.source import Source
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources import fixture
from tests.starter.sources.fixture import ALL, JSON
from tests.starter.sources.mutation import places, replaced
from tests.starter.sources.webhooks import NOW, webhook
from workflows.policy.runbook.model import Runbook

SECRET = "Jane Roe 555-0199"
PATTERNS = (r"(?i)jane[\s-]+roe", r"\d{3}-\d{4}")


def test_it_is_masked_in_every_text_of_an_alert() -> None:
    mentioned = f"call {SECRET} at https://bob:hunter2@x.example/"
    sent = SentAlert(
        group=mentioned,
        fingerprint="f",
        name=mentioned,
        summary=mentioned,
        service=mentioned,
        labels={f"of {SECRET}": mentioned},
        link=f"https://x.example/{SECRET}",
        links=((SECRET, f"https://x.example/{SECRET}"),),
    )
    [left] = without_credentials(Reading((sent,)), redaction(PATTERNS)).alerts
    good = "call *** *** at https://***@x.example/"
    assert (left.name, left.summary, left.service, left.shown_group) == (good,) * 4
    assert left.labels == {"of *** ***": good}
    assert (left.link, left.links) == ("https://x.example/*** ***", (("*** ***", "https://x.example/*** ***"),))
    assert (left.group, left.fingerprint) == (mentioned, "f")  # which are hashed


SPLIT_INTO_WORDS = {"healthchecks"}
"""Where a text is several tags, a name of two words is two of them."""


def _said(body: JSON, secret: str) -> Iterator[JSON]:
    """Each text of a delivery, and the name of each label, with that in it."""
    for loc in places(body):
        value: JSON = body
        for part in loc:
            value = value[part]
        if isinstance(value, str):
            yield replaced(body, loc, f"{value} {secret}")
            yield replaced(body, loc, secret)
        elif isinstance(value, dict):
            yield replaced(body, loc, {**value, secret: "x"})


def _kept(source: Source, body: JSON, headers: Mapping[str, str], book: Runbook) -> str:
    """All that goes to Temporal of it, and its address there."""
    reading = translated(source, webhook(body, headers), 1_048_576, redaction(PATTERNS))
    parts: list[str] = []
    for batch in group(interpret(source.name, reading, book, NOW)).batches:
        events = events_of(source.name, batch, NOW, reading.delivery_id)
        parts += [batch.workflow_id, batch.opening.model_dump_json(exclude={"runbook"})]
        parts += [event.model_dump_json(exclude_defaults=True) for event in events]
    return "\n".join(parts)


@pytest.mark.parametrize("source", ALL, ids=lambda source: source.name)
@pytest.mark.parametrize(
    "secret",
    [SECRET, *("x" * offset + f" {SECRET}" * 2_000 for offset in (0, 5, 11))],
    ids=["once", "without end", "cut elsewhere", "cut elsewhere again"],
)
def test_nothing_of_it_is_kept_of_any_source_wherever_it_stands(source: Source, secret: str, book: Runbook) -> None:
    given = fixture.of(source)
    for body in _said(given.firing, secret.replace(" ", "-") if source.name in SPLIT_INTO_WORDS else secret):
        kept = _kept(source, body, given.headers, book).lower()
        assert "jan" not in kept.replace("january", ""), kept
        assert "555-0" not in kept


def test_a_pattern_takes_no_longer_than_the_text_is_long() -> None:
    """`(a+)+$` takes a backtracking engine longer than the universe is old."""
    mask = redaction((r"(a+)+$", r"(x*)*y"))
    assert mask is not None
    hostile = "a" * 16_000 + "!"
    assert mask(hostile) == hostile


def test_a_lone_surrogate_is_in_nobodys_way() -> None:
    mask = redaction(PATTERNS)
    assert mask is not None
    assert "Roe" not in mask("\ud800 Jane Roe")


def test_without_patterns_nothing_is_redacted() -> None:
    assert redaction(()) is None


async def test_nothing_of_it_is_stored_or_answered(gate: GatewayUnderTest, client: Client) -> None:
    gate.incidents = Incidents(client, redact=redaction(PATTERNS))
    body: dict[str, Any] = {
        "alerts": [
            {"key": f"of {SECRET}", "title": f"{SECRET} fails", "status": "firing", "labels": {"who": SECRET}},
            {"key": "a fine one", "title": "Disk full", "status": "firing"},
        ]
    }
    async with gate.open() as http:
        answer = await http.post("/webhooks/generic", json=body)
    assert answer.status_code == 202
    first, second = answer.json()["incidents"]
    assert second.startswith("incident-generic-a-fine-one-")
    histories = [await client.get_workflow_handle(each).fetch_history() for each in (first, second)]
    everything = "".join([answer.text, *(str(event) for history in histories for event in history.events)])
    assert "Disk full" in everything
    for part in ("jane", "555-0199"):
        assert part not in everything.lower()


@pytest.mark.parametrize(
    ("written", "patterns"),
    [
        (r"\d{3,4}", (r"\d{3,4}",)),
        ("[a-z]+@example", ("[a-z]+@example",)),
        ("first, with a comma\n  second  \n\n", ("first, with a comma", "second")),
        (r'["a,b", "c\\d"]', ("a,b", r"c\d")),
    ],
)
def test_patterns_stand_in_lines_or_in_a_json_list(
    written: str, patterns: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("TOCSIN_REDACT", written)
    assert load().redact == patterns


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("fine\n(unclosed", "TOCSIN_REDACT: pattern 2 is none in RE2's syntax: missing )"),
        (r"(a)\1", "TOCSIN_REDACT: pattern 1 is none in RE2's syntax: invalid escape sequence"),
        (r"a(?=b)", "TOCSIN_REDACT: pattern 1 is none in RE2's syntax: invalid perl operator"),
        ("x*", "TOCSIN_REDACT: pattern 1 matches where there is nothing, so it would be everywhere"),
    ],
)
def test_a_bad_pattern_is_one_line(
    written: str, said: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("TOCSIN_REDACT", written)
    with pytest.raises(SettingsError) as error:
        load()
    assert str(error.value).startswith(said)
    assert "\n" not in str(error.value)
