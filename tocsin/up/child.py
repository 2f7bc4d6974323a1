"""One child process, kept running until it is told to stop."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tocsin.up import lifeline

FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 30.0
"""Pages wait for whoever is dead; only what cannot start at all has to be kept from spinning."""
SETTLED_AFTER_S = 10.0
"""A child that lived this long starts again after the first wait, as if it had never died before."""


@dataclass(frozen=True)
class Part:
    """A command to keep running."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """All of it: nothing is inherited."""
    inherits: tuple[int, ...] = ()
    """Descriptors that stay open in it."""
    stops_within_s: float = 3.0
    """Asked to stop, it is killed after this."""
    umask: int = -1
    """What files it makes are not for; -1 leaves that as it is here."""


class Child:
    """Starts `part`, and starts it again whenever it dies, a little later each time."""

    def __init__(self, part: Part, pipe: int, say: Callable[[str], None], output: IO[bytes] | None) -> None:
        self.part = part
        self.died = asyncio.Event()
        """It has died at least once, so it may not be able to start at all."""
        self._pipe = pipe
        self._say = say
        self._output = output
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        self._process = await self._spawn()
        self._keeping = asyncio.create_task(self._keep(self._process))

    async def stop(self) -> None:
        """Ask it to end, then insist. Does nothing if it has not been started."""
        if self._keeping is None or self._process is None:
            return
        self._keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeping
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), self.part.stops_within_s)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _keep(self, process: Process) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            started = asyncio.get_running_loop().time()
            code = await process.wait()
            self.died.set()
            if asyncio.get_running_loop().time() - started > SETTLED_AFTER_S:
                wait_s = FIRST_WAIT_S
            process, wait_s = await self._again(_ended(code), wait_s)

    async def _again(self, why: str, wait_s: float) -> tuple[Process, float]:
        """And how long the next wait is. A machine that has no memory for it now may have some later."""
        while True:
            self._say(f"{self.part.name} {why}; it starts again in {wait_s:g} s")
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            try:
                self._process = await self._spawn()
            except OSError as error:
                why = f"cannot be started: {error.strerror}"
            else:
                return self._process, wait_s

    async def _spawn(self) -> Process:
        """A session of its own: Ctrl-C in the terminal reaches `up` alone, which stops its parts in order."""
        launcher = (sys.executable, "-I", "-S", str(Path(lifeline.__file__)), str(self._pipe))
        return await asyncio.create_subprocess_exec(
            *launcher,
            *self.part.command,
            env=dict(self.part.environment),
            stdin=DEVNULL,
            stdout=self._output or DEVNULL,
            stderr=self._output,
            pass_fds=(self._pipe, *self.part.inherits),
            start_new_session=True,
            umask=self.part.umask,
        )


def _ended(code: int) -> str:
    return f"was killed (signal {-code})" if code < 0 else f"ended by itself (exit code {code})"
