"""How things are called in front of people: one word for each, on the timeline, in the plan, in the Temporal UI."""

from typing import assert_never

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import (
    Annotate,
    Email,
    OpenChannel,
    Page,
    Post,
    Publish,
    SetTopic,
    SyncPager,
    Ticket,
    WriteDocument,
)
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.page_statistics import LATE
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import write

_POSTS = {
    "declaration": "declaration",
    "declaration/channel": "declaration",
    "tell/home": "what happened",
    "tell/incident": "what happened",
    "tell/updates": "what happened",
    "news/channel": "new alerts",
    "update/channel": "update, because none came",
    "remind/channel": "reminder of the update",
    "nag/roles": "question who takes the roles",
    "nobody": "nobody is being paged",
    "gap": "that the runbook has a hole",
    "review/consider": "question whether there is to be a review",
    "review/opened": "what the review owes",
}
_OF_A_REVIEW = {
    "review/remind/": "what is due soon,",
    "review/overdue/": "what is overdue,",
    "review/document/": "draft of",
    "approve/": "approval of",
}


def what(book: Runbook, demand: Demand) -> str:
    """`page VP Engineering`, `post update, because none came`: an effect in a few words."""
    match demand.effect:
        case Page(to=to):
            return f"page {book.person_name(to)}"
        case SyncPager(to=to, become=become):
            return f"mark {book.person_name(to)}'s page as {become}"
        case Annotate(to=to):
            return f"note on {book.person_name(to)}'s page"
        case OpenChannel(name=name):
            return f"open the channel #{name}"
        case SetTopic():
            return "set the channel's topic"
        case Publish(status=status):
            return f"status page: {status}"
        case Email(kind=kind, to=to) | WriteDocument(kind=kind, to=to) | Ticket(kind=kind, to=to):
            return f"{kind}: {duty_name(demand.duty)}" + (f", to {book.audience_name(to)}" if to else "")
        case Post(kind=kind, role=role):
            whom = f" to {book.role_name(role)}" if role and kind != "post" else ""
            return f"{kind} {duty_name(demand.duty)}{whom}"
    assert_never(demand.effect)


def duty_name(duty: str) -> str:
    """`war room` for `duty/war-room`; our own duties have names of their own."""
    if duty.startswith("draft/"):
        return f"status page: {duty.removeprefix('draft/')}"
    if duty.startswith("fallback/"):
        return "that a page does not get through"
    for kind, name in _OF_A_REVIEW.items():
        if duty.startswith(kind):
            return f"{name} {duty.removeprefix(kind).replace('-', ' ')}"
    return _POSTS.get(duty) or duty.removeprefix("duty/").removeprefix("document/").replace("-", " ")


def how_late(event: EffectSettled) -> str:
    return f" ({write(event.late)} late)" if event.late >= LATE else ""
