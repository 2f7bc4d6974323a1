"""What is said of settings that cannot be used: a line for each variable, and never a value, which may be a secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import settings
from settings import Settings, SettingsError
from starter.runbooks.default import default_runbook, require_default
from starter.runbooks.library import load
from tests.starter.book import ACME
from tests.tocsin.conftest import Tocsin

SECRET = "s3cret"


def set_all(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"TOCSIN_{name}", value)


@pytest.mark.parametrize(
    ("variables", "lines"),
    [
        # No JSON, or another JSON than it takes.
        ({"PAGERDUTY_ROUTING_KEYS": f"on-call:{SECRET}"}, ["TOCSIN_PAGERDUTY_ROUTING_KEYS: "]),
        ({"PAGERDUTY_ROUTING_KEYS": f'["{SECRET}"]'}, ["TOCSIN_PAGERDUTY_ROUTING_KEYS: "]),
        ({"SLACK_USERS": f'{{"a": "{SECRET}"'}, ["TOCSIN_SLACK_USERS: "]),
        ({"GITHUB_SECRETS": f'["{SECRET}"'}, ["TOCSIN_GITHUB_SECRETS: "]),
        ({"GITHUB_SECRETS": f'{{"a": "{SECRET}"}}'}, ["TOCSIN_GITHUB_SECRETS: "]),
        ({"JIRA_WEBHOOK_SECRETS": f'"{SECRET}"'}, ["TOCSIN_JIRA_WEBHOOK_SECRETS: "]),
        ({"GRAFANA_SECRETS": f"{SECRET},,"}, ["TOCSIN_GRAFANA_SECRETS: "]),
        # A file that is not there, is a folder, or holds no text.
        (
            {"SLACK_TOKEN_FILE": "/nowhere/slack"},
            ["TOCSIN_SLACK_TOKEN: the file /nowhere/slack (TOCSIN_SLACK_TOKEN_FILE)"],
        ),
        ({"SLACK_TOKEN_FILE": "/"}, ["TOCSIN_SLACK_TOKEN: the file / "]),
        ({"SLACK_TOKEN_FILE": "latin-1"}, ["TOCSIN_SLACK_TOKEN: the file latin-1 "]),
        ({"GITHUB_SECRETS_FILE": "half"}, ["TOCSIN_GITHUB_SECRETS: "]),
        # Each of several, once.
        (
            {"SPEED": "fast", "LOG_FORMAT": "xml", "SLACK_USERS": "x", "SLACK_TOKEN_FILE": "/nowhere"},
            ["TOCSIN_LOG_FORMAT: ", "TOCSIN_SLACK_TOKEN: ", "TOCSIN_SLACK_USERS: ", "TOCSIN_SPEED: "],
        ),
        ({"SLACK_USERS": '{"a": 1, "b": 2}'}, ["TOCSIN_SLACK_USERS: "]),
    ],
)
def test_each_bad_variable_is_a_line_and_its_value_is_in_none(
    alone: Path, variables: dict[str, str], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / "latin-1").write_bytes(SECRET.encode() + b"\xe4")
    (alone / "half").write_text(f'["{SECRET}')
    set_all(monkeypatch, variables)
    with pytest.raises(SettingsError) as refused:
        settings.load()
    said = sorted(str(refused.value).splitlines())
    assert len(said) == len(lines)
    assert all(line.startswith(beginning) for line, beginning in zip(said, lines, strict=True))
    assert SECRET not in str(refused.value)


def test_a_dotenv_file_that_cannot_be_read_is_named(alone: Path) -> None:
    (alone / ".env").write_bytes(b"TOCSIN_SPEED=\xe4")
    with pytest.raises(SettingsError, match=r"^\.env cannot be read"):
        settings.load()


async def test_a_dotenv_file_that_cannot_be_read_keeps_nobody_from_acknowledging(alone: Path, tocsin: Tocsin) -> None:
    (alone / ".env").write_bytes(b"TOCSIN_SPEED=\xe4")
    assert (await tocsin("ack")).err.startswith("cannot reach Temporal at 127.0.0.1:1")


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("whsec_a", ["whsec_a"]),
        ("whsec_a, whsec_b", ["whsec_a", "whsec_b"]),
        ('["whsec_a"]', ["whsec_a"]),
        (' ["a,b", "c"] ', ["a,b", "c"]),
    ],
)
@pytest.mark.parametrize("by_file", [False, True])
def test_one_secret_needs_no_json_and_several_may_have_commas_between(
    alone: Path, written: str, means: list[str], by_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alone / "secrets").write_text(written + "\n")
    set_all(monkeypatch, {"GITHUB_SECRETS_FILE": "secrets"} if by_file else {"GITHUB_SECRETS": written})
    assert [secret.get_secret_value() for secret in settings.load().github_secrets] == means


class TestTheDefaultRunbook:
    @pytest.fixture
    def books(self, tmp_path: Path) -> Path:
        folder = tmp_path / "theirs"
        folder.mkdir()
        return folder

    @pytest.mark.parametrize(
        ("names", "chosen", "default"),
        [
            (["acme"], None, "acme"),
            (["acme", "beta"], "beta", "beta"),
            (["acme", "company"], None, "company"),
            (["company"], None, "company"),
        ],
    )
    def test_is_the_chosen_one_or_the_only_one_or_company(
        self, books: Path, names: list[str], chosen: str | None, default: str
    ) -> None:
        for name in names:
            (books / f"{name}.yaml").write_text(ACME.replace("runbook: acme", f"runbook: {name}"))
        ours = Settings.model_validate({"runbooks": books, "runbook": chosen})
        assert default_runbook(load(books), ours) == default
        require_default(load(books), ours)

    @pytest.mark.parametrize(
        ("names", "chosen", "says"),
        [
            (["acme", "beta"], None, r"^TOCSIN_RUNBOOK: set it to the runbook .* several in .*theirs: acme, beta$"),
            (
                ["acme"],
                "acne",
                r"^TOCSIN_RUNBOOK: the runbook 'acne' is not loaded in .*theirs. Did you mean `acme`\?$",
            ),
            (
                [],
                None,
                r"^TOCSIN_RUNBOOKS: there is no runbook in .*theirs that can be used\n  .*no runbook in this folder",
            ),
        ],
    )
    def test_that_is_none_is_said_in_a_line(self, books: Path, names: list[str], chosen: str | None, says: str) -> None:
        for name in names:
            (books / f"{name}.yaml").write_text(ACME.replace("runbook: acme", f"runbook: {name}"))
        with pytest.raises(SettingsError, match=says):
            require_default(load(books), Settings.model_validate({"runbooks": books, "runbook": chosen}))

    async def test_is_asked_for_before_anything_starts(
        self, alone: Path, books: Path, tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("acme", "beta"):
            (books / f"{name}.yaml").write_text(ACME.replace("runbook: acme", f"runbook: {name}"))
        monkeypatch.setenv("TOCSIN_RUNBOOKS", str(books))
        monkeypatch.delenv("TOCSIN_RUNBOOK")
        monkeypatch.delenv("TEMPORAL_ADDRESS")
        answer = await tocsin("up", "--gateway-port=0")
        assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
        assert answer.err.startswith("TOCSIN_RUNBOOK: ")
        assert not (alone / "state").exists()


@pytest.mark.parametrize("command", ["worker", "gateway"])
def test_a_folder_that_holds_modules_of_our_names_is_not_imported(alone: Path, command: str) -> None:
    """As somebody's Django project does."""
    for name in ("settings", "starter", "workflows"):
        (alone / f"{name}.py").write_text("raise SystemExit('the wrong one')")
    (alone / "worker").mkdir()
    (alone / "worker" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    run = [sys.executable, "-m", "tocsin", command, "--help"]
    answer = subprocess.run(run, env=os.environ, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
