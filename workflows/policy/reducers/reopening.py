"""It is not over after all: a person says so, alerts do, or a person reopens one of our pages at the pager.

What is reopened there rings there again, at once and whatever we do. So that page stands for the one of whoever is
called first: nobody is rung twice for one reopening. Whoever else is called first is paged as ever. Where a resolve of
ours was on its way when it was reopened, that may have closed it again: then it stands for nobody's page.
"""

from datetime import timedelta

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.escalation.ladder import ladder
from workflows.policy.escalation.pager_sync import is_syncing
from workflows.policy.incident.announce import because, log, through
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Reopened, Resolved
from workflows.policy.incident.pager_alerts import PagerAlert, remembered
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKey, EffectKey
from workflows.policy.planning.ways import rung_by
from workflows.policy.reducers.transitions import not_over_after_all, reopen
from workflows.policy.runbook.model import Runbook

PAGER_BEHIND = timedelta(minutes=2)
"""So far the pager's clock may be behind ours: what seems to be no longer before the end than that came after it."""


def reopened(book: Runbook, incident: Incident, event: Reopened) -> Incident:
    if event.ring and not incident.is_ours(event.ring):
        return log(incident, event.at, f"{event.actor} reopened a page of an incident before this one")
    if event.ring and rings_for_obligations(incident, event.ring):
        return log(incident, event.at, f"the page about what is owed was reopened{through(event)}, and rings there")
    if incident.closed_at is not None:
        return log(incident, event.at, f"{event.actor} reopened, too late: the incident is closed", loud=True)
    if _is_old(incident, event):
        return log(incident, event.at, f"{event.actor} reopened{through(event)}, before the incident was resolved here")
    incident = turned(incident, event)
    if incident.cancelled or not (incident.resolved or event.ring):
        return log(incident, event.at, f"{event.actor} reopened, which changes nothing")
    if not incident.resolved:
        page = _page(incident, event)
        text = f"{event.actor} reopened {_whose(book, page)}{through(event)}, which rings there again"
        return log(_ringing(book, incident, event, page), event.at, text)
    return _reopened(book, incident, event)


def _reopened(book: Runbook, incident: Incident, event: Reopened) -> Incident:
    before = incident if event.via == "alerts" else not_over_after_all(incident)
    if not event.ring:
        return reopen(before, event.at, f"reopened by {event.actor}{because(event.reason)}")
    page = None if _may_be_closed_again(incident, event) else _page(incident, event)
    rings = f", which rings {book.person_name(page.person)} there again" if page else ""
    after = reopen(before, event.at, f"reopened by {event.actor}{through(event)}{rings}{because(event.reason)}")
    return _rung(book, _ringing(book, after, event, _page(incident, event)), page)


def _may_be_closed_again(incident: Incident, event: Reopened) -> bool:
    """By our own resolve, which is tried until it gets through."""
    ended_at = incident.pages_ended_at
    return is_syncing(incident, event.ring, "resolved") or (ended_at is not None and event.at <= ended_at)


def _is_old(incident: Incident, event: Reopened) -> bool:
    """The webhook comes late: it ended again since, there or here."""
    if not event.ring:
        return False
    ended_at = incident.resolved_at
    return overtaken(incident, event) or (ended_at is not None and event.at < ended_at - PAGER_BEHIND)


def overtaken(incident: Incident, event: Reopened | Resolved) -> bool:
    """By what a person did to that page there since: webhooks come in any order."""
    last = incident.turned_there.get(event.ring)
    return last is not None and event.at < last


def turned(incident: Incident, event: Reopened | Resolved) -> Incident:
    if _page(incident, event) is None:
        return incident
    turns = {key: at for key, at in incident.turned_there.items() if key != event.ring} | {event.ring: event.at}
    newest = dict(list(turns.items())[-IncidentBounds.turned_there :])
    return incident.model_copy(update={"turned_there": newest})


def _page(incident: Incident, event: Reopened | Resolved) -> DutyKey | None:
    effect = EffectKey.parse(incident.effect_key(event.ring)) if event.ring else None
    return effect.duty if effect and effect.duty.person else None


def _whose(book: Runbook, page: DutyKey | None) -> str:
    return f"the page to {book.person_name(page.person)}" if page else "a page"


def _ringing(book: Runbook, incident: Incident, event: Reopened, page: DutyKey | None) -> Incident:
    """It stands open there, so its key is known: it is acknowledged and resolved with the others."""
    if page is None:
        return incident
    person, way = rung_by(book, incident, page)
    new = PagerAlert(
        person=person, rung_at=event.at, way=way.way if way else "", address=(way.address or "") if way else ""
    )
    known = incident.rings.get(event.ring, new)
    changes = {"state": "ringing", "rung_at": max(event.at, incident.opened_at), "left_at": event.at, "nobody": ""}
    rings = {key: ring for key, ring in incident.rings.items() if key != event.ring}
    rings[event.ring] = known.model_copy(update=changes)
    return incident.model_copy(update={"rings": remembered(rings)})


def _rung(book: Runbook, incident: Incident, page: DutyKey | None) -> Incident:
    """Whoever would be called at once by the ladder, and is rung by this page already, counts as called by it."""
    if page is None or not page.of_the_ladder:
        return incident
    at = incident.opened_at
    done = Settlement(occurrence=incident.first_round, due_at=at, sent_at=at, settled_at=at, outcome="done")
    at_once = (rung for rung in ladder(book, incident) if not rung.after)
    duties = [callee.duty for rung in at_once for callee in rung.callees if callee.person == page.person]
    return incident.model_copy(update={"settled": {**incident.settled, **dict.fromkeys(duties, done)}})
