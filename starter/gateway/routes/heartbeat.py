"""GET, HEAD or POST /heartbeats/{name}"""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from starter.gateway.accepted import REFUSALS
from starter.gateway.admission import Admission, in_time
from starter.gateway.errors import ErrorBody
from starter.intake.beats import Beats
from starter.sources import foreign
from starter.sources.reading import Reading, Unreadable
from starter.sources.refusal import Refusal
from starter.sources.source import Source
from starter.sources.verify import token
from starter.temporal.results import NothingOpen

SOURCE = Source(
    name="heartbeat",
    about="Beats of what must call in time.",
    translate=lambda _: Reading(ignored="a beat"),
    is_genuine=token,
    secrets="heartbeat_tokens",
    group_is="the heartbeat's name",
    examples={},
)
_ANSWERS = REFUSALS | {404: {"model": ErrorBody, "description": "no heartbeat of this name is expected"}}


class BeatAccepted(BaseModel):
    heartbeat: str
    ignored: str | None = None
    """Why this was no beat."""


class _WatchdogAlerts(foreign.Foreign):
    """As much of Alertmanager's webhook as tells its Watchdog's end from its beat."""

    status: foreign.Word = ""


def router(admission: Admission, beats: Beats) -> APIRouter:
    routes = APIRouter(tags=["heartbeats"])

    @routes.head("/heartbeats/{name}", include_in_schema=False)
    @routes.get("/heartbeats/{name}", responses=_ANSWERS)
    @routes.post("/heartbeats/{name}", responses=_ANSWERS)
    async def heartbeat(
        request: Request, name: Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,59}$")]
    ) -> BeatAccepted:
        """One beat. When it is not repeated in time, an incident opens: `tocsin heartbeat add`.

        A body is not needed. Alertmanager's Watchdog may send its own: resolved, it is no beat.
        """
        async with in_time(SOURCE):
            webhook = await admission.webhook(request, SOURCE)
            if await admission.beside.do(SOURCE.name, webhook.body, lambda: _is_resolved(webhook.body)):
                admission.outcomes.count(SOURCE, "ignored")
                return BeatAccepted(heartbeat=name, ignored="a resolved alert is no beat")
            try:
                await beats.arrive(name, webhook.received_at)
            except NothingOpen as error:
                admission.outcomes.count(SOURCE, "unknown")
                raise Refusal(404, str(error)) from None
            admission.outcomes.count(SOURCE, "accepted")
            return BeatAccepted(heartbeat=name)

    return routes


def _is_resolved(body: bytes) -> bool:
    try:
        return foreign.read(_WatchdogAlerts, body, "a Watchdog's")[0].status == "resolved"
    except Unreadable:  # any other body is as good as none
        return False
