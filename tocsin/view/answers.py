"""What a command changed, a list of incidents, and what comes next."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from starter.answers import Summary
from tocsin.view.plain import moment, plain
from workflows.policy.answers import Changed, Outlook, Upcoming
from workflows.policy.runbook import severity_title

STYLES = {"in flight": "cyan", "waiting": "yellow", "due": "bold", "next": ""}


def changed(answer: Changed) -> RenderableType:
    told = [plain(line) for line in answer.changed] or [plain("nothing changed")]
    return Group(plain(answer.incident, "bold"), *told, *([upcoming(answer.next)] if answer.next else []))


def outlook(answer: Outlook) -> RenderableType:
    title = plain(f"{answer.incident}  {answer.now:%Y-%m-%d %H:%M:%S} UTC{speed(answer.speed)}", "bold")
    if not answer.lines:
        return Group(title, "nothing is planned")
    return Group(title, upcoming(answer.lines, answer.now))


def upcoming(lines: Iterable[Upcoming], now: datetime | None = None) -> Table:
    table = Table("at (UTC)", "next", "because", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for line in lines:
        state = f"waits for {line.waits_for}" if line.waits_for else line.state
        table.add_row(moment(line.at, now), plain(line.what), plain(line.reason), Text(state, style=STYLES[line.state]))
    return table


def summaries(incidents: Sequence[Summary]) -> RenderableType:
    if not incidents:
        return "no incident is open"
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), expand=True)
    for heading in ("incident", "severity", "phase", "since (UTC)"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what, where, whose", ratio=1)
    for summary in incidents:
        table.add_row(
            plain(summary.incident),
            plain(severity_title(summary.severity)),
            plain(summary.phase if summary.open else "closed"),
            moment(summary.started_at),
            plain(" · ".join((summary.title, summary.service or "?", summary.commander or "no commander"))),
        )
    return table


def speed(factor: float) -> str:
    return "" if factor == 1 else f"  (a drill: time runs {factor:g} times as fast)"
