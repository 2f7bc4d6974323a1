"""What a send says of a post: how it is found out who holds it, and who does as far as is known."""

from datetime import datetime

from workflows.policy.effects.effects import Annotate, AskOnCall, ConfirmRing, Effect, Page, Post, SyncPager
from workflows.policy.escalation.on_call import question
from workflows.policy.incident.rules import with_holders
from workflows.policy.incident.state import Incident
from workflows.policy.planning.ways import first_way
from workflows.policy.rota.shift import Shift
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import ReachStep

MOST_BESIDE = 3


def post_of(book: Runbook, effect: Effect, now: datetime) -> AskOnCall | None:
    if not isinstance(effect, Page) or effect.to not in book.people or book.people[effect.to].on_call is None:
        return None
    return question(book, effect.to, now)


def first_ways(book: Runbook, post: AskOnCall | None) -> dict[str, ReachStep]:
    """Of everybody who may turn out to hold it."""
    found = {person: first_way(book, person) for person in post.people} if post else {}
    return {person: way for person, way in found.items() if way}


def holder_of(incident: Incident, post: AskOnCall | None) -> Shift | None:
    known = incident.on_call.get(post.to) if post else None
    if known is None or known.known_at is None:
        return None
    return Shift(who=known.who, begins_at=known.known_at, ends_at=known.until)


def rang_for(incident: Incident, effect: Effect) -> str:
    ring = incident.rings.get(effect.ring) if isinstance(effect, SyncPager | Annotate | ConfirmRing) else None
    return ring.rang if ring else ""


def open_rings(incident: Incident, effect: Effect) -> tuple[str, ...]:
    """Those that are known to stand at a pager: whoever has no key of their own there can be asked to help on one."""
    there = [key for key, ring in incident.rings.items() if ring.is_there] if isinstance(effect, Page) else []
    return tuple(reversed(there[-MOST_BESIDE:]))


def mentioning(book: Runbook, incident: Incident, effect: Effect) -> Effect:
    """Who holds a post is mentioned with it."""
    if not isinstance(effect, Post) or not incident.on_call:
        return effect
    return effect.model_copy(update={"mention": with_holders(book, incident, effect.mention)})
