"""`tocsin report`: a table that fits a terminal of 80 columns, and what it cannot say in sentences."""

from collections.abc import Callable, Sequence

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table

from starter.pictures.captions import counted, of_figures, period
from starter.pictures.sentences import sentences
from starter.pictures.spans import took
from starter.report.figures import Group, ReportFigures
from tocsin.view.plain import plain
from workflows.policy.runbook.names import severity_title

NO_SERVICE = "no service"
SERVICES = 10
"""How many are shown; the others are only counted."""


def report(figures: ReportFigures) -> RenderableType:
    parts: list[RenderableType] = [plain(period(figures), "bold"), plain(of_figures(figures))]
    if figures.severities:
        parts += ["", _times("", [_named(group, severity_title) for group in figures.severities], figures.total)]
        services = [_named(group, lambda name: name or NO_SERVICE) for group in figures.services]
        parts += ["", _times("", services[:SERVICES], None), *_others(services[SERVICES:])]
        parts += ["", *(plain(sentence) for sentence in sentences(figures))]
    return Lines(*parts)


def _named(group: Group, write: Callable[[str], str]) -> Group:
    return group.model_copy(update={"name": write(group.name)})


def _times(heading: str, groups: Sequence[Group], total: Group | None) -> Table:
    """Of closed incidents, from the declaration on: median and ninth decile."""
    table = Table(box=None, header_style="dim", padding=(0, 1), pad_edge=False, show_footer=total is not None)
    columns = ("", "open", "ack", "p90", "mitigate", "p90", "resolve", "p90")
    ends = _row(total) if total is not None else [""] * (1 + len(columns))
    table.add_column(heading, footer=ends[0], max_width=14, no_wrap=True, overflow="ellipsis")
    for column, end in zip(columns, ends[1:], strict=True):
        table.add_column(column, justify="right", footer=end, no_wrap=True)
    for name, *rest in map(_row, groups):
        table.add_row(plain(name), *rest)
    return table


def _row(group: Group) -> list[str]:
    spreads = (group.acknowledge, group.mitigate, group.resolve)
    times = [took(seconds) for spread in spreads for seconds in (spread.median_s, spread.p90_s)]
    return [group.name, str(group.incidents), str(group.open or ""), *times]


def _others(services: Sequence[Group]) -> list[RenderableType]:
    if not services:
        return []
    incidents = sum(group.incidents for group in services)
    return [plain(f"and {counted(incidents, 'incident')} of {counted(len(services), 'more service')}", "dim")]
