"""`python -m benchmarks`: all of it, or what is named."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import (
    actions,
    board,
    commands,
    crashes,
    flood,
    intake,
    opening,
    paging,
    planning,
    presses,
    reading,
    scaling,
    steps_of_intake,
    storm,
)
from benchmarks.figures import Figure, save, table
from benchmarks.scale import QUICK, WHOLE, BenchScale
from benchmarks.stage import BUILD, isolate
from tocsin.connection import configured_address

Measurement = Callable[[BenchScale], Awaitable[list[Figure]]]
MEASUREMENTS: dict[str, Measurement] = {
    "new-incidents": intake.new_incidents,
    "one-incident": intake.one_incident,
    "spread": intake.spread,
    "steps-of-intake": steps_of_intake.steps_of_intake,
    "opening": opening.opening,
    "first-page": paging.first_page,
    "flood": flood.flood,
    "storm": storm.storm,
    "pragmas": intake.pragmas,
    "planning": planning.planning,
    "commands": commands.commands,
    "actions": actions.actions,
    "reading": reading.reading,
    "board": board.board,
    "presses": presses.presses,
    "scaling": scaling.scaling,
    "crashes": crashes.crashes,
}
ON_A_CLUSTER: dict[str, Measurement] = {
    "storm": storm.storm_cluster,
    "scaling": scaling.scaling,
    "crashes": crashes.crashes,
}


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"repeatable: {', '.join(MEASUREMENTS)}")] = None,
    quick: Annotated[bool, typer.Option(help="only shows that it can be measured")] = False,
    cluster: Annotated[bool, typer.Option(help="on the Temporal that TEMPORAL_ADDRESS names")] = False,
    open_first: Annotated[int | None, typer.Option(help="incidents that are open before the storm")] = None,
    output: Annotated[Path, typer.Option(help="where the figures go as JSON")] = BUILD / "bench.json",
) -> None:
    """Measure, and print a table."""
    there = ON_A_CLUSTER if cluster else MEASUREMENTS
    if unknown := set(only or ()) - there.keys():
        raise typer.BadParameter(f"there is no {', '.join(sorted(unknown))}: there is {', '.join(there)}")
    isolate(cluster)
    if cluster and not configured_address():
        raise typer.BadParameter("set TEMPORAL_ADDRESS: benchmarks/README.md says how a cluster is started")
    scale = QUICK if quick else WHOLE
    if open_first is not None:
        scale = replace(scale, storm_open=open_first)
    console = Console(width=max(120, Console().width))
    chosen = {name: there[name] for name in only or there}
    figures = asyncio.run(measure(chosen, scale, console))
    save(figures, output)
    console.print(table(figures), f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {output}")


async def measure(chosen: Mapping[str, Measurement], scale: BenchScale, console: Console) -> list[Figure]:
    figures: list[Figure] = []
    for name, measurement in chosen.items():
        console.print(f"measuring {name} ...", style="dim")
        figures += await measurement(scale)
    return figures


if __name__ == "__main__":
    typer.run(main)
