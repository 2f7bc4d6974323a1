"""The README's tables and snippets against the program."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from ruamel.yaml import YAML

from settings import Settings
from starter.runbooks import library
from starter.sources import verify
from tests.docs.markdown import ROOT, MarkdownDocument, read
from tests.docs.tables import README, TABLES, between
from tests.starter.sources.webhooks import delivery, webhook

DOCUMENT = read(README)
ALERTMANAGER = read(ROOT / "docs" / "sources" / "alertmanager.md")
BENCHMARKS = read(ROOT / "docs" / "benchmarks.md")
NUMBER = re.compile(r"\d[\d,.]*")

Duration = Annotated[str, StringConstraints(pattern=r"^\d+[smh]$")]


class Strict(BaseModel):
    """Alertmanager refuses a key that it does not know, and so do we."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadmeRoute(Strict):
    receiver: str
    group_by: list[str]
    group_wait: Duration
    group_interval: Duration
    repeat_interval: Duration


class Authorization(Strict):
    type: Literal["Bearer"]
    credentials: str


class Http(Strict):
    authorization: Authorization


class ReadmeWebhook(Strict):
    url: str
    send_resolved: Literal[True]
    http_config: Http


class Receiver(Strict):
    name: str
    webhook_configs: Annotated[list[ReadmeWebhook], Field(min_length=1)]


class Alertmanager(Strict):
    """https://prometheus.io/docs/alerting/latest/configuration/"""

    route: ReadmeRoute
    receivers: list[Receiver]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_what_the_code_knows(name: str) -> None:
    found = between(name).search(DOCUMENT.text)
    assert found
    assert found[0] == TABLES[name](), "write it anew: .venv/bin/python -m tests.docs.tables"


SNIPPETS = pytest.mark.parametrize("document", [DOCUMENT, ALERTMANAGER], ids=["README", "docs/sources"])


@SNIPPETS
def test_the_alertmanager_snippet_is_a_complete_configuration(document: MarkdownDocument, tmp_path: Path) -> None:
    (snippet,) = (block for block in document.blocks("yaml") if "receivers:" in block)
    written = Alertmanager.model_validate(YAML(typ="safe", pure=True).load(snippet))
    (receiver,) = written.receivers
    assert written.route.receiver == receiver.name
    if amtool := shutil.which("amtool"):
        file = tmp_path / "alertmanager.yml"
        file.write_text(snippet, encoding="utf-8")
        checked = subprocess.run([amtool, "check-config", file], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


@SNIPPETS
def test_the_token_that_alertmanager_is_shown_with_opens_the_gateway(
    document: MarkdownDocument, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (snippet,) = (block for block in document.blocks("yaml") if "receivers:" in block)
    credentials = Alertmanager.model_validate(YAML(typ="safe", pure=True).load(snippet)).receivers[0].webhook_configs[0]
    (line,) = (block for block in document.blocks("sh") if block.startswith("TOCSIN_ALERTMANAGER_TOKENS="))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_ALERTMANAGER_TOKENS", line.strip().partition("=")[2].strip("'"))
    presented = {"Authorization": f"Bearer {credentials.http_config.authorization.credentials}"}
    assert verify.token(webhook(b"", presented), Settings().alertmanager_tokens)


def test_the_generic_alert_opens_what_it_says() -> None:
    (snippet,) = DOCUMENT.blocks("json")
    company = library.load(ROOT / "runbooks").runbooks["company"]
    found = delivery("generic", snippet.encode(), company)
    assert found.problems == ()
    assert found.batches[0].opening.severity == json.loads(snippet)["severity"]


def test_the_map_of_the_tree_names_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    map_of_the_tree = DOCUMENT.text.partition("## Where things are")[2]
    assert [name for name in packages if f"| [{name}]({name}) |" not in map_of_the_tree] == []


def test_each_figure_is_the_one_that_the_same_command_has_in_the_benchmarks() -> None:
    measured: dict[str, set[str]] = {}
    command = ""
    for _, figure, *_, last in (row for row in BENCHMARKS.rows() if len(row) > 2):
        command = last or command
        measured.setdefault(command, set()).update(_numbers(figure))
    shown = [row for row in DOCUMENT.rows() if row[-1].startswith("`make bench ONLY=")]
    assert shown
    assert [row for row in shown if not _numbers(row[1]) <= measured[row[-1]]] == []


def _numbers(cell: str) -> set[str]:
    return {number.rstrip(".,") for number in NUMBER.findall(cell)}
