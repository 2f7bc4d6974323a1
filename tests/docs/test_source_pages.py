"""Each source has a page: what it shows to paste lets its sender in, and what it says becomes of it does."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr
from ruamel.yaml import YAML

from settings import Settings
from starter.sources import verify
from starter.sources.datadog import DATADOG_PAYLOAD
from starter.sources.reading import Webhook
from starter.sources.source import Source
from starter.sources.table import SOURCES
from tests.docs import sources
from tests.docs.markdown import BLOCK, read
from tests.docs.tables import between
from tests.starter.sources.webhooks import NOW, webhook

every = pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
TOKEN = "example-token"
PAGES = sorted(set(sources.FOLDER.glob("*.md")) - {sources.FOLDER / "README.md"})
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def shown(path: Path) -> str:
    """What stands in blocks, for pasting."""
    return "\n".join(block["text"] for block in BLOCK.finditer(read(path).text))


@every_page
def test_a_page_names_the_address_and_the_setting(path: Path) -> None:
    source = SOURCES[path.stem]
    assert f"/webhooks/{source.name}" in read(path).text
    assert source.setting in shown(path)
    assert f"({path.name})" in read(sources.FOLDER / "README.md").text


@every_page
def test_every_token_that_is_shown_is_where_it_is_looked_for(path: Path) -> None:
    source = SOURCES[path.stem]
    queries = [urlsplit(url).query for url in re.findall(rf"https://\S+[?&]\w+={TOKEN}\b", shown(path))]
    headers = re.findall(rf"(Authorization\W{{1,4}}Bearer {TOKEN})\b", shown(path))
    for query in queries:
        sent = Webhook(b"{}", NOW, query=dict(parse_qsl(query)))
        assert source.is_genuine(sent, [SecretStr(TOKEN)]), query
    for _ in headers:
        sent = Webhook(b"{}", NOW, headers={"authorization": f"Bearer {TOKEN}"})
        assert source.is_genuine(sent, [SecretStr(TOKEN)])


@every
def test_every_source_has_a_page_that_the_index_lists_with_its_address(source: Source) -> None:
    assert sources.page(source).exists()
    index = read(sources.INDEX)
    assert sources.page(source).name in index.links()
    assert f"`/webhooks/{source.name}`" in index.text


@every
def test_the_example_of_a_page_becomes_what_the_page_says(source: Source) -> None:
    found = between("example").search(read(sources.page(source)).text)
    assert found
    assert found[0] == sources.example(source), "write it anew: .venv/bin/python -m tests.docs.tables"


@every
def test_a_page_says_which_setting_holds_what_the_sender_proves_itself_with(source: Source) -> None:
    assert f"{source.setting}='" in read(sources.page(source)).text


@every
def test_a_page_says_what_to_configure_what_becomes_of_it_and_what_happens_while_we_are_away(source: Source) -> None:
    headings = re.findall(r"^## (.*)", read(sources.page(source)).text, re.MULTILINE)
    assert headings[:1] == ["Configure"]
    assert headings[-2:] == ["What becomes of it", "When we are away"]


def set_by(page: str, name: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (value,) = set(re.findall(rf"{name}='([^']*)'", page))
    monkeypatch.setenv(name, value)
    return Settings()


def test_the_payload_to_paste_at_datadog_is_the_one_that_is_read() -> None:
    blocks = [json.loads(block) for block in read(sources.page(SOURCES["datadog"])).blocks("json")]
    assert DATADOG_PAYLOAD in blocks


def test_the_header_to_paste_at_datadog_opens_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    page = read(sources.page(SOURCES["datadog"]))
    (headers,) = (found for found in map(json.loads, page.blocks("json")) if "Authorization" in found)
    settings = set_by(page.text, "TOCSIN_DATADOG_TOKENS", monkeypatch)
    assert verify.token(webhook(b"", headers), settings.datadog_tokens)


def test_grafana_is_told_the_headers_that_are_looked_at_and_the_secret_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = read(sources.page(SOURCES["grafana"]))
    (snippet,) = page.blocks("yaml")
    (contact,) = YAML(typ="safe", pure=True).load(snippet)["contactPoints"]
    (receiver,) = contact["receivers"]
    signing = receiver["settings"]["hmacConfig"]
    assert receiver["settings"]["url"].endswith("/webhooks/grafana")
    assert (signing["header"], signing["timestampHeader"]) == (
        "X-Grafana-Alerting-Signature",
        "X-Grafana-Alerting-Timestamp",
    )
    settings = set_by(page.text, "TOCSIN_GRAFANA_SECRETS", monkeypatch)
    assert [secret.get_secret_value() for secret in settings.grafana_secrets] == [signing["secret"]]


def test_the_index_says_what_the_words_mean() -> None:
    found = between("vocabulary").search(sources.INDEX.read_text(encoding="utf-8"))
    assert found
    assert found[0] == sources.vocabulary(), "write it anew: .venv/bin/python -m tests.docs.tables"
