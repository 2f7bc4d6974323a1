"""`replay`: would this code go on with what runs already? Asked before it is deployed."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import BaseModel
from typer import Option

import settings
from starter.temporal.live_runs import live_runs
from tocsin import connection, output
from tocsin.commands.arguments import AsJson, ago_or_moment
from tocsin.failure import Failure
from tocsin.view.replay import replayed
from worker.replaying import ReplayVerdict, replay

app = typer.Typer()

ReplaySince = Annotated[
    str,
    Option(
        metavar="SPAN",
        help="Also what has closed since so long before now, such as 7d; or since a date or time.",
        show_default=False,
    ),
]


class ReplayReport(BaseModel):
    """`replay --json`."""

    replayed: dict[str, int]
    """How many of each type go on."""
    failed: list[ReplayVerdict]


@app.command("replay")
def replay_(
    live: Annotated[bool, Option("--live", help="What runs at the configured Temporal.")] = False,
    since: ReplaySince = "",
    as_json: AsJson = False,
) -> None:
    """Before a deploy: try this code on what runs already.

    What would stand still is named, and why. Nothing is changed.
    """
    if not live:
        raise Failure("say what to replay: tocsin replay --live")
    begin = ago_or_moment("--since", since, datetime.now(UTC)) if since else None
    verdicts = asyncio.run(_try(begin))
    report = _report(verdicts)
    output.show(report, replayed(report.replayed, report.failed), as_json, whole_lines=True)
    if report.failed:
        raise Failure(f"{len(report.failed)} of {len(verdicts)} do not replay: do not deploy this code")


async def _try(since: datetime | None) -> list[ReplayVerdict]:
    client = await connection.client(settings.load().state_dir)
    with output.err.status("looking what runs …") as status:
        runs = await live_runs(client, since, lambda seen: status.update(f"looking what runs: {seen} …"))
        return await replay(client, runs, lambda tried: status.update(f"replayed {tried} of {len(runs)} …"))


def _report(verdicts: list[ReplayVerdict]) -> ReplayReport:
    good = Counter(each.run.type for each in verdicts if each.outcome == "replays")
    return ReplayReport(replayed=dict(sorted(good.items())), failed=[v for v in verdicts if v.outcome != "replays"])
