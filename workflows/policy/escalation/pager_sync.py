"""What was acknowledged or resolved here becomes so at the pager too, ring by ring (rule 5)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Annotate, SyncPager
from workflows.policy.escalation.pages import rung_by_the_raise
from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.rules import is_acknowledged
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, effect_key
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.planning.ways import noted_rings
from workflows.policy.runbook.model import Runbook


def sync_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand]:
    """A ring whose page is still on its way waits until that is withdrawn: a late trigger would ring again."""
    rings = {key: ring for key, ring in incident.rings.items() if not rings_for_obligations(incident, key)}
    if incident.resolved:
        for key, ring in rings.items():
            yield _sync(book, incident, key, ring, "resolved")
    elif is_acknowledged(book, incident, now):
        coming = rung_by_the_raise(book, incident)  # their older rings are resolved there when the new ones begin
        older = incident.renewed.older if incident.renewed else ()
        answered = {
            key: ring
            for key, ring in rings.items()
            if ring.state != "ringing" and not (incident.effect_key(key) in older and ring.person in coming)
        }
        for key, ring in answered.items():
            if ring.state == "answered":
                yield _sync(book, incident, key, ring, "acknowledged")
        for key in noted_rings(incident, answered).values():
            yield _annotate(book, incident, key, answered[key])


def _acknowledged_at(incident: Incident) -> datetime:
    return incident.acknowledged_at or incident.opened_at


def is_syncing(incident: Incident, ring_key: str, become: Literal["acknowledged", "resolved"]) -> bool:
    """Are we acknowledging, or resolving, this ring at the pager just now?"""
    return effect_key(_duty(incident, ring_key, become), 1) in incident.started


def _duty(incident: Incident, ring_key: str, become: Literal["acknowledged", "resolved"]) -> WrittenDuty:
    kind = DutyKind.SYNC_RESOLVED if become == "resolved" else DutyKind.SYNC_ACKNOWLEDGED
    return duty_key(kind, incident.effect_key(ring_key))


def _waits_for(incident: Incident, ring_key: str) -> str:
    return "the page to be withdrawn" if incident.effect_key(ring_key) in incident.started else ""


def _sync(
    book: Runbook, incident: Incident, key: str, ring: PagerAlert, become: Literal["acknowledged", "resolved"]
) -> BlockedDemand:
    resolved = become == "resolved"
    since = incident.resolved_at if resolved and incident.resolved_at else _acknowledged_at(incident)
    by = incident.resolved_by if resolved else incident.acknowledged_by
    demand = Demand(
        duty=_duty(incident, key, become),
        due_at=since,
        reason=f"{become} by {as_people_read(book, by)}",
        effect=SyncPager(
            to=ring.person, ring=key, become=become, way=ring.way, address=ring.address, reference=ring.reference
        ),
    )
    return BlockedDemand(demand, _waits_for(incident, key))


def _annotate(book: Runbook, incident: Incident, key: str, ring: PagerAlert) -> BlockedDemand:
    at = _acknowledged_at(incident)
    demand = Demand(
        duty=duty_key(DutyKind.ANNOTATE, ring.person),
        occurrence=incident.seconds_since_declared(at) + 1,
        due_at=at,
        reason=f"acknowledged by {as_people_read(book, incident.acknowledged_by)}",
        effect=Annotate(to=ring.person, ring=key, way=ring.way, address=ring.address),
    )
    return BlockedDemand(demand, _waits_for(incident, key))
