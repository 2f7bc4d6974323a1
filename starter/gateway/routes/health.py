"""GET /healthz and /readyz"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from starter.background import BackgroundLoops
from starter.gateway.access import Access
from starter.gateway.canary import Canary
from starter.gateway.limits import Door
from starter.gateway.outcomes import Outcomes
from starter.gateway.published import Published
from starter.gateway.routes.slack import PressedChat
from starter.gateway.stuck_watch import StuckWatch
from starter.intake.gathering import Gathering
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.results import Unreachable
from workflows.policy.watches.installation import Publication
from workflows.policy.watches.silence import SilenceSummary

REACHABLE: Final = "reachable"


class CanaryHealth(BaseModel):
    """The canary: None as long as it has never come back."""

    last_success_at: datetime | None
    problem: str | None


class SilencesHealth(BaseModel):
    """What opens no incident now."""

    active: list[SilenceSummary]
    problem: str | None
    """Why the last look for silences failed: new ones hold nothing, until it succeeds."""


class Standing(BaseModel):
    """Who says which runbooks are followed here."""

    published: Publication | None
    """By the worker that published last; None: this gateway goes by its own files."""
    problem: str | None
    """Why the last look at it failed."""
    differences: list[str]
    """Where this gateway's own files and settings say something else: that is not followed."""


class ReadyOrNot(BaseModel):
    """For whoever has no proof."""

    ready: bool


class Readiness(ReadyOrNot):
    """With all that people should know."""

    temporal: str
    runbooks: list[str]
    """Those that are followed."""
    installation: Standing
    problems: list[str]
    """Why runbooks could not be loaded; which senders have been refused since the last genuine webhook; what was
    refused or could not be read within a day, how often, when and why; what was gathered because
    a source opens more incidents than it may; which workflows are stuck; what of the gateway a bug has ended; why
    people cannot be asked or answered in Slack."""
    webhooks: dict[str, dict[str, int]]
    """Since the gateway started, by source: accepted, refused, unreadable, unreadable_alerts, not_ours, nothing_open,
    held, gathered, ignored, repeated."""
    connections: dict[str, int]
    """Since the gateway started: how many were cut, by the reason."""
    canary: CanaryHealth | None
    silences: SilencesHealth


@dataclass
class TemporalCheck:
    """Whether Temporal answers, asked once for all who want to know at that moment: strangers may be many."""

    _asked: asyncio.Future[str] | None = None

    async def answer(self, incidents: Incidents) -> str:
        if self._asked is None or self._asked.done():
            self._asked = asyncio.ensure_future(_whether_reachable(incidents))
        return await asyncio.shield(self._asked)


async def _whether_reachable(incidents: Incidents) -> str:
    try:
        await incidents.check()
    except Unreachable as error:
        return str(error)
    return REACHABLE


@dataclass(frozen=True)
class Watched:
    """What people should know, who look how this gateway stands."""

    incidents: Incidents
    library: Library
    published: Published
    outcomes: Outcomes
    door: Door
    silencing: Silencing
    stuck: StuckWatch
    background: BackgroundLoops
    gathering: Gathering
    canary: Canary | None
    chat: PressedChat | None = None
    temporal: TemporalCheck = field(default_factory=TemporalCheck)


def router(watched: Watched, access: Access) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The gateway's process answers."""
        return {"status": "ok"}

    @routes.get("/readyz", responses={503: {"model": Readiness | ReadyOrNot}})
    async def readyz(request: Request, response: Response) -> Readiness | ReadyOrNot:
        """Alerts can become incidents: Temporal answers, and the default runbook is loaded.

        More than that it says to whoever has a token, or is plainly on this machine.
        """
        found = await readiness(watched)
        response.status_code = 200 if found.ready else 503
        return found if access.may_know(request) else ReadyOrNot(ready=found.ready)

    return routes


async def readiness(watched: Watched) -> Readiness:
    return described(watched, await watched.temporal.answer(watched.incidents))


def described(watched: Watched, temporal: str) -> Readiness:
    """With what is known of Temporal."""
    there, now = watched.published, datetime.now(UTC)
    return Readiness(
        ready=temporal == REACHABLE and there.in_force.default in there.in_force.runbooks,
        temporal=temporal,
        runbooks=sorted(there.in_force.runbooks),
        installation=Standing(published=there.publication, problem=there.problem, differences=list(there.differing())),
        problems=[
            *map(str, watched.library.problems),
            *there.problems(),
            *watched.stuck.problems(now),
            *watched.background.problems(),
            *watched.outcomes.rejected_webhooks.problems(now),
            *watched.gathering.problems(),
            *(watched.chat.problems() if watched.chat else ()),
        ],
        webhooks=_by_source(watched.outcomes),
        connections={str(cut): count for cut, count in watched.door.cuts.items()},
        canary=_watch(watched.canary),
        silences=SilencesHealth(active=list(watched.silencing.active(now)), problem=watched.silencing.problem),
    )


def _by_source(outcomes: Outcomes) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for (source, outcome), count in sorted(outcomes.counts.items()):
        counts[source][outcome] = count
    return counts


def _watch(canary: Canary | None) -> CanaryHealth | None:
    return CanaryHealth(last_success_at=canary.last_success_at, problem=canary.problem) if canary else None
