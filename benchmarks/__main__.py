"""`python -m benchmarks`: all of it, or what is named."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import actions, commands, flood, intake, opening, paging, planning, reading
from benchmarks.figures import Figure, save, table
from benchmarks.scale import QUICK, WHOLE, BenchScale
from benchmarks.stage import BUILD, isolate

MEASUREMENTS: dict[str, Callable[[BenchScale], Awaitable[list[Figure]]]] = {
    "new-incidents": intake.new_incidents,
    "one-incident": intake.one_incident,
    "spread": intake.spread,
    "opening": opening.opening,
    "first-page": paging.first_page,
    "flood": flood.flood,
    "storm": paging.storm,
    "pragmas": intake.pragmas,
    "planning": planning.planning,
    "commands": commands.commands,
    "actions": actions.actions,
    "reading": reading.reading,
}


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"repeatable: {', '.join(MEASUREMENTS)}")] = None,
    quick: Annotated[bool, typer.Option(help="only shows that it can be measured")] = False,
    output: Annotated[Path, typer.Option(help="where the figures go as JSON")] = BUILD / "bench.json",
) -> None:
    """Measure, and print a table."""
    if unknown := set(only or ()) - MEASUREMENTS.keys():
        raise typer.BadParameter(f"there is no {', '.join(unknown)}: there is {', '.join(MEASUREMENTS)}")
    isolate()
    console = Console(width=max(120, Console().width))
    figures = asyncio.run(measure(only or list(MEASUREMENTS), QUICK if quick else WHOLE, console))
    save(figures, output)
    console.print(table(figures), f"{os.cpu_count()} cores; {output}")


async def measure(names: Sequence[str], scale: BenchScale, console: Console) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        console.print(f"measuring {name} ...", style="dim")
        figures += await MEASUREMENTS[name](scale)
    return figures


if __name__ == "__main__":
    typer.run(main)
