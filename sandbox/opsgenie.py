"""Opsgenie's Alert API in memory and over HTTP: https://docs.opsgenie.com/docs/alert-api"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from sandbox.ids import new_id
from sandbox.vendor_error import VendorError

BAD_KEY = "bad-genie-key"
"""One that Opsgenie does not know, for tests."""


class NewOpsgenieAlert(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    message: str = Field(min_length=1, max_length=130)
    alias: str = Field("", max_length=512)
    description: str = Field("", max_length=15_000)
    priority: Literal["P1", "P2", "P3", "P4", "P5"] = "P3"
    details: dict[str, str] = {}


@dataclass
class SandboxOpsgenieAlert:
    id: str
    key: str
    alias: str
    message: str
    description: str
    priority: str
    details: dict[str, str]
    status: Literal["open", "acknowledged", "closed"] = "open"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    count: int = 1
    notes: list[str] = field(default_factory=list)
    acknowledged_by: str = ""
    closed_by: str = ""


class OpsgenieAlerts:
    def __init__(self) -> None:
        self.alerts: list[SandboxOpsgenieAlert] = []

    def reset(self) -> None:
        self.alerts.clear()

    async def create(self, request: Request, authorization: Annotated[str, Header()] = "") -> dict[str, JsonValue]:
        """What is open under the same alias is counted: it rings nobody a second time."""
        try:
            wanted = NewOpsgenieAlert.model_validate_json(await request.body())
        except ValidationError as error:
            raise _refused(422, f"Request body is not processable: {error.errors()[0]['msg']}") from None
        known = next((each for each in self.alerts if each.alias == wanted.alias and each.status != "closed"), None)
        if known is not None:
            known.count += 1
        else:
            key = authorization.removeprefix("GenieKey ")
            self.alerts.append(
                SandboxOpsgenieAlert(
                    new_id(), key, wanted.alias, wanted.message, wanted.description, wanted.priority, wanted.details
                )
            )
        return {"result": "Request will be processed", "requestId": new_id()}

    async def show(self, alias: str) -> dict[str, JsonValue]:
        found = self._of(alias)
        report: dict[str, JsonValue] = {"acknowledgedBy": found.acknowledged_by, "closedBy": found.closed_by}
        data: dict[str, JsonValue] = {
            "id": found.id,
            "alias": found.alias,
            "status": "closed" if found.status == "closed" else "open",
            "acknowledged": found.status == "acknowledged" or bool(found.acknowledged_by),
            "owner": found.acknowledged_by,
            "report": report,
        }
        return {"data": data, "requestId": new_id()}

    async def change(
        self, alias: str, action: Literal["acknowledge", "close", "notes"], request: Request
    ) -> dict[str, JsonValue]:
        found, said = self._of(alias), await request.json()
        if action == "notes":
            found.notes.append(str(said.get("note", "")))
        else:
            self.press(found, action, "System")
        return {"result": "Request will be processed", "requestId": new_id()}

    def press(self, alert: SandboxOpsgenieAlert, action: Literal["acknowledge", "close"], by: str) -> None:
        if alert.status == "closed":
            return
        if action == "close":
            alert.status, alert.closed_by = "closed", by
        else:
            alert.status, alert.acknowledged_by = "acknowledged", by

    def _of(self, alias: str) -> SandboxOpsgenieAlert:
        found = next((each for each in reversed(self.alerts) if each.alias == alias), None)
        if found is None:
            raise _refused(404, "Alert does not exist")
        return found


def router(alerts: OpsgenieAlerts) -> APIRouter:
    api = APIRouter(prefix="/opsgenie/v2/alerts", tags=["Opsgenie"], dependencies=[Depends(_check_key)])
    api.add_api_route("", alerts.create, methods=["POST"], status_code=202)
    api.add_api_route("/{alias:path}/{action}", alerts.change, methods=["POST"], status_code=202)
    api.add_api_route("/{alias:path}", alerts.show, methods=["GET"])
    return api


async def _check_key(authorization: Annotated[str, Header()] = "") -> None:
    if not authorization.startswith("GenieKey ") or authorization == f"GenieKey {BAD_KEY}":
        raise _refused(401, "Could not authenticate")


def _refused(status: int, message: str) -> VendorError:
    return VendorError(status, {"message": message, "took": 0.001, "requestId": new_id()})
