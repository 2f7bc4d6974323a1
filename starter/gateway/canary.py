"""Who watches the watcher: once a minute a workflow goes through gateway, Temporal and worker.

Only if the gateway's own socket answers is the workflow started; its last activity, in the worker, calls the dead man's
switch. So one call proves all three, and its absence is somebody else's alarm.
"""

import asyncio
from datetime import UTC, datetime

import httpx
import structlog

from starter.temporal.canaries import Canaries
from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks, Unreachable

EVERY_S = 60.0

log = structlog.get_logger()


class Canary:
    def __init__(self, incidents: Incidents, address: str) -> None:
        """`address` is the gateway's own, such as `http://127.0.0.1:8080`."""
        self._canaries = Canaries(incidents.connection)
        self._address = address
        self.last_success_at: datetime | None = None
        self.problem: str | None = None

    async def run(self) -> None:
        """Never returns."""
        while True:
            await self.send()
            await asyncio.sleep(EVERY_S)

    async def send(self) -> None:
        """One round. A failure is remembered and logged, not raised."""
        try:
            await self._knock()
            await self._canaries.send()
        except (httpx.HTTPError, Unreachable, NobodyWorks) as error:
            self.problem = str(error) or type(error).__name__
            log.error("the canary did not come back: nothing may be paged now", problem=self.problem)
            return
        self.last_success_at, self.problem = datetime.now(UTC), None

    async def _knock(self) -> None:
        # Our own socket is not reached through a proxy.
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            (await client.get(f"{self._address}/healthz")).raise_for_status()
