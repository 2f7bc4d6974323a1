"""`tocsin token add`: what it makes opens exactly what it says."""

import json
import os

import pytest

import settings
from settings import SettingsError
from settings.access import hashed
from starter.gateway.proofs import PROVED_SOURCES, secret_is_theirs
from starter.sources import verify
from tests.tocsin.conftest import Tocsin

MAKEABLE = [name for name, source in PROVED_SOURCES.items() if not secret_is_theirs(source)]


async def test_a_token_for_the_api_is_shown_once_and_kept_as_a_hash(
    tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await tocsin("token", "add", "api", "--name", "Alice Doe", "--scope", "read", "--json")
    assert answer.code == 0
    made = json.loads(answer.out)
    assert made["token"] not in made["value"]
    monkeypatch.setenv(made["setting"], made["value"])
    [kept] = settings.load().api_tokens
    assert (kept.name, kept.scope, kept.sha256) == ("Alice Doe", "read", hashed(made["token"]))


async def test_several_have_commas_between(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [json.loads((await tocsin("token", "add", "api", "--name", name, "--json")).out) for name in ("a", "b")]
    assert len({each["token"] for each in made}) == 2
    monkeypatch.setenv("TOCSIN_API_TOKENS", ", ".join(each["value"] for each in made))
    assert [kept.name for kept in settings.load().api_tokens] == ["a", "b"]


@pytest.mark.parametrize("name", MAKEABLE)
async def test_a_secret_for_a_source_is_one_that_the_gateway_takes(
    tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made = json.loads((await tocsin("token", "add", name, "--json")).out)
    assert made["setting"] == PROVED_SOURCES[name].setting
    monkeypatch.setenv(made["setting"], made["value"])
    [kept] = getattr(settings.load(), PROVED_SOURCES[name].secrets)
    assert kept.get_secret_value() == made["token"]
    if name == "generic":
        assert verify.unusable((kept,)) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("alertmanger", "Did you mean `alertmanager`?"),
        ("cloudwatch", "set it as TOCSIN_CLOUDWATCH_TOPICS"),
        ("pagerduty", "set it as TOCSIN_PAGERDUTY_WEBHOOK_SECRETS"),
        ("sentry", "set it as TOCSIN_SENTRY_SECRETS"),
        ("api --scope everything", "scope: Input should be 'read', 'respond' or 'admin'"),
        ("api --name a:b", "name: "),
    ],
)
async def test_what_cannot_be_made_is_said(tocsin: Tocsin, words: str, says: str) -> None:
    answer = await tocsin("token", "add", *words.split())
    assert (answer.code, answer.out) == (1, "")
    assert says in answer.err


@pytest.mark.parametrize(
    "value",
    [
        "alice",
        "alice:respond",
        "alice:everything:" + "0" * 64,
        "alice:read:abc",
        "alice:read:SECRET",
        ":read:" + "0" * 64,
    ],
)
def test_a_token_that_cannot_be_one_is_an_error_that_does_not_repeat_it(
    alone: os.PathLike[str], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TOCSIN_API_TOKENS", value)
    with pytest.raises(SettingsError, match="TOCSIN_API_TOKENS") as raised:
        settings.load()
    assert value not in str(raised.value)
    assert "SECRET" not in str(raised.value)
