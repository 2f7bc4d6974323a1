"""The canary's sibling: sees within a minute that a worker's code cannot go on with a workflow, and has people rung.

It asks the server, and pages with no workflow between (ADR 30): the canary's own workflow may be well while the
incidents' is broken, and no incident can tell that it stands still.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from starter.temporal.connection import TemporalConnection
from starter.temporal.results import Unreachable
from starter.temporal.stuck import stuck_workflows
from starter.temporal.stuck_pages import StuckPage, ring_once
from workflows.policy.effects.effects import Page, Send
from workflows.policy.keys import vendor_keys
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.stuck import StuckLadder, StuckWorkflow, TierCall, stuck_ladders

STUCK_LOOK_EVERY_S = 10.0
STUCK_LOOK_WITHIN = timedelta(seconds=60)
UNKNOWN_AFTER = timedelta(minutes=2)
"""Longer than a look and the pause before it."""

log = structlog.get_logger()


class InForce(Protocol):
    @property
    def in_force(self) -> Installation: ...


class StuckWatch:
    def __init__(self, connection: TemporalConnection, published: InForce) -> None:
        self._connection = connection
        self._published = published
        self.stuck: tuple[StuckWorkflow, ...] = ()
        """At the last look that succeeded,"""
        self.looked_at: datetime | None = None
        """... which was then; before the first, when looking began. None: it has not begun."""

    async def run(self) -> None:
        """Never returns."""
        self.looked_at = self.looked_at or datetime.now(UTC)
        while True:
            await self.look(datetime.now(UTC))
            await asyncio.sleep(STUCK_LOOK_EVERY_S)

    async def look(self, now: datetime) -> None:
        """A failure is logged, not raised: the next look comes soon."""
        try:
            async with self._connection.temporal(deadline=STUCK_LOOK_WITHIN):
                before, self.stuck = self.stuck, await stuck_workflows(self._connection.client)
                self.looked_at = now
                if self.stuck != before:
                    log.error("workflows are stuck", stuck=[_sentence(each) for each in self.stuck])
                if self.stuck:
                    await self._page_people(now)
        except Unreachable as error:
            log.warning("nobody knows whether an incident is stuck", problem=str(error))

    def problems(self, now: datetime) -> Iterator[str]:
        """For people who look how the gateway stands."""
        if self.looked_at is not None and now - self.looked_at > UNKNOWN_AFTER:
            yield f"nobody knows since {self.looked_at:%Y-%m-%d %H:%M:%S} UTC whether a workflow is stuck"
        yield from map(_sentence, self.stuck)

    async def _page_people(self, now: datetime) -> None:
        installation = self._published.in_force
        default = installation.runbooks.get(installation.default)
        if installation.no_pager or default is None:
            return
        for ladder in stuck_ladders(self.stuck, installation.runbooks, default):
            await self._climb(ladder, now)

    async def _climb(self, ladder: StuckLadder, now: datetime) -> None:
        """The next tier is called when its time has come; or at once, when nobody of this one can be reached."""
        reached = True
        for tier, people in enumerate(ladder.tiers):
            call = ladder.call(tier, now, at_once=not reached)
            if call is None:
                return
            fates = [await self._ring(person, tier, ladder, call, now) for person in people]
            reached = any(fate is not StuckPage.FAILED for fate in fates)

    async def _ring(self, person: str, tier: int, ladder: StuckLadder, call: TierCall, now: datetime) -> StuckPage:
        send = _page(person, tier, ladder, call)
        fate = await ring_once(self._connection.client, person, ladder.gravity, call, send, now)
        if fate is StuckPage.RUNG:
            log.error("somebody is rung because a workflow is stuck", person=person, tier=tier + 1)
        return fate


def _sentence(stuck: StuckWorkflow) -> str:
    return f"{stuck.name} is stuck since {stuck.since:%Y-%m-%d %H:%M:%S} UTC: {stuck.why}"


def _page(person: str, tier: int, ladder: StuckLadder, call: TierCall) -> Send:
    incident = f"stuck-{call.newest:%Y%m%dT%H%M%S}"
    return Send(
        incident=incident,
        key=f"stuck/{person}",
        vendor_key=vendor_keys.of_stuck(incident, ladder.gravity, person),
        effect=Page(to=person, tier=tier + 1, round=1, round_started_at=call.newest),
        subject=ladder.subject,
        text=ladder.text,
        severity=ladder.severity,
        runbook=ladder.runbook,
    )
