"""What becomes of the plan: by another version of the runbook, or by what somebody is about to say."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table

from tocsin.view.outside import outgoing
from tocsin.view.plain import moment, plain
from workflows.policy.views.difference import PlanChange
from workflows.policy.views.foreseen import Foreseen

CHANGE_STYLES = {"appears": "green", "disappears": "red", "moves": "yellow"}


def plan_changes(changes: Iterable[PlanChange], now: datetime) -> Table:
    table = Table("", "at (UTC)", "what", "because", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for change in changes:
        line = change.line
        before = f" (now {moment(change.before, now)})" if change.before else ""
        table.add_row(
            plain(change.kind, CHANGE_STYLES[change.kind]),
            moment(line.at, now) + before,
            plain(line.what),
            plain(line.reason),
        )
    return table


def foreseen(answer: Foreseen) -> RenderableType:
    return Group(plain(f"{answer.incident}: nothing is done yet; it would be this", "bold"), *_foreseen(answer))


def _foreseen(answer: Foreseen) -> Iterator[RenderableType]:
    yield from (plain(line) for line in answer.changed)
    paged = f"paged at once: {', '.join(answer.pages)}" if answer.pages else "nobody is paged at once because of it"
    yield plain(paged, "bold" if answer.pages else "")
    yield from outgoing(answer.outgoing, "goes out")
    yield plan_changes(answer.changes, answer.now) if answer.changes else plain("the plan stays as it is")
