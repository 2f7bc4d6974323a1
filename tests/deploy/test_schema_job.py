"""deploy/temporal-schema.sh with a stand-in for Temporal's tool that writes down how it was called."""

import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose import ROOT

TOOL = """#!/bin/sh
echo "$@" >> calls
case "$*" in *"$FAILS"*) exit 1 ;; esac
"""
SCHEMA = "/etc/temporal/schema/postgresql/v12"
STEPS = [
    "--db temporal create",
    "--db temporal setup-schema -v 0.0",
    f"--db temporal update-schema -d {SCHEMA}/temporal/versioned",
    "--db temporal_visibility create",
    "--db temporal_visibility setup-schema -v 0.0",
    f"--db temporal_visibility update-schema -d {SCHEMA}/visibility/versioned",
]


def run(folder: Path, fails: str = "nothing") -> tuple[int, list[str]]:
    tool = folder / "temporal-sql-tool"
    tool.write_text(TOOL, encoding="utf-8")
    tool.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin", "FAILS": fails}
    script = ["/bin/sh", str(ROOT / "deploy/temporal-schema.sh")]
    code = subprocess.run(script, cwd=folder, env=environment, check=False).returncode
    return code, (folder / "calls").read_text(encoding="utf-8").splitlines()


def test_both_databases_are_created_and_brought_up_to_date(tmp_path: Path) -> None:
    assert run(tmp_path) == (0, STEPS)


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_a_step_that_fails_ends_the_job_so_that_the_server_does_not_start(number: int, tmp_path: Path) -> None:
    code, calls = run(tmp_path, fails=STEPS[number])
    assert code == 1
    assert calls == STEPS[: number + 1]
