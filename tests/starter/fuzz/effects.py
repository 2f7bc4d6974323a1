"""What senders bring about, seen at the vendors' door: who is rung, how often, and what the public reads.

Status codes say what a sender was told. That is not what a person is rung by.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from starter.temporal.incidents import Incidents
from starter.temporal.results import Unreachable
from tests.patience import HANGS_AFTER_S
from tests.starter.fuzz.sending import FuzzFigures
from tests.starter.test_serve import Song
from tests.workflows.incidents import Vendors, performing, works
from worker.hosting import runner
from worker.workers import TURNS_AT_ONCE
from workflows.cancelled_episodes import CancelledEpisodesWorkflow
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import Page, Publish, Receipt, Send
from workflows.policy.keys.vendor_keys import workflow_of
from workflows.queues import WORKFLOW_QUEUE
from workflows.review import ReviewWorkflow

RUNG = """\
runbook: acme
title: Everybody is rung at once, and the public reads of it by itself
home: "#incidents"
people:
  on-call: {name: On-call Engineer}
roles:
  commander: {name: Incident Commander, falls_to: on-call}
intake:
  severities: {critical: sev1, warning: sev3}
severities:
  sev1: &all
    title: Outage
    definition: something does not work
    escalation: [{page: [on-call]}]
    roles: [commander]
    status_page: {owner: commander, automatic: [investigating]}
  sev2: *all
  sev3: *all
  sev4: *all
"""
PUBLIC_WORDS = (
    "We are currently investigating a problem with some of our services.\nWe will provide updates as we learn more."
)
"""Whatever goes out by itself: no word of an alert's is in it."""
LOOK_EVERY_S = 0.25


class LookingVendors(Vendors):
    """Where an attempt before may have had its effect they look first, as the adapters do."""

    async def receive(self, send: Send) -> Receipt:
        may_be_there = send.again or activity.info().attempt > 1
        if not (may_be_there and any(each.vendor_key == send.vendor_key for each in self.arrived)):
            self.arrived.append(send)
        return await works(send, 1)


@dataclass(frozen=True)
class SeenEffects:
    client: Client
    vendors: Vendors

    @property
    def pages(self) -> list[Send]:
        return [send for send in self.vendors.arrived if isinstance(send.effect, Page)]

    @property
    def publications(self) -> list[Send]:
        return [send for send in self.vendors.arrived if isinstance(send.effect, Publish)]

    @property
    def rung(self) -> set[str]:
        """Incidents."""
        return {workflow_of(send.vendor_key) or send.vendor_key for send in self.pages}

    async def settle(self) -> list[str]:
        """Returns once everybody is rung who is to be, or nothing has happened for long: who has rung nobody yet."""
        clock, seen = asyncio.get_running_loop(), -1
        since = clock.time()
        while True:
            silent = await self._silent()
            if len(self.vendors.arrived) != seen:
                seen, since = len(self.vendors.arrived), clock.time()
            if not silent or clock.time() - since > HANGS_AFTER_S:
                return silent
            await asyncio.sleep(LOOK_EVERY_S)

    async def faults(self, sent: FuzzFigures, before: Collection[str] = ()) -> list[str]:
        """`before`: incidents that rang before it was sent."""
        silent = await self.settle()
        unsure = tuple(f"incident-{source}-" for source in sent.unsure)
        strange = {each for each in self.rung - sent.incidents - set(before) if not each.startswith(unsure)}
        twice = [key for key, times in Counter(send.vendor_key for send in self.vendors.arrived).items() if times > 1]
        return [
            *(f"{each} is open, and nobody was rung" for each in silent),
            *(f"{each} rang, and no genuine sender was told of it" for each in sorted(strange)),
            *(f"{key} arrived twice" for key in twice),
            *(f"published: {each.text!r}" for each in self.publications if each.text != PUBLIC_WORDS),
        ]

    async def _silent(self) -> list[str]:
        try:
            found = await Incidents(self.client).list()
        except Unreachable as error:  # a busy machine's
            return [str(error)]
        return [one.workflow_id for one in found if one.phase != "resolved" and one.workflow_id not in self.rung]


@asynccontextmanager
async def watched(client: Client) -> AsyncIterator[SeenEffects]:
    """Incidents run, and whoever they page, tell and publish to is counted."""
    vendors = LookingVendors()
    workflows = [IncidentWorkflow, CancelledEpisodesWorkflow, ReviewWorkflow, Song]
    async with (
        Worker(
            client,
            task_queue=WORKFLOW_QUEUE,
            workflows=workflows,
            workflow_runner=runner(),
            max_concurrent_workflow_tasks=TURNS_AT_ONCE,
        ),
        performing(client, vendors),
    ):
        yield SeenEffects(client, vendors)
