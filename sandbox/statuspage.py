"""Atlassian Statuspage in memory and over HTTP: https://developer.statuspage.io/#tag/incidents"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from sandbox.ids import new_id
from sandbox.vendor_error import VendorError

PublishedStatus = Literal["investigating", "identified", "monitoring", "resolved", "scheduled", "completed"]
NOT_UNRESOLVED = ("resolved", "completed", "scheduled")
"""What is not among the unresolved incidents."""
IncidentMetadata = dict[str, dict[str, JsonValue]]  # the values must be objects
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class PublicUpdate:
    id: str
    status: PublishedStatus
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass
class StatuspageComponent:
    id: str
    name: str
    status: str = "operational"


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
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    components: list["StatuspageComponent"] = field(default_factory=list)
    incident_updates: list[PublicUpdate] = field(default_factory=list)
    """Newest first."""

    def update(self, status: PublishedStatus, body: str) -> None:
        now = datetime.now(UTC)
        self.status = status
        self.resolved_at = now if status == "resolved" else None
        self.incident_updates.insert(0, PublicUpdate(new_id(), status, body, now, now))


class _WantedIncident(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Schedule(_WantedIncident):
    components: dict[str, str] = {}
    """Their states, by their ids."""
    component_ids: list[str] | None = None
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None


class CreateIncident(_Schedule):
    name: str = Field(min_length=1)
    status: PublishedStatus = "investigating"
    body: str = ""
    metadata: IncidentMetadata = {}
    impact_override: Literal["none", "minor", "major", "critical"] = "none"


class Patch(_Schedule):
    name: str | None = Field(None, min_length=1)
    status: PublishedStatus | None = None
    body: str | None = None
    metadata: IncidentMetadata | None = None
    impact_override: Literal["none", "minor", "major", "critical"] | None = None


class CreateComponent(_WantedIncident):
    name: str = Field(min_length=1)


class ComponentRequest(_WantedIncident):
    component: CreateComponent


class CreateRequest(_WantedIncident):
    incident: CreateIncident


class PatchRequest(_WantedIncident):
    incident: Patch


class WordsChanged(_WantedIncident):
    body: str | None = None


class ChangeRequest(_WantedIncident):
    incident_update: WordsChanged


class StatusPages:
    def __init__(self) -> None:
        self.incidents: list[StatuspageIncident] = []
        self.components: list[StatuspageComponent] = []

    def reset(self) -> None:
        self.incidents.clear()
        self.components.clear()

    async def add_component(self, request: Request) -> StatuspageComponent:
        component = StatuspageComponent(new_id(), _parse(ComponentRequest, await request.body()).component.name)
        self.components.append(component)
        return component

    async def list_components(self) -> list[StatuspageComponent]:
        return self.components

    async def create(self, page_id: str, request: Request) -> StatuspageIncident:
        wanted = _parse(CreateRequest, await request.body()).incident
        now = datetime.now(UTC)
        incident = StatuspageIncident(
            new_id(), page_id, wanted.name, wanted.status, now, wanted.metadata, wanted.impact_override
        )
        incident.scheduled_for, incident.scheduled_until = wanted.scheduled_for, wanted.scheduled_until
        self._affect(incident, wanted)
        incident.update(wanted.status, wanted.body)
        self.incidents.append(incident)
        return incident

    def _affect(self, incident: StatuspageIncident, wanted: _Schedule) -> None:
        if wanted.component_ids is not None:
            incident.components = [each for each in self.components if each.id in wanted.component_ids]
        for component in self.components:
            component.status = wanted.components.get(component.id, component.status)

    async def list_all(self, page_id: str) -> list[StatuspageIncident]:
        return [incident for incident in reversed(self.incidents) if incident.page_id == page_id]

    async def list_unresolved(self, page_id: str) -> list[StatuspageIncident]:
        return [incident for incident in await self.list_all(page_id) if incident.status not in NOT_UNRESOLVED]

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
        self._affect(incident, wanted)
        incident.scheduled_until = wanted.scheduled_until or incident.scheduled_until
        if wanted.body is not None or wanted.status not in (None, incident.status):
            incident.update(wanted.status or incident.status, wanted.body or "")
        return incident

    async def change(self, page_id: str, incident_id: str, update_id: str, request: Request) -> PublicUpdate:
        """Of an update that stands there; nobody is mailed."""
        incident = await self.show(page_id, incident_id)
        wanted = _parse(ChangeRequest, await request.body()).incident_update
        for place, update in enumerate(incident.incident_updates):
            if update.id == update_id:
                body = update.body if wanted.body is None else wanted.body
                incident.incident_updates[place] = replace(update, body=body, updated_at=datetime.now(UTC))
                return incident.incident_updates[place]
        raise VendorError(404, {"error": "Not found"})


def router(pages: StatusPages) -> APIRouter:
    api = APIRouter(
        prefix="/statuspage/v1/pages/{page_id}/incidents", tags=["Statuspage"], dependencies=[Depends(_check_key)]
    )
    api.add_api_route("", pages.create, methods=["POST"], status_code=201)
    api.add_api_route("", pages.list_all, methods=["GET"])
    api.add_api_route("/unresolved", pages.list_unresolved, methods=["GET"])
    api.add_api_route("/{incident_id}", pages.show, methods=["GET"])
    api.add_api_route("/{incident_id}", pages.patch, methods=["PATCH"])
    api.add_api_route("/{incident_id}/incident_updates/{update_id}", pages.change, methods=["PATCH"])
    return api


def components(pages: StatusPages) -> APIRouter:
    api = APIRouter(
        prefix="/statuspage/v1/pages/{page_id}/components", tags=["Statuspage"], dependencies=[Depends(_check_key)]
    )
    api.add_api_route("", pages.add_component, methods=["POST"], status_code=201)
    api.add_api_route("", pages.list_components, methods=["GET"])
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
