"""The workflow `digest`, on the real server: what it sends, under which keys, and what becomes of a way that fails."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from worker.hosting import runner
from workflows.digest import DigestWorkflow
from workflows.policy.effects.effects import Destination, Email, Post, Receipt, Send
from workflows.policy.watches.digest import Digested, DigestOrder, Inventory, StillOpen
from workflows.queues import COMMS_QUEUE

POST = Post(to=Destination(channel="#incidents"), template="digest")
MAIL = Email(to="leads", name="Leads", addresses=("leads@example.com",), template="digest")
BY_POST, BY_BOTH = DigestOrder(post=POST, zone="UTC"), DigestOrder(post=POST, mail=MAIL, zone="UTC")


def something() -> Inventory:
    now = datetime.now(UTC)
    one = StillOpen(incident="i1", title="Checkout fails", severity="sev1", declared_at=now - timedelta(hours=3))
    return Inventory(taken_at=now, incidents=(one,))


@dataclass
class DigestWorld:
    """What is open, which ways work, and what arrived."""

    client: Client
    inventory: Inventory = field(default_factory=something)
    broken: tuple[str, ...] = ()
    receipt: Receipt = field(default_factory=lambda: Receipt(reference="r"))
    arrived: list[tuple[str, Send]] = field(default_factory=list)
    taken: int = 0

    def activities(self) -> list[Callable[..., Awaitable[object]]]:
        @activity.defn(name="take_stock")
        async def take_inventory() -> Inventory:
            self.taken += 1
            if self.taken == 1:
                raise RuntimeError("Temporal did not answer")
            return self.inventory

        @activity.defn(name="post")
        async def post(send: Send) -> Receipt:
            return self._receive("post", send)

        @activity.defn(name="send_email")
        async def send_email(send: Send) -> Receipt:
            return self._receive("send_email", send)

        return [take_inventory, post, send_email]

    def _receive(self, way: str, send: Send) -> Receipt:
        if way in self.broken:
            raise ApplicationError(f"{way} is not connected", type="Unconnected", non_retryable=True)
        self.arrived.append((way, send))
        return self.receipt

    async def digest(self, order: DigestOrder) -> Digested:
        return await self.client.execute_workflow(
            DigestWorkflow.run, order, id=f"digest-{uuid.uuid4().hex}", task_queue="tocsin"
        )


@pytest.fixture
async def world(temporal: WorkflowEnvironment) -> AsyncIterator[DigestWorld]:
    async with working(DigestWorld(temporal.client)) as world:
        yield world


@asynccontextmanager
async def working(world: DigestWorld) -> AsyncIterator[DigestWorld]:
    async with (
        Worker(world.client, task_queue="tocsin", workflows=[DigestWorkflow], workflow_runner=runner()),
        Worker(world.client, task_queue=COMMS_QUEUE, activities=world.activities()),
    ):
        yield world


async def test_it_says_in_the_channel_what_is_open(world: DigestWorld) -> None:
    assert await world.digest(BY_POST) == Digested(said=True)
    [(way, send)] = world.arrived
    assert way == "post"
    assert send.effect == POST
    assert send.text.splitlines()[2:] == [
        "Still open (1)",
        "• SEV-1 i1 Checkout fails, open for 3h: nobody has acknowledged it",
    ]


async def test_it_is_quiet_when_there_is_nothing(world: DigestWorld) -> None:
    world.inventory = Inventory(taken_at=datetime.now(UTC))
    assert await world.digest(BY_BOTH) == Digested(said=False)
    assert world.arrived == []


async def test_a_second_one_of_the_same_day_looks_for_the_first_under_the_same_key(world: DigestWorld) -> None:
    await world.digest(BY_BOTH)
    await world.digest(BY_BOTH)
    today = f"{datetime.now(UTC):%Y%m%d}"
    keys = [(way, send.vendor_key) for way, send in world.arrived]
    assert sorted(keys) == sorted(
        2 * [("post", f"tocsin/digest/{today}"), ("send_email", f"tocsin/digest-mail/{today}")]
    )
    for _, send in world.arrived:
        assert send.again
        assert send.first_started_at is not None
        assert send.first_started_at <= datetime.now(UTC) - timedelta(hours=23)


async def test_the_day_is_that_of_its_zone(world: DigestWorld) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart
        await world.digest(BY_POST.model_copy(update={"zone": zone}))
    assert len({send.key for _, send in world.arrived}) == 2


async def test_a_mail_that_could_not_be_sent_is_said_in_the_channel(world: DigestWorld) -> None:
    world.broken = ("send_email",)
    assert await world.digest(BY_BOTH) == Digested(said=True, problems=("digest-mail: send_email is not connected",))
    assert [send.key.split("/")[0] for _, send in world.arrived] == ["digest", "digest-unmailed"]
    assert "This was not mailed to everybody: send_email is not connected" in world.arrived[1][1].text


async def test_so_is_one_that_did_not_reach_all(world: DigestWorld) -> None:
    world.receipt = Receipt(reference="r", note="b@example.com: unknown user", warns=True)
    digested = await world.digest(BY_BOTH)
    assert "digest-mail: b@example.com: unknown user" in digested.problems
    assert "This was not mailed to everybody: b@example.com: unknown user" in world.arrived[-1][1].text


async def test_a_channel_that_is_away_does_not_keep_the_mail(world: DigestWorld) -> None:
    world.broken = ("post",)
    assert await world.digest(BY_BOTH) == Digested(said=True, problems=("digest: post is not connected",))
    assert [way for way, _ in world.arrived] == ["send_email"]


async def test_one_that_reaches_nobody_is_seen_to_have_failed(world: DigestWorld) -> None:
    world.broken = ("post", "send_email")
    with pytest.raises(WorkflowFailureError) as failed:
        await world.digest(BY_BOTH)
    assert "the digest reached nobody" in str(failed.value.cause)
