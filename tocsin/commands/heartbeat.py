"""`heartbeat add|list|pause|resume|remove`: senders whose silence opens an incident."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table
from typer import Argument, Option

from starter.desk.watch_answers import HeartbeatRequest, ListedHeartbeat
from tocsin import output
from tocsin.commands import arguments
from tocsin.commands.arguments import AsJson, Reason, me
from tocsin.commands.session import installation_desk
from tocsin.failure import badly_put
from tocsin.view.plain import moment, plain, typed
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.policy.watches.heartbeat import Paused, Removed, Unpaused

app = typer.Typer(no_args_is_help=True, help="Senders that must call in time: their silence opens an incident.")

HeartbeatName = Annotated[str, Argument(metavar="NAME", help="Lower case with dashes; it beats at /heartbeats/NAME.")]


@app.command()
def add(
    name: HeartbeatName,
    every: Annotated[str, Option(metavar="SPAN", help="How often it must beat, such as 5m; at least 1m.")],
    grace: Annotated[str, Option(metavar="SPAN", help="How late it may be.")] = "1m",
    severity: Annotated[str, Option(help="sev1 (worst) to sev4; the runbook's default if left out.")] = "",
    service: Annotated[str, Option(help="Which service its silence is about.")] = "",
    runbook: Annotated[str, Option(help="One that the running installation has loaded; its default if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Expect a sender to call every so often. Again for the same name: change what is expected."""
    asked = HeartbeatRequest(
        every=every, grace=grace, severity=arguments.severity(severity), service=service, runbook=runbook
    )
    asyncio.run(_add(name, asked, as_json))


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Which senders must call in time, and how they stand."""
    found = asyncio.run(_list())
    output.show(found, _table(found), as_json)


@app.command()
def pause(
    name: HeartbeatName,
    span: Annotated[str, Option("--for", metavar="SPAN", help="For how long, such as 2h; at most 31d.")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Expect no beat for a while: it must beat again, an interval after that."""
    try:
        event = Paused.model_validate({"duration": span, "reason": reason, "by": me()})
    except ValidationError as error:
        raise badly_put(error) from None
    asyncio.run(_pause(name, event, as_json))


@app.command()
def resume(name: HeartbeatName, as_json: AsJson = False) -> None:
    """End a pause: it must beat again, an interval from now."""
    asyncio.run(_resume(name, Unpaused(by=me()), as_json))


@app.command()
def remove(name: HeartbeatName) -> None:
    """Expect it no longer."""
    asyncio.run(_remove(name))


async def _add(name: str, asked: HeartbeatRequest, as_json: bool) -> None:
    desk = await installation_desk()
    try:
        listed = await desk.expect(name, asked)
    except ValidationError as error:
        raise badly_put(error) from None
    _show(listed, as_json)


async def _pause(name: str, event: Paused, as_json: bool) -> None:
    _show(await (await installation_desk()).pause(name, event), as_json)


async def _resume(name: str, event: Unpaused, as_json: bool) -> None:
    _show(await (await installation_desk()).resume(name, event), as_json)


async def _remove(name: str) -> None:
    await (await installation_desk()).remove(name, Removed(by=me()))
    output.out.print(plain(f"{name} is no longer expected"))


def _show(listed: ListedHeartbeat, as_json: bool) -> None:
    output.show(listed, plain(f"{listed.expected.name}: {listed.stands}"), as_json, whole_lines=True)


async def _list() -> list[ListedHeartbeat]:
    return await (await installation_desk()).heartbeats()


def _table(found: Sequence[ListedHeartbeat]) -> Table:
    table = Table(
        typed("name"), "every", "grace", "severity", typed("runbook"), "how it stands", box=None, header_style="dim"
    )
    for each in found:
        card = each.expected
        paused = f"paused until {moment(card.paused_until)} UTC" if card.paused_until else ""
        stands = each.stands or f"{each.problem}: nobody is watching. {paused}"
        expected = (card.name, write(card.every), write(card.grace), severity_title(card.severity), card.runbook)
        table.add_row(*(plain(text) for text in (*expected, stands)))
    return table
