"""How PagerDuty writes things down: the REST API and the webhooks share most of it, and differ in a few names."""

from datetime import datetime

from sandbox.pagerduty_incident import (
    Agent,
    LogEntry,
    PartOfIncident,
    SandboxIncident,
    SandboxNote,
    SandboxResponder,
    SandboxStatusUpdate,
)

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
        "urgency": incident.urgency,
        "priority": priority(incident),
        "assignments": [{"at": time(incident.created_at), "assignee": user(name)} for name in incident.assignees],
        "incidents_responders": [responder(each) for each in incident.responders],
        "service": service(incident),
        "html_url": f"{ACCOUNT}/incidents/{incident.id}",
    }


def user(name: str) -> Json:
    return {"id": f"U{name.upper().replace(' ', '')}", "type": "user_reference", "summary": name}


def priority(incident: SandboxIncident) -> Json | None:
    name = incident.priority
    return reference("priority_reference", f"P{name}", name) if name else None


def responder(asked: SandboxResponder) -> Json:
    return {
        "state": asked.state,
        "message": asked.message,
        "requested_at": time(asked.requested_at),
        "user": {**user(asked.user), "id": asked.user_id},
    }


def log_entry(number: int, entry: LogEntry) -> Json:
    """As in `GET /incidents/{id}/log_entries`: whoever was notified is its user, whoever did something its agent."""
    notifies = entry.what == "notify"
    channel: Json = {"type": "auto", "notification": {"type": entry.way, "status": "success"}} if notifies else {}
    return {
        "id": f"R{number:09}",
        "type": f"{entry.what}_log_entry",
        "summary": f"Notified {entry.by} by {entry.way}" if notifies else f"{entry.what} by {entry.by}",
        "created_at": time(entry.at),
        "agent": user(entry.by),
        "user": {**user(entry.by), **({"id": entry.user_id} if entry.user_id else {})} if notifies else None,
        "channel": channel or {"type": "api"},
        "message": entry.text if entry.what == "status_update" else None,
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


def webhook(
    event_id: str, what: str, incident: SandboxIncident, who: Agent, about: PartOfIncident, now: datetime
) -> Json:
    """The body of a V3 webhook: https://developer.pagerduty.com/docs/webhooks-overview#webhook-payload"""
    event: Json = {
        "id": event_id,
        "event_type": f"incident.{what}",
        "resource_type": "incident",
        "occurred_at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "agent": agent(who),
        "client": None,
        "data": _part(about, incident) if about else _whole(incident),
    }
    return {"event": event}


def ping(event_id: str, now: datetime) -> Json:
    data: Json = {"type": "ping", "message": "Hello from your friend Pagey!"}
    return {"event": {"id": event_id, "event_type": "pagey.ping", "occurred_at": time(now), "data": data}}


def _whole(incident: SandboxIncident) -> Json:
    return {
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
        "assignees": [user(name) for name in incident.assignees],
        "priority": priority(incident),
        "urgency": incident.urgency,
    }


TRIMMED_AFTER = 500
"""Characters. The sandbox's: PagerDuty says that a webhook may have the begin alone, and not from where on."""


def _part(about: PartOfIncident, incident: SandboxIncident) -> Json:
    """What is about an incident names it, without its key."""
    of_it = {"incident": reference("incident_reference", incident.id, incident.title)}
    match about:
        case SandboxNote(id=id_, content=content):
            return {"type": "incident_note", "id": id_, **_trimmed("content", content), **of_it}
        case SandboxStatusUpdate(id=id_, message=message):
            return {"type": "incident_status_update", "id": id_, **_trimmed("message", message), **of_it}
        case SandboxResponder(user=name, message=message, state=state):
            said = {"user": user(name), "message": message, "state": state, "escalation_policy": None}
            return {"type": "incident_responder", **said, **of_it}
    return {}


def _trimmed(name: str, text: str) -> Json:
    return {name: text[:TRIMMED_AFTER], "trimmed": len(text) > TRIMMED_AFTER}
