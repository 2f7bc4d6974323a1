"""PagerDuty's REST API v2 over HTTP, incidents and their notes: https://developer.pagerduty.com/api-reference"""

from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox import pagerduty_json
from sandbox.pagerduty import Agent, AlertStatus, SandboxIncident, SandboxPager
from sandbox.pagerduty_json import Json
from sandbox.pagerduty_on_call import OnCallList, on_call_router
from sandbox.vendor_error import VendorError

Model = TypeVar("Model", bound=BaseModel)
From = Annotated[str | None, Header(alias="From")]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class IncidentChange(_Request):
    id: str | None = None
    status: Literal["acknowledged", "resolved"] | None = None


class ChangeOne(_Request):
    incident: IncidentChange


class ChangeMany(_Request):
    incidents: list[IncidentChange]


class NoteContent(_Request):
    content: str = Field(min_length=1)


class NewNote(_Request):
    note: NoteContent


def router(pager: SandboxPager, on_calls: OnCallList) -> APIRouter:
    rest = _Rest(pager)
    api = APIRouter(prefix="/pagerduty/api", tags=["PagerDuty REST API"], dependencies=[Depends(_check_token)])
    api.include_router(on_call_router(on_calls))
    api.add_api_route("/incidents", rest.list_incidents, methods=["GET"])
    api.add_api_route("/incidents", rest.change_many, methods=["PUT"])
    api.add_api_route("/incidents/{incident_id}", rest.show, methods=["GET"])
    api.add_api_route("/incidents/{incident_id}", rest.change, methods=["PUT"])
    api.add_api_route("/incidents/{incident_id}/alerts", rest.alerts, methods=["GET"])
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
            if incident_key in (None, incident.incident_key) and (not statuses or incident.status in statuses)
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

    async def annotate(self, incident_id: str, request: Request, sender: From = None) -> Json:
        by = _user(sender)
        new = _parse(NewNote, await request.body())
        return {"note": pagerduty_json.note(self._pager.annotate(self._incident(incident_id), new.note.content, by))}

    async def change(self, incident_id: str, request: Request, sender: From = None) -> Json:
        by = _user(sender)
        change = _parse(ChangeOne, await request.body()).incident
        return {"incident": self._changed(incident_id, change.status, by)}

    async def change_many(self, request: Request, sender: From = None) -> Json:
        by = _user(sender)
        changes = _parse(ChangeMany, await request.body()).incidents
        return {"incidents": [self._changed(change.id or "", change.status, by) for change in changes]}

    def _changed(self, incident_id: str, status: AlertStatus | None, by: Agent) -> Json:
        incident = self._incident(incident_id)
        if status and not incident.open:
            raise _error(400, 1001, "Incident Already Resolved")
        if status == "acknowledged" and incident.status == "acknowledged":
            raise _error(400, 1002, "Incident Already Acknowledged")
        if status == "acknowledged":
            self._pager.acknowledge(incident, by)
        elif status == "resolved":
            self._pager.resolve(incident, by)
        return pagerduty_json.incident(incident)

    def _incident(self, incident_id: str) -> SandboxIncident:
        incident = self._pager.incident(incident_id)
        if incident is None:
            raise _error(404, 2100, "Not Found")
        return incident


async def _check_token(authorization: Annotated[str, Header()] = "") -> None:
    token = authorization.removeprefix("Token token=")
    if token in ("", "bad") or token == authorization:
        raise VendorError(401, {"error": {"message": "Unauthorized", "code": 2006, "errors": []}})


def _user(sender: str | None) -> Agent:
    """Changes are made in the name of a user: the From header is required."""
    if not sender:
        raise _error(400, 1008, "Requester User Not Found", "From header is required")
    return Agent(sender)


def _parse(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        errors = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise _error(400, 2001, "Invalid Input Provided", *errors) from None


def _error(status: int, code: int, message: str, *errors: str) -> VendorError:
    return VendorError(status, {"error": {"message": message, "code": code, "errors": list(errors)}})
