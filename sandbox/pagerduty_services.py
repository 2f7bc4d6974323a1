"""PagerDuty's list of services: https://developer.pagerduty.com/api-reference, List services"""

from typing import Annotated

from fastapi import APIRouter, Query

from sandbox.pagerduty import SandboxPager
from sandbox.pagerduty_incident import PagerService
from sandbox.pagerduty_json import Json, reference


def services_router(pager: SandboxPager) -> APIRouter:
    api = APIRouter(tags=["PagerDuty REST API"])

    async def services(
        include: Annotated[list[str], Query(alias="include[]")] = [],  # noqa: B006 # FastAPI copies defaults
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Json:
        """Those whose key has been used, as far as the token sees them."""
        seen = pager.services_in_sight()
        page = [_json(service, "integrations" in include) for service in seen[offset : offset + limit]]
        return {"services": page, "limit": limit, "offset": offset, "more": offset + limit < len(seen), "total": None}

    api.add_api_route("/services", services, methods=["GET"])
    return api


def _json(service: PagerService, in_full: bool) -> Json:
    """The key of an integration stands only in the integration itself."""
    integration = reference("events_api_v2_inbound_integration_reference", f"I{service.id}", "Events API v2")
    if in_full:
        integration |= {"type": "events_api_v2_inbound_integration", "integration_key": service.routing_key}
    status = "disabled" if service.is_off else "active"
    known = reference("service", service.id, service.routing_key)
    return {**known, "name": service.routing_key, "status": status, "integrations": [integration]}
