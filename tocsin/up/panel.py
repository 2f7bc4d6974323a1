"""What `up` says when everything runs: where to look, what is connected, and what is not."""

from rich.console import RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from settings import Settings
from starter.gateway.proofs import PROVED_SOURCES
from tocsin.up.folder import Folder
from tocsin.up.layout import Layout
from workflows.policy.watches.installation import Publication


def panel(
    layout: Layout, settings: Settings, folder: Folder, published: Publication | None, board: str
) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in (
        *_board(board),
        *_addresses(layout),
        *_runbooks(published),
        *_connections(layout, settings),
        *_closed(layout, settings),
        *_remarks(settings),
    ):
        grid.add_row(label, value)
    grid.add_row("state", escape(str(folder.path)))
    return Panel(grid, title="Tocsin is running", subtitle="Ctrl-C stops it; incidents go on from here next time")


def _board(link: str) -> list[tuple[str, str]]:
    return [("board", f"{escape(link)}  (opens it once, within the hour; another: tocsin board)")] if link else []


def _addresses(layout: Layout) -> list[tuple[str, str]]:
    where = layout.published
    rows = [("gateway", f"{where.gateway}  (alerts: POST {where.gateway}/webhooks/alertmanager)")]
    if where.ui:
        rows.append(
            (
                "Temporal UI",
                f"{where.ui}  (as every port of Temporal's: any user of this machine may act there, as anybody)",
            )
        )
    else:
        rows.append(("Temporal", f"{escape(where.temporal)}  (not ours to start or stop)"))
    if where.sandbox:
        rows.append(("sandbox", f"{where.sandbox}  (channel, pager, status page, mails and tickets, live)"))
    return rows


def _runbooks(published: Publication | None) -> list[tuple[str, str]]:
    if published is None:
        return [("runbooks", "[red]none are published: see the worker's log[/]")]
    others = [name for name in published.runbooks if name != published.default]
    rows = [("runbooks", escape(f"{published.default} (default)" + "".join(f", {name}" for name in others)))]
    if published.changed_at == published.published_at:
        rows += [("changed", f"[yellow]{escape(change)}[/]") for change in published.changed]
    return rows


def _connections(layout: Layout, settings: Settings) -> list[tuple[str, str]]:
    if layout.sandbox_port is not None:
        return [("connected", "[yellow]to the sandbox only: no vendor is configured, so no real phone will ring[/]")]
    pagers = [name for name, people in settings.reached_by.items() if people]
    vendors = {
        **(dict.fromkeys(pagers, True) or {"pager": False}),
        "Slack": settings.slack_token is not None,
        **({"status page": True} if settings.public_page else {"Statuspage": settings.statuspage_token is not None}),
        "e-mail": settings.smtp_url is not None,
        "Jira": settings.jira_url is not None,
    }
    connected = [name for name, is_connected in vendors.items() if is_connected]
    missing = [name for name, is_connected in vendors.items() if not is_connected]
    rows = [("connected", ", ".join(connected) or "[red]nothing[/]")]
    return [*rows, ("by hand", f"[yellow]{', '.join(missing)} (not connected)[/]")] if missing else rows


def _closed(layout: Layout, settings: Settings) -> list[tuple[str, str]]:
    """Which senders are turned away."""
    if layout.sandbox_port is not None or layout.allow_unauthenticated:
        return []
    closed = sorted(name for name, source in PROVED_SOURCES.items() if not getattr(settings, source.secrets))
    return [("closed", f"{', '.join(closed)}  (no secret is set: tocsin token add SOURCE)")] if closed else []


def _remarks(settings: Settings) -> list[tuple[str, str]]:
    rows = []
    if settings.no_pager:
        rows.append(("pager", "[red]none, as you asked: nobody is paged, and every incident says so[/]"))
    if settings.speed != 1:
        rows.append(
            ("speed", f"[yellow]{settings.speed:g}x: this is a drill, a minute takes {60 / settings.speed:g} s[/]")
        )
    if settings.dead_mans_switch_url is None:
        rows.append(("watched by", "[yellow]nothing watches this Tocsin: set TOCSIN_DEAD_MANS_SWITCH_URL[/]"))
    return rows
