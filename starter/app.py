"""The gateway: verifies what arrives, translates it, hands it to Temporal, and only then answers."""

from fastapi import FastAPI

from settings import Settings
from starter.canary import Canary
from starter.gateway import Gateway
from starter.incidents import Incidents
from starter.refusal import answer_refusals
from starter.routes import alerts, health, pagerduty
from starter.runbooks import Library


def create_app(
    settings: Settings,
    library: Library,
    incidents: Incidents,
    *,
    exposed: bool = False,
    canary: Canary | None = None,
) -> FastAPI:
    """`exposed`: reachable beyond loopback, so that a source without a secret is refused."""
    gateway = Gateway(settings, library, incidents, exposed, canary)
    app = FastAPI(title="Tocsin", summary="Alerts in, durable incidents out", version="1")
    for module in (alerts, pagerduty, health):
        app.include_router(module.router(gateway))
    answer_refusals(app)
    return app
