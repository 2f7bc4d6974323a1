"""The running installation owns the runbooks, the default, the speed and the pager: a command names a runbook, or none.

In processes of their own: a server on one company's procedure, and a shell that knows another's.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.patience import HANGS_AFTER_S
from tests.starter.book import ACME
from tests.tocsin.conftest import Start
from tests.tocsin.processes import eventually
from tocsin.up.folder import Folder

RIVAL = ACME.replace("acme", "rival").replace("on-call", "nobody-here")


@pytest.fixture
def elsewhere(alone: Path) -> dict[str, str]:
    """The shell of somebody who works with another company's runbooks, at another speed, without a pager."""
    (alone / "theirs").mkdir()
    (alone / "theirs" / "rival.yaml").write_text(RIVAL)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    theirs = {"TOCSIN_RUNBOOKS": str(alone / "theirs"), "TOCSIN_RUNBOOK": "rival"}
    other = {"TOCSIN_STATE_DIR": str(alone / "other"), "TOCSIN_SPEED": "7", "TOCSIN_NO_PAGER": "true"}
    return {**ours, **theirs, **other}


def tocsin(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tocsin", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=HANGS_AFTER_S, check=False)


def test_a_shell_with_another_companys_runbook_opens_incidents_by_the_servers(
    start: Start, alone: Path, elsewhere: dict[str, str]
) -> None:
    up = start("--gateway-port=0", "--speed=60")
    try:
        running = Folder(alone / "state").running()
        assert running is not None
        elsewhere |= {"TEMPORAL_ADDRESS": running.temporal}

        declared = tocsin(elsewhere, "declare", "Checkout is down", "--severity", "sev1", "--json")
        assert declared.returncode == 0, declared.stderr
        answer = json.loads(declared.stdout)
        shown = json.loads(tocsin(elsewhere, "show", answer["workflow_id"], "--json").stdout)["state"]
        assert (shown["incident"]["runbook"], shown["speed"], shown["incident"]["no_pager"]) == ("acme", 60, False)

        def rings() -> list[str]:
            state = httpx.get(f"{running.sandbox}/control/state", trust_env=False).json()
            return [ring["routing_key"] for ring in state["rings"]]

        assert eventually(lambda: "sandbox-on-call" in rings())
        assert (answer["runbook"], answer["first_page"]["fate"]) == ("acme", "ringing")
        assert "On-call Engineer is ringing" in answer["first_page"]["text"]
        assert "TOCSIN_RUNBOOK" in declared.stderr  # what the shell says otherwise is named, and not followed

        beats = tocsin(elsewhere, "heartbeat", "add", "backup", "--every", "1d", "--json")
        assert json.loads(beats.stdout)["expected"]["runbook"] == "acme"

        refused = tocsin(elsewhere, "declare", "Checkout is down", "--runbook", "rival")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "the running installation has acme" in refused.stderr
        assert str(alone / "theirs") in refused.stderr
    finally:
        up.send_signal(signal.SIGINT)
        up.communicate(timeout=HANGS_AFTER_S)
