"""`tocsin up` itself: hold the folder, start the parts, wait for the end."""

import asyncio
import signal
from collections.abc import Callable

from rich.console import Console

from settings import Settings
from starter.runbooks.default import require_default
from tocsin import connection
from tocsin.board_link import board_link
from tocsin.failure import Failure
from tocsin.gateway_call import GatewayAccess
from tocsin.library import library
from tocsin.up.folder import Folder
from tocsin.up.layout import Layout, Options, lay_out
from tocsin.up.panel import panel
from tocsin.up.run import running

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def up(options: Options, settings: Settings, console: Console) -> None:
    """Run until a signal. Raises FolderInUse, PortTaken, PartFailed, SettingsError, Failure."""
    require_default(library(settings), settings)
    folder = Folder(settings.state_dir)

    def say(line: str) -> None:
        console.print(line, style="yellow", markup=False)

    with folder.locked() as lock:
        layout = lay_out(options, settings, folder.last(), connection.configured_address())
        cancelled_by_signals()
        try:
            async with running(layout, settings, folder, lock, say) as published:
                console.print(panel(layout, settings, folder, published, await _link(layout, folder, say)))
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            console.print("stopped")


async def _link(layout: Layout, folder: Folder, say: Callable[[str], None]) -> str:
    """Empty if the gateway makes none: everything else runs all the same."""
    try:
        return await board_link(GatewayAccess(layout.published.gateway, folder.token()))
    except Failure as failure:
        say(str(failure))
        return ""


def cancelled_by_signals() -> None:
    """A signal cancels the current task: everything it holds is released in order, wherever it was.

    A second one cancels the releasing. That is safe: the lifeline ends what was left.
    """
    task = asyncio.current_task()
    assert task is not None
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
