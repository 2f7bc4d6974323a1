"""Follow-ups: tasks that keep the incident from happening again. People add them while it is open or at its review;
each is kept until it is done or waived. An open incident hands them to its review, which nags."""

from collections.abc import Iterator
from datetime import date, datetime

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Ticket
from workflows.policy.incident.announce import announce, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Event, FollowUpAdded, FollowUpDone, FollowUpWaived
from workflows.policy.incident.follow_up import Ending, FollowUp
from workflows.policy.incident.rules import rules
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import ReviewTerms
from workflows.policy.time.calendar import day_in, end_of
from workflows.policy.time.durations import LONGEST_DURATION
from workflows.policy.wire.bounded import fit, weight


def terms(book: Runbook, incident: Incident) -> ReviewTerms:
    """How the review nags. A severity without one may have follow-ups all the same."""
    return rules(book, incident).review or ReviewTerms()


def open_ones(incident: Incident) -> tuple[FollowUp, ...]:
    return tuple(each for each in incident.follow_ups if each.ending is None)


def due_at(book: Runbook, follow_up: FollowUp) -> datetime:
    """The end of business on its day."""
    return end_of(book.calendar, follow_up.due_on)


def meant(incident: Incident, name: str) -> FollowUp | None:
    """By its number, or by its ticket."""
    return next((each for each in incident.follow_ups if name in (str(each.number), ticket(incident, each))), None)


def named(incident: Incident, name: str) -> FollowUp | None:
    return next((each for each in incident.follow_ups if name_of(each) == name), None)


def owner_of(book: Runbook, follow_up: FollowUp) -> str:
    """As people write it."""
    owner = follow_up.owner
    return book.role_name(owner) if owner in book.roles else as_people_read(book, owner)


def name_of(follow_up: FollowUp) -> str:
    """What it is called beside duties."""
    return f"follow-up-{follow_up.number}"


def ticket(incident: Incident, follow_up: FollowUp) -> str | None:
    """Its key in the tracker, once it is there."""
    return incident.references.get(duty_key(DutyKind.TICKET, name_of(follow_up)))


def ticket_demands(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """Opened for each follow-up where the runbook says so, and closed when it has ended."""
    board = terms(book, incident).follow_ups.tickets
    for each in incident.follow_ups if board else ():
        key = ticket(incident, each)
        if each.ending is None or key is not None:
            effect = Ticket(to=board, template="follow_up", action="create", role=_role(book, each))
            if each.ending is not None:
                effect = effect.model_copy(update={"action": "close", "ticket": key})
            yield BlockedDemand(
                Demand(
                    duty=duty_key(DutyKind.TICKET, name_of(each)),
                    occurrence=2 if each.ending else 1,
                    due_at=each.ending.at if each.ending else each.added_at,
                    reason="the follow-up has ended" if each.ending else "a follow-up is kept in the tracker, too",
                    effect=effect,
                )
            )


def _role(book: Runbook, follow_up: FollowUp) -> str | None:
    return follow_up.owner if follow_up.owner in book.roles else None


def add(book: Runbook, incident: Incident, event: FollowUpAdded) -> Incident:
    follow_up = FollowUp(
        number=len(incident.follow_ups) + 1,
        text=fit(event.text, IncidentBounds.follow_up),
        owner=event.owner or event.by,
        due_on=_due_on(book, incident, event),
        added_at=event.at,
        added_by=event.by,
    )
    if not _fits(incident, follow_up):
        return log(incident, event.at, f"too many follow-ups, this one was not kept: {event.text}", loud=True)
    after = incident.model_copy(update={"follow_ups": (*incident.follow_ups, follow_up)})
    text = f"{follow_up.announced_by}{owner_of(book, follow_up)} by {follow_up.due_on}: {follow_up.text}"
    return announce(after, event.at, text, by=event.actor)


def _due_on(book: Runbook, incident: Incident, event: FollowUpAdded) -> date:
    """Not before it was said, nor later than any procedure lasts: from a slip of the pen somebody would be nagged about
    every day since, or nobody ever."""
    zone = book.calendar.zone
    day = event.due_on or day_in(zone, event.at + terms(book, incident).follow_ups.within)
    return min(max(day, day_in(zone, event.at)), day_in(zone, event.at + LONGEST_DURATION))


def _fits(incident: Incident, another: FollowUp) -> bool:
    kept = (*incident.follow_ups, another)
    together = sum(weight(text) for each in kept for text in (each.text, each.owner, each.added_by))
    return len(kept) <= IncidentBounds.follow_ups and together <= IncidentBounds.follow_ups_text


def done(_: Runbook, incident: Incident, event: FollowUpDone) -> Incident:
    ending = Ending(at=event.at, by=fit(event.by, IncidentBounds.remark), text=fit(event.text, IncidentBounds.remark))
    return _end(incident, event, event.follow_up, ending)


def waive(_: Runbook, incident: Incident, event: FollowUpWaived) -> Incident:
    ending = Ending(
        at=event.at, by=fit(event.by, IncidentBounds.remark), waived=True, text=fit(event.reason, IncidentBounds.remark)
    )
    return _end(incident, event, event.follow_up, ending)


def _end(incident: Incident, event: Event, name: str, ending: Ending) -> Incident:
    verb = "waived" if ending.waived else "did"
    follow_up = meant(incident, name)
    if follow_up is None and name in incident.references.values():  # the tracker tells of all our tickets
        return log(incident, event.at, f"{event.actor} closed the ticket {name}")
    if follow_up is None:
        return log(incident, event.at, f"{event.actor} {verb} a follow-up {name!r}, which there is not")
    if follow_up.ending is not None:
        return log(incident, event.at, f"{event.actor} {verb} follow-up {follow_up.number}, which had ended before")
    ended = follow_up.model_copy(update={"ending": ending})
    others = tuple(ended if each.number == ended.number else each for each in incident.follow_ups)
    text = f"{event.actor} {verb} follow-up {ended.number}: {ended.text}" + (f" ({ending.text})" if ending.text else "")
    return announce(incident.model_copy(update={"follow_ups": others}), event.at, text, by=event.actor)
