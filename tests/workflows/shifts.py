"""One rota on the real server: what its workflow asks, says and sets."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.calendars import Calendars
from activities.on_call import WhoIsOnCall, nothing_kept
from activities.rosters import RosterReader
from tests.patience import HANGS_AFTER_S
from worker.hosting import runner
from workflows.coverage import CoverageWorkflow
from workflows.durable.memos import CARD_MEMO
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.rota.coverage import CoverageGaps, CoverageQuestion
from workflows.policy.rota.roster import Roster, RosterCard, RosterQuestion, UserGroupOrder
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.watches.coverage import KeptCoverage
from workflows.policy.watches.digest import Inventory, OwedToReview
from workflows.policy.watches.shift import KeptRota, RotaTerms
from workflows.queues import COMMS_QUEUE
from workflows.shift import ShiftWorkflow

DAYS = {"rota": ["ann", "ben"], "every": "1d", "from": "2026-01-01", "hand_over": "09:00", "user_group": "on-call"}
PEOPLE = {"ann": "Ann", "ben": "Ben", "cho": "Cho"}


def terms(**more: object) -> RotaTerms:
    on_call = OnCall.model_validate({**DAYS, **more})
    return RotaTerms(name="On-call Engineer", on_call=on_call, people=PEOPLE, home="#incidents", zone="UTC")


@dataclass
class RotaWorld:
    """What is open, what is missing, what cannot be read; and what arrived."""

    posts: list[str] = field(default_factory=list)
    groups: list[tuple[str, ...]] = field(default_factory=list)
    """Whom the user group came to hold, one after the other."""
    gaps: list[CoverageGaps] = field(default_factory=list)
    """The answers of the checks, one after the other; the last one stays."""
    problem: str = ""
    group_fails: bool = False
    posts_fail: bool = False
    owed: tuple[OwedToReview, ...] = ()

    @activity.defn(name="read_roster")
    async def read_roster(self, question: RosterQuestion) -> Roster:
        if self.problem:
            return Roster(problem=self.problem)
        return await WhoIsOnCall(RosterReader(None, Calendars({})), nothing_kept).read(question)

    @activity.defn(name="set_user_group")
    async def set_user_group(self, order: UserGroupOrder) -> str:
        if self.group_fails:
            raise ApplicationError("Slack says permission_denied", type="Rejected", non_retryable=True)
        if self.groups[-1:] != [order.people]:  # what Slack says already is left alone
            self.groups.append(order.people)
        return ""

    @activity.defn(name="check_coverage")
    async def check_coverage(self, asked: CoverageQuestion) -> CoverageGaps:
        if not self.gaps:
            return CoverageGaps()
        return self.gaps.pop(0) if len(self.gaps) > 1 else self.gaps[0]

    @activity.defn(name="take_stock")
    async def take_inventory(self) -> Inventory:
        return Inventory(taken_at=datetime.now(UTC), by_severity={"sev1": 1, "sev2": 1}, owed=self.owed)

    @activity.defn(name="post")
    async def post(self, send: Send) -> Receipt:
        if self.posts_fail:
            raise ApplicationError("Slack is not connected", type="Rejected", non_retryable=True)
        self.posts.append(send.text)
        return Receipt(reference="C1:1")


@dataclass
class LiveShift:
    environment: WorkflowEnvironment
    handle: WorkflowHandle[Any, None]

    async def kept(self) -> KeptRota:
        return await self.handle.query(ShiftWorkflow.state)

    async def card(self) -> RosterCard:
        """As everybody reads it, worker or not."""
        found: RosterCard = await (await self.handle.describe()).memo_value(CARD_MEMO, type_hint=RosterCard)
        return found

    async def days(self, number: int) -> None:
        await self.passes(timedelta(days=number))

    async def passes(self, span: timedelta) -> None:
        async with asyncio.timeout(HANGS_AFTER_S):
            await self.environment.fast_forward(self.handle, span)


@asynccontextmanager
async def shift(environment: WorkflowEnvironment, world: RotaWorld, **more: object) -> AsyncIterator[LiveShift]:
    kept = KeptRota(runbook="acme", post="on-call", terms=terms(**more))
    activities: list[Callable[..., Any]] = [
        world.read_roster,
        world.set_user_group,
        world.check_coverage,
        world.take_inventory,
        world.post,
    ]
    async with (
        Worker(environment.client, task_queue="tocsin", workflows=[ShiftWorkflow], workflow_runner=runner()),
        Worker(environment.client, task_queue=COMMS_QUEUE, activities=activities),
    ):
        name, memo = f"tocsin-shift-{uuid.uuid4().hex}", {CARD_MEMO: kept.card}
        handle = await environment.client.start_workflow(
            ShiftWorkflow.run, kept, id=name, task_queue="tocsin", memo=memo
        )
        yield LiveShift(environment, handle)
        if (await handle.describe()).close_time is None:
            await handle.terminate()


@asynccontextmanager
async def looked_at(environment: WorkflowEnvironment, world: RotaWorld) -> AsyncIterator[LiveShift]:
    """A runbook's pages, whom they reach."""
    activities: list[Callable[..., Any]] = [world.check_coverage, world.post]
    async with (
        Worker(environment.client, task_queue="tocsin", workflows=[CoverageWorkflow], workflow_runner=runner()),
        Worker(environment.client, task_queue=COMMS_QUEUE, activities=activities),
    ):
        name, kept = f"tocsin-coverage-{uuid.uuid4().hex}", KeptCoverage(runbook="acme")
        handle = await environment.client.start_workflow(CoverageWorkflow.run, kept, id=name, task_queue="tocsin")
        yield LiveShift(environment, handle)
