"""The gateway: verifies what arrives, translates it, hands it to Temporal, and only then answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from settings import Settings
from starter.desk.permissions import Permissions
from starter.gateway.access import Access
from starter.gateway.admission import Admission, Unproved
from starter.gateway.background import BackgroundLoops
from starter.gateway.board import answer_who_may_not, make_board
from starter.gateway.canary import Canary
from starter.gateway.desks import Desks
from starter.gateway.errors import answer_refusals
from starter.gateway.limits import Door
from starter.gateway.outcomes import Outcomes
from starter.gateway.pipeline import Pipeline
from starter.gateway.published import Published
from starter.gateway.routes import (
    alerts,
    api,
    board_acts,
    board_books,
    board_pages,
    cloudwatch,
    documents,
    figures,
    front,
    health,
    heartbeat,
    jira,
    login,
    on_call,
    pagerduty,
    slack,
    verbs,
    watches,
)
from starter.gateway.routes.unknown import answer_unknown
from starter.gateway.stuck_watch import StuckWatch
from starter.intake.beats import Beats
from starter.intake.group_commit import GroupCommit
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.sources.redaction import redaction
from starter.sources.sns_calls import SnsCalls
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from starter.temporal.silences import Silences

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
    connection, outcomes = incidents.connection, Outcomes()
    published = Published(Installations(connection), loaded(library, settings))
    silencing, beats = Silencing(Silences(connection)), Beats(Heartbeats(connection))
    stuck = StuckWatch(connection, published)
    access = Access(settings.api_tokens, outcomes)
    desks = Desks(incidents, Permissions(settings.private_to, settings.public_by))
    admission = Admission(settings, unproved, outcomes)
    commit = GroupCommit(incidents, settings.openings)
    limit, redact = settings.max_body_bytes, redaction(settings.redact)
    pipeline = Pipeline(published, silencing, commit, outcomes, limit, admission.beside, redact=redact)
    board = make_board(settings, desks, published, silencing)
    loops = {
        "which runbooks are followed": published.run,
        "heartbeats' beats": beats.run,
        "which silences there are": silencing.run,
        "what is stuck": stuck.run,
        "what the board shows": board.everything.run,
        "what the board shows to those who see nothing private": board.without_private.run,
    }
    background = BackgroundLoops(loops | ({"the canary": canary.run} if canary else {}))
    watched = health.Watched(
        incidents,
        library,
        published,
        outcomes,
        door or Door(),
        silencing,
        stuck,
        background,
        commit.gathering,
        canary,
        chat,
    )
    routers = (
        alerts.router(admission, pipeline),
        cloudwatch.router(admission, pipeline, sns or SnsCalls()),
        pagerduty.router(admission, pipeline, incidents, settings),
        jira.router(admission, incidents),
        slack.router(admission, chat),
        heartbeat.router(admission, beats),
        health.router(watched, access),
        front.router(watched, access, board),
        api.router(access, desks),
        verbs.router(access, desks),
        login.router(access, board.visitors),
        board_pages.router(board),
        board_acts.router(board),
        board_books.router(board),
        watches.router(access, incidents),
        figures.router(access, desks),
        on_call.router(access, incidents),
    )

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        await published.first_look()
        background.start()
        yield
        await background.stop()

    summary = "Alerts in, durable incidents out"
    app = FastAPI(
        title="Tocsin", summary=summary, version="1", lifespan=alive, telemetry=NO_TELEMETRY, openapi_url=None
    )
    for router in (*routers, documents.router(app, access)):
        app.router.routes.extend(router.routes)  # included, each would be another router to go through
    app.state.board = board
    answer_refusals(app)
    answer_who_may_not(app)
    answer_unknown(app, outcomes)
    return app
