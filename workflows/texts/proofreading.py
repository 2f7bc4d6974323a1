"""No text leaves the house with a gap in it: before it is sent, and before somebody approves it."""

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Email, Publish
from workflows.policy.engine import Plan
from workflows.policy.incident.events import DraftApproved, EffectSettled, Event, Resolved, UpdatePosted
from workflows.policy.incident.public_events import PublicCorrected
from workflows.policy.runbook.model import Runbook
from workflows.texts import gaps
from workflows.texts.outside import Say, newly_outside
from workflows.texts.render import Message, texts_of


def held_back(demand: Demand, said: Message) -> EffectSettled | None:
    """How it ends instead of being sent, if somebody has yet to fill something in."""
    if not said.gaps or not isinstance(demand.effect, Publish | Email):
        return None
    problem = f"it would say {gaps.named(said.gaps)}, which nobody has filled in"
    is_draft = isinstance(demand.effect, Publish) or demand.effect.public
    return EffectSettled(demand=demand, outcome="withheld" if is_draft else "rejected", problem=problem)


def left_open(book: Runbook, event: Event) -> str | None:
    """Why a person's words for people outside are refused."""
    match event:
        case DraftApproved() | PublicCorrected() | UpdatePosted(public=True) | Resolved(public=True):
            return left_open_in(book, event.text)
    return None


def left_open_in(book: Runbook, said: str) -> str | None:
    """Why these words are not for people outside."""
    found = gaps.brought_along(said, texts_of(book))
    return f"fill in {gaps.named(found)} first: people outside would read it as it stands" if found else None


def approved_too_soon(before: Plan, after: Plan, say: Say) -> str | None:
    """Why a draft that is approved as it stands cannot go out: what the approval would send has a gap."""
    for demand in newly_outside(before, after):
        found = say(demand).gaps
        if found:
            return f"the draft says {gaps.named(found)}: fill that in, and approve the whole text in quotes"
    return None
