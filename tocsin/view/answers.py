"""What a command changed, a list of incidents, and what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from starter.temporal.results import Summary
from tocsin.view.outside import outgoing
from tocsin.view.plain import indented, moment, plain
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.calendar import clock
from workflows.policy.time.durations import roughly
from workflows.policy.views.results import PlanView, Upcoming, UpdateResult
from workflows.policy.watches.stuck import CURE

STUCK = f"stuck: its tasks fail, so nothing happens for it. What to do: {CURE}"
PLAN_STYLES = {"in flight": "cyan", "waiting": "yellow", "due": "bold", "next": ""}


CHANGES_SHOWN = 3


def changed(answer: UpdateResult) -> RenderableType:
    """Few lines: what changed, who hears of it, what comes next."""
    first, *others = answer.changed or ("nothing changed",)
    return Group(
        plain(f"{answer.incident}: {first}", "bold"),
        *(plain(line) for line in others[: CHANGES_SHOWN - 1]),
        *outgoing(answer.outgoing, "goes out"),
        *([plain(f"told now: {', '.join(answer.recipients)}")] if answer.recipients else []),
        *(plain(line) for line in _coming(answer)),
    )


def _coming(answer: UpdateResult) -> Iterator[str]:
    """What comes first, and who is paged next if that is something else."""
    if not answer.next or answer.now is None:
        yield "next: nothing is planned"
        return
    first = answer.next[0]
    page = next((line for line in answer.next if line.kind == "page"), first)
    for line in dict.fromkeys((first, page)) if len(answer.changed) < CHANGES_SHOWN else (first,):
        yield f"next {_when(line.at, answer.now, answer.zone)}: {line.what}: {line.reason}"


def plan_view(answer: PlanView) -> RenderableType:
    title = plain(f"{answer.incident}  {answer.now:%Y-%m-%d %H:%M:%S} UTC{speed(answer.speed)}", "bold")
    held = [plain(held_end(answer))] if answer.end_held_until else []
    if not answer.lines:
        return Group(title, *held, "nothing is planned")
    return Group(title, *held, upcoming(answer.lines, answer.now, answer.zone))


def held_end(answer: PlanView) -> str:
    until = moment(answer.end_held_until, answer.now) if answer.end_held_until else ""
    return f"the end is held until {until} UTC: the alerts have ended, and flap; nobody is rung unless one fires"


def upcoming(lines: Iterable[Upcoming], now: datetime, zone: str = "UTC") -> Table:
    table = Table("when", "next", "because", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for line in lines:
        state = f"waits for {line.waits_for}" if line.waits_for else line.state
        table.add_row(
            _when(line.at, now, zone), plain(line.what), plain(line.reason), Text(state, style=PLAN_STYLES[line.state])
        )
    return table


def _when(at: datetime, now: datetime, zone: str) -> str:
    """`in 7m (14:30 Berlin)`."""
    there = clock(zone, at, now).partition(" (")[0]
    return f"in {roughly(at - now)} ({there})" if at > now else f"{roughly(now - at)} ago ({there})"


def summaries(incidents: Sequence[Summary]) -> RenderableType:
    """Few lines each: at 3 a.m. the terminal is narrow, and a title in a column of twelve characters says nothing."""
    if not incidents:
        return "no open incident is listed; one that began a moment ago may be missing"
    return Group(*(line for summary in incidents for line in _summary(summary)))


def _summary(summary: Summary) -> Iterator[RenderableType]:
    phase = summary.phase if summary.open else "closed"
    heading = (summary.incident, severity_title(summary.severity), phase, f"since {moment(summary.started_at)} UTC")
    yield plain("  ".join(heading), "bold")
    about = (summary.title, summary.service or "no service", summary.commander or "no commander")
    yield indented(" · ".join(about))
    if summary.stuck:
        yield indented(STUCK, "bold red")
    elif summary.open:
        yield indented(_standing(summary))
    if summary.obligation and summary.open:
        yield indented(f"owed by {moment(summary.obligation_due_at)} UTC: {summary.obligation}")


def _standing(summary: Summary) -> str:
    if not summary.seen:
        return "no worker has seen it yet"
    answered = f"acknowledged by {summary.acknowledged_by}" if summary.acknowledged_by else "nobody has acknowledged it"
    if summary.next_duty_at is None:
        return answered
    return f"{answered} · next {_when(summary.next_duty_at, datetime.now(UTC), 'UTC')}: {summary.next_duty}"


def speed(factor: float) -> str:
    return "" if factor == 1 else f"  (a drill: time runs {factor:g} times as fast)"
