"""Atlassian Statuspage in memory and over HTTP: https://developer.statuspage.io/#tag/incidents"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from sandbox.ids import new_id
from sandbox.vendor_error import VendorError

PublishedStatus = Literal["investigating", "identified", "monitoring", "resolved"]
IncidentMetadata = dict[str, dict[str, JsonValue]]  # the values must be objects
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class PublicUpdate:
    id: str
    status: PublishedStatus
    body: str
    created_at: datetime


@dataclass
class StatuspageIncident:
    id: str
    page_id: str
    name: str
    status: PublishedStatus
    created_at: datetime
    metadata: IncidentMetadata
    impact: str = "none"
    resolved_at: datetime | None = None
    incident_updates: list[PublicUpdate] = field(default_factory=list)
    """Newest first."""

    def update(self, status: PublishedStatus, body: str) -> None:
        now = datetime.now(UTC)
        self.status = status
        self.resolved_at = now if status == "resolved" else None
        self.incident_updates.insert(0, PublicUpdate(new_id(), status, body, now))


class _WantedIncident(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CreateIncident(_WantedIncident):
    name: str = Field(min_length=1)
    status: PublishedStatus = "investigating"
    body: str = ""
    metadata: IncidentMetadata = {}
    impact_override: Literal["none", "minor", "major", "critical"] = "none"


class Patch(_WantedIncident):
    name: str | None = Field(None, min_length=1)
    status: PublishedStatus | None = None
    body: str | None = None
    metadata: IncidentMetadata | None = None
    impact_override: Literal["none", "minor", "major", "critical"] | None = None


class CreateRequest(_WantedIncident):
    incident: CreateIncident


class PatchRequest(_WantedIncident):
    incident: Patch


class StatusPages:
    def __init__(self) -> None:
        self.incidents: list[StatuspageIncident] = []

    def reset(self) -> None:
        self.incidents.clear()

    async def create(self, page_id: str, request: Request) -> StatuspageIncident:
        wanted = _parse(CreateRequest, await request.body()).incident
        now = datetime.now(UTC)
        incident = StatuspageIncident(
            new_id(), page_id, wanted.name, wanted.status, now, wanted.metadata, wanted.impact_override
        )
        incident.update(wanted.status, wanted.body)
        self.incidents.append(incident)
        return incident

    async def list_all(self, page_id: str) -> list[StatuspageIncident]:
        return [incident for incident in reversed(self.incidents) if incident.page_id == page_id]

    async def list_unresolved(self, page_id: str) -> list[StatuspageIncident]:
        return [incident for incident in await self.list_all(page_id) if incident.status != "resolved"]

    async def show(self, page_id: str, incident_id: str) -> StatuspageIncident:
        for incident in self.incidents:
            if (incident.page_id, incident.id) == (page_id, incident_id):
                return incident
        raise VendorError(404, {"error": "Not found"})

    async def patch(self, page_id: str, incident_id: str, request: Request) -> StatuspageIncident:
        incident = await self.show(page_id, incident_id)
        wanted = _parse(PatchRequest, await request.body()).incident
        incident.name = wanted.name or incident.name
        incident.impact = wanted.impact_override or incident.impact
        incident.metadata = incident.metadata if wanted.metadata is None else wanted.metadata
        if wanted.body is not None or wanted.status not in (None, incident.status):
            incident.update(wanted.status or incident.status, wanted.body or "")
        return incident


def router(pages: StatusPages) -> APIRouter:
    api = APIRouter(
        prefix="/statuspage/v1/pages/{page_id}/incidents", tags=["Statuspage"], dependencies=[Depends(_check_key)]
    )
    api.add_api_route("", pages.create, methods=["POST"], status_code=201)
    api.add_api_route("", pages.list_all, methods=["GET"])
    api.add_api_route("/unresolved", pages.list_unresolved, methods=["GET"])
    api.add_api_route("/{incident_id}", pages.show, methods=["GET"])
    api.add_api_route("/{incident_id}", pages.patch, methods=["PATCH"])
    return api


async def _check_key(authorization: Annotated[str, Header()] = "") -> None:
    scheme, _, key = authorization.partition(" ")
    if scheme != "OAuth" or key in ("", "bad"):
        raise VendorError(401, {"error": "Could not authenticate"})


def _parse(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise VendorError(
            422, {"error": [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]}
        ) from None
