"""The card: one message an incident that always says how it stands. And every other message that is kept true.

It is posted once, as the declaration is. From then on its facts are computed at each look, like everything else: if the
message shows others it is edited, the newest facts at once, so that what it did not show in between is never made up
for. The first goes with the next message; another waits until some seconds after the one before, and each for a page
that is just leaving, to show what has come of it. No page and no message waits for an edit (ADR 39).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from workflows.policy.effects.card import HIDDEN, CardFacts, ChecklistFacts, ComingDuty, KeptFacts, fingerprint
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Card, Destination, Page, Post
from workflows.policy.effects.offers import Offer
from workflows.policy.incident.kept_messages import (
    AT_HOME,
    CHECKLIST,
    IN_CHANNEL_OF_ITS_OWN,
    IN_LEFT_CHANNEL,
    KeptMessage,
)
from workflows.policy.incident.post_holder import held_posts
from workflows.policy.incident.rules import is_acknowledged, rules
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, duty_key, duty_of, effect_key
from workflows.policy.planning import offering
from workflows.policy.planning.conditions import contacts_for
from workflows.policy.planning.destinations import has_own_channel
from workflows.policy.planning.wording import what
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import PublicStatus
from workflows.policy.runbook.references import duties_of
from workflows.policy.wire.bounded import cut

PAUSE = timedelta(seconds=5)
"""Between two edits of a message: nobody reads faster, and vendors count them."""
COMING = 3
"""Of the next duties so many are shown."""
MOST_CARD_LINKS = 6
LONGEST_CARD_TITLE = 300
MADE = frozenset({DutyKind.DOCUMENT, DutyKind.TICKET})


class Prospects(NamedTuple):
    """What a plan says of the next minutes."""

    coming: Sequence[Demand] = ()
    """The next duties."""
    paging: Sequence[Demand] = ()
    """The pages that are to go now, or on their way."""

    @property
    def paged_by(self) -> datetime | None:
        """An edit that waits so long shows what has become of them: most pages take less, and none holds it up."""
        return max((each.due_at + PAUSE for each in self.paging), default=None)


class Look(NamedTuple):
    """What a message that is kept true shows."""

    template: str
    facts: KeptFacts
    offers: tuple[Offer, ...]
    pin: bool = True


def declares(demand: Demand) -> bool:
    """Does it post a message that is kept true from then on, and shows what comes next?"""
    return isinstance(demand.effect, Post) and isinstance(demand.effect.facts, CardFacts)


def with_coming(book: Runbook, incident: Incident, demand: Demand, prospects: Prospects, now: datetime) -> Demand:
    """It was made before it was known what comes next."""
    effect = demand.effect
    if not declares(demand) or not isinstance(effect, Post):
        return demand
    here = duty_of(demand.duty).kind is DutyKind.DECLARATION_IN_CHANNEL
    look = (in_channel if here else at_home)(book, incident, prospects, now)
    return demand.model_copy(update={"effect": effect.model_copy(update={"facts": look.facts})})


def card_demands(book: Runbook, incident: Incident, prospects: Prospects, now: datetime) -> Iterator[Demand]:
    """The edits that are wanted now, or after the pause."""
    for name, kept in incident.kept.items():
        look = None if kept.given_up else _look(book, incident, name, prospects, now)
        if look is not None:
            yield from _edit(incident, name, kept, look, prospects)


def _look(book: Runbook, incident: Incident, name: str, prospects: Prospects, now: datetime) -> Look | None:
    if name == AT_HOME:
        return at_home(book, incident, prospects, now)
    if name == IN_LEFT_CHANNEL:
        return hidden(incident)
    if name == IN_CHANNEL_OF_ITS_OWN:
        return in_channel(book, incident, prospects, now)
    return checklist(book, incident, name.removeprefix(CHECKLIST))


def _edit(incident: Incident, name: str, kept: KeptMessage, look: Look, prospects: Prospects) -> Iterator[Demand]:
    """One that is on its way goes on as it is: what has changed since is shown by the next."""
    duty = duty_key(DutyKind.CARD, name)
    last = incident.settled.get(duty)
    occurrence = last.occurrence + 1 if last else 1
    begun = incident.started.get(effect_key(duty, occurrence))
    if begun is None and fingerprint(look.facts, look.offers) == kept.shows:
        return
    channel, _, _ = kept.reference.partition(":")
    effect = Card(
        message=kept.reference,
        to=Destination(channel=channel),
        template=look.template,
        pin=look.pin,
        offers=look.offers,
        facts=look.facts,
        may_post=kept.posted == 1,
    )
    pause = PAUSE if last else timedelta(0)
    due_at = begun.due_at if begun else _due_at(incident, kept, pause, prospects.paged_by)
    yield Demand(duty=duty, occurrence=occurrence, due_at=due_at, reason="what it shows has changed", effect=effect)


def _due_at(incident: Incident, kept: KeptMessage, pause: timedelta, paged_by: datetime | None) -> datetime:
    """The first edit goes at once, with whatever else goes then. So does the end: the incident may close
    with it."""
    if incident.resolved and kept.at <= incident.phase_at:
        return incident.phase_at
    last = incident.timeline[-1]
    changed_at = last.last_at or last.at
    return max(kept.at + pause, changed_at, paged_by or changed_at)


def at_home(book: Runbook, incident: Incident, prospects: Prospects, now: datetime) -> Look:
    """Short where the incident has a channel of its own: there is the rest."""
    if incident.private:
        return hidden(incident)
    if not has_own_channel(book, incident) or "channel" in incident.closed_places:
        facts = card_facts(book, incident, prospects, now)
        return Look(_template(incident, "declaration"), facts, offers_on_card(book, incident, now))
    answered = is_acknowledged(book, incident, now)
    facts = CardFacts(
        severity=incident.severity,
        phase=incident.phase,
        title=cut(incident.title, LONGEST_CARD_TITLE),
        since=incident.declared_at,
        acknowledged_by=_answered(book, incident) if answered else "",
        acknowledged_at=incident.acknowledged_at if answered else None,
        is_short=True,
        channel=incident.references.get("channel", ""),
        ended=_ended(book, incident),
        ended_at=incident.resolved_at,
    )
    offers = () if incident.resolved or answered else offering.answering(book, incident)
    return Look(_template(incident, "declaration"), facts, offers)


def hidden(incident: Incident) -> Look:
    """What everybody may read of what is private: that it goes on, or has ended."""
    phase: PublicStatus = "resolved" if incident.resolved else "investigating"
    facts = CardFacts(severity="sev1", phase=phase, since=incident.declared_at, is_hidden=True)
    return Look(HIDDEN, facts, (), pin=False)


def in_channel(book: Runbook, incident: Incident, prospects: Prospects, now: datetime) -> Look:
    facts = card_facts(book, incident, prospects, now)
    return Look(_template(incident, "declaration_here"), facts, offers_on_card(book, incident, now))


def _template(incident: Incident, template: str) -> str:
    return "was_open" if incident.cancelled else template


def card_facts(book: Runbook, incident: Incident, prospects: Prospects, now: datetime) -> CardFacts:
    answered = is_acknowledged(book, incident, now)
    paged = (each.effect.to for each in prospects.paging if isinstance(each.effect, Page))
    ringing = dict.fromkeys((*(ring.person for ring in incident.rings.values()), *paged))
    held = dict.fromkeys((*rules(book, incident).roles, *incident.roles))
    return CardFacts(
        severity=incident.severity,
        phase=incident.phase,
        title=cut(incident.title, LONGEST_CARD_TITLE),
        since=incident.declared_at,
        flags=tuple(sorted(incident.flags)),
        acknowledged_by=_answered(book, incident) if answered else "",
        acknowledged_at=incident.acknowledged_at if answered else None,
        called=() if answered or incident.resolved else tuple(book.person_name(person) for person in ringing),
        roles=tuple((book.role_name(role), _holder(book, incident, role)) for role in held),
        on_call=() if incident.resolved else held_posts(book, incident.on_call, incident.declared_at),
        public=incident.public.status,
        public_at=incident.public.said_at,
        next=_next(book, prospects.coming),
        contacts=() if incident.resolved else tuple((each.name, each.reach) for each in contacts_for(book, incident)),
        links=_made(incident),
        unknown=tuple(book.person_name(person) for person in incident.strangers),
        ended=_ended(book, incident),
        ended_at=incident.resolved_at,
    )


def _next(book: Runbook, coming: Sequence[Demand]) -> tuple[ComingDuty, ...]:
    return tuple(ComingDuty(what=what(book, each), at=each.due_at) for each in coming[:COMING])


def _holder(book: Runbook, incident: Incident, role: str) -> str:
    return book.person_name(incident.roles[role]) if role in incident.roles else ""


def _made(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Documents and tickets, by their names."""
    made = ((duty_of(key), reference) for key, reference in incident.references.items())
    named = ((key.name.replace("-", " "), reference) for key, reference in made if key.kind in MADE and key.name)
    return tuple(named)[:MOST_CARD_LINKS]


def _answered(book: Runbook, incident: Incident) -> str:
    return incident.answered(as_people_read(book, incident.acknowledged_by))


def _ended(book: Runbook, incident: Incident) -> str:
    if not incident.resolved:
        return ""
    why = f": {incident.resolution.rstrip('. ')}" if incident.resolution else ""  # its time follows after a comma
    by = as_people_read(book, incident.resolved_by) or "nobody"
    return cut(f"{'cancelled' if incident.cancelled else 'resolved'} by {by}{why}", 300)


def offers_on_card(book: Runbook, incident: Incident, now: datetime) -> tuple[Offer, ...]:
    if incident.cancelled:
        return ()
    if incident.resolved:
        return offering.reopening(incident)
    answered = is_acknowledged(book, incident, now)
    empty = [role for role in rules(book, incident).roles if role not in incident.roles]
    return (
        *(() if answered else offering.answering(book, incident)[:1]),
        *offering.roles(book, incident, empty),
        *offering.steering(incident),
    )


def checklist(book: Runbook, incident: Incident, name: str) -> Look | None:
    duty = next((each for each in duties_of(rules(book, incident)) if each.id == name), None)
    duty = duty or next((each for each in duties_of(book.severity(incident.gravest)) if each.id == name), None)
    if duty is None:
        return None
    done = incident.ticks.get(name, ())
    offers = () if incident.resolved else offering.checklist(incident, name, duty.items, done)
    return Look(duty.template, ChecklistFacts(done=done), offers, pin=duty.pin)
