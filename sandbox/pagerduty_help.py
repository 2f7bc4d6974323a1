"""People who are asked to help at PagerDuty, and people who are only told."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox import pagerduty_json
from sandbox.pagerduty import SandboxPager
from sandbox.pagerduty_incident import SandboxIncident
from sandbox.pagerduty_json import Json
from sandbox.pagerduty_parsing import From, parsed, requester, rest_error


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ResponderTarget(_Asked):
    id: str = Field(min_length=1)
    type: Literal["user_reference", "escalation_policy_reference"]


class ResponderRequestTarget(_Asked):
    responder_request_target: ResponderTarget


class ResponderRequestBody(_Asked):
    requester_id: str = Field(min_length=1)
    message: str = Field(min_length=1)
    responder_request_targets: list[ResponderRequestTarget] = Field(min_length=1)


class CancelledRequestBody(_Asked):
    requester_id: str = Field(min_length=1)
    responder_request_targets: list[ResponderTarget] = Field(min_length=1)


class StatusUpdateBody(_Asked):
    message: str = Field(min_length=1)


def help_router(pager: SandboxPager) -> APIRouter:
    api = APIRouter(tags=["PagerDuty REST API"])

    def known(incident_id: str) -> SandboxIncident:
        found = pager.incident(incident_id)
        if found is None:
            raise rest_error(404, 2100, "Not Found")
        return found

    async def ask(incident_id: str, request: Request, sender: From = None) -> Json:
        """Not looked for: whoever asks twice calls twice."""
        by, body = requester(sender), parsed(ResponderRequestBody, await request.body())
        for target in body.responder_request_targets:
            asked = target.responder_request_target
            pager.ask_responder(known(incident_id), asked.id, asked.id, body.message, by)
        targets = [target.model_dump() for target in body.responder_request_targets]
        return {"responder_request": {"message": body.message, "responder_request_targets": targets}}

    async def cancel(incident_id: str, request: Request) -> Json:
        incident, body = known(incident_id), parsed(CancelledRequestBody, await request.body())
        targets = [
            {**each.model_dump(), "result": pager.let_go(incident, each.id)} for each in body.responder_request_targets
        ]
        return {"responder_request_targets": targets}

    async def publish(incident_id: str, request: Request, sender: From = None) -> Json:
        by, body = requester(sender), parsed(StatusUpdateBody, await request.body())
        update = pager.publish(known(incident_id), body.message, by)
        said = {"id": update.id, "message": update.message, "created_at": pagerduty_json.time(update.created_at)}
        return {"status_update": said}

    api.add_api_route("/incidents/{incident_id}/responder_requests", ask, methods=["POST"])
    api.add_api_route("/incidents/{incident_id}/responder_requests/cancel", cancel, methods=["PUT"])
    api.add_api_route("/incidents/{incident_id}/status_updates", publish, methods=["POST"])
    return api
