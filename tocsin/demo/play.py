"""The plot: alerts fire, nobody answers, somebody does, the alerts resolve, the incident closes.

Nobody acts before what comes earlier in the plot has happened, however late it is: a slow machine gets the same play.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starter.temporal.incidents import Incidents
from starter.temporal.results import NobodyWorks, Unreachable
from tocsin.demo.commentary import Commentary, DemoStep
from tocsin.demo.expectations import VP_ENGINEERING, DemoOutcome
from tocsin.demo.stage import DemoStage
from tocsin.failure import Failure
from tocsin.up.patience import Patience
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key

ANSWERED_AT = timedelta(minutes=33)
COMMANDED_AT = timedelta(minutes=35)
RECOVERED_AT = timedelta(minutes=50)
CURTAIN_AT = timedelta(minutes=80)
"""In the incident's time: by then it has closed, unless the machine is slow."""
SLOWER, GRACE_S = 10, 600.0
"""How many times as long a slow machine may take, and real seconds on top."""
ANSWER_WITHIN = timedelta(seconds=30)
ANSWERED_BY = "vp-engineering"
PRESSED_BY = "VP Engineering"
"""The same, as Slack knows them."""
DEMO_LOOK_EVERY_S = 0.1


class NeverClosed(Failure):
    """The incident was still open when the demo should have been over."""


@dataclass(frozen=True)
class Cue:
    """When somebody acts: not before `at`, and not before the incident `has_come_to` what is to happen earlier."""

    at: timedelta
    has_come_to: Callable[[Incident], bool]
    act: Callable[[], Awaitable[bool]]
    """False: it could not be done yet."""
    waits_for: str


class Play:
    """`show` gets each step as it happens."""

    def __init__(self, stage: DemoStage, incidents: Incidents, speed: float, show: Callable[[DemoStep], None]) -> None:
        self._stage = stage
        self._incidents = incidents
        self._speed = speed
        self._show = show
        self._commentary = Commentary()
        self._cues = deque(
            [
                Cue(ANSWERED_AT, _vp_is_paged, self._answer, "until VP Engineering is paged"),
                Cue(COMMANDED_AT, _is_acknowledged, self._command, "until the acknowledgement has arrived"),
                Cue(RECOVERED_AT, _three_updates_were_due, self._recover, "until the third update is asked for"),
            ]
        )
        self._patience: Patience | None = None
        """While something is late."""
        self._now = timedelta()

    async def perform(self) -> DemoOutcome:
        """Raises NeverClosed."""
        self._narrate(timedelta(), "Alertmanager calls the gateway: CheckoutErrors fires, severity critical")
        limit_s = SLOWER * CURTAIN_AT.total_seconds() / self._speed + GRACE_S
        try:
            async with asyncio.timeout(limit_s):
                workflow_id = await self._stage.fire()
                while True:
                    if await self._is_over(workflow_id):
                        break
                    await asyncio.sleep(DEMO_LOOK_EVERY_S)
        except TimeoutError:
            raise NeverClosed(
                f"the incident has not closed within {limit_s:.0f} s, {SLOWER} times as long as is usual"
            ) from None
        status = await self._incidents.status(workflow_id, patience=ANSWER_WITHIN)
        return DemoOutcome(
            status.incident, tuple(self._commentary.sent.values()), await self._stage.look(), ANSWERED_BY
        )

    async def _is_over(self, workflow_id: str) -> bool:
        try:
            status = await self._incidents.status(workflow_id, patience=ANSWER_WITHIN)
        except (NobodyWorks, Unreachable):
            await self._wait("for an answer of the incident")
            return False
        for step in self._commentary.news(status):
            self._show(step)
        since = self._now = (datetime.now(UTC) - status.incident.declared_at) * self._speed
        if self._cues and self._cues[0].at <= since:
            await self._act_on(self._cues[0], status.incident)
        elif since > CURTAIN_AT and status.incident.closed_at is None:
            await self._wait("until the incident closes")
        return status.incident.closed_at is not None

    async def _act_on(self, cue: Cue, incident: Incident) -> None:
        if cue.has_come_to(incident) and await cue.act():
            self._cues.popleft()
            self._patience = None
        else:
            await self._wait(cue.waits_for)

    async def _wait(self, what: str) -> None:
        """For what is late, and say so now and then."""
        self._patience = self._patience or Patience(what, GRACE_S, lambda text: self._narrate(self._now, text))
        await self._patience.wait(DEMO_LOOK_EVERY_S)

    async def _answer(self) -> bool:
        return await self._press("Acknowledge", "below the page's message in Slack, which calls the gateway, signed")

    async def _command(self) -> bool:
        return await self._press("Take command", "and is the incident commander: whoever presses is whom it names")

    async def _press(self, label: str, what: str) -> bool:
        if not await self._stage.press(label, PRESSED_BY):
            return False
        self._narrate(self._now, f"{PRESSED_BY} presses {label} {what}")
        return True

    async def _recover(self) -> bool:
        self._narrate(self._now, "Alertmanager calls the gateway: CheckoutErrors is resolved")
        await self._stage.recover()
        return True

    def _narrate(self, at: timedelta, text: str) -> None:
        self._show(DemoStep(at, text, ours=True))


def _vp_is_paged(incident: Incident) -> bool:
    return VP_ENGINEERING in incident.settled


def _is_acknowledged(incident: Incident) -> bool:
    return incident.acknowledged_by != ""


def _three_updates_were_due(incident: Incident) -> bool:
    """And somebody has answered: on a slow machine these three may have been gathered into one."""
    update = incident.settled.get(duty_key(DutyKind.UPDATE))
    third_at = incident.declared_at + timedelta(minutes=45)
    return _is_acknowledged(incident) and update is not None and update.due_at >= third_at
