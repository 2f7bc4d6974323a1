"""A real `tocsin up`, all four parts: how it ends, and what it leaves behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.patience import HANGS_AFTER_S
from tests.tocsin.conftest import Start
from tests.tocsin.processes import below, eventually, is_alive
from tocsin.commands.arguments import login_name
from tocsin.up.folder import Folder


def test_ctrl_c_stops_everything_and_kill_minus_9_leaves_nothing_behind(start: Start, alone: Path) -> None:
    folder = Folder(alone / "state")
    with start("--gateway-port=0", "--speed=60") as up:
        first = folder.running()
        assert first is not None
        assert httpx.get(f"{first.gateway}/readyz", trust_env=False).status_code == 200
        assert_temporals_ui_is_for_this_machine(first.ui)
        assert_no_port_of_temporals_takes_what_a_web_page_sends(up.pid)
        assert open_incidents() == []
        assert_commands_prove_who_they_are(alone / "state")
        parts = below(up.pid)
        up.send_signal(signal.SIGINT)
        assert up.wait(HANGS_AFTER_S) == 0
    assert not any(is_alive(pid) for pid in parts)

    with start() as up:
        again = folder.running()
        assert again is not None
        assert again.gateway == first.gateway  # its port was used, and so it stays
        parts = below(up.pid)
        assert len(parts) >= 4
        up.kill()
    assert eventually(lambda: not any(is_alive(pid) for pid in parts))
    assert eventually(lambda: not folder.in_use())


def test_the_sandbox_has_every_channel_that_a_shipped_runbook_names(
    start: Start, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen in ("TOCSIN_RUNBOOKS", "TOCSIN_RUNBOOK"):
        monkeypatch.delenv(chosen)
    with start("--gateway-port=0") as up:
        running = Folder(alone / "state").running()
        assert running is not None
        state = httpx.get(f"{running.sandbox}/control/state", trust_env=False).json()
        up.send_signal(signal.SIGINT)
        assert up.wait(HANGS_AFTER_S) == 0
    channels = {channel["name"] for channel in state["channels"]}
    assert {"incidents", "samia-incident-response", "samia-support", "lumi-incidents"} <= channels


def assert_temporals_ui_is_for_this_machine(ui: str | None) -> None:
    assert ui is not None
    answers = [httpx.get(ui, headers=headers, trust_env=False) for headers in ({}, {"Host": "evil.example:8233"})]
    assert [answer.status_code for answer in answers] == [200, 403]


def assert_no_port_of_temporals_takes_what_a_web_page_sends(up: int) -> None:
    """Its HTTP API is on a port that only has to be found, and asks nobody where a request comes from."""
    answers = [answered(port) for pid in below(up) for port in listened_at(pid)]
    assert 200 not in answers
    assert not Path("/proc/net/tcp").exists() or 403 in answers


def answered(port: int) -> int:
    page = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    url = f"http://127.0.0.1:{port}/api/v1/namespaces/default"
    try:
        return httpx.get(url, headers=page, trust_env=False).status_code
    except httpx.HTTPError:  # it speaks something else
        return 0


def listened_at(pid: int) -> set[int]:
    """Only Linux says it."""
    table = Path(f"/proc/{pid}/net/tcp")
    if not table.exists():
        return set()
    ours = {str(file.readlink()).removeprefix("socket:[").rstrip("]") for file in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [row.split() for row in table.read_text().splitlines()[1:]]
    return {int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and row[9] in ours}


def assert_commands_prove_who_they_are(state: Path) -> None:
    """By the token that `up` keeps for its user; whom else they name is only said."""
    assert (state / "token").stat().st_mode & 0o777 == 0o600
    opened = command("declare", "Slow", "--by", "VP Engineering", "--json")
    incident = json.loads(opened)["incident"]
    shown = json.loads(command("show", incident, "--json"))["state"]["incident"]
    assert shown["declared_by"] == f"{login_name()} (for VP Engineering, unproved)"
    command("cancel", incident)


def command(*words: str) -> bytes:
    """In a process of its own, which finds the gateway through the state folder."""
    return subprocess.run([sys.executable, "-m", "tocsin", *words], capture_output=True, check=True).stdout


def open_incidents() -> list[object]:
    incidents: list[object] = json.loads(command("list", "--json"))
    return incidents
