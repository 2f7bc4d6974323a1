"""`runbook lint` where it is given settings: whose way leads nowhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tocsin.commands.runbook_lint import app

BOOK: dict[str, Any] = {
    "runbook": "acme",
    "title": "Acme",
    "home": "#incidents",
    "people": {"ann": {"name": "Ann", "reach": ["ntfy", {"email": "ann-home", "after": "2m"}]}},
    "severities": {
        "sev1": {
            "title": "Critical",
            "definition": "All is down",
            "escalation": [{"page": ["ann"], "again": "never"}],
            "repeat_after": "60m",
        }
    },
}


def nowhere(folder: Path) -> list[tuple[str, str]]:
    file = folder / "acme.yaml"
    file.write_text(json.dumps(BOOK), encoding="utf-8")
    found = json.loads(CliRunner().invoke(app, [str(file), "--json"]).stdout)
    return [(one["path"], one["what"]) for one in found if "leads nowhere" in one["what"]]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no .env


def test_without_settings_nothing_is_said_of_addresses(tmp_path: Path) -> None:
    assert nowhere(tmp_path) == []


def test_each_way_without_an_address_is_named_with_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_NTFY_TOPICS", '{"ann": "ann-7f3a"}')
    assert nowhere(tmp_path) == [("people.ann.reach[1]", "leads nowhere: TOCSIN_MAIL_ADDRESSES has no ann-home")]


def test_an_address_without_a_server_leads_nowhere_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_NTFY_TOPICS", '{"ann": "ann-7f3a"}')
    monkeypatch.setenv("TOCSIN_MAIL_ADDRESSES", '{"ann-home": "ann@example.com"}')
    assert nowhere(tmp_path) == [("people.ann.reach[1]", "leads nowhere: TOCSIN_SMTP_URL is not set")]
    monkeypatch.setenv("TOCSIN_SMTP_URL", "smtps://mail.example.com")
    monkeypatch.setenv("TOCSIN_MAIL_FROM", "tocsin@example.com")
    assert nowhere(tmp_path) == []


def test_whoever_is_called_and_has_neither_ways_nor_a_pager_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_NTFY_TOPICS", '{"ann": "ann-7f3a"}')
    people = {"ann": {"name": "Ann"}, "boss": {"name": "Boss"}}
    critical = {**BOOK["severities"]["sev1"], "escalation": [{"page": ["ann"]}, {"page": ["boss"], "after": "10m"}]}
    file = tmp_path / "acme.yaml"
    file.write_text(json.dumps({**BOOK, "people": people, "severities": {"sev1": critical}}), encoding="utf-8")
    found = json.loads(CliRunner().invoke(app, [str(file), "--json"]).stdout)
    assert [one["path"] for one in found if "known to no pager" in one["what"]] == ["people.boss"]
