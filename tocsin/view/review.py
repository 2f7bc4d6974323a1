"""Reviews on a screen: a list of them, one as a whole, and follow-ups."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table

from starter.temporal.results import ReviewSummary
from tocsin.view.answers import STUCK, speed, upcoming
from tocsin.view.incident import grid, section, timeline
from tocsin.view.outside import waiting
from tocsin.view.plain import indented, moment, plain, typed
from workflows.policy.incident.follow_up import Ending, FollowUp
from workflows.policy.review.results import ReviewStatus
from workflows.policy.runbook.names import severity_title
from workflows.policy.views.results import PlanView


def summaries(found: Sequence[ReviewSummary]) -> RenderableType:
    if not found:
        return "no review is open"
    return Group(*(line for review in found for line in _summary(review)))


def _summary(review: ReviewSummary) -> Iterator[RenderableType]:
    due = f"next due {moment(review.due_at)} UTC" if review.due_at else "nothing is owed"
    heading = (review.incident, severity_title(review.severity), due if review.open else "closed")
    yield plain("  ".join(heading), "bold")
    about = [review.title, *([review.problem] if review.problem else [])]
    if review.record:
        record = review.record
        about += [f"{record.open} owed, {record.overdue} overdue", f"{record.submitted} submitted"]
        if record.follow_ups:
            about.append(f"{record.follow_ups_done + record.follow_ups_waived} of {record.follow_ups} follow-ups ended")
    yield indented(" · ".join(about))
    if review.stuck:
        yield indented(STUCK, "bold red")


def whole(status: ReviewStatus, plan: PlanView) -> RenderableType:
    review, incident = status.review, status.review.incident
    title = plain(f"Review of {severity_title(incident.severity)}: {incident.title}{speed(status.speed)}", "bold")
    head = grid()
    head.add_row("incident", plain(incident.id))
    head.add_row("resolved", plain(f"{moment(incident.resolved_at)} UTC by {status.name(incident.resolved_by)}"))
    head.add_row("review", plain(_stands(status)))
    parts: list[RenderableType] = [title, head, section("owed"), _owed(status, plan.now)]
    if review.ended:
        parts += [section("done or waived"), _ended(status)]
    if incident.follow_ups:
        parts += [
            section("follow-ups"),
            follow_ups([(incident.id, status.follow_up(each)) for each in incident.follow_ups]),
        ]
    if plan.lines:
        parts += [section("next"), upcoming(plan.lines, plan.now, plan.zone)]
    if status.drafts:
        parts += [section("waits for approval"), *waiting(incident.id, status.drafts, plan.now)]
    return Group(*parts, section("timeline"), timeline(incident))


def _stands(status: ReviewStatus) -> str:
    review = status.review
    if review.closed_at:
        return f"closed {moment(review.closed_at)} UTC"
    asked = ", nobody has said yet whether it is needed" if status.record.kind == "asked" else ""
    return f"open since {moment(review.opened_at)} UTC{asked}"


def _owed(status: ReviewStatus, now: datetime) -> RenderableType:
    if not status.owed:
        return "nothing"
    table = Table(typed("name"), "what", "who", "by (UTC)", "", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for each in status.owed:
        who = " / ".join((*([each.role] if each.role else []), *map(status.name, each.people))) or "nobody"
        quiet = f"snoozed until {moment(each.quiet_until)}" if each.quiet_until and each.quiet_until > now else ""
        state = plain("overdue", "bold red") if each.overdue else plain(quiet)
        table.add_row(plain(each.name), plain(each.title), plain(who), moment(each.due_at), state)
    return table


def _ended(status: ReviewStatus) -> Table:
    table = grid()
    for name, ending in status.review.ended.items():
        table.add_row(plain(name), plain(_ending(ending, status.name(ending.by))))
    return table


def _ending(ending: Ending, by: str) -> str:
    verb = "waived" if ending.waived else "done"
    said = "".join(f": {part}" for part in (ending.link, ending.text) if part)
    return f"{verb} by {by} {moment(ending.at)} UTC{said}"


def follow_ups(found: Sequence[tuple[str, FollowUp | str]]) -> RenderableType:
    """Of each incident; a text says why those of one are not known."""
    if not found:
        return "no follow-up is open"
    table = Table(
        typed("incident"), typed(""), "due", "owner", "what", "", box=None, header_style="dim", padding=(0, 2, 0, 0)
    )
    for incident, each in found:
        if isinstance(each, str):
            table.add_row(plain(incident), "", "", "", plain(each, "bold red"), "")
            continue
        ended = _ending(each.ending, each.ending.by) if each.ending else ""
        table.add_row(
            plain(incident), f"{each.number}", f"{each.due_on}", plain(each.owner), plain(each.text), plain(ended)
        )
    return table
