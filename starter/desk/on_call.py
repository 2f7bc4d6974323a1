"""Who is on call, for whoever asks, and swaps, for whoever makes one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from starter.desk.on_call_answers import NamedOverride, NamedShift, OverrideRequest, PostOnCall
from starter.runbooks.problems import closest
from starter.temporal.results import RefusedByIncident
from starter.temporal.shifts import Shifts, card_or_none
from workflows.policy.rota.reached import Rosters
from workflows.policy.rota.roster import RosterCard
from workflows.policy.rota.shift import Override, Shift, Stint
from workflows.policy.rota.shifts import SHIFT_KNOWN_FOR, after, ahead, at_moment, shifts, tiled
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.shift import FARTHEST_OVERRIDE, Overridden, RotaTerms, terms_of

A_MOMENT = timedelta(minutes=1)


async def on_call(
    there: Installation,
    known: Shifts,
    now: datetime,
    span: timedelta,
    runbook: str = "",
    begin: datetime | None = None,
) -> list[PostOnCall]:
    """Of one runbook, or of all that are loaded. Shifts are those from `begin` on; now, if left out."""
    books = [there.runbooks[runbook]] if runbook else there.runbooks.values()
    return [each for book in books for each in await of_book(book, known, now, span, begin)]


async def of_book(
    book: Runbook, known: Shifts, now: datetime, span: timedelta, begin: datetime | None = None
) -> list[PostOnCall]:
    found = []
    for post, terms in terms_of(book).items():
        card = await card_or_none(known, book.runbook, post)
        found.append(_post(book.runbook, post, terms, card, now, span, begin))
    return found


def written(book: Runbook, now: datetime, span: timedelta) -> list[PostOnCall]:
    """As far as the runbook itself says it."""
    return [_post(book.runbook, post, terms, None, now, span) for post, terms in terms_of(book).items()]


async def held(book: Runbook, known: Shifts, begin: datetime, span: timedelta) -> Rosters:
    """In that time, its last moment too: for a preview."""
    return rosters(await of_book(book, known, begin, span + A_MOMENT))


async def swapped(
    book: Runbook, known: Shifts, post: str, event: Overridden, now: datetime, span: timedelta
) -> PostOnCall:
    """As it is with that swap, which may not have been taken in yet: whoever made it is to see it."""
    terms, card = terms_of(book)[post], await card_or_none(known, book.runbook, post)
    mine = Override(who=event.who, begins_at=event.begins_at, ends_at=event.ends_at, by=event.by)
    if card is not None and mine not in card.overrides:
        card = card.model_copy(update={"overrides": (*card.overrides, mine)})
    return _post(book.runbook, post, terms, card, now, span)


def rosters(found: Sequence[PostOnCall]) -> Rosters:
    """By post."""
    return {
        each.post: [Shift(who=s.who, begins_at=s.begins_at, ends_at=s.ends_at) for s in each.shifts] for each in found
    }


def _post(
    runbook: str,
    post: str,
    terms: RotaTerms,
    card: RosterCard | None,
    now: datetime,
    span: timedelta,
    begin: datetime | None = None,
) -> PostOnCall:
    from_now_on = _from(terms, card, now, span)
    present, following = at_moment(from_now_on, now), after(from_now_on, now)
    begin = begin or now
    shown = [shift for shift in _from(terms, card, begin, span) if shift.begins_at < begin + span]
    return PostOnCall(
        runbook=runbook,
        post=post,
        name=terms.name,
        zone=terms.zone,
        now=_named(terms, present) if present else None,
        next=_named(terms, following) if following else None,
        shifts=tuple(_named(terms, shift) for shift in shown),
        **_found_out(terms, card),
    )


def _from(terms: RotaTerms, card: RosterCard | None, begin: datetime, span: timedelta) -> tuple[Shift, ...]:
    """Those that begin within the span and the next after it. Where what is known ends, no shift does."""
    end = begin + span + SHIFT_KNOWN_FOR
    if terms.on_call.is_written_here:
        found = shifts(terms.on_call, begin, end, card.overrides if card else ())
    else:
        found = _with_swaps(ahead(card.roster.shifts, begin, end), card.overrides, end) if card else ()
    return (*found[:-1], *(last.model_copy(update={"ends_at": None}) for last in found[-1:]))


def _with_swaps(found: Sequence[Shift], overrides: Sequence[Override], end: datetime) -> tuple[Shift, ...]:
    if not found:
        return ()
    known_until = found[-1].ends_at or end
    held = [Stint(each.who, each.begins_at, each.ends_at or end) for each in found]
    return tiled([held], found[0].begins_at, known_until, overrides)


class _FoundOut(TypedDict):
    as_of: datetime | None
    problem: str
    remark: str
    overrides: tuple[NamedOverride, ...]


def _found_out(terms: RotaTerms, card: RosterCard | None) -> _FoundOut:
    """How well it is known."""
    overrides = tuple(_named_override(terms, each) for each in card.overrides) if card else ()
    if terms.on_call.is_written_here:
        return _FoundOut(as_of=None, problem="", remark="", overrides=overrides)
    if card is None:
        return _FoundOut(as_of=None, problem="no worker has found it out yet", remark="", overrides=overrides)
    known = card.roster
    return _FoundOut(as_of=known.as_of, problem=known.problem, remark=known.remark, overrides=overrides)


def _named(terms: RotaTerms, shift: Shift) -> NamedShift:
    name = terms.person_name(shift.who) if shift.who else "nobody"
    return NamedShift(who=shift.who, name=name, begins_at=shift.begins_at, ends_at=shift.ends_at)


def _named_override(terms: RotaTerms, each: Override) -> NamedOverride:
    who, beside, unproved = each.by.partition(" (")
    names = {"name": terms.person_name(each.who), "by_name": f"{terms.person_name(who)}{beside}{unproved}"}
    return NamedOverride.model_validate({**each.model_dump(), **names})


def overridden(book: Runbook, post: str, said: OverrideRequest, by: str, now: datetime, event_id: str) -> Overridden:
    """Raises RefusedByIncident with what to do instead."""
    terms = terms_of(book)
    if post not in terms:
        which = closest(post, terms) or "It has none: add `on_call` to somebody of its `people`"
        raise RefusedByIncident(f"{post!r} is no post of the runbook {book.runbook} that has a rota. {which}")
    if terms[post].on_call.pagerduty:
        raise RefusedByIncident(f"PagerDuty says who is {post}: make the override there, in its schedule")
    if said.who not in terms[post].people:
        raise RefusedByIncident(
            f"{said.who!r} is nobody of the runbook {book.runbook}. {closest(said.who, terms[post].people)}"
        )
    begin = said.begins_at or now.replace(microsecond=0)  # whoever asks in the same second sees it
    end = begin + said.duration
    if end <= now:
        raise RefusedByIncident("that is over already: an override is for what comes")
    if end - now > FARTHEST_OVERRIDE:
        raise RefusedByIncident(
            f"that is too far ahead: at most {FARTHEST_OVERRIDE.days} days; change the rota instead"
        )
    return Overridden(id=event_id, by=by, who=said.who, begins_at=begin, ends_at=end)
