"""`route`: where an alert would go, and why. Nothing is started."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from typer import Argument, Option

import settings
from starter.intake.explain import ExplainedIncident, Routed
from starter.intake.explain import route as routed
from starter.runbooks.default import default_runbook
from starter.runbooks.problems import closest
from starter.sources.reading import Webhook
from starter.sources.redaction import redaction
from starter.sources.table import SOURCES
from starter.temporal.results import Unpublished, Unreachable
from starter.temporal.silences import Silences
from tocsin import output
from tocsin.commands.arguments import AsJson
from tocsin.commands.session import incidents, installation
from tocsin.failure import Failure
from tocsin.following import followed
from tocsin.library import library, named
from tocsin.view.plain import moment, plain
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.policy.watches.installation import content_hash
from workflows.policy.watches.silence import SilenceSummary

app = typer.Typer()


@app.command()
def route(
    payload: Annotated[Path, Argument(metavar="PAYLOAD", help="A file with the body of a webhook.")],
    source: Annotated[str, Option(help="Who sends such a body, by the name that its address ends in.")],
    header: Annotated[list[str] | None, Option(help="As the sender's, `Name: value`; may be repeated.")] = None,
    runbook: Annotated[str, Option(help="As the webhook's `?runbook=`.")] = "",
    severity: Annotated[str, Option(help="As the webhook's `?severity=`.")] = "",
    installation: Annotated[str, Option(help="As the webhook's `?installation=`.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show which incident a webhook would open or find, by which runbook, how grave, and why; nothing is started."""
    if source not in SOURCES:
        raise Failure(f"there is no source {source!r}. {closest(source, SOURCES)}")
    book, because = asyncio.run(_book(runbook))
    query = {"severity": severity, "installation": installation}
    try:
        webhook = Webhook(payload.read_bytes(), datetime.now(UTC), _headers(header or ()), query)
        chosen, held = settings.load(), asyncio.run(_silences())
        found = routed(SOURCES[source], webhook, book, because, held, chosen.max_body_bytes, redaction(chosen.redact))
    except OSError as error:
        raise Failure(f"{payload} cannot be read: {error.strerror}") from None
    if found.unreadable:
        opened = found.routes[0]
        raise Failure(f"{payload}: {found.unreadable}; the gateway would open {opened.incident}: {opened.title}")
    output.show(found, _in_words(found), as_json)


async def _book(name: str) -> tuple[Runbook, str]:
    """The running installation's; where none can be asked, that of this shell's files, and then it says so."""
    try:
        there = await installation(await incidents())
    except (Failure, Unreachable, Unpublished) as why:
        chosen = settings.load()
        because = "asked for by name" if name else "TOCSIN_RUNBOOK: the webhook names none"
        books = library(chosen)
        return named(books, name or default_runbook(books, chosen)), f"{because}; out of this shell's files, for {why}"
    because = "asked for by name" if name else "the default there: the webhook names none"
    book = followed(there, name)
    published = f"published by {there.published_by} at {moment(there.published_at)} UTC ({content_hash(book)})"
    return book, f"{because}; {published}"


async def _silences() -> Sequence[SilenceSummary] | None:
    """None when Temporal cannot be asked: everything else can be said without it."""
    try:
        return await Silences((await incidents()).connection).list()
    except (Failure, Unreachable):
        return None


def _headers(given: Iterable[str]) -> dict[str, str]:
    headers = {}
    for each in given:
        name, colon, value = each.partition(":")
        if not colon:
            raise Failure(f"--header {each!r} is not of the form 'Name: value'")
        headers[name.strip().lower()] = value.strip()
    return headers


def _in_words(found: Routed) -> RenderableType:
    parts: list[RenderableType] = [part for route in found.routes for part in _route(route)]
    parts += [plain(f"opens nothing: {ignored}", "yellow") for ignored in found.opens_nothing]
    if found.ignored:
        parts.append(plain(f"nothing would change: {found.ignored}"))
    if found.silences is None:
        parts.append(plain("silences: Temporal could not be asked", "dim"))
    for silent in found.silences or ():
        until = moment(silent.until)
        sentence = f"held by silence {silent.silence} until {until} UTC ({silent.reason}): {', '.join(silent.alerts)}"
        parts.append(plain(sentence, "yellow"))
    return Group(*parts, *(plain(str(problem), "yellow") for problem in found.problems))


def _route(route: ExplainedIncident) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value, why in (
        ("incident", route.incident, route.why.incident),
        ("runbook", route.runbook, route.why.runbook),
        ("severity", severity_title(route.severity), route.why.severity),
        ("service", route.service or "none", route.why.service),
    ):
        table.add_row(name, plain(value))
        table.add_row("", plain(why, "dim"))
    for label, url in route.links:
        table.add_row(plain(label), plain(url))
    alerts = f"{route.alerts} alert" + ("s" if route.alerts > 1 else "")
    becomes = "opens an incident, or finds the one that is open" if route.opens else "nothing fires: opens nothing"
    yield plain(f"{severity_title(route.severity)}: {route.title}", "bold")
    yield plain(f"{alerts}; {becomes}")
    yield table
    if route.flap_hold != write(timedelta()):
        hold = route.flap_hold
        sentence = f"an alert that fires again within {hold} flaps: its end is then held until it has lasted so long"
        yield plain(sentence, "dim")
