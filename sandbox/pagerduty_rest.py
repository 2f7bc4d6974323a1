"""PagerDuty's REST API v2 over HTTP, incidents and their notes: https://developer.pagerduty.com/api-reference"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox import pagerduty_json
from sandbox.pagerduty import SandboxPager
from sandbox.pagerduty_account import PRIORITIES, account_router
from sandbox.pagerduty_help import help_router
from sandbox.pagerduty_incident import Agent, AlertStatus, SandboxIncident, Urgency
from sandbox.pagerduty_json import Json
from sandbox.pagerduty_on_call import OnCallList, on_call_router
from sandbox.pagerduty_parsing import From, parsed, requester, rest_error
from sandbox.pagerduty_services import services_router
from sandbox.pagerduty_subscriptions import subscriptions_router
from sandbox.vendor_error import VendorError
from sandbox.webhooks import Webhooks


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PriorityChoice(_Request):
    id: str = ""
    name: str = ""


class IncidentChange(_Request):
    id: str | None = None
    status: Literal["acknowledged", "resolved"] | None = None
    urgency: Urgency | None = None
    priority: PriorityChoice | str | None = None


class ChangeOne(_Request):
    incident: IncidentChange


class ChangeMany(_Request):
    incidents: list[IncidentChange]


class NoteContent(_Request):
    content: str = Field(min_length=1)


class NewNote(_Request):
    note: NoteContent


def router(pager: SandboxPager, on_calls: OnCallList, webhooks: Webhooks) -> APIRouter:
    rest = _Rest(pager)
    api = APIRouter(prefix="/pagerduty/api", tags=["PagerDuty REST API"], dependencies=[Depends(_check_token)])
    api.include_router(on_call_router(on_calls))
    api.include_router(account_router())
    api.include_router(services_router(pager))
    api.include_router(help_router(pager))
    api.include_router(subscriptions_router(webhooks))
    api.add_api_route("/incidents", rest.list_incidents, methods=["GET"])
    api.add_api_route("/incidents", rest.change_many, methods=["PUT"])
    api.add_api_route("/incidents/{incident_id}", rest.show, methods=["GET"])
    api.add_api_route("/incidents/{incident_id}", rest.change, methods=["PUT"])
    api.add_api_route("/incidents/{incident_id}/alerts", rest.alerts, methods=["GET"])
    api.add_api_route("/incidents/{incident_id}/log_entries", rest.log_entries, methods=["GET"])
    api.add_api_route("/incidents/{incident_id}/notes", rest.notes, methods=["GET"])
    api.add_api_route("/incidents/{incident_id}/notes", rest.annotate, methods=["POST"], status_code=201)
    return api


class _Rest:
    def __init__(self, pager: SandboxPager) -> None:
        self._pager = pager

    async def list_incidents(
        self,
        statuses: Annotated[list[AlertStatus], Query(alias="statuses[]")] = [],  # noqa: B006 # FastAPI copies defaults
        incident_key: str | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Json:
        found = [
            incident
            for incident in self._pager.incidents
            if incident_key in (None, incident.incident_key)
            and (not statuses or incident.status in statuses)
            and incident.service.in_sight
        ]
        page = [pagerduty_json.incident(incident) for incident in found[offset : offset + limit]]
        more = offset + limit < len(found)
        return {"incidents": page, "limit": limit, "offset": offset, "more": more, "total": None}

    async def show(self, incident_id: str) -> Json:
        return {"incident": pagerduty_json.incident(self._incident(incident_id))}

    async def alerts(self, incident_id: str) -> Json:
        listed = [pagerduty_json.alert(self._incident(incident_id))]
        return {"alerts": listed, "limit": 25, "offset": 0, "more": False, "total": None}

    async def notes(self, incident_id: str) -> Json:
        return {"notes": [pagerduty_json.note(note) for note in self._incident(incident_id).notes]}

    async def log_entries(self, incident_id: str, limit: Annotated[int, Query(ge=1, le=100)] = 25) -> Json:
        """The newest first."""
        log = [pagerduty_json.log_entry(*each) for each in enumerate(self._incident(incident_id).log)]
        return {"log_entries": log[::-1][:limit], "limit": limit, "offset": 0, "more": len(log) > limit, "total": None}

    async def annotate(self, incident_id: str, request: Request, sender: From = None) -> Json:
        by = requester(sender)
        new = parsed(NewNote, await request.body())
        return {"note": pagerduty_json.note(self._pager.annotate(self._incident(incident_id), new.note.content, by))}

    async def change(self, incident_id: str, request: Request, sender: From = None) -> Json:
        by = requester(sender)
        change = parsed(ChangeOne, await request.body()).incident
        incident = self._incident(incident_id)
        if change.priority or change.urgency:
            self._rate(incident, change, by)
        return {"incident": self._changed(incident_id, change.status, by)}

    def _rate(self, incident: SandboxIncident, change: IncidentChange, by: Agent) -> None:
        """By a reference, or by a name."""
        chosen = change.priority
        name = chosen if isinstance(chosen, str) else chosen and (chosen.name or chosen.id)
        priority = name or incident.priority
        if priority not in (None, *PRIORITIES):
            raise rest_error(400, 2001, "Invalid Input Provided", "Priority is invalid")
        self._pager.rate(incident, priority, change.urgency or incident.urgency, by)

    async def change_many(self, request: Request, sender: From = None) -> Json:
        by = requester(sender)
        changes = parsed(ChangeMany, await request.body()).incidents
        return {"incidents": [self._changed(change.id or "", change.status, by) for change in changes]}

    def _changed(self, incident_id: str, status: AlertStatus | None, by: Agent) -> Json:
        incident = self._incident(incident_id)
        if status and not incident.open:
            raise rest_error(400, 1001, "Incident Already Resolved")
        if status == "acknowledged" and incident.status == "acknowledged":
            raise rest_error(400, 1002, "Incident Already Acknowledged")
        if status == "acknowledged":
            self._pager.acknowledge(incident, by)
        elif status == "resolved":
            self._pager.resolve(incident, by)
        return pagerduty_json.incident(incident)

    def _incident(self, incident_id: str) -> SandboxIncident:
        incident = self._pager.incident(incident_id)
        if incident is None:
            raise rest_error(404, 2100, "Not Found")
        return incident


async def _check_token(authorization: Annotated[str, Header()] = "") -> None:
    token = authorization.removeprefix("Token token=")
    if token in ("", "bad") or token == authorization:
        raise VendorError(401, {"error": {"message": "Unauthorized", "code": 2006, "errors": []}})
