"""A real `tocsin worker` of several processes: all of them work, one voice speaks for them, and they end together."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from tests.patience import HANGS_AFTER_S
from tests.tocsin.processes import below, eventually, is_alive
from tocsin.cores import cores, worker_processes
from tocsin.up import ports
from workflows.queues import WORKFLOW_QUEUE


@dataclass(frozen=True)
class CrewUnderTest:
    process: "subprocess.Popen[bytes]"
    log: Path

    def workers(self) -> set[int]:
        """The processes that work: those that it has started itself."""
        pid = self.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def said(self, event: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]


@contextmanager
def crew(folder: Path, processes: int) -> Iterator[CrewUnderTest]:
    command = [sys.executable, "-m", "tocsin", "worker", "--no-pager", f"--processes={processes}"]
    log = folder / "worker.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, env={**os.environ, "TOCSIN_LOG_FORMAT": "json"})
    under_test = CrewUnderTest(process, log)
    try:
        assert eventually(lambda: bool(under_test.said("working together"))), log.read_text()
        yield under_test
    finally:
        process.kill()
        process.wait()


async def canary_by(client: Client) -> set[int]:
    """Which processes took the workflow tasks of one canary."""
    handle = await client.start_workflow("canary", id=f"canary-{uuid4().hex}", task_queue=WORKFLOW_QUEUE)
    await handle.result()
    events = (await handle.fetch_history()).events
    taken = [event for event in events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED]
    return {int(event.workflow_task_started_event_attributes.identity.partition("@")[0]) for event in taken}


async def test_all_work_one_publishes_and_what_is_killed_comes_back(fresh: Client, alone: Path) -> None:
    with crew(alone, 2) as running:
        first = running.workers()
        assert len(first) == 2
        busy: set[int] = set()
        async with asyncio.timeout(HANGS_AFTER_S):
            while busy != first:
                for took in await asyncio.gather(*(canary_by(fresh) for _ in range(8))):
                    busy |= took
        assert len(running.said("published")) == 1

        killed = first.pop()
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: killed not in running.workers() and len(running.workers()) == 2)
        [error] = running.said("a worker process died, the others go on")
        assert error["level"] == "error"
        assert "was killed (signal 9); it starts again in 0.25 s" in str(error["what"])
        assert await canary_by(fresh) <= running.workers()  # and somebody works meanwhile

        workers = below(running.process.pid)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(HANGS_AFTER_S) == 0
        assert not any(is_alive(pid) for pid in workers)
        assert len(running.said("published")) == 1


async def test_none_of_them_outlives_a_killed_parent(fresh: Client, alone: Path) -> None:
    with crew(alone, 2) as running:
        workers = below(running.process.pid)
        assert len(workers) >= 2
        running.process.kill()
        assert eventually(lambda: not any(is_alive(pid) for pid in workers))


def somebody_elses() -> socket.socket:
    """A port in use, right after a free one."""
    while True:
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", ports.choose(0, ()) + 1))


async def test_each_process_shows_its_metrics_on_a_port_of_its_own(
    fresh: Client, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it could not finish in time is `temporal_request_failure_total` of `RespondWorkflowTaskCompleted`."""
    taken = somebody_elses()
    port = taken.getsockname()[1] - 1
    monkeypatch.setenv("TOCSIN_WORKER_METRICS", f"127.0.0.1:{port}")
    with taken, crew(alone, 2) as running:
        shown = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        assert "temporal_worker_task_slots_available" in shown
        assert "temporal_request_total" in shown
        [refused] = running.said("there are no metrics")  # somebody else has the second port: it works all the same
        assert refused["address"] == f"127.0.0.1:{port + 1}"
        assert await canary_by(fresh) <= running.workers()


async def test_a_process_that_does_not_come_up_at_first_ends_the_worker_with_its_name(
    fresh: Client, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = alone / "broken"
    broken.mkdir()
    (broken / "temporalio.py").write_text("raise SystemExit('no SDK here')\n")
    program = "from tocsin.__main__ import main; import os; os.environ['PYTHONPATH'] = os.environ['BROKEN']; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "worker", "--no-pager", "--processes=2"],
        env={**os.environ, "BROKEN": str(broken)},
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_AFTER_S,
    )
    assert ended.returncode == 1
    assert "the worker process" in ended.stderr
    assert "did not start" in ended.stderr


def test_without_a_server_it_says_so_before_anything_starts(alone: Path) -> None:
    answer = ended("--processes=2")
    assert answer.returncode == 2
    assert "cannot reach Temporal at 127.0.0.1:1" in answer.stderr


def test_no_processes_are_none(alone: Path) -> None:
    answer = ended("--processes=0")
    assert answer.returncode == 1
    assert "--processes" in answer.stderr


def ended(*options: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own: the command decides where this process's log goes."""
    command = [sys.executable, "-m", "tocsin", "worker", "--no-pager", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=HANGS_AFTER_S)


@pytest.mark.parametrize(("available", "processes"), [(1, 1), (2, 1), (3, 2), (8, 7)])
def test_one_core_is_left_to_what_is_beside_the_workers(available: int, processes: int) -> None:
    assert worker_processes(available) == processes


QUOTAS = [
    ({"cpu.max": "max 100000\n"}, None),
    ({"cpu.max": "100000 100000\n"}, 1),
    ({"cpu.max": "50000 100000\n"}, 1),
    ({"cpu.max": "6400000 100000\n"}, None),
    ({"cpu.max": "what\n"}, None),
    ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
    ({"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 1),
    ({}, None),
]
"""What a container's share is said to be, and how many cores that leaves; None: those that the process is bound to."""


@pytest.mark.parametrize(("files", "left"), QUOTAS)
def test_a_container_has_no_more_cores_than_its_share(files: dict[str, str], left: int | None, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert cores(tmp_path) == (left or len(os.sched_getaffinity(0)))
