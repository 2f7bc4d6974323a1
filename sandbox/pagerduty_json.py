"""How PagerDuty writes things down: the REST API and the webhooks share most of it, and differ in a few names."""

from datetime import datetime

from sandbox.pagerduty import Agent, SandboxIncident, SandboxNote

Json = dict[str, object]

ACCOUNT = "https://sandbox.pagerduty.com"


def time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def reference(kind: str, id_: str, summary: str) -> Json:
    plural = kind.removesuffix("_reference") + "s"
    return {"id": id_, "type": kind, "summary": summary, "self": None, "html_url": f"{ACCOUNT}/{plural}/{id_}"}


def service(incident: SandboxIncident) -> Json:
    return reference("service_reference", incident.service.id, incident.service.routing_key)


def agent(who: Agent) -> Json:
    return reference(who.type, who.id, who.name)


def incident(incident: SandboxIncident) -> Json:
    """As in `GET /incidents/{id}`."""
    return {
        "id": incident.id,
        "type": "incident",
        "summary": f"[#{incident.number}] {incident.title}",
        "incident_number": incident.number,
        "incident_key": incident.incident_key,
        "status": incident.status,
        "title": incident.title,
        "created_at": time(incident.created_at),
        "urgency": "high",
        "service": service(incident),
        "html_url": f"{ACCOUNT}/incidents/{incident.id}",
    }


def alert(incident: SandboxIncident) -> Json:
    return {
        "id": incident.alert_id,
        "type": "alert",
        "summary": incident.title,
        "alert_key": incident.incident_key,
        "status": "triggered" if incident.open else "resolved",
        "severity": incident.severity,
        "created_at": time(incident.created_at),
        "service": service(incident),
        "incident": reference("incident_reference", incident.id, incident.title),
    }


def note(note: SandboxNote) -> Json:
    user = {"type": "user_reference", "summary": note.by}
    return {"id": note.id, "content": note.content, "created_at": time(note.created_at), "user": user}


def webhook(event_id: str, what: str, incident: SandboxIncident, who: Agent, now: datetime) -> Json:
    """The body of a V3 webhook: https://developer.pagerduty.com/docs/webhooks-overview#webhook-payload"""
    event: Json = {
        "id": event_id,
        "event_type": f"incident.{what}",
        "resource_type": "incident",
        "occurred_at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "agent": agent(who),
        "client": None,
        "data": {
            "id": incident.id,
            "type": "incident",
            "self": f"https://api.pagerduty.com/incidents/{incident.id}",
            "html_url": f"{ACCOUNT}/incidents/{incident.id}",
            "number": incident.number,
            "status": incident.status,
            "incident_key": incident.incident_key,
            "created_at": time(incident.created_at),
            "title": incident.title,
            "service": service(incident),
            "assignees": [],
            "priority": None,
            "urgency": "high",
        },
    }
    return {"event": event}
