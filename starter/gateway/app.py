"""The gateway: verifies what arrives, translates it, hands it to Temporal, and only then answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from settings import Settings
from starter.background import BackgroundLoops
from starter.desk.temporal_installation import TemporalInstallationDesk
from starter.gateway.admission import Admission, Unproved
from starter.gateway.board import answer_who_may_not
from starter.gateway.canary import Canary
from starter.gateway.errors import answer_refusals
from starter.gateway.limits import Door
from starter.gateway.pipeline import Pipeline
from starter.gateway.published import Published
from starter.gateway.routes import (
    adoption,
    alerts,
    answers,
    api,
    board_acts,
    board_books,
    board_on_call,
    board_pages,
    cloudwatch,
    documents,
    figures,
    front,
    health,
    heartbeat,
    identity,
    jira,
    login,
    on_call,
    pagerduty,
    public_page,
    slack,
    twilio,
    twilio_digits,
    verbs,
    watches,
)
from starter.gateway.routes.unknown import answer_unknown
from starter.gateway.shared_parts import SharedParts
from starter.runbooks.library import Library
from starter.sources.sns_calls import SnsCalls
from starter.temporal.incidents import Incidents

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI would ask the environment at each request whether somebody watches."""


def create_app(
    settings: Settings,
    library: Library,
    incidents: Incidents,
    *,
    unproved: Unproved = Unproved.NOBODY,
    canary: Canary | None = None,
    sns: SnsCalls | None = None,
    door: Door | None = None,
    chat: slack.PressedChat | None = None,
) -> FastAPI:
    """`unproved`: who may deliver what no secret proves. `sns`: the way to AWS.
    `door`: who is connected. `chat`: what answers people there."""
    parts = SharedParts.of(settings, library, incidents)
    background = BackgroundLoops(parts.loops() | ({"the canary": canary.run} if canary else {}))
    watched = health.Watched(
        incidents,
        library,
        parts.published,
        parts.outcomes,
        door or Door(),
        parts.silencing,
        parts.stuck,
        background,
        parts.commit.gathering,
        canary,
        chat,
    )
    webhooks = _webhooks(parts, Admission(settings, unproved, parts.outcomes), sns or SnsCalls(), chat)
    app = _application(parts.published, background)
    for router in (*webhooks, *_for_people(parts, watched), documents.router(app, parts.access)):
        app.router.routes.extend(router.routes)  # included, each would be another router to go through
    app.state.board = parts.board
    visitors = parts.board.visitors
    answer_refusals(app, visitors)
    answer_who_may_not(app, visitors)
    answer_unknown(app, visitors, parts.outcomes)
    return app


def _webhooks(
    parts: SharedParts, admission: Admission, sns: SnsCalls, chat: slack.PressedChat | None
) -> tuple[APIRouter, ...]:
    settings = parts.settings
    pipeline = Pipeline(
        parts.published,
        parts.silencing,
        parts.commit,
        parts.outcomes,
        settings.max_body_bytes,
        admission.beside,
        redact=parts.incidents.connection.redact,
    )
    return (
        alerts.router(admission, pipeline),
        cloudwatch.router(admission, pipeline, sns),
        pagerduty.router(admission, pipeline, parts.incidents, settings),
        jira.router(admission, parts.incidents),
        slack.router(admission, chat),
        twilio.router(admission, parts.incidents),
        twilio_digits.router(admission, parts.incidents),
        heartbeat.router(admission, parts.beats),
    )


def _for_people(parts: SharedParts, watched: health.Watched) -> tuple[APIRouter, ...]:
    """And for their programs."""
    access, desks, board = parts.access, parts.desks, parts.board
    installation = TemporalInstallationDesk(parts.incidents.connection)
    return (
        health.router(watched, access),
        front.router(watched, access, board),
        api.router(access, desks),
        verbs.router(access, desks),
        identity.router(board),  # before the one-time links, whose addresses look like its own
        login.router(access, board.visitors, oidc=parts.settings.oidc_issuer is not None),
        answers.router(parts.incidents, parts.settings.answer_keys),
        board_pages.router(board),
        board_acts.router(board),
        board_books.router(board),
        board_on_call.router(board),
        watches.router(access, desks, installation),
        figures.router(access, desks),
        on_call.router(access, installation),
        adoption.router(access, desks, installation),
        public_page.router(parts.public_site),
    )


def _application(published: Published, background: BackgroundLoops) -> FastAPI:
    """Without routes."""

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        await published.first_look()
        background.start()
        yield
        await background.stop()

    summary = "Alerts in, durable incidents out"
    return FastAPI(
        title="Tocsin", summary=summary, version="1", lifespan=alive, telemetry=NO_TELEMETRY, openapi_url=None
    )
