"""Somebody has answered at a pager that tells nobody: the look that found it out says it in its place."""

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.effects.effects import ConfirmRing
from workflows.policy.incident.events import Acknowledged, EffectSettled, Resolved
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.reducers.answering import acknowledged
from workflows.policy.reducers.ending import resolved
from workflows.policy.reducers.transitions import mark_acknowledged
from workflows.policy.runbook.model import Runbook


def answered_there(book: Runbook, incident: Incident, event: EffectSettled, look: ConfirmRing) -> Incident:
    """Once: what became of the ring here meanwhile, by whatever way, is not heard again as an answer there."""
    ring, proof = incident.rings.get(look.ring), event.receipt.proof
    if ring is None or proof is None or not proof.answered_by or ring.state != "ringing":
        return incident
    if incident.resolved and not rings_for_obligations(incident, look.ring):
        return incident
    said = {"at": event.at, "by": proof.answered_by, "via": proof.pager, "ring": look.ring}
    actor = as_people_read(book, proof.answered_by)
    if proof.closed:
        after = resolved(book, incident, Resolved.model_validate(said).acted(actor))
    else:
        after = acknowledged(book, incident, Acknowledged.model_validate(said).acted(actor))
    return mark_acknowledged(after, look.ring)
