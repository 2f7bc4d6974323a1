"""The gateway: verifies what arrives, translates it, hands it to Temporal, and only then answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from settings import Settings
from starter.gateway.canary import Canary
from starter.gateway.errors import answer_refusals
from starter.gateway.gateway import Gateway
from starter.gateway.limits import Door
from starter.gateway.routes import alerts, cloudwatch, health, heartbeat, jira, pagerduty
from starter.gateway.routes.unknown import answer_unknown
from starter.runbooks.library import Library
from starter.sources.sns_calls import SnsCalls
from starter.temporal.incidents import Incidents

LAST_WORDS_S = 2.0
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI would ask the environment at each request whether somebody watches."""


def create_app(
    settings: Settings,
    library: Library,
    incidents: Incidents,
    *,
    exposed: bool = False,
    canary: Canary | None = None,
    sns: SnsCalls | None = None,
    door: Door | None = None,
) -> FastAPI:
    """`exposed`: reachable beyond loopback, so that a source without a secret is refused. `sns`: the way to AWS.
    `door`: who is connected."""
    gateway = Gateway(settings, library, incidents, exposed, canary, sns=sns or SnsCalls(), door=door or Door())

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        """What runs beside the requests; when they have ended, it is given a moment to finish."""
        await gateway.published.first_look()
        loops = (gateway.published.run(), gateway.beats.run(), gateway.silencing.run())
        beside = [asyncio.create_task(loop) for loop in loops]
        yield
        for task in beside:
            task.cancel()
        await asyncio.wait(beside, timeout=LAST_WORDS_S)

    summary = "Alerts in, durable incidents out"
    app = FastAPI(title="Tocsin", summary=summary, version="1", lifespan=alive, telemetry=NO_TELEMETRY)
    for module in (alerts, cloudwatch, pagerduty, jira, heartbeat, health):
        app.router.routes.extend(module.router(gateway).routes)  # included, each would be another router to go through
    answer_refusals(app)
    answer_unknown(app, gateway)
    return app
