"""What the settings redact stands nowhere: not in a history, not in an id, not in an answer."""

from typing import Any

import pytest
from temporalio.client import Client

from settings import Settings, SettingsError, load
from starter.sources.credentials import without_credentials
from starter.sources.reading import Reading, SentAlert
from starter.sources.redaction import redaction
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest

SECRET = "Jane Roe 555-0199"
PATTERNS = (r"(?i)jane\s+roe", r"\d{3}-\d{4}")


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
