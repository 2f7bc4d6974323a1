"""PagerDuty as a gateway knows it: its signed webhooks, in the shapes that it documents, and one look-up.

https://developer.pagerduty.com/docs/webhooks-overview
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from sandbox.serve import serving
from starter.sources.pagerduty import WebhookIncident
from tests.starter.conftest import GatewayUnderTest

PATH = "/webhooks/pagerduty"
SITE = "https://acme.pagerduty.com"


@dataclass
class RestApi:
    """PagerDuty's REST API as far as one look-up goes."""

    status: int = 200
    alert_keys: list[str] = field(default_factory=list)
    answer: Any = None
    """Whatever that is, in place of those alerts."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, Authorization) of each request."""

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/{path:path}")
        async def alerts(path: str, request: Request) -> JSONResponse:
            self.asked.append((path, request.headers.get("authorization", "")))
            alerts = {"alerts": [{"alert_key": key} for key in self.alert_keys]}
            return JSONResponse(alerts if self.answer is None else self.answer, self.status)

        return app


@asynccontextmanager
async def looked_up_by(gate: GatewayUnderTest) -> AsyncIterator[RestApi]:
    """Configured in the gate's settings."""
    api = RestApi()
    async with serving(api.app()) as url:
        changed = {"pagerduty_api_url": url, "pagerduty_api_token": SecretStr("rest-token")}
        gate.settings = gate.settings.model_copy(update=changed)
        yield api


def signed(gate: GatewayUnderTest, content: bytes) -> dict[str, str]:
    """With each secret that the gateway has."""
    headers = {}
    for secret in gate.settings.pagerduty_webhook_secrets:
        mac = hmac.new(secret.get_secret_value().encode(), content, hashlib.sha256).hexdigest()
        headers["X-PagerDuty-Signature"] = f"v1={mac}"
    return headers


def reference(kind: str, name: str, summary: str) -> dict[str, Any]:
    return {"id": name, "type": f"{kind}_reference", "summary": summary, "self": None, "html_url": f"{SITE}/{name}"}


ADA, EVE = reference("user", "PADA", "Ada Example"), reference("user", "PEVE", "Eve Example")
OF_IT = {"incident": reference("incident", "Q1", "Checkout fails")}
"""What is about an incident names it by its id alone."""


def whole(ring: str, **changed: Any) -> dict[str, Any]:
    """An incident."""
    return {
        "id": "Q1",
        "type": "incident",
        "self": "https://api.pagerduty.com/incidents/Q1",
        "html_url": f"{SITE}/incidents/Q1",
        "number": 2,
        "status": "triggered",
        "incident_key": ring,
        "created_at": "2026-11-21T00:03:00Z",
        "title": "Checkout fails",
        "service": reference("service", "PSERVICE", "Checkout"),
        "assignees": [ADA],
        "escalation_policy": reference("escalation_policy", "PPOLICY", "Default"),
        "teams": [reference("team", "PTEAM", "Payments")],
        "priority": reference("priority", "PPRIO", "P1"),
        "urgency": "high",
        "conference_bridge": None,
        "resolve_reason": None,
        "incident_type": {"name": "incident_default"},
        **changed,
    }


def event(event_type: str, data: dict[str, Any], at: str, **changed: Any) -> dict[str, Any]:
    sent = {
        "id": f"01{event_type}-{at}",
        "event_type": event_type,
        "resource_type": event_type.partition(".")[0],
        "occurred_at": at,
        "agent": ADA,
        "client": None,
        "data": data,
    }
    return {"event": sent | changed}


def with_unknown_fields(sent: Any) -> Any:
    """As a later version of theirs may have it: an object more in each object."""
    if isinstance(sent, list):
        return [with_unknown_fields(each) for each in sent]
    if not isinstance(sent, dict):
        return sent
    more = {"brand_new": {"id": ["x", None, 7]}, "type_2": None}
    return {name: with_unknown_fields(each) for name, each in sent.items()} | more


ODD: tuple[Any, ...] = (None, [], {}, 7, [[1]], True)


def with_nulls(sent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One field after the other null; then all of what it is about."""
    inside = sent["event"]
    yield from ({"event": inside | {name: None}} for name in ("id", "occurred_at", "agent", "data", "client"))
    yield from ({"event": inside | {"data": inside["data"] | {name: None}}} for name in inside["data"])
    yield {"event": inside | {"data": dict.fromkeys(inside["data"])}}


def with_odd_fields(sent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One field after the other of those that are read null, or of a type that nobody would send; then all null."""
    inside = sent["event"]
    data = inside["data"]
    for name in ("id", "occurred_at", "agent", "data", "client"):
        yield {"event": inside | {name: None}}
    for name in WebhookIncident.model_fields.keys() & data.keys():
        for odd in ODD:
            yield {"event": inside | {"data": data | {name: odd}}}
    yield {"event": inside | {"data": dict.fromkeys(data)}}
