"""A rota that is kept: who has the shift, what takes its place, and what is said when it changes hands."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from workflows.policy.incident.events import Event
from workflows.policy.rota.roster import MOST_OVERRIDES, MOST_SHIFTS, Roster, RosterCard, RosterQuestion
from workflows.policy.rota.shift import NOBODY, Override, Shift
from workflows.policy.rota.shifts import after, at_moment
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import Name
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.time.calendar import day_in, hour_of
from workflows.policy.time.durations import DAY, HOUR
from workflows.policy.watches.digest import Inventory
from workflows.policy.wire.bounded import Day, Line
from workflows.policy.wire.history import HISTORY_BYTES, HISTORY_EVENTS
from workflows.policy.wire.model import Instant, Wire

ROSTER_KEPT_FOR = 14 * DAY
"""How far ahead a roster is kept: what the coverage check looks at."""
GROUP_TRIED_EVERY = timedelta(minutes=10)
"""A user group that could not be set: whoever mentions it until then calls somebody else."""
ASKED_EVERY = HOUR
"""How often it is looked elsewhere whether somebody has swapped, or has changed the user group; what is written here is
known."""
FARTHEST_OVERRIDE = timedelta(days=90)


class RotaTerms(Wire):
    """What the runbook says of a post, and of those who hold it."""

    name: str
    on_call: OnCall
    people: dict[str, str] = {}
    """Names by their keys."""
    addresses: dict[str, str] = {}
    """The same for e-mail addresses, of those who have one."""
    home: str
    """The channel in which it is said who hands over to whom."""
    zone: str

    def person_name(self, who: str) -> str:
        return self.people.get(who, who)


class KeptRota(Wire):
    """The state of the workflow `shift`, and its argument."""

    runbook: str
    post: Name
    terms: RotaTerms
    roster: Roster = Roster()
    overrides: tuple[Override, ...] = ()
    holder: Line = NOBODY
    """Who had the shift when that was last said."""
    holder_since: Instant | None = None
    """None: it was never found out."""
    group_set: Line = ""
    """The user group, and whom it was set to hold, the last time that this could be done."""
    missing: tuple[str, ...] = ()
    """What the last check of the coverage said, by keys: what is new is said."""
    checked_on: Day | None = None
    retired: bool = False
    seen: tuple[str, ...] = ()
    """Ids of events that were taken in."""
    history_limit: int = HISTORY_EVENTS
    history_bytes: int = HISTORY_BYTES

    @property
    def card(self) -> RosterCard:
        return RosterCard(
            runbook=self.runbook,
            post=self.post,
            name=self.terms.name,
            zone=self.terms.zone,
            roster=self.roster,
            overrides=self.overrides,
        )


class Adopted(Event):
    """The runbook says it so now."""

    kind: Literal["adopt_rota"] = "adopt_rota"
    terms: RotaTerms


class Overridden(Event):
    """Somebody takes a stretch of another's shift."""

    kind: Literal["override_shift"] = "override_shift"
    who: Line = Field(min_length=1)
    begins_at: Instant
    ends_at: Instant


class Retired(Event):
    """No runbook has it any more."""

    kind: Literal["retire"] = "retire"


SHIFT_SIGNALS: dict[str, type[Event]] = {
    event.model_fields["kind"].default: event for event in (Adopted, Overridden, Retired)
}
"""Wire names: they never change."""


class HandOver(Wire):
    """One hands over to the next."""

    leaves: Line
    comes: Line
    at: Instant


def workflow_id(name: str) -> str:
    """Of `RUNBOOK/POST`."""
    return f"tocsin-shift-{name.replace('/', '_')}"


def terms_of(book: Runbook) -> dict[str, RotaTerms]:
    """By post."""
    people = {key: person.name for key, person in book.people.items() if person.on_call is None}
    return {
        post: RotaTerms(
            name=person.name,
            on_call=person.on_call,
            people=people,
            addresses={key: each.email for key, each in book.people.items() if each.email},
            home=book.home,
            zone=book.calendar.zone,
        )
        for post, person in book.people.items()
        if person.on_call
    }


def apply(kept: KeptRota, event: Event) -> KeptRota:
    """Never raises."""
    if event.id and event.id in kept.seen:
        return kept
    changes: dict[str, object] = {"seen": (*kept.seen, event.id)[-MOST_OVERRIDES:]} if event.id else {}
    match event:
        case Adopted(terms=terms):
            changes |= {"terms": terms, "retired": False}
        case Retired():
            changes["retired"] = True
        case Overridden(who=who, begins_at=begin, ends_at=end, by=by) if begin < end:
            mine = Override(who=who, begins_at=begin, ends_at=end, by=by)
            changes["overrides"] = (*kept.overrides, mine)[-MOST_OVERRIDES:]
    return kept.model_copy(update=changes)


def question(kept: KeptRota, now: datetime) -> RosterQuestion:
    return RosterQuestion(
        post=kept.post,
        terms=kept.terms.on_call,
        people=kept.terms.people,
        overrides=kept.overrides,
        begin=now,
        end=now + ROSTER_KEPT_FOR,
    )


def found_out(kept: KeptRota, roster: Roster, now: datetime) -> KeptRota:
    """What is over is forgotten. A roster that could not be read leaves the last one, with the reason."""
    live = tuple(each for each in kept.overrides if each.ends_at > now)
    if roster.problem:
        roster = kept.roster.model_copy(update={"problem": roster.problem})
    shifts = roster.shifts[:MOST_SHIFTS]
    return kept.model_copy(update={"overrides": live, "roster": roster.model_copy(update={"shifts": shifts})})


def hand_over(kept: KeptRota, now: datetime) -> HandOver | None:
    """To be said now; nothing at the first time, nor if it is not known who has the shift."""
    present = at_moment(kept.roster.shifts, now)
    if present is None or present.who == kept.holder or kept.holder_since is None:
        return None
    return HandOver(leaves=kept.holder, comes=present.who, at=now)


def holding(kept: KeptRota, now: datetime) -> KeptRota:
    """Who has the shift is known, and was said if it had to be."""
    present = at_moment(kept.roster.shifts, now)
    if present is None or (present.who == kept.holder and kept.holder_since is not None):
        return kept
    return kept.model_copy(update={"holder": present.who, "holder_since": now})


def group_wanted(kept: KeptRota) -> str:
    """What `group_set` is to be: empty if there is no group, or nobody knows yet whom it is to hold."""
    group = kept.terms.on_call.user_group
    return f"{group} {kept.holder}" if group and kept.holder_since is not None else ""


def in_words(kept: KeptRota, over: HandOver, inventory: Inventory | None) -> str:
    """`Ann hands over to Ben (On-call Engineer of acme): 2 incidents open, 3 duties Ann owes`. Several runbooks have
    posts of the same name, and one channel."""
    post = f"{kept.terms.name} of {kept.runbook}"
    leaves, comes = (kept.terms.person_name(who) for who in (over.leaves, over.comes))
    if over.comes == NOBODY:
        said = f"⚠️ {leaves}'s shift as {post} is over, and nobody is on call"
    elif over.leaves == NOBODY:
        said = f"{comes} is on call now ({post})"
    else:
        said = f"{leaves} hands over to {comes} ({post})"
    return f"{said}: {_what_is_left(kept, over, inventory)}" if inventory else said


def _what_is_left(kept: KeptRota, over: HandOver, inventory: Inventory) -> str:
    opened = sum(inventory.by_severity.values())
    said = f"{opened} incident{'' if opened == 1 else 's'} open"
    if over.leaves == NOBODY:
        return said
    names = {over.leaves, kept.terms.person_name(over.leaves)}
    owed = sum(one.owner in names for one in inventory.owed)
    return f"{said}, {owed} dut{'y' if owed == 1 else 'ies'} {kept.terms.person_name(over.leaves)} owes"


def stands(kept: KeptRota, now: datetime) -> str:
    """For Temporal's UI."""
    present = at_moment(kept.roster.shifts, now)
    who = kept.terms.person_name(present.who) if present and present.who else "nobody, as far as is known"
    until = f" until {hour_of(kept.terms.zone, present.ends_at, now)}" if present and present.ends_at else ""
    problem = f". It could not be read: {kept.roster.problem}" if kept.roster.problem else ""
    return f"{kept.terms.name}: {who}{until}{problem}"


def look_again_at(kept: KeptRota, now: datetime) -> datetime:
    """At the next hand-over; before that, as often as somebody may have changed it elsewhere, and once a day."""
    coming: Shift | None = after(kept.roster.shifts, now)
    elsewhere = not kept.terms.on_call.is_written_here or bool(kept.roster.problem or group_wanted(kept))
    latest = now + (ASKED_EVERY if elsewhere else DAY)
    latest = min(latest, now + GROUP_TRIED_EVERY) if kept.group_set != group_wanted(kept) else latest
    return min(coming.begins_at, latest) if coming else latest


def check_is_due(kept: KeptRota, now: datetime) -> bool:
    """Once for each day there."""
    return kept.checked_on != day_in(kept.terms.zone, now)
