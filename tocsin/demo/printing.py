"""The demo on the terminal."""

from datetime import timedelta

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tocsin.demo.commentary import DemoStep, clock
from tocsin.demo.expectations import DemoOutcome
from tocsin.up.folder import LastUp
from tocsin.view.plain import plain


def programme(where: LastUp, board: str, speed: float, took_s: float) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("board", f"{board}  (opens it once; press its buttons while the demo runs)")
    grid.add_row("gateway", where.gateway)
    grid.add_row("Temporal UI", where.ui or "")
    grid.add_row("sandbox", f"{where.sandbox}  (watch channel, pager and status page live)")
    grid.add_row("time", f"{speed:g} times as fast: a minute takes {60 / speed:.3g} s; lateness is in real seconds")
    grid.add_row("started in", f"{took_s:.1f} s")
    return grid


def step(step: DemoStep) -> RenderableType:
    style = "cyan" if step.ours else "bold red" if step.loud else ""
    due = f"due {clock(step.due)}, {_seconds(step.late)} late" if step.due is not None and step.late is not None else ""
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_column(width=7)
    line.add_column(width=24)
    line.add_column(overflow="fold")
    line.add_row(Text(clock(step.at), "bold"), Text(due, "dim"), plain(step.text, style))
    return line


def summary(outcome: DemoOutcome) -> RenderableType:
    rings = [ring.routing_key for ring in outcome.sandbox.rings]
    late = max((sent.settlement.late for sent in outcome.sent), default=timedelta())
    late_page = max((page.settlement.late for page in outcome.pages), default=timedelta())
    table = Table(title=plain(f"{outcome.incident.id}: {outcome.incident.title}"), show_header=False)
    table.add_row("pages sent / phones rung", f"{len(outcome.pages)} / {len(rings)}")
    table.add_row("messages in Slack", str(outcome.sandbox.messages))
    table.add_row("status page", ", ".join(outcome.sandbox.published))
    table.add_row("latest page", f"{_seconds(late_page)} after it was due")
    table.add_row("latest send of all", f"{_seconds(late)} after it was due")
    if outcome.is_slow:
        table.add_row("this machine", "is slow, or busy: some of it came late, in its order")
    return table


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.2f} s"
