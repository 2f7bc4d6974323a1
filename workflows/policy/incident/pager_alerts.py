"""Who was rung because of an incident, and what became of that at the pager."""

from collections.abc import Mapping
from typing import Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from workflows.policy.effects.proof import Notified
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.wire.bounded import ForeignName, Line
from workflows.policy.wire.model import Instant, Wire


class PagerAlert(Wire):
    """An alert that stands open at the pager because we rang somebody."""

    person: str
    rang: str = ""
    """Who was rung, if `person` is a post that no pager knows."""
    way: str = ""
    address: str = ""
    """By which; empty: by the first pager that knows them."""
    rung_at: Instant
    state: Literal["ringing", "answered", "acknowledged"] = "ringing"
    """answered: the acknowledgement covers it, and the pager has yet to hear of it."""
    followed: bool = False
    """The pager can be asked what became of it."""
    polled: bool = False
    """It can be asked whether somebody has answered, and is asked until then: nothing tells us of an answer there."""
    reference: ForeignName = ""
    """What the page is called there, if that is not the key that we gave it, and is known."""
    through_at: Instant | None = None
    """When the pager had taken it."""
    looks: int = 0
    """How often the pager was asked."""
    looked_at: Instant | None = None
    """When the last of these answers came, if it is asked until then."""
    is_there: bool = False
    """It is known to ring there."""
    notified: tuple[Notified, ...] = ()
    """Whom the pager reached for."""
    nobody: ForeignName = ""
    """Why it reached nobody, once that is known."""
    rating: str = ""
    """How grave it was said there to be, as far as it was tried."""
    ratings: int = 0
    """How often."""
    priority: ForeignName = ""
    """What it was called there, by us."""
    assigned: tuple[ForeignName, ...] = ()
    """Who has it at the pager, if somebody there has handed it on."""
    responders: dict[ForeignName, ForeignName] = {}
    """Who was asked there to help, and what they said to that."""
    left_at: Instant | None = None
    """When it was last handed on there, or an answer taken back: no answer of before that counts, however late it
    arrives."""

    @model_serializer(mode="wrap")
    def _without_what_is_not_known(self, written: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Of most rings little is known, and an incident remembers many."""
        fields: dict[str, object] = written(self)
        return {name: value for name, value in fields.items() if value}

    @property
    def names_people(self) -> bool:
        """Has the pager, or somebody there, said anything of people?"""
        return bool(self.notified or self.assigned or self.responders)

    @property
    def outcome(self) -> str:
        """How far it got, in a word: it was sent, it is at the pager, somebody was reached for, or has answered; or it
        reached nobody."""
        if self.state != "ringing":
            return "answered"
        if self.nobody:
            return "nobody"
        if self.notified:
            return "notified"
        return "delivered" if self.is_there else "sent"

    @property
    def standing(self) -> str:
        """How far it got, who has it at the pager, and who helps there."""
        assigned = f"with {', '.join(self.assigned)}" if self.assigned else ""
        helping = (f"{who} ({reply or 'asked'})" for who, reply in self.responders.items())
        outcome = f"nobody: {self.nobody}" if self.outcome == "nobody" else self.outcome
        return "; ".join(filter(None, (outcome, assigned, ", ".join(helping))))


def remembered(rings: Mapping[str, PagerAlert]) -> dict[str, PagerAlert]:
    """The newest rings; of people only what was told of the newest."""
    kept = dict(list(rings.items())[-IncidentBounds.rings :])
    named = [key for key, ring in kept.items() if ring.names_people]
    for key in named[: -IncidentBounds.rings_with_people]:
        kept[key] = kept[key].model_copy(update={"notified": (), "assigned": (), "responders": {}})
    return kept


class PassedOn(Wire):
    """Whoever had acknowledged at the pager has handed the page on there, to people who have yet to answer."""

    at: Instant
    by: Line
    to: tuple[ForeignName, ...] = ()


class Arrival(Wire):
    """Somebody was reached by a page, or answered it: how long that took, and how it was."""

    person: ForeignName
    """Who was rung, by the runbook."""
    who: ForeignName
    """Who it was, as the pager or they themselves say."""
    way: ForeignName
    """`phone`, `push`, ...; of an answer, through what it came."""
    answered: bool = False
    missed: bool = False
    """They were reached for, and did not answer."""
    rung_at: Instant
    at: Instant


class Renewal(Wire):
    """The ladder was begun anew although somebody may have answered: they answered something less grave."""

    at: Instant
    reason: str
    older: tuple[str, ...] = ()
    """The keys of the ladder's rings that stood open then. Who acknowledges one of these has not answered this."""


class ManualPage(Wire):
    """Somebody was asked for by hand."""

    number: int
    people: tuple[str, ...]
    at: Instant
    by: str
    reason: str = ""
