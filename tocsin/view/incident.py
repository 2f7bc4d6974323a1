"""`tocsin show`: one incident, on one screen if it is short."""

from collections.abc import Sequence
from datetime import timedelta

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from starter.temporal.results import HistoryLine
from tocsin.view.answers import held_end, speed, upcoming
from tocsin.view.outside import page, waiting
from tocsin.view.plain import moment, plain
from workflows.policy.incident.episodes import NEVER_ENDS, TOO_MANY, names
from workflows.policy.incident.messages import TimelineEntry
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.durations import write
from workflows.policy.views.paged import people_paged
from workflows.policy.views.results import PlanView, RunningObligation, Status


def whole(status: Status, view: PlanView) -> RenderableType:
    incident = status.incident
    parts = [_head(status, view), section("roles"), _roles(status), section("paged"), _paged(status)]
    if incident.reached:
        parts += [section("reached"), _reached(status)]
    if status.obligations:
        parts += [section("owed by law or contract"), _obligations(status)]
    if view.lines:
        parts += [section("next"), upcoming(view.lines, view.now, view.zone)]
    if status.drafts:
        parts += [section("waits for approval"), *waiting(incident.id, status.drafts, view.now)]
    if incident.public.begun or incident.public.drafted:
        parts += [section("the public page says"), *page(incident.public, view.now)]
    return Group(*parts, section("timeline"), timeline(incident))


def from_history(incident: str, problem: str, lines: Sequence[HistoryLine]) -> RenderableType:
    """What is known without a worker, which alone can fold the history into a state; and why it does not."""
    table = grid()
    for line in lines:
        table.add_row(moment(line.at), plain(line.text))
    return Group(plain(incident, "bold"), plain(problem, "bold red"), section("from the history"), table)


def _head(status: Status, view: PlanView) -> RenderableType:
    incident = status.incident
    table = grid()
    table.add_row("incident", plain(incident.id))
    table.add_row("phase", Text(f"{_phase(incident)} since {moment(incident.phase_at)} UTC"))
    table.add_row(
        "declared",
        plain(f"{moment(incident.declared_at)} UTC{_by(status.name(incident.declared_by) or incident.source)}"),
    )
    table.add_row("acknowledged", plain(_acknowledgement(status, view)))
    for held in view.on_call:
        table.add_row("on call", plain(held))
    if incident.service:
        table.add_row("service", plain(incident.service))
    if incident.alerts_total:
        table.add_row("alerts", plain(_alerts(incident)))
    if view.end_held_until:
        table.add_row("end", plain(held_end(view)))
    if incident.flags:
        table.add_row("flags", plain(", ".join(sorted(incident.flags))))
    table.add_row("runbook", plain(incident.runbook))
    headline = plain(f"{severity_title(incident.severity)}: {incident.title}{speed(status.speed)}", "bold")
    return Group(headline, *([Text("no pager: nobody is paged", "bold red")] if incident.no_pager else []), table)


def _phase(incident: Incident) -> str:
    if incident.cancelled:
        return f"cancelled (duplicate of {incident.duplicate_of})" if incident.duplicate_of else "cancelled"
    return "closed" if incident.closed_at else incident.phase


def _acknowledgement(status: Status, view: PlanView) -> str:
    incident = status.incident
    if incident.acknowledged_at is None:
        return "by nobody"
    word = "which lapsed at" if view.has_lapsed else "until"
    until = f", {word} {moment(view.acknowledged_until, view.now)}" if view.acknowledged_until else ""
    by = incident.answered(status.name(incident.acknowledged_by))
    return f"at {moment(incident.acknowledged_at, view.now)}{_by(by)}{until}"


def _alerts(incident: Incident) -> str:
    beyond = (
        f", {incident.alerts_untracked:,} times beyond what is kept one by one" if incident.alerts_untracked else ""
    )
    total = f"{len(incident.firing)} of {len(incident.alerts)} firing, received {incident.alerts_total:,} times{beyond}"
    endless = [alert for alert in incident.firing if alert.ends == "never"]
    by_hand = [f"{names(endless)}: {NEVER_ENDS}"] if endless else []
    return "; ".join((total, *by_hand, *((TOO_MANY,) if incident.untracked_endless else ())))


def _by(name: str) -> str:
    return f" by {name}" if name else ""


def _roles(status: Status) -> RenderableType:
    if not status.incident.roles:
        return "nobody has a role yet"
    table = grid()
    for role, person in status.incident.roles.items():
        table.add_row(plain(status.role_name(role)), plain(status.name(person)))
    return table


def _paged(status: Status) -> RenderableType:
    """The last page of each tier, person and way, and whether their phone still counts as ringing."""
    table = Table("because of", "who", "sent (UTC)", "late", "outcome", "at the pager", box=None, header_style="dim")
    for each in people_paged(status.incident):
        table.add_row(
            plain(each.asked_by),
            plain(status.name(each.person)),
            moment(each.settled.sent_at, status.incident.declared_at),
            f"{each.settled.late.total_seconds():.1f} s",
            each.outcome,
            plain(each.at_the_pager),
        )
    return table if table.row_count else "nobody has been paged"


def _reached(status: Status) -> Table:
    """Who was reached, or answered, by which way, and how long that took."""
    table = Table("who", "rung as", "way", "after", box=None, header_style="dim")
    for each in status.incident.reached:
        way = f"answered through {each.way}" if each.answered else each.way
        way = f"{way}, and did not answer" if each.missed else way
        after = write(max(each.at - each.rung_at, timedelta(seconds=1)))
        table.add_row(plain(status.name(each.who)), plain(status.name(each.person)), plain(way), after)
    return table


def _obligations(status: Status) -> Table:
    table = Table("name", "what", "who", "by (UTC)", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for each in status.obligations:
        who = " / ".join((*([each.role] if each.role else []), *map(status.name, each.people))) or "nobody"
        what = f"{each.title}, to {each.to}" if each.to else each.title
        table.add_row(plain(each.name), plain(what), plain(who), moment(each.due_at), _overdue(each))
    return table


def _overdue(each: RunningObligation) -> Text:
    return plain("overdue", "bold red") if each.overdue else plain("")


def timeline(incident: Incident) -> RenderableType:
    table = grid()
    if incident.timeline_dropped:
        table.add_row("", f"({incident.timeline_dropped} earlier lines are in the history)")
    for entry in incident.timeline:
        table.add_row(moment(entry.at, incident.declared_at), _line(entry))
    return table


def _line(entry: TimelineEntry) -> Text:
    repeats = f"  ({entry.count} times)" if entry.count > 1 else ""
    return plain(entry.text + repeats, "bold red" if entry.loud else "")


def section(title: str) -> Text:
    return Text(f"\n{title}", style="dim")


def grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table
