"""`heartbeat add|list|pause|resume|remove`: senders whose silence opens an incident."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import BaseModel, ValidationError
from rich.table import Table
from typer import Argument, Option

from starter.temporal.heartbeats import Heartbeats
from starter.temporal.results import NobodyWorks
from tocsin import output
from tocsin.commands import arguments
from tocsin.commands.arguments import AsJson, Reason, me
from tocsin.commands.session import incidents, installation
from tocsin.failure import badly_put
from tocsin.following import followed
from tocsin.view.plain import moment, plain, typed
from workflows.policy.incident.events import Event
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.policy.watches.heartbeat import Heartbeat, HeartbeatSummary, Paused, Removed, Spec, Unpaused, in_words
from workflows.policy.watches.installation import Installation

app = typer.Typer(no_args_is_help=True, help="Senders that must call in time: their silence opens an incident.")

HeartbeatName = Annotated[str, Argument(metavar="NAME", help="Lower case with dashes; it beats at /heartbeats/NAME.")]


class ListedHeartbeat(BaseModel):
    """One of `heartbeat list --json`."""

    expected: HeartbeatSummary
    stands: str | None
    """None: no worker answers."""
    problem: str = ""
    """Why none does."""


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
    asked = {"every": every, "grace": grace, "severity": arguments.severity(severity), "service": service}
    asyncio.run(_add(name, asked, runbook, as_json))


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
    asyncio.run(_signal(name, event, as_json))


@app.command()
def resume(name: HeartbeatName, as_json: AsJson = False) -> None:
    """End a pause: it must beat again, an interval from now."""
    asyncio.run(_signal(name, Unpaused(by=me()), as_json))


@app.command()
def remove(name: HeartbeatName) -> None:
    """Expect it no longer."""
    asyncio.run(_remove(name))


async def _heartbeats() -> Heartbeats:
    return Heartbeats((await incidents()).connection)


async def _add(name: str, asked: Mapping[str, str], runbook: str, as_json: bool) -> None:
    reached = await incidents()
    there = await installation(reached)
    spec = _spec(name, asked, there, followed(there, runbook))
    known = Heartbeats(reached.connection)
    await known.add(name, spec)
    await _show(known, name, as_json)


def _spec(name: str, asked: Mapping[str, str], there: Installation, book: Runbook) -> Spec:
    """Raises Failure when a field is not what a heartbeat can have."""
    opening = {
        "runbook": book,
        "severity": asked["severity"] or book.intake.default_severity,
        "title": name,
        "service": asked["service"],
        "speed": there.speed,
        "no_pager": there.no_pager,
    }
    try:
        spec = Spec.model_validate({"every": asked["every"], "grace": asked["grace"], "opening": opening})
        Heartbeat(name=name, spec=spec)
    except ValidationError as error:
        raise badly_put(error) from None
    return spec


async def _signal(name: str, event: Event, as_json: bool) -> None:
    known = await _heartbeats()
    await known.signal(name, event)
    await _show(known, name, as_json)


async def _remove(name: str) -> None:
    await (await _heartbeats()).signal(name, Removed(by=me()))
    output.out.print(plain(f"{name} is no longer expected"))


async def _show(known: Heartbeats, name: str, as_json: bool) -> None:
    """Raises NobodyWorks: nobody watches then, and that must not look like success."""
    try:
        listed = await _stands(known, await known.card(name))
    except NobodyWorks as nobody:
        raise nobody.recorded("nothing is being watched or paged") from None
    output.show(listed, plain(f"{name}: {listed.stands}"), as_json, whole_lines=True)


async def _list() -> list[ListedHeartbeat]:
    known = await _heartbeats()
    cards = await known.list()
    try:
        return [await _stands(known, card) for card in cards]
    except NobodyWorks as nobody:  # one silence is enough: the others would cost as much patience each
        return [ListedHeartbeat(expected=card, stands=None, problem=nobody.reason) for card in cards]


async def _stands(known: Heartbeats, card: HeartbeatSummary) -> ListedHeartbeat:
    state = await known.state(card.name)
    return ListedHeartbeat(expected=card, stands=in_words(state, datetime.now(UTC)))


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
