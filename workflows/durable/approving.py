"""What somebody approves is what they have read.

Whatever shows a draft keeps the print of its words beside it, and says that with the approval (`if_still`). If the
draft reads otherwise by then, nothing goes out. The words are filled in here and not in the core, so the print is, too.
"""

import hashlib
from datetime import datetime
from typing import Final

from workflows.durable.procedure import Procedure
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, Post, Send
from workflows.policy.effects.offers import Offer
from workflows.policy.incident.events import DraftApproved, Event
from workflows.policy.incident.mark import READS_OTHERWISE
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.reducers.by_hand import draft_meant

OF_WORDS: Final = "words:"
"""What a print begins with: no mark of a state does."""
APPROVAL: Final = str(DraftApproved.model_fields["kind"].default)


def print_of(procedure: Procedure, name: str, now: datetime) -> str:
    """Of a draft as it reads now."""
    is_page = name == STATUS_PAGE
    duty = duty_key(DutyKind.DRAFT, procedure.incident.phase) if is_page else duty_key(DutyKind.DUTY_DRAFT, name)
    asked = Post(kind="draft", to=Destination(channel=""), template="draft")
    said = procedure.words(Demand(duty=duty, due_at=now, reason="", effect=asked), now).draft
    return OF_WORDS + hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:16]


def with_prints(procedure: Procedure, send: Send, now: datetime) -> Send:
    """A message that offers to let a draft out shows its words as they are now."""
    effect = send.effect
    if not isinstance(effect, Post) or all(each.verb != APPROVAL for each in effect.offers):
        return send
    offers = tuple(_with_print(procedure, each, now) for each in effect.offers)
    return send.model_copy(update={"effect": effect.model_copy(update={"offers": offers})})


def _with_print(procedure: Procedure, offer: Offer, now: datetime) -> Offer:
    if offer.verb != APPROVAL:
        return offer
    return offer.model_copy(update={"if_still": print_of(procedure, offer.said["draft"], now)})


def judged(procedure: Procedure, event: Event, now: datetime) -> Event:
    """The event, with what its print is worth."""
    if not isinstance(event, DraftApproved) or not event.if_still.startswith(OF_WORDS):
        return event
    name = draft_meant(procedure.incident, event)
    still = name is None or event.if_still == print_of(procedure, name, now)  # that none waits is said by itself
    return event.model_copy(update={"if_still": "" if still else READS_OTHERWISE})
