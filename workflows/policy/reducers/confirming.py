"""What the pager says of a ring: whom it reached, or that it reaches nobody."""

from workflows.policy.effects.effects import ConfirmRing
from workflows.policy.effects.proof import NOTIFYING_VERBS, Notified, RingProof
from workflows.policy.escalation.confirming import LOOKS
from workflows.policy.incident.announce import log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.pager_alerts import Arrival, PagerAlert, remembered
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.lost_rings import is_over, lost, whose
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.calendar import hour_of
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import LONGEST_FOREIGN_NAME, fit


def confirmed(book: Runbook, incident: Incident, event: EffectSettled, look: ConfirmRing) -> Incident:
    ring, proof = incident.rings.get(look.ring), event.receipt.proof
    if event.outcome != "done" or proof is None:
        problem = event.problem or event.receipt.note or "there was no answer"
        text = f"whether {book.person_name(look.to)}'s page reached anybody could not be found out: {problem}"
        is_news = ring is None or ring.looks < len(LOOKS)
        incident, proof = log(incident, event.at, text, kind="page") if is_news else incident, None
    if ring is None:  # it was given up meanwhile
        return incident
    looks = max(ring.looks, event.demand.occurrence)
    looked = ring.model_copy(update={"looks": looks, "looked_at": event.at if ring.polled else None})
    if proof is None:
        return _with(incident, look.ring, looked)
    if proof.reached_nobody:
        return _reached_nobody(book, _with(incident, look.ring, looked), event, look, proof)
    whom = book.person_name(ring.rang or ring.person)
    notified = tuple(each if each.who else each.model_copy(update={"who": whom}) for each in proof.notified)
    kept = looked.model_copy(update={"is_there": True, "nobody": "", "notified": notified[-IncidentBounds.notified :]})
    after = _with(incident, look.ring, kept)
    for each in kept.notified:
        after = _reached(book, after, event, kept, each, proof)
    is_unheard = kept.looks >= len(LOOKS) and kept.outcome == "delivered" and not kept.polled
    if is_unheard and not is_over(after, look.ring):
        silent_for = write(LOOKS[-1])
        text = f"{proof.pager} has {whose(book, kept)} page, and has not said in {silent_for} that it reached anybody"
        return log(after, event.at, text, kind="page", loud=True)
    return after


def answered(incident: Incident, ring: PagerAlert, who: str, way: str, event_at: object) -> Incident:
    """Whoever was rung has answered, in whatever way."""
    arrival = {"person": ring.person, "who": who, "way": way or "by hand", "answered": True, "rung_at": ring.rung_at}
    return _remember(incident, Arrival.model_validate(arrival | {"at": event_at}))


def _with(incident: Incident, key: str, ring: PagerAlert) -> Incident:
    return incident.model_copy(update={"rings": remembered({**incident.rings, key: ring})})


def _reached(
    book: Runbook, incident: Incident, event: EffectSettled, ring: PagerAlert, notified: Notified, proof: RingProof
) -> Incident:
    at = max(notified.at, ring.rung_at)  # the pager's clock may be behind
    arrival = Arrival(person=ring.person, who=notified.who, way=notified.way or "page", rung_at=ring.rung_at, at=at)
    verb = NOTIFYING_VERBS.get(notified.way, "notified")
    text = f"{proof.pager} {verb} {notified.who} at {hour_of(book.calendar.zone, notified.at, event.at)}"
    return log(_remember(incident, arrival), event.at, text, kind="page")


def _remember(incident: Incident, arrival: Arrival) -> Incident:
    return incident.model_copy(update={"reached": (*incident.reached, arrival)[-IncidentBounds.reached :]})


def _reached_nobody(
    book: Runbook, incident: Incident, event: EffectSettled, look: ConfirmRing, proof: RingProof
) -> Incident:
    """It is not forgotten: where the pager is behind, it may ring yet, and what is nobody's stands open there."""
    ring = incident.rings[look.ring]
    nobodys = "it is assigned to nobody there" if proof.there else "nobody is on call there, or its service is off"
    why = proof.why or nobodys
    text = f"{whose(book, ring)} page reached nobody: {proof.pager} took it, and {why}"
    known = {"followed": False, "is_there": proof.there, "nobody": fit(why, LONGEST_FOREIGN_NAME)}
    given_up = ring.model_copy(update=known)
    if ring.nobody:  # what is polled is looked at on, and this was said
        return _with(incident, look.ring, given_up)
    after = _missed(book, _with(incident, look.ring, given_up), event, given_up, proof)
    return lost(after, event.at, look.ring, "declined" if proof.declined else "undelivered", text)


def _missed(book: Runbook, incident: Incident, event: EffectSettled, ring: PagerAlert, proof: RingProof) -> Incident:
    """A telephone rang in vain."""
    if not proof.missed:
        return incident
    who = book.person_name(ring.rang or ring.person)
    missed = Arrival(person=ring.person, who=who, way=proof.missed, missed=True, rung_at=ring.rung_at, at=event.at)
    return _remember(incident, missed)
