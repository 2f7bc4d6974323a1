"""The plan in words: for `tocsin plan`, the answers of commands and the Temporal UI."""

import re
from collections.abc import Iterator, Set
from datetime import datetime

from workflows.policy.effects.demand import Demand
from workflows.policy.engine import Plan
from workflows.policy.incident.mark import mark
from workflows.policy.incident.post_holder import held_posts
from workflows.policy.incident.rules import acknowledgement_expires_at, end_held_until
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.planning.wording import what
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.time.calendar import clock
from workflows.policy.views.results import PlanView, Upcoming


def plan_view(
    book: Runbook, incident: Incident, present: Plan, now: datetime, speed: float, in_flight: Set[str]
) -> PlanView:
    until = None if incident.resolved else acknowledgement_expires_at(book, incident)
    planned = tuple(lines(book, present, in_flight))
    return PlanView(
        incident=incident.id,
        now=now,
        mark=mark(incident),
        zone=book.calendar.zone,
        speed=speed,
        lines=planned,
        acknowledged_until=until,
        end_held_until=end_held_until(book, incident),
        on_call=() if incident.resolved else held_posts(book, incident.on_call, now),
    )


def newly_due(before: Plan, after: Plan) -> tuple[Demand, ...]:
    """What is wanted now, and was not before."""
    known = {demand.key for demand in _wanted(before)}
    return tuple(demand for demand in _wanted(after) if demand.key not in known)


def _wanted(present: Plan) -> tuple[Demand, ...]:
    return (*present.due, *(wanted.demand for wanted in present.waiting))


def lines(book: Runbook, present: Plan, in_flight: Set[str]) -> Iterator[Upcoming]:
    """A plan, line by line: what is under way, what waits, what comes next."""
    yield from (_line(book, d, "in flight" if d.key in in_flight else "due") for d in present.due)
    yield from (_line(book, w.demand, "waiting", w.waits_for) for w in present.waiting)
    yield from (_line(book, d, "next") for d in present.next)


def _line(book: Runbook, demand: Demand, state: str, waits_for: str = "") -> Upcoming:
    return Upcoming.model_validate(
        {
            "at": demand.due_at,
            "what": what(book, demand),
            "kind": demand.effect.kind,
            "duty": demand.duty,
            "reason": demand.reason,
            "state": state,
            "waits_for": waits_for,
        }
    )


def as_markdown(book: Runbook, incident: Incident, view: PlanView) -> str:
    """Current details in the Temporal UI, for someone who knows nothing of the code."""
    by = as_people_read(book, incident.acknowledged_by)
    answered = f"acknowledged by {incident.answered(by)}" if by else "not acknowledged"
    if view.has_lapsed:
        answered += f", which lapsed at {view.acknowledged_until:%H:%M:%S}"
    commander = book.person_name(incident.roles["commander"]) if "commander" in incident.roles else "nobody yet"
    head = [
        f"**{severity_title(incident.severity)}: {plain(incident.title)}**",
        f"{incident.id} · {incident.phase} · {plain(answered)} · commander: {plain(commander)}",
        "",
    ]
    if view.end_held_until:
        head += [f"The end is held until {view.end_held_until:%H:%M:%S}: its alerts have ended, and flap.", ""]
    return "\n".join([*head, *markdown_lines(book, view)])


def markdown_lines(book: Runbook, view: PlanView) -> Iterator[str]:
    for line in view.lines[:12]:
        when = line.state if line.state != "next" else clock(book.calendar.zone, line.at, view.now)
        waits = f" (waits for {line.waits_for})" if line.waits_for else ""
        yield f"- **{when}**: {plain(line.what)}, because {plain(line.reason)}{waits}"


_MARKS = re.compile(r"[\\`*_\[\]()<>!|~&]|^#")
_AUTOLINK = re.compile(r"(?i)(?<=:)(?=//)|(?<=\bwww)(?=\.)")
"""Where an address begins that a reader of Markdown makes a link of, marks or not.
https://github.github.com/gfm/#autolinks-extension-"""
WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """Alert text in Markdown: nothing in it may format, link or embed."""
    return _AUTOLINK.sub(WORD_JOINER, _MARKS.sub(r"\\\g<0>", " ".join(text.split())))
