"""The search attributes of incidents and reviews, computed from their states like everything else."""

from datetime import datetime

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from workflows.durable import search_attributes as known
from workflows.policy.engine import Plan
from workflows.policy.escalation.pages import tier_reached
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE
from workflows.policy.review.owed import owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook

AttributeUpdate = SearchAttributeUpdate[str] | SearchAttributeUpdate[int] | SearchAttributeUpdate[datetime]


def attributes_of(incident: Incident, present: Plan) -> list[AttributeUpdate]:
    return [
        known.INCIDENT.value_set(incident.id),
        known.SEVERITY.value_set(incident.severity),
        known.PHASE.value_set("cancelled" if incident.cancelled else incident.phase),
        _keyword(known.SERVICE, incident.service or None),
        known.RUNBOOK.value_set(incident.runbook),
        _keyword(known.COMMANDER, incident.roles.get(COMMANDER_ROLE)),
        known.TIER.value_set(tier_reached(incident)),
        _moment(known.NEXT_DUTY_AT, _next_duty_at(present)),
    ]


def attributes_of_review(book: Runbook, review: Review, present: Plan) -> list[AttributeUpdate]:
    deadlines = [each.due_at for each in owed(book, review)]
    return [
        known.PHASE.value_set("closed" if review.closed_at else "review"),
        _moment(known.REVIEW_DUE_AT, min(deadlines, default=None)),
        _moment(known.NEXT_DUTY_AT, _next_duty_at(present)),
    ]


def _next_duty_at(present: Plan) -> datetime | None:
    coming = [w.demand.due_at for w in present.waiting] + [d.due_at for d in (*present.due, *present.next)]
    return min(coming, default=None)


def _keyword(key: SearchAttributeKey[str], value: str | None) -> AttributeUpdate:
    return key.value_set(value) if value is not None else key.value_unset()


def _moment(key: SearchAttributeKey[datetime], value: datetime | None) -> AttributeUpdate:
    return key.value_set(value) if value is not None else key.value_unset()
