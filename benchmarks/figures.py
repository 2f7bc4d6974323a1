"""What was measured, what it was measured against, and whether it is what we want."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Self

from pydantic import BaseModel, ConfigDict, TypeAdapter
from rich.table import Column, Table


class Figure(BaseModel):
    """One row of the table, one element of build/bench.json."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    unit: str
    floor: float | None = None
    """The same, measured in the same run on the same server without anything of ours."""
    ratio: float | None = None
    """value / floor."""
    target: str | None = None
    met: bool | None = None

    def at_least(self, times: float) -> Self:
        return self._compared(f">= {times:g} x floor", lambda ratio: ratio >= times)

    def at_most(self, times: float) -> Self:
        return self._compared(f"<= {times:g} x floor", lambda ratio: ratio <= times)

    def below(self, limit: float) -> Self:
        return self.model_copy(update={"target": f"< {limit:g} {self.unit}", "met": self.value < limit})

    def exactly(self, wanted: float) -> Self:
        return self.model_copy(update={"target": f"{wanted:g}", "met": self.value == wanted})

    def _compared(self, target: str, holds: Callable[[float], bool]) -> Self:
        assert self.ratio is not None
        return self.model_copy(update={"target": target, "met": holds(self.ratio)})


def figure(name: str, value: float, unit: str, floor: float | None = None) -> Figure:
    return Figure(name=name, value=value, unit=unit, floor=floor, ratio=value / floor if floor else None)


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def table(figures: Sequence[Figure]) -> Table:
    shown = Table(Column("what", no_wrap=True), "measured", "unit", "floor", "ratio", "target", "met")
    for each in figures:
        shown.add_row(
            each.name,
            _written(each.value),
            each.unit,
            _written(each.floor),
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.target or "",
            {True: "yes", False: "[bold red]no[/]", None: ""}[each.met],
        )
    return shown


def save(figures: Sequence[Figure], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(TypeAdapter(list[Figure]).dump_json(list(figures), indent=2))


def _written(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
