"""A workflow that the worker's code cannot go on with is seen, named and paged for, not by a workflow."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from settings import Settings
from starter.gateway.stuck_watch import StuckWatch
from starter.runbooks.library import Library
from starter.temporal import stuck
from starter.temporal.incidents import Incidents
from starter.temporal.loading import loaded
from starter.temporal.results import NobodyWorks
from starter.temporal.stuck import stuck_ids, stuck_workflows
from tests.starter.conftest import eventually, incident_worker
from workflows.policy import engine
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.incident.events import Acknowledged
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.stuck import CURE, NEXT_TIER_AFTER
from workflows.queues import PAGE_QUEUE, WORKFLOW_QUEUE

LATER = timedelta(hours=1)
"""Open, and in the hands of no worker until then: broken code cannot fail on it."""

SOON = timedelta(seconds=1)


class Rung:
    """Takes the place of the pager's adapter behind the activity."""

    def __init__(self, *unknown: str) -> None:
        self.sent: list[Send] = []
        self.unknown = unknown

    @property
    def people(self) -> list[str]:
        return [send.key.removeprefix("stuck/") for send in self.sent]

    @activity.defn(name="page")
    async def page(self, send: Send) -> Receipt:
        if not send.key.startswith("stuck/"):  # the incident's own, of before
            return Receipt()
        self.sent.append(send)
        if self.people[-1] in self.unknown:
            raise ApplicationError("no key", type="Rejected", non_retryable=True)
        return Receipt()


def pages(client: Client, pager: Rung) -> Worker:
    return Worker(client, task_queue=PAGE_QUEUE, activities=[pager.page])


class FollowedHere:
    def __init__(self, installation: Installation) -> None:
        self.in_force = installation


@contextmanager
def broken_code() -> Iterator[None]:
    with patch.object(engine, "split", side_effect=KeyError("a bug")):
        yield


@pytest.fixture
def opening(book: Runbook) -> OpenRequest:
    return OpenRequest(runbook=book, severity="sev1", title="Checkout is down", service="checkout")


@asynccontextmanager
async def one_stuck(client: Client, incidents: Incidents, opening: OpenRequest) -> AsyncIterator[str]:
    """The workflow id of an incident with which the running worker cannot go on."""
    workflow_id = await incidents.declare(opening)
    async with incident_worker(client):
        await incidents.status(workflow_id)
        with broken_code():
            await incidents.signal(workflow_id, Acknowledged(by="Ada"))
            await eventually(lambda: stuck_ids(client))
            yield workflow_id


def watch(incidents: Incidents, library: Library, **changed: object) -> StuckWatch:
    installation = loaded(library, Settings(runbook="acme")).model_copy(update=changed)
    return StuckWatch(incidents.connection, FollowedHere(installation))


async def test_it_is_found_with_its_name_its_beginning_and_the_reason(
    client: Client, incidents: Incidents, opening: OpenRequest
) -> None:
    async with one_stuck(client, incidents, opening) as workflow_id:
        (found,) = await stuck_workflows(client)
    assert found.workflow_id == workflow_id
    assert found.name.endswith("SEV1 Checkout is down")
    assert found.why.startswith("this code fails on it: KeyError: 'a bug' (workflows/")
    assert found.since < datetime.now(UTC)


async def test_a_server_that_marks_nothing_is_asked_about_each(
    client: Client, incidents: Incidents, opening: OpenRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def marks_nothing(client: Client) -> bool:
        return False

    async with one_stuck(client, incidents, opening) as workflow_id:
        await client.start_workflow("incident", id="incident-later", task_queue=WORKFLOW_QUEUE, start_delay=LATER)
        monkeypatch.setattr(stuck, "marks", marks_nothing)
        assert await stuck_ids(client) == {workflow_id}


async def test_what_goes_on_again_is_not_stuck(client: Client, incidents: Incidents, opening: OpenRequest) -> None:
    async with one_stuck(client, incidents, opening):
        pass
    async with incident_worker(client):
        await eventually(lambda: stuck_ids(client), lambda found: not found)


async def test_what_only_waits_for_a_worker_is_not_stuck(
    client: Client, incidents: Incidents, opening: OpenRequest
) -> None:
    workflow_id = await incidents.declare(opening)
    assert await stuck.how_stuck(client, workflow_id) is None
    assert await stuck_ids(client) == frozenset()


class TestPages:
    async def test_the_first_tier_is_rung_once_however_often_and_by_whomever_it_is_seen(
        self, client: Client, incidents: Incidents, opening: OpenRequest, library: Library
    ) -> None:
        pager = Rung()
        async with one_stuck(client, incidents, opening), pages(client, pager):
            for gateway in (watch(incidents, library), watch(incidents, library)):
                await gateway.look(datetime.now(UTC))
                await gateway.look(datetime.now(UTC))
            await eventually(lambda: asyncio.sleep(0, pager.sent))
        (sent,) = pager.sent
        assert pager.people == ["on-call"]
        assert sent.subject.startswith("STUCK: ")
        assert sent.subject.endswith("SEV1 Checkout is down: nobody is being paged for it")
        assert CURE in sent.text
        assert "KeyError: 'a bug'" in sent.text

    async def test_the_next_tier_follows_while_it_lasts(
        self, client: Client, incidents: Incidents, opening: OpenRequest, library: Library
    ) -> None:
        pager = Rung()
        async with one_stuck(client, incidents, opening), pages(client, pager):
            gateway = watch(incidents, library)
            for after in (timedelta(), NEXT_TIER_AFTER, 2 * NEXT_TIER_AFTER):
                await gateway.look(datetime.now(UTC) + after)
            await eventually(lambda: asyncio.sleep(0, pager.sent), lambda sent: len(sent) >= 2)
        assert sorted(pager.people) == ["boss", "on-call"]

    async def test_whoever_cannot_be_reached_is_passed_over_at_once(
        self, client: Client, incidents: Incidents, opening: OpenRequest, library: Library
    ) -> None:
        pager = Rung("on-call")
        async with one_stuck(client, incidents, opening), pages(client, pager):
            gateway = watch(incidents, library)

            async def looked() -> list[str]:
                await gateway.look(datetime.now(UTC))
                return pager.people

            await eventually(looked, lambda people: "boss" in people)
        assert pager.people == ["on-call", "boss"]

    async def test_without_a_pager_it_is_shown_and_nobody_is_rung(
        self, client: Client, incidents: Incidents, opening: OpenRequest, library: Library
    ) -> None:
        pager = Rung()
        async with one_stuck(client, incidents, opening), pages(client, pager):
            gateway = watch(incidents, library, no_pager=True)
            await gateway.look(datetime.now(UTC))
        assert pager.sent == []
        (problem,) = gateway.problems()
        assert "Checkout is down is stuck since" in problem

    async def test_a_look_that_fails_is_no_end_of_looking(self, away: Incidents, library: Library) -> None:
        await watch(away, library).look(datetime.now(UTC))


class TestAnswers:
    async def test_who_acknowledges_hears_that_it_is_stuck_and_that_the_word_is_kept(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        async with one_stuck(client, incidents, opening) as workflow_id:
            with pytest.raises(NobodyWorks) as told:
                await incidents.ask(workflow_id, Acknowledged(by="Bob"), patience=SOON)
        said = str(told.value)
        assert said.startswith("recorded; stuck: this code fails on it: KeyError: 'a bug'")
        assert said.endswith(f"nothing is being paged. What to do: {CURE}")

    async def test_a_worker_that_is_there_and_silent_is_not_said_to_be_missing(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        async with incident_worker(client):
            await incidents.status(workflow_id)
        with pytest.raises(NobodyWorks, match=r"^no worker answers, though one asked for work [0-9]+ s ago: nothing"):
            await incidents.status(workflow_id, patience=SOON)
