"""`tocsin demo` itself: all parts in a folder of their own, the play, and whether it went as the runbook says."""

import asyncio
import contextlib
import os
import tempfile
import time
from pathlib import Path

from rich.console import Console

from settings import Settings
from starter.temporal.incidents import Incidents
from tocsin import connection
from tocsin.board_link import board_link, open_in_browser
from tocsin.demo import printing
from tocsin.demo.expectations import unmet
from tocsin.demo.play import Play
from tocsin.demo.stage import DemoStage
from tocsin.failure import Failure
from tocsin.gateway_call import GatewayAccess
from tocsin.up.command import cancelled_by_signals
from tocsin.up.folder import Folder
from tocsin.up.layout import ANY_PORTS, Layout, lay_out
from tocsin.up.run import running
from tocsin.up.supervisor import PartFailed
from tocsin.view.plain import plain

WORKER_WITHIN_S = 600.0
"""The play begins only then: nothing of it is late for a start that was slow."""


async def demo(speed: float, keep: bool, open_it: bool, console: Console) -> None:
    """Raises Failure when a promise of the runbook was not kept, or a part did not start."""
    cancelled_by_signals()
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-", ignore_cleanup_errors=True) as name:
        _forget_the_users_settings(Path(name))
        settings = Settings(state_dir=Path(name), speed=speed, worker_processes=1)
        try:
            await _demo(settings, keep, open_it, console)
        except asyncio.CancelledError:
            raise Failure("stopped") from None


async def _demo(settings: Settings, keep: bool, open_it: bool, console: Console) -> None:
    folder, log = Folder(settings.state_dir), settings.state_dir / "parts.log"
    began = time.monotonic()
    console.print("starting Temporal, sandbox, worker and gateway ...", style="dim")
    with folder.locked() as lock, log.open("wb") as output:
        layout = lay_out(ANY_PORTS, settings, None, None)
        try:
            async with running(layout, settings, folder, lock, console.print, output, WORKER_WITHIN_S) as published:
                if published is None:
                    raise Failure(f"the worker has not begun; its last words:\n{_tail(log)}")
                link = await board_link(GatewayAccess(layout.published.gateway, folder.token()))
                console.print(printing.programme(layout.published, link, settings.speed, time.monotonic() - began))
                if open_it:
                    open_in_browser(link)
                await _perform(layout, settings, console)
                if keep:
                    console.print("everything stays up until Ctrl-C", style="bold")
                    with contextlib.suppress(asyncio.CancelledError):
                        await asyncio.Event().wait()
        except PartFailed as error:
            raise Failure(f"{error}; its last words:\n{_tail(log)}") from None


async def _perform(layout: Layout, settings: Settings, console: Console) -> None:
    incidents = Incidents(await connection.client(settings.state_dir))
    async with DemoStage(layout.published) as stage:
        outcome = await Play(stage, incidents, settings.speed, lambda s: console.print(printing.step(s))).perform()
    console.print(printing.summary(outcome))
    if broken := unmet(outcome):
        raise Failure("not as the runbook promises:\n" + "\n".join(f"  {promise}" for promise in broken))
    console.print(plain("Everything that the runbook promises has happened.", "green"))


def _forget_the_users_settings(folder: Path) -> None:
    """Neither their vendors nor their Temporal: whatever runs here must not page anybody, nor touch their state."""
    for name in [name for name in os.environ if name.startswith(("TOCSIN_", "TEMPORAL_"))]:
        del os.environ[name]
    os.environ["TEMPORAL_CONFIG_FILE"] = os.devnull
    os.chdir(folder)


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
