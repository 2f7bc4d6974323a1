"""Parts live as long as `up`, and no longer, whatever ends them or it."""

import asyncio
import contextlib
import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tocsin.processes import eventually, is_alive
from tocsin.up import child as child_module
from tocsin.up import lifeline, patience
from tocsin.up.child import Part
from tocsin.up.supervisor import PartFailed, Supervisor

SLEEPER = (sys.executable, "-S", "-c", "import time; time.sleep(600)")


def part(name: str, *command: str) -> Part:
    return Part(name, command, dict(os.environ))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
async def supervisor(said: list[str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    monkeypatch.setattr(child_module, "FIRST_WAIT_S", 0.01)
    async with Supervisor(said.append) as running:
        yield running


async def soon(check: Callable[[], bool]) -> None:
    assert await asyncio.to_thread(eventually, check)


def exists(file: Path) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return await asyncio.to_thread(file.exists)

    return check


async def test_a_part_that_is_killed_is_started_again_and_that_is_said(supervisor: Supervisor, said: list[str]) -> None:
    worker = await supervisor.start(part("worker", *SLEEPER))
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await soon(lambda: worker.pid not in (None, first))
    assert said == ["worker was killed (signal 9); it starts again in 0.01 s"]


async def test_a_part_that_keeps_dying_is_started_later_each_time(supervisor: Supervisor, said: list[str]) -> None:
    await supervisor.start(part("gateway", sys.executable, "-S", "-c", "raise SystemExit(3)"))
    await soon(lambda: len(said) >= 3)
    assert said[:3] == [
        f"gateway ended by itself (exit code 3); it starts again in {wait} s" for wait in ("0.01", "0.02", "0.04")
    ]


async def test_a_part_that_has_worked_for_a_while_is_started_again_without_delay(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "SETTLED_AFTER_S", 0.0)
    await supervisor.start(part("Temporal server", sys.executable, "-S", "-c", "raise SystemExit(3)"))
    await soon(lambda: len(said) >= 3)
    assert said[:3] == ["Temporal server ended by itself (exit code 3); it starts again in 0.01 s"] * 3


async def test_a_machine_that_cannot_start_a_process_now_is_asked_again_until_it_can(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await supervisor.start(part("worker", *SLEEPER))
    first, start, full = worker.pid, asyncio.create_subprocess_exec, iter([True, True])

    async def full_twice(*command: Any, **given: Any) -> Any:
        if next(full, False):
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return await start(*command, **given)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", full_twice)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await soon(lambda: worker.pid not in (None, first))
    assert said == [
        "worker was killed (signal 9); it starts again in 0.01 s",
        "worker cannot be started: Cannot allocate memory; it starts again in 0.02 s",
        "worker cannot be started: Cannot allocate memory; it starts again in 0.04 s",
    ]


async def test_a_part_that_dies_before_it_is_ready_is_an_error(supervisor: Supervisor) -> None:
    async def never() -> bool:
        return False

    with pytest.raises(PartFailed, match="the gateway did not start"):
        await supervisor.start(part("gateway", sys.executable, "-S", "-c", "raise SystemExit(1)"), never)


async def test_a_part_that_takes_its_time_is_waited_for_and_that_is_said(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SAY_EVERY_S", 0.0)
    looks = iter([False, False, True])

    async def at_last() -> bool:
        return next(looks)

    await supervisor.start(part("gateway", *SLEEPER), at_last)
    assert len(said) == 2
    assert said[0].startswith("still waiting for the gateway, for 0 s now")


async def test_who_is_waited_for_is_not_said_to_have_died(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SAY_EVERY_S", 0.0)
    monkeypatch.setattr(child_module, "FIRST_WAIT_S", 0.01)
    waits, deaths, looks = list[str](), list[str](), iter([False, True])

    async def at_last() -> bool:
        return next(looks)

    async with Supervisor(waits.append, died=deaths.append) as supervisor:
        worker = await supervisor.start(part("worker", *SLEEPER), at_last)
        assert (len(waits), deaths) == (1, [])
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        await soon(lambda: bool(deaths))
    assert deaths == ["worker was killed (signal 9); it starts again in 0.01 s"]
    assert len(waits) == 1


async def test_parts_stop_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "import signal, sys; signal.sigwait({signal.SIGTERM}); open(sys.argv[1], 'a').write(sys.argv[2] + ' ')"
    block = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM}); open(sys.argv[1], 'a').close();"
    async with Supervisor(print) as supervisor:
        for name in ("server", "worker", "gateway"):
            code = f"import sys; {block.replace('sys.argv[1]', 'sys.argv[3]')} {script}"
            command = (sys.executable, "-S", "-c", code, str(log), name, str(tmp_path / name))
            await supervisor.start(part(name, *command), exists(tmp_path / name))
    assert log.read_text().split() == ["gateway", "worker", "server"]


async def test_a_part_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    deaf = "import signal as s, sys, time; s.signal(s.SIGTERM, s.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(600)"
    ready = tmp_path / "ready"
    async with Supervisor(print) as supervisor:
        command = (sys.executable, "-S", "-c", deaf, str(ready))
        child = await supervisor.start(Part("worker", command, dict(os.environ), stops_within_s=0.1), exists(ready))
        pid = child.pid
    assert pid is not None
    assert not is_alive(pid)


PARENT = textwrap.dedent(
    """
    import asyncio, os, sys
    from tocsin.up.child import Part
    from tocsin.up.supervisor import Supervisor

    async def main():
        async with Supervisor(print) as supervisor:
            command = (sys.executable, "-S", "-c", "import time; time.sleep(600)")
            child = await supervisor.start(Part("worker", command, dict(os.environ)))
            print(child.pid, flush=True)
            await asyncio.Event().wait()

    asyncio.run(main())
    """
)


def test_parts_die_with_an_up_that_is_killed() -> None:
    parent = subprocess.Popen((sys.executable, "-c", PARENT), stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent, contextlib.closing(parent.stdout):
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    assert eventually(lambda: not is_alive(child))


def test_without_the_kernels_help_the_watcher_kills_the_part() -> None:
    """As on macOS, which has no PR_SET_PDEATHSIG: here the starter lives on, and only the pipe closes."""
    launcher = Path(lifeline.__file__)
    read, write = os.pipe()
    process = subprocess.Popen((sys.executable, "-I", "-S", str(launcher), str(read), *SLEEPER), pass_fds=(read,))
    os.close(read)
    assert process.poll() is None
    os.close(write)
    assert process.wait(5) == -signal.SIGKILL
