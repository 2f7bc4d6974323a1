"""What the pager's own incidents are kept true with: how grave it is, and what people report.

Only of rings that the pager can be asked about (`PagerAlert.followed`), and only while the incident lasts: why it is
over is said as each ring is resolved there. An update is noted on the last ring of each person, and told once to those
who follow the incident there; nothing private is told to them. What was changed there by people stays as they want it
until something changes here: a rating is of a severity, and is made once.
"""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Annotate
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.private import is_private
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.runbook.names import severity_title

URGENT = ("sev1", "sev2")
"""Severities that are urgent there, whoever is on it."""


def pager_writing_demands(incident: Incident) -> Iterator[BlockedDemand]:
    if incident.resolved:
        return
    followed = {
        key: ring for key, ring in incident.rings.items() if ring.followed and not rings_for_obligations(incident, key)
    }
    yield from (_rated(incident, key, ring) for key, ring in followed.items() if _is_rated_otherwise(incident, ring))
    if incident.updated_at is not None:
        yield from _updates(incident, followed)


def rating(severity: str, urgent: str) -> str:
    return f"{severity} {urgent}".strip()


def urgency(incident: Incident, ring: PagerAlert) -> str:
    """A page that rings is never made less urgent: it might ring no more."""
    if incident.severity in URGENT:
        return "high"
    return "" if ring.state == "ringing" else "low"


def _is_rated_otherwise(incident: Incident, ring: PagerAlert) -> bool:
    """It is there: what is not yet cannot be rated."""
    return ring.is_there and ring.rating != rating(incident.severity, urgency(incident, ring))


def _rated(incident: Incident, key: str, ring: PagerAlert) -> BlockedDemand:
    effect = Annotate.model_validate(
        {
            "to": ring.person,
            "ring": key,
            "way": ring.way,
            "address": ring.address,
            "what": "rating",
            "severity": incident.severity,
            "urgency": urgency(incident, ring),
        }
    )
    demand = Demand(
        duty=duty_key(DutyKind.RATE, incident.effect_key(key)),
        occurrence=ring.ratings + 1,
        due_at=_rated_since(incident, ring),
        reason=f"it is {severity_title(incident.severity)} here",
        effect=effect,
    )
    return BlockedDemand(demand)


def _rated_since(incident: Incident, ring: PagerAlert) -> datetime:
    answered_at = incident.acknowledged_at if ring.state != "ringing" else None
    moments = (ring.through_at, incident.severity_at, answered_at, incident.opened_at)
    return max(at for at in moments if at is not None)


def _updates(incident: Incident, followed: dict[str, PagerAlert]) -> Iterator[BlockedDemand]:
    at = incident.updated_at or incident.opened_at
    rung_before = {key: ring for key, ring in followed.items() if ring.rung_at <= at}
    last = {ring.person: key for key, ring in rung_before.items()}
    for person, key in last.items():
        ring = followed[key]
        noted = Annotate(to=person, ring=key, template="noted_update", way=ring.way, address=ring.address)
        yield from _unsettled(incident, duty_key(DutyKind.UPDATE_AT_PAGER, person), noted)
    if last and not is_private(incident):
        person, key = list(last.items())[-1]
        published = Annotate(
            to=person,
            ring=key,
            template="noted_update",
            what="status update",
            way=followed[key].way,
            address=followed[key].address,
        )
        yield from _unsettled(incident, duty_key(DutyKind.UPDATE_FOR_SUBSCRIBERS), published)


def _unsettled(incident: Incident, duty: WrittenDuty, effect: Annotate) -> Iterator[BlockedDemand]:
    at = incident.updated_at or incident.opened_at
    occurrence = incident.seconds_since_declared(at) + 1
    if not incident.has_settled(duty, occurrence):
        demand = Demand(duty=duty, occurrence=occurrence, due_at=at, reason="there is an update", effect=effect)
        yield BlockedDemand(demand)
