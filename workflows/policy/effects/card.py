"""What a message shows that is kept true: facts alone, so that the same facts are the same message.

The times are moments, never spans: whoever draws it lets the reader's clock count, and nobody edits to count.
"""

import hashlib
from typing import Annotated, Final, Literal

from pydantic import Field

from workflows.policy.effects.offers import Offer
from workflows.policy.runbook.names import PublicStatus, SeverityName
from workflows.policy.wire.model import Instant, Wire

HIDDEN: Final = "private"
"""The template of what everybody reads of an incident that only those who are named may know."""


class ComingDuty(Wire):
    """One of the next things that Tocsin does."""

    what: str
    at: Instant


class CardFacts(Wire):
    """How an incident stands."""

    kind: Literal["incident"] = "incident"
    severity: SeverityName
    phase: PublicStatus
    title: str = ""
    since: Instant
    flags: tuple[str, ...] = ()
    acknowledged_by: str = ""
    """Empty: nobody has, or it counts no more."""
    acknowledged_at: Instant | None = None
    called: tuple[str, ...] = ()
    """Who is being rung, while nobody has answered."""
    roles: tuple[tuple[str, str], ...] = ()
    """The role and who holds it, by their names; nobody: empty."""
    on_call: tuple[str, ...] = ()
    """Who holds each post: `On-call Engineer: Ann (on call until Mon 09:00)`."""
    public: PublicStatus | None = None
    public_at: Instant | None = None
    next: tuple[ComingDuty, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    """Whom to reach for an incident like this one, and how."""
    links: tuple[tuple[str, str], ...] = ()
    """Of documents and tickets that were made."""
    is_hidden: bool = False
    """Whoever reads it is not to know more than that there is something."""
    is_short: bool = False
    """The incident is worked on in a channel of its own, where the rest stands ..."""
    channel: str = ""
    """... which the chat knows by this key, once it is there."""
    unknown: tuple[str, ...] = ()
    """Whom the chat does not know, so that nobody could bring them here."""
    ended: str = ""
    ended_at: Instant | None = None


class ChecklistFacts(Wire):
    """What of a checklist is done."""

    kind: Literal["checklist"] = "checklist"
    done: tuple[int, ...] = ()
    """The numbers of its lines, from one."""


KeptFacts = Annotated[CardFacts | ChecklistFacts, Field(discriminator="kind")]


class CardLine(Wire):
    """One of these facts, in words."""

    label: str
    text: str = ""
    at: Instant | None = None
    """Shown in the reader's own time, counting."""
    channel: str = ""
    """A channel to go to, in the chat's own key."""


def fingerprint(facts: KeptFacts, offers: tuple[Offer, ...]) -> str:
    """The same for the same message. What its offers depend on stands in the facts, as far as it can be seen. A message
    that was posted before there was `on_call` shows the same without it."""
    left_out = None if isinstance(facts, CardFacts) and facts.on_call else {"on_call"}
    said = "\n".join(
        (facts.model_dump_json(exclude=left_out), *(each.model_dump_json(exclude={"if_still"}) for each in offers))
    )
    return hashlib.blake2s(said.encode(errors="replace"), digest_size=8).hexdigest()
