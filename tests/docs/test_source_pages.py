"""What the pages of the sources show to paste lets their sender in."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import SecretStr

from starter.sources.reading import Webhook
from starter.sources.table import SOURCES
from tests.docs.markdown import BLOCK, ROOT, read
from tests.starter.sources.webhooks import NOW

TOKEN = "example-token"
FOLDER = ROOT / "docs" / "sources"
PAGES = sorted(set(FOLDER.glob("*.md")) - {FOLDER / "README.md"})
every = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def shown(path: Path) -> str:
    """What stands in blocks, for pasting."""
    return "\n".join(block["text"] for block in BLOCK.finditer(read(path).text))


@every
def test_a_page_names_the_address_and_the_setting(path: Path) -> None:
    source = SOURCES[path.stem]
    assert f"/webhooks/{source.name}" in read(path).text
    assert source.setting in shown(path)
    assert f"({path.name})" in read(FOLDER / "README.md").text


@every
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
