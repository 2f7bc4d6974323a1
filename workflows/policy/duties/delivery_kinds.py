"""Duties that leave by e-mail, as documents or as tickets, and what becomes of each."""

from typing import assert_never

from workflows.policy.effects.effects import Email, OutsideEffect, Ticket, WriteDocument
from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.public import ApprovedWords
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key, duty_of
from workflows.policy.planning.wording import done, how_late, what
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty
from workflows.policy.wire.bounded import weight

DELIVERY_KINDS = ("email", "ticket", "document")
"""Kinds of duties that go by them."""


def sent_by(book: Runbook, incident: Incident, duty: Duty, words: ApprovedWords | None = None) -> OutsideEffect:
    """What carries out a duty of one of the `DELIVERY_KINDS`; `words` are those of whoever approved it."""
    said = words.text if words and words.text else None
    match duty.kind:
        case "email":
            return Email(
                to=duty.to, name=book.audience_name(duty.to), addresses=addresses(book, duty.to), public=duty.approval,
                approved=words is not None, template=duty.template, role=duty.owner, words=said,
            )  # fmt: skip
        case "ticket":
            existing = incident.references.get(duty_key(DutyKind.TICKET, duty.closes)) if duty.closes else None
            return Ticket(
                to=duty.to, action="close" if existing else "create", ticket=existing,
                template=duty.template, role=duty.owner, words=said,
            )  # fmt: skip
        case "document":
            address = incident.references.get(duty_key(DutyKind.DOCUMENT, duty.id))
            return WriteDocument(
                name=duty.id, to=duty.to, address=address, template=duty.template, role=duty.owner, words=said
            )
        case "post" | "nag" | "checklist":
            raise AssertionError(f"{duty.kind} goes by chat")
    assert_never(duty.kind)


def addresses(book: Runbook, to: str) -> tuple[str, ...]:
    return book.audiences[to].addresses if to in book.audiences else (to,)


def waits_for(incident: Incident, duty: Duty) -> str:
    """A ticket that is to be closed has to be there; unless its own opening came to nothing: then it is opened now."""
    if duty.closes is None or duty_key(DutyKind.DUTY, duty.closes) in incident.settled:
        return ""
    return f"the ticket of {duty.closes}"


def settled_by(book: Runbook, incident: Incident, event: EffectSettled, effect: OutsideEffect) -> Incident:
    if event.outcome != "done":
        return by_hand(incident, event, what(book, event.demand), effect.role)
    after = _referenced(incident, event, effect)
    text = done(book, event.demand, effect, event.receipt) + how_late(event)
    if event.receipt.note:
        text += f" ({event.receipt.note})"
    if event.receipt.warns:
        return announce(after, event.at, text, kind=effect.kind, role=effect.role, loud=True)
    if isinstance(effect, Email) or (isinstance(effect, WriteDocument) and effect.address is not None):
        return log(after, event.at, text, kind=effect.kind)
    if incident.closed_at is None:  # the card shows where it is
        return log(after, event.at, text, kind=effect.kind)
    return announce(after, event.at, text, kind=effect.kind)


def _referenced(incident: Incident, event: EffectSettled, effect: OutsideEffect) -> Incident:
    reference = event.receipt.reference
    if reference is None or weight(reference) > IncidentBounds.link:
        return incident
    name = duty_key(DutyKind(effect.kind), duty_of(event.demand.duty).name)
    return incident.model_copy(update={"references": {**incident.references, name: reference}})


def by_hand(incident: Incident, event: EffectSettled, what: str, role: str | None) -> Incident:
    """A way that is not there, or failed for good: the role that owes it is asked to do it by hand (rule 3)."""
    text = f"do this by hand: {what} ({event.problem or 'not connected'})"
    if event.receipt.note:
        text += f"\n{event.receipt.note}"
    return announce(incident, event.at, text, template="by_hand", role=role, loud=event.outcome != "unconnected")
