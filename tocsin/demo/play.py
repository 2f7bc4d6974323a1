"""The plot: alerts fire, nobody answers, somebody does, the alerts resolve, the incident closes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from starter.temporal.incidents import Incidents
from tocsin.demo.commentary import Commentary, DemoStep, clock
from tocsin.demo.expectations import DemoOutcome
from tocsin.demo.stage import DemoStage
from tocsin.failure import Failure

ANSWERED_AT = timedelta(minutes=33)
RECOVERED_AT = timedelta(minutes=50)
CURTAIN_AT = timedelta(minutes=80)
"""In the incident's time: by then it must have closed."""
GRACE_S = 30.0
"""Real seconds on top, for a slow machine."""
ANSWERED_BY = "Vera Steersman"
DEMO_LOOK_EVERY_S = 0.1


class NeverClosed(Failure):
    """The incident was still open when the demo should have been over."""


class Play:
    """`show` gets each step as it happens."""

    def __init__(self, stage: DemoStage, incidents: Incidents, speed: float, show: Callable[[DemoStep], None]) -> None:
        self._stage = stage
        self._incidents = incidents
        self._speed = speed
        self._show = show
        self._commentary = Commentary()
        self._cues = deque[tuple[timedelta, Callable[[], Awaitable[None]]]](
            [(ANSWERED_AT, self._answer), (RECOVERED_AT, self._recover)]
        )

    async def perform(self) -> DemoOutcome:
        """Raises NeverClosed."""
        self._narrate(timedelta(), "Alertmanager calls the gateway: CheckoutErrors fires, severity critical")
        workflow_id = await self._stage.fire()
        try:
            async with asyncio.timeout(CURTAIN_AT.total_seconds() / self._speed + GRACE_S):
                while True:
                    if await self._is_over(workflow_id):
                        break
                    await asyncio.sleep(DEMO_LOOK_EVERY_S)
        except TimeoutError:
            raise NeverClosed(f"the incident has not closed by {clock(CURTAIN_AT)}") from None
        status = await self._incidents.status(workflow_id)
        return DemoOutcome(
            status.incident, tuple(self._commentary.sent.values()), await self._stage.look(), ANSWERED_BY
        )

    async def _is_over(self, workflow_id: str) -> bool:
        status = await self._incidents.status(workflow_id, patience=timedelta(seconds=GRACE_S))
        for step in self._commentary.news(status):
            self._show(step)
        since = (datetime.now(UTC) - status.incident.declared_at) * self._speed
        while self._cues and self._cues[0][0] <= since:
            await self._cues.popleft()[1]()
        return status.incident.closed_at is not None

    async def _answer(self) -> None:
        self._narrate(ANSWERED_AT, f"{ANSWERED_BY} presses Acknowledge in PagerDuty, which calls the gateway")
        await self._stage.acknowledge(ANSWERED_BY)

    async def _recover(self) -> None:
        self._narrate(RECOVERED_AT, "Alertmanager calls the gateway: CheckoutErrors is resolved")
        await self._stage.recover()

    def _narrate(self, at: timedelta, text: str) -> None:
        self._show(DemoStep(at, text, ours=True))
