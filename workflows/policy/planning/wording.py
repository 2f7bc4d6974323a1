"""How things are called in front of people: one word for each, on the timeline, in the plan, in the Temporal UI."""

from typing import assert_never

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import (
    Annotate,
    AskOnCall,
    Card,
    ConfirmRing,
    Email,
    Invite,
    OpenChannel,
    OutsideEffect,
    Page,
    Post,
    Publish,
    Receipt,
    SetTopic,
    SyncPager,
    Ticket,
    WriteDocument,
)
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.page_statistics import LATE
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_of
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAY_TITLES
from workflows.policy.time.durations import write

_POSTS = {
    DutyKind.DECLARATION: "declaration",
    DutyKind.DECLARATION_IN_CHANNEL: "declaration",
    DutyKind.LEFT: "that it is private now",
    DutyKind.ANNOUNCEMENT: "what happened",
    DutyKind.NEWS_IN_CHANNEL: "new alerts",
    DutyKind.UPDATE: "update, because none came",
    DutyKind.REMIND_OF_UPDATE: "reminder of the update",
    DutyKind.UNFILLED_ROLES: "question who takes the roles",
    DutyKind.NOBODY: "nobody is being paged",
    DutyKind.GAP: "that the runbook has a hole",
    DutyKind.FALLBACK: "that a page does not get through",
    DutyKind.REVIEW_QUESTION: "question whether there is to be a review",
    DutyKind.REVIEW_OPENED: "what the review owes",
}
_BEFORE_ITS_NAME = {
    DutyKind.PUBLISH: "status page: ",
    DutyKind.CORRECT: "status page: correction of ",
    DutyKind.DRAFT: "status page: ",
    DutyKind.DUTY_DRAFT: "draft of ",
    DutyKind.EMAIL: "",
    DutyKind.TICKET: "",
    DutyKind.REVIEW_REMIND: "what is due soon, ",
    DutyKind.REVIEW_OVERDUE: "what is overdue, ",
    DutyKind.REVIEW_DOCUMENT: "draft of ",
    DutyKind.APPROVE: "approval of ",
    DutyKind.OBLIGATION: "obligation: ",
    DutyKind.DUTY: "",
    DutyKind.DUTY_DRAFT: "",
    DutyKind.DOCUMENT: "",
}
_ASKED_WHAT = {
    DutyKind.UNFILLED_ROLES: "who takes the roles",
    DutyKind.REVIEW_QUESTION: "whether there is to be a review",
}


_DECLARATIONS = frozenset({DutyKind.DECLARATION, DutyKind.DECLARATION_IN_CHANNEL})
_NAMED_BY_OTHERS = frozenset({DutyKind.DUTY, DutyKind.DUTY_DRAFT, DutyKind.DRAFT})
"""The runbook, or the status page."""
_DONE_WITH = {"post": "posted", "draft": "drafted", "checklist": "handed out"}
_TO_A_PAGE = {"annotate": "note on", "confirm": "ask what became of"}


def what(book: Runbook, demand: Demand) -> str:
    """`page VP Engineering`, `post update, because none came`: an effect in a few words."""
    match demand.effect:
        case Page(kind=kind, to=to) | Invite(kind=kind, to=to):
            return f"{kind} {book.person_name(to)}{_by_way(demand.effect)}"
        case SyncPager(to=to, become=become):
            return f"mark {book.person_name(to)}'s page as {become}"
        case Annotate(kind=kind, to=to) | ConfirmRing(kind=kind, to=to):
            return f"{_TO_A_PAGE[kind]} {book.person_name(to)}'s page"
        case AskOnCall(to=to):
            return f"find out who is {book.person_name(to)}"
        case OpenChannel(name=name):
            return f"open the channel #{name}"
        case SetTopic() | Card():
            return "set the channel's topic" if isinstance(demand.effect, SetTopic) else "bring the card up to date"
        case Publish(status=status, corrects=corrects):
            return f"status page: correction of {status}" if corrects else f"status page: {status}"
        case Email(kind=kind, to=to) | WriteDocument(kind=kind, to=to) | Ticket(kind=kind, to=to):
            return f"{kind}: {duty_name(demand.duty)}" + (f", to {book.audience_name(to)}" if to else "")
        case Post(kind=kind, role=role):
            return _post(demand, kind, book.role_name(role) if role else "")
    assert_never(demand.effect)


def _post(demand: Demand, kind: str, role: str) -> str:
    if kind == "nag":
        return " ".join(_nag(demand, role))
    return f"{kind} {duty_name(demand.duty)}" + (f" to {role}" if role and kind != "post" else "")


def _nag(demand: Demand, role: str) -> tuple[str, str]:
    """The verb, and whom it asks for what."""
    duty = duty_of(demand.duty).kind
    if duty in _ASKED_WHAT:
        return "ask", f"{role or 'whoever is there'} {_ASKED_WHAT[duty]}"
    name = "the update" if duty is DutyKind.REMIND_OF_UPDATE else duty_name(demand.duty)
    return "remind", f"{role or 'whoever owes it'} of {name}"


def posted(book: Runbook, demand: Demand, post: Post, where: str) -> str:
    """What the timeline says of a message once it is there, as a person would write it."""
    key = duty_of(demand.duty)
    if key.kind is DutyKind.UPDATE:
        return f"posted an update in {where}, because none came in"
    if post.kind == "nag":
        verb, rest = _nag(demand, book.role_name(post.role) if post.role else "")
        return f"{verb}ed {rest}, in {where}"
    name = f'"{duty_name(demand.duty)}"' if key.kind in _NAMED_BY_OTHERS else duty_name(demand.duty)
    article = "the " if key.kind in _DECLARATIONS else ""
    return f"{_DONE_WITH[post.kind]} {article}{name} in {where}"


def _by_way(effect: Page | Invite) -> str:
    return f" by {WAY_TITLES.get(effect.way, effect.way)}" if isinstance(effect, Page) and effect.way else ""


def done(book: Runbook, demand: Demand, effect: OutsideEffect, receipt: Receipt) -> str:
    """What the timeline says of it once it is there."""
    name, reference = duty_name(demand.duty), receipt.reference or ""
    match effect:
        case Email(to=to):
            return f"sent the e-mail {name} to {book.audience_name(to)}"
        case Ticket(action="create"):
            return f"opened the ticket {reference}: {name}"
        case Ticket(ticket=ticket):
            return f"closed the ticket {ticket}: {name}"
        case WriteDocument(address=None):
            return f"wrote the {name}: {reference}"
        case WriteDocument():
            return f"brought the {name} up to date"
    assert_never(effect)


def duty_name(duty: WrittenDuty) -> str:
    """`war room` for `duty/war-room`; our own duties have names of their own."""
    key = duty_of(duty)
    if key.kind in _BEFORE_ITS_NAME:
        return f"{_BEFORE_ITS_NAME[key.kind]}{key.name.replace('-', ' ')}"
    return _POSTS.get(key.kind) or duty.replace("-", " ")


def how_late(event: EffectSettled) -> str:
    return f" ({write(event.late)} late)" if event.late >= LATE else ""
