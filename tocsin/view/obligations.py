"""Legal clocks that run, by their deadlines."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table

from starter.desk.answers import ListedObligation
from tocsin.view.plain import moment, plain, typed


def listed(found: Sequence[ListedObligation]) -> RenderableType:
    if not found:
        return "no legal clock runs"
    table = Table(
        typed("incident"), typed("name"), "by (UTC)", "what", "who", box=None, header_style="dim", padding=(0, 2, 0, 0)
    )
    for each in found:
        one = each.obligation
        if one is None:
            table.add_row(plain(each.incident), "", "", plain(each.problem, "bold red"), "")
            continue
        what = f"{one.title}, to {one.to}" if one.to else one.title
        who = " / ".join((*([one.role] if one.role else []), *one.people)) or "nobody"
        style = "bold red" if one.overdue else ""
        table.add_row(plain(each.incident), plain(one.name), plain(moment(one.due_at), style), plain(what), plain(who))
    return table
