"""The search attributes of incidents and reviews, computed from their states like everything else."""

from datetime import datetime

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from workflows.durable import search_attributes as known
from workflows.policy.duties.obligations import clocks
from workflows.policy.effects.card import ComingDuty
from workflows.policy.escalation.pages import tier_reached
from workflows.policy.incident.private import is_private
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE
from workflows.policy.review.owed import owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.standing import urgency_of

AttributeUpdate = (
    SearchAttributeUpdate[str]
    | SearchAttributeUpdate[int]
    | SearchAttributeUpdate[datetime]
    | SearchAttributeUpdate[bool]
)


def attributes_of(book: Runbook, incident: Incident, now: datetime) -> list[AttributeUpdate]:
    return [
        *_names(incident),
        known.SEVERITY.value_set(incident.severity),
        known.PHASE.value_set("cancelled" if incident.cancelled else incident.phase),
        _keyword(known.SERVICE, incident.service or None),
        known.RUNBOOK.value_set(incident.runbook),
        _keyword(known.COMMANDER, incident.roles.get(COMMANDER_ROLE)),
        known.TIER.value_set(tier_reached(incident)),
        known.URGENCY.value_set(urgency_of(book, incident, now)),
    ]


def attributes_of_review(book: Runbook, review: Review) -> list[AttributeUpdate]:
    deadlines = [each.due_at for each in owed(book, review)]
    deadlines += [each.due_at for each in clocks(book, review.incident)]
    return [
        *_names(review.incident),
        known.PHASE.value_set("closed" if review.closed_at else "review"),
        _moment(known.REVIEW_DUE_AT, min(deadlines, default=None)),
    ]


def _names(incident: Incident) -> list[AttributeUpdate]:
    return [
        known.INCIDENT.value_set(incident.id),
        known.INCIDENT_LETTERS.value_set(incident.id.rpartition("-")[2]),
        known.PRIVATE.value_set(True) if is_private(incident) else known.PRIVATE.value_unset(),
    ]


def next_duty(coming: ComingDuty | None) -> list[AttributeUpdate]:
    """It is written along with the others; lists show what the memo `coming` says."""
    said, at = (coming.what, coming.at) if coming else (None, None)
    return [_keyword(known.NEXT_DUTY, said), _moment(known.NEXT_DUTY_AT, at)]


def _keyword(key: SearchAttributeKey[str], value: str | None) -> AttributeUpdate:
    return key.value_set(value) if value is not None else key.value_unset()


def _moment(key: SearchAttributeKey[datetime], value: datetime | None) -> AttributeUpdate:
    return key.value_set(value) if value is not None else key.value_unset()
