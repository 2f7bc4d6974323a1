"""What a command imports before it does anything: an import takes time that somebody waits at 3 a.m."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

IMPORTED = """
import json, os, sys
from tocsin.__main__ import run
code = run(sys.argv[1:])
print(json.dumps({"code": code, "modules": sorted(sys.modules)}), flush=True)
os._exit(0)  # as the program does: the SDK's threads can crash an interpreter that finalizes
"""
SERVERS = {"aiohttp", "boto3", "fastapi", "httpx", "pdpyras", "slack_sdk", "starlette", "uvicorn", "worker"}
FILES = {"holidays", "jinja2", "ruamel.yaml", "starter.runbooks", "starter.sources", "starter.gateway"}
TEMPORAL = {"temporalio", "starter.temporal.incidents"}
SETTINGS = {"pydantic_settings", "settings"}
WHAT_A_LIST_DOES_WITHOUT = {*SERVERS, *FILES, *TEMPORAL, *SETTINGS, "workflows"}


@pytest.mark.parametrize(
    ("words", "code", "does_without"),
    [
        ("--help", 0, WHAT_A_LIST_DOES_WITHOUT),
        ("--version", 0, WHAT_A_LIST_DOES_WITHOUT),
        ("nonsense", 1, WHAT_A_LIST_DOES_WITHOUT),
        ("ack --help", 0, {*SERVERS, *FILES, *TEMPORAL, *SETTINGS}),
        ("show --help", 0, {*SERVERS, *FILES, *TEMPORAL, *SETTINGS}),
        ("list --help", 0, {*SERVERS, *FILES, *TEMPORAL, *SETTINGS}),
        ("runbook --help", 0, WHAT_A_LIST_DOES_WITHOUT),
        # Nothing listens there.
        ("ack", 2, {*SERVERS, *FILES, "pydantic_settings"}),
        ("show", 2, {*SERVERS, *FILES, "pydantic_settings"}),
        ("resolve over", 2, {*SERVERS, *FILES, "pydantic_settings"}),
        ("list", 2, {*SERVERS, *FILES, "pydantic_settings"}),
    ],
)
def test_a_command_imports_what_it_needs_and_no_more(
    alone: Path, words: str, code: int, does_without: set[str]
) -> None:
    assert imported(words, code) & does_without == set()


@pytest.mark.parametrize(
    "words",
    ["ack", "show", "plan", "list", "resolve over", "severity sev1 --preview", "review list", "silence list",
     "silence add --match a=b --for 1h --reason x", "heartbeat list", "digest", "report", "page-test on-call",
     "on-call", "on-call override on-call ann --for 1h", "runbook adopt acme"],
)  # fmt: skip
def test_by_way_of_a_gateway_a_command_needs_nothing_of_temporals(
    alone: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("TOCSIN_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("TOCSIN_TOKEN", "of-alice")
    assert imported(words, 2) & {*SERVERS, *FILES, *TEMPORAL, *SETTINGS} == set()


def imported(words: str, code: int) -> set[str]:
    """Names of modules, once the command has ended as it should."""
    answer = subprocess.run(
        [sys.executable, "-c", IMPORTED, *words.split()], stdout=subprocess.PIPE, text=True, check=True
    )
    said = json.loads(answer.stdout.splitlines()[-1])
    assert said["code"] == code
    return set(said["modules"])
