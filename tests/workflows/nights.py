"""The next nights on which clocks change, and an incident that is declared in one of them, in virtual time."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from worker.hosting import runner
from workflows.incident import IncidentWorkflow
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.rota.shift import NOBODY, Override
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.views.results import IncidentInput

Season = Literal["spring", "autumn"]
Turn = tuple[int, str]
"""From so many minutes after the hand-over on, who is on call."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BEFORE = 12 * MINUTE
"""So long before the hand-over the incident is declared: no ring falls into the moment of one."""
A_MOMENT = timedelta(seconds=1)
LASTS = 77 * MINUTE
"""Past the second time at which the clock shows it, where there is one."""


def changes(zone: str, season: Season, after: datetime) -> date:
    """The next day there on which clocks change in that way."""
    there = ZoneInfo(zone)
    day = after.astimezone(there).date() + 3 * DAY
    while True:
        begin, end = (datetime.combine(each, time(), there).utcoffset() for each in (day, day + DAY))
        assert begin is not None
        assert end is not None
        if (end > begin) if season == "spring" else (end < begin):
            return day
        day += DAY


@dataclass(frozen=True)
class Night:
    """A hand-over at a time of the wall's clock that this night skips, or has twice."""

    zone: str
    season: Season
    wall: time
    name: str
    turns: tuple[Turn, ...]
    """Who is on call, by a reader of the calendar."""
    swaps: tuple[tuple[int, int], ...]
    """Cho takes these minutes."""
    is_end: bool
    """Nobody takes over: their hours end."""
    day: date = date.min

    def after(self, moment: datetime) -> "Night":
        """The next of its kind."""
        return replace(self, day=changes(self.zone, self.season, moment))

    @property
    def handed_over_at(self) -> datetime:
        """What is skipped begins and ends after it; of what there is twice, the first begins and the second ends."""
        if self.season == "spring":
            return self._clocks_change_at
        return datetime.combine(self.day, self.wall.replace(fold=int(self.is_end)), ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def _clocks_change_at(self) -> datetime:
        there = ZoneInfo(self.zone)
        minutes = (datetime.combine(self.day, time(), there).astimezone(UTC) + n * MINUTE for n in range(24 * 60))
        before = datetime.combine(self.day, time(), there).utcoffset()
        return next(at for at in minutes if at.astimezone(there).utcoffset() != before)

    @property
    def declared_at(self) -> datetime:
        return self.handed_over_at - BEFORE

    @property
    def rota(self) -> OnCall:
        """Ann until this night, and Ben from then on; or Ann alone, until her hours end."""
        written: dict[str, object] = {"every": "1d", "from": self.day - DAY, "zone": self.zone}
        if self.is_end:
            hours = {"begin": "20:00", "end": self.wall}
            return OnCall.model_validate(written | {"rota": ["ann"], "hand_over": "20:00", "hours": hours})
        return OnCall.model_validate(written | {"rota": ["ann", "ben"], "hand_over": f"{self.wall:%H:%M}"})

    @property
    def overrides(self) -> tuple[Override, ...]:
        at = self.handed_over_at
        return tuple(
            Override(who="cho", begins_at=at + begin * MINUTE, ends_at=at + end * MINUTE) for begin, end in self.swaps
        )

    def who(self, at: datetime) -> str:
        minutes = (at - self.handed_over_at) / MINUTE
        return [who for since, who in self.turns if since <= minutes][-1]


ANN_THEN_BEN: Final[tuple[Turn, ...]] = ((-60, "ann"), (0, "ben"))
SWAPPED: Final[tuple[Turn, ...]] = ((-60, "ann"), (-5, "cho"), (6, "ben"))
GAP: Final[tuple[Turn, ...]] = ((-60, "ann"), (0, NOBODY))
FILLED: Final[tuple[Turn, ...]] = ((-60, "ann"), (-5, "cho"), (15, NOBODY))
"""An override that ends within the gap."""
HAND_OVERS: Final[tuple[tuple[str, Season, time], ...]] = (
    ("Europe/Berlin", "spring", time(2, 30)),
    ("Europe/Berlin", "autumn", time(2, 30)),
    ("America/New_York", "spring", time(2, 30)),
    ("America/New_York", "autumn", time(1, 30)),
    ("Australia/Lord_Howe", "spring", time(2, 15)),
    ("Australia/Lord_Howe", "autumn", time(1, 45)),
)
NIGHTS: Final = [
    Night(zone, season, wall, f"{what}, {season} in {zone.rpartition('/')[2]}", turns, swaps, is_end)
    for zone, season, wall in HAND_OVERS
    for what, turns, swaps, is_end in (
        ("a hand-over", ANN_THEN_BEN, (), False),
        ("a swap", SWAPPED, ((-5, 6),), False),
        ("a gap", GAP, (), True),
        ("a swap that ends in a gap", FILLED, ((-5, 15),), True),
    )
    if zone == "Europe/Berlin" or what.startswith("a swap that") or turns is ANN_THEN_BEN
]


@workflow.defn(name="later")
class LaterWorkflow:
    """Goes on as an incident at its moment of virtual time, which a next run has from the one before."""

    @workflow.run
    async def run(self, at: datetime, start: IncidentInput) -> None:
        await workflow.sleep(at - workflow.now())
        workflow.continue_as_new(start, workflow=IncidentWorkflow.run, task_queue="tocsin")


async def declared_at(environment: WorkflowEnvironment, at: datetime, opening: OpenRequest) -> str:
    """The id of its workflow, which waits for a worker."""
    client, identity, queue = environment.client, f"incident-test-{uuid4().hex[:12]}", f"later-{uuid4().hex[:8]}"
    async with Worker(client, task_queue=queue, workflows=[LaterWorkflow], workflow_runner=runner()):
        asked = [at, IncidentInput(opening=opening)]
        later = await client.start_workflow(LaterWorkflow.run, args=asked, id=identity, task_queue=queue)
        await environment.fast_forward(later, at - datetime.now(UTC) + A_MOMENT)
    return identity
