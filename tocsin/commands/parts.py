"""The commands that run Tocsin: all of it, or one part."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer
import uvloop
from pydantic import ValidationError
from typer import Argument, Option

import settings
from chat.connecting import connected
from settings import Settings
from starter.gateway.serve import serve
from starter.sources.redaction import redaction
from starter.temporal import setup as preparation
from starter.temporal.incidents import Incidents
from tocsin import connection, logs, output
from tocsin.cores import cores, worker_processes
from tocsin.crew import work_alone, work_together
from tocsin.demo import command as demonstration
from tocsin.failure import Failure, badly_put
from tocsin.library import library
from tocsin.pagerduty_setup import set_up
from tocsin.schedule import keep_digest
from tocsin.up import command
from tocsin.up.layout import GATEWAY_PORT, Options
from tocsin.view.plain import plain
from worker.pager import require_pager

app = typer.Typer()

Host = Annotated[str, Option(help="Where the gateway listens. Beyond loopback it wants authentication configured.")]
NoPager = Annotated[bool, Option("--no-pager", help="Run without a pager; every incident then shouts it.")]


def _at_least_one(given: int | None) -> int | None:
    """Not typer's `min`: the range that it shows would leave too little room for long options at 60 columns."""
    if given is not None and given < 1:
        raise typer.BadParameter("a worker has at least one process")
    return given


Processes = Annotated[
    int | None,
    Option(
        callback=_at_least_one,
        help="Of the worker; one fewer than there are cores, and at least one.",
        show_default=False,
    ),
]
Unauthenticated = Annotated[
    bool, Option("--allow-unauthenticated", help="Listen beyond loopback although anybody may then open incidents.")
]


@app.command()
def up(
    host: Host = "127.0.0.1",
    gateway_port: Annotated[int | None, Option(help="Kept from then on; 8080 at first.", show_default=False)] = None,
    ui_port: Annotated[int | None, Option(help="Temporal's UI.", show_default=False)] = None,
    temporal_port: Annotated[int | None, Option(help="Temporal's server.", show_default=False)] = None,
    sandbox_port: Annotated[int | None, Option(help="The sandbox's page.", show_default=False)] = None,
    speed: Annotated[float | None, Option(help="For drills: 60 makes a minute last 1 s.", show_default=False)] = None,
    no_pager: NoPager = False,
    processes: Processes = None,
    allow_unauthenticated: Unauthenticated = False,
) -> None:
    """Run everything: Temporal, worker, gateway and, while no vendor is configured, a sandbox."""
    options = Options(host, gateway_port, temporal_port, ui_port, sandbox_port, allow_unauthenticated)
    chosen = _with({"speed": speed, "no_pager": no_pager or None, "worker_processes": processes})
    asyncio.run(command.up(options, chosen, output.out))


@app.command()
def demo(
    speed: Annotated[float, Option(min=10, max=120, help="60: a minute takes 1 s.")] = 60,
    keep: Annotated[bool, Option("--keep", help="Leave everything running afterwards, to look around.")] = False,
    open_it: Annotated[bool, Option("--open", help="Open the board in this machine's browser.")] = False,
) -> None:
    """Watch the whole life of a SEV-1 in about a minute. Needs no account and leaves nothing behind."""
    asyncio.run(demonstration.demo(speed, keep, open_it, output.out))


@app.command()
def worker(no_pager: NoPager = False, processes: Processes = None) -> None:
    """Run the worker alone, in as many processes as there is room for, against the configured Temporal."""
    chosen = _with({"no_pager": no_pager or None, "worker_processes": processes})
    require_pager(chosen)
    logs.configure(chosen.log_format)
    wanted = chosen.worker_processes or worker_processes(cores())
    asyncio.run(work_alone(chosen) if wanted == 1 else work_together(chosen, wanted))


@app.command()
def gateway(
    host: Host = "127.0.0.1",
    port: Annotated[int, Option(help="Where webhooks arrive.")] = GATEWAY_PORT,
    allow_unauthenticated: Unauthenticated = False,
    allow_local: Annotated[
        bool,
        Option("--allow-local", help="What is plainly from this machine needs no secret where none is set."),
    ] = False,
) -> None:
    """Run the gateway alone: it takes webhooks and hands them to the configured Temporal."""
    chosen = settings.load()
    logs.configure(chosen.log_format)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_take_webhooks(chosen, host, port, allow_unauthenticated, allow_local))


class Prepared(StrEnum):
    temporal = "temporal"
    pagerduty = "pagerduty"


@app.command()
def setup(what: Annotated[Prepared, Argument(help="What is prepared.")] = Prepared.temporal) -> None:
    """Prepare the configured Temporal: search attributes, how long closed incidents are kept, and the daily digest. Or
    PagerDuty: its webhook subscription is made, or switched on again, and tried."""
    if what is Prepared.pagerduty:
        for line in asyncio.run(set_up(settings.load())):
            output.out.print(line, markup=False, highlight=False, soft_wrap=True)
        return
    asyncio.run(_prepare(settings.load()))


async def _prepare(chosen: Settings) -> None:
    client = await connection.client(chosen.state_dir)
    await preparation.prepare(client)
    output.out.print("Temporal is prepared")
    try:
        await keep_digest(client, chosen)
    except Failure as failure:
        output.err.print(plain(str(failure)))


async def _take_webhooks(
    chosen: Settings, host: str, port: int, allow_unauthenticated: bool, allow_local: bool
) -> None:
    client = await connection.client(chosen.state_dir, lazy=True)
    incidents = Incidents(client, redact=redaction(chosen.redact))
    async with connected(chosen, incidents) as chat:
        await serve(
            chosen,
            library(chosen),
            incidents,
            host=host,
            port=port,
            allow_unauthenticated=allow_unauthenticated,
            allow_local=allow_local,
            chat=chat,
        )


def _with(options: dict[str, object]) -> Settings:
    """The settings, with what the command line says instead. Raises SettingsError, Failure."""
    chosen = settings.load()
    said = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings.model_validate({**chosen.model_dump(), **said})
    except ValidationError as error:
        raise badly_put(error) from None
