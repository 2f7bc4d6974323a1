"""`api/v2/summary.json`, in the shape that Statuspage gives it, so that whatever reads status pages reads this one.

https://metastatuspage.com/api/v2/ shows that shape: each key is there, and null where nothing is known.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from starter.markup.printing import printed
from starter.public_page.standing import Component, PageIdentity, PublicStanding
from workflows.policy.runbook.impact import COMPONENT_STATUS
from workflows.policy.watches.public_page import PageEntry, PageIncident, PageMaintenance, public_id

JsonObject = dict[str, JsonValue]


def summary(standing: PublicStanding, identity: PageIdentity) -> bytes:
    page = public_id(f"page {identity.url or identity.name}")
    components = {each.name: _component(page, place, each) for place, each in enumerate(standing.components, 1)}
    said: JsonObject = {
        "page": {
            "id": page,
            "name": identity.name,
            "url": identity.base.rstrip("/"),
            "time_zone": "Etc/UTC",
            "updated_at": _time(standing.updated_at),
        },
        "components": list(components.values()),
        "incidents": [_incident(page, identity, each, components) for each in standing.open_incidents],
        "scheduled_maintenances": [
            _maintenance(page, identity, each, standing.now, components) for each in standing.planned
        ],
        "status": {"indicator": standing.indicator, "description": standing.description},
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _component(page: str, place: int, component: Component) -> JsonObject:
    return {
        "id": component.id,
        "name": printed(component.name),
        "status": component.status,
        "created_at": None,
        "updated_at": None,
        "position": place,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": page,
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(
    page: str, identity: PageIdentity, incident: PageIncident, components: Mapping[str, JsonObject]
) -> JsonObject:
    return {
        "id": incident.id,
        "name": printed(incident.name),
        "status": incident.status,
        "created_at": _time(incident.begun_at),
        "updated_at": _time(incident.updated_at),
        "monitoring_at": next((_time(each.at) for each in incident.updates if each.status == "monitoring"), None),
        "resolved_at": None,
        "impact": incident.impact,
        "shortlink": _link(identity, incident.id),
        "started_at": _time(incident.begun_at),
        "page_id": page,
        "incident_updates": [_update(incident, each, components) for each in incident.updates],
        "components": [components[name] for name in incident.components if name in components],
    }


def _update(incident: PageIncident, update: PageEntry, components: Mapping[str, JsonObject]) -> JsonObject:
    affected: list[JsonValue] = [
        {
            "code": components[name]["id"],
            "name": components[name]["name"],
            "old_status": COMPONENT_STATUS[incident.impact],
            "new_status": COMPONENT_STATUS[incident.impact],
        }
        for name in incident.components
        if name in components
    ]
    return {
        "id": public_id(f"update {update.key}"),
        "status": update.status,
        "body": printed(update.text),
        "incident_id": incident.id,
        "created_at": _time(update.at),
        "updated_at": _time(update.corrected_at or update.at),
        "display_at": _time(update.at),
        "affected_components": affected or None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _maintenance(
    page: str,
    identity: PageIdentity,
    maintenance: PageMaintenance,
    now: datetime,
    components: Mapping[str, JsonObject],
) -> JsonObject:
    return {
        "id": maintenance.id,
        "name": printed(maintenance.name),
        "status": maintenance.status(now),
        "created_at": _time(maintenance.announced_at),
        "updated_at": _time(maintenance.announced_at),
        "monitoring_at": None,
        "resolved_at": None,
        "impact": "maintenance",
        "shortlink": _link(identity, maintenance.id),
        "started_at": _time(maintenance.starts_at),
        "page_id": page,
        "incident_updates": [],
        "components": [components[name] for name in maintenance.components if name in components],
        "scheduled_for": _time(maintenance.starts_at),
        "scheduled_until": _time(maintenance.ends_at),
    }


def _link(identity: PageIdentity, anchor: str) -> str | None:
    return f"{identity.base}#{anchor}" if identity.base else None


def _time(at: datetime) -> str:
    """As Statuspage writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
