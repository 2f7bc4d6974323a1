"""A workflow that the worker's code cannot go on with is seen, named and paged for, not by a workflow."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest, ResetWorkflowExecutionRequest
from temporalio.client import ActivityExecutionStatus, Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from settings import Settings
from starter.gateway import stuck_watch
from starter.gateway.stuck_watch import UNKNOWN_AFTER, StuckWatch
from starter.runbooks.library import Library
from starter.temporal import stuck, stuck_pages
from starter.temporal.incidents import Incidents
from starter.temporal.loading import loaded
from starter.temporal.results import NobodyWorks
from starter.temporal.stuck import stuck_ids, stuck_workflows
from starter.temporal.stuck_pages import TRIED_AGAIN_AFTER
from tests.starter.conftest import eventually, incident_worker
from workflows.durable.deliveries import PAGES
from workflows.policy import engine
from workflows.policy.effects.effects import Receipt, Send
from workflows.policy.incident.events import Acknowledged
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.installation import Installation
from workflows.policy.watches.stuck import CURE, NEXT_TIER_AFTER, StuckWorkflow
from workflows.queues import PAGE_QUEUE, WORKFLOW_QUEUE

LATER = timedelta(hours=1)
"""Open, and in the hands of no worker until then: broken code cannot fail on it."""

SOON = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)
REPEATS = 3
FAILED, TIMED_OUT = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
FIRST_TASK_ENDS = 4
"""The number of that event."""


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


async def fail_on_one_more(client: Client, workflow_id: str) -> None:
    """A signal in the middle of tasks that fail: the server writes a new task into the history, which fails as well."""
    before = await ended(client, workflow_id, FAILED)
    await client.get_workflow_handle(workflow_id).signal("event", Acknowledged(by="Ada"))
    await eventually(lambda: ended(client, workflow_id, FAILED), lambda seen: len(seen) > len(before))


async def ended(client: Client, workflow_id: str, how: EventType.ValueType) -> list[HistoryEvent]:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return [event for event in history.events if event.event_type == how]


def watch(incidents: Incidents, library: Library, **changed: object) -> StuckWatch:
    installation = loaded(library, Settings(runbook="acme")).model_copy(update=changed)
    return StuckWatch(incidents.connection, FollowedHere(installation))


def stuck_one(severity: str, kind: str = "incident", *, since: datetime) -> StuckWorkflow:
    name = f"{severity.upper()} of {since:%H:%M}"
    return StuckWorkflow(
        workflow_id=name, type=kind, name=name, severity=severity, runbook="acme", since=since, why="a bug"
    )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[StuckWorkflow]:
    """What a look finds: to move the moments at which workflows get stuck."""
    there: list[StuckWorkflow] = []

    async def looked(client: Client) -> tuple[StuckWorkflow, ...]:
        return tuple(there)

    monkeypatch.setattr(stuck_watch, "stuck_workflows", looked)
    return there


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck_pages, "PAGES", replace(PAGES, give_up_after=SOON))


async def look_until(gateway: StuckWatch, now: datetime, good: Callable[[], bool]) -> None:
    async def looked() -> bool:
        await gateway.look(now)
        return good()

    await eventually(looked)


async def settled(client: Client, person: str, gravity: str = "sev1") -> None:
    """Nothing more comes of what has been begun for this person."""
    page = client.get_activity_handle(f"tocsin/stuck/{gravity}/{person}")

    async def described() -> ActivityExecutionStatus:
        return (await page.describe()).status

    await eventually(described, lambda status: status is not ActivityExecutionStatus.RUNNING)


async def test_it_is_found_with_its_name_its_beginning_and_the_reason(
    client: Client, incidents: Incidents, opening: OpenRequest
) -> None:
    async with one_stuck(client, incidents, opening) as workflow_id:
        (found,) = await stuck_workflows(client)
    assert found.workflow_id == workflow_id
    assert found.name.endswith("SEV1 Checkout is down")
    assert found.why.startswith("this code fails on it: KeyError: 'a bug' (workflows/")
    assert found.since < datetime.now(UTC)


async def test_of_what_is_private_no_title_is_said(client: Client, incidents: Incidents, opening: OpenRequest) -> None:
    """Whoever may look how the gateway stands reads it, and a pager's vendor."""
    private = opening.model_copy(update={"title": "Keys have leaked", "flags": ("private",)})
    async with one_stuck(client, incidents, private):
        (found,) = await stuck_workflows(client)
    assert "leaked" not in found.name
    assert found.name.endswith("SEV1")


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


async def test_what_somebody_has_reset_and_waits_for_a_worker_is_not_stuck(
    client: Client, incidents: Incidents, opening: OpenRequest
) -> None:
    workflow_id = await incidents.declare(opening)
    async with incident_worker(client):
        await incidents.status(workflow_id)
    run = await client.get_workflow_handle(workflow_id).describe()
    reset = ResetWorkflowExecutionRequest(namespace=client.namespace, reason="a test", request_id="1")
    reset.workflow_execution.workflow_id, reset.workflow_execution.run_id = workflow_id, run.run_id
    reset.workflow_task_finish_event_id = FIRST_TASK_ENDS
    await client.workflow_service.reset_workflow_execution(reset)
    assert await stuck.how_stuck(client, workflow_id) is None


async def test_tasks_that_take_too_long_count_together_though_signals_come_between(client: Client) -> None:
    run = await client.start_workflow("incident", id="incident-slow", task_queue=WORKFLOW_QUEUE, task_timeout=SOON)
    takes = PollWorkflowTaskQueueRequest(namespace=client.namespace, identity="takes a task, and does nothing")
    takes.task_queue.name = WORKFLOW_QUEUE

    async def timed_out(count: int) -> bool:
        return len(await ended(client, run.id, TIMED_OUT)) == count

    for count in range(1, stuck.TIMES_OUT_AGAIN + 1):
        assert await stuck.how_stuck(client, run.id) is None
        assert (await client.workflow_service.poll_workflow_task_queue(takes)).task_token
        await eventually(partial(timed_out, count))
        await run.signal("event", Acknowledged(by="Ada"))
    first, *_ = await ended(client, run.id, TIMED_OUT)
    seen = await stuck.how_stuck(client, run.id)
    assert seen is not None
    assert seen.why == "no worker finishes its task in time: 5 in a row went wrong"
    assert seen.since == first.event_time.ToDatetime(UTC)


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

    async def test_signals_that_come_meanwhile_are_no_new_beginning(
        self, client: Client, incidents: Incidents, opening: OpenRequest, library: Library
    ) -> None:
        pager, gateway, seen = Rung(), watch(incidents, library), set()
        async with one_stuck(client, incidents, opening) as workflow_id, pages(client, pager):
            for _ in range(REPEATS):
                await gateway.look(datetime.now(UTC))
                seen |= {each.since for each in gateway.stuck}
                await fail_on_one_more(client, workflow_id)
            await gateway.look(min(seen) + NEXT_TIER_AFTER)
            await eventually(lambda: asyncio.sleep(0, pager.people), lambda people: "boss" in people)
        assert len(seen) == 1
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

    async def test_what_did_not_get_through_is_tried_again_while_the_next_tier_is_called(
        self, client: Client, incidents: Incidents, library: Library, found: list[StuckWorkflow]
    ) -> None:
        pager, gateway, now = Rung("on-call"), watch(incidents, library), datetime.now(UTC)
        found.append(stuck_one("sev1", since=now))
        async with pages(client, pager):
            await look_until(gateway, now, lambda: "boss" in pager.people)
            assert pager.people == ["on-call", "boss"]
            pager.unknown = ()
            await look_until(gateway, now + TRIED_AGAIN_AFTER + A_MINUTE, lambda: len(pager.people) > 2)
            await settled(client, "on-call")
            await gateway.look(now + 3 * TRIED_AGAIN_AFTER)
            await settled(client, "on-call")
        assert pager.people == ["on-call", "boss", "on-call"]

    async def test_people_are_rung_after_a_pager_was_away_for_longer_than_a_page_is_tried(
        self, client: Client, incidents: Incidents, library: Library, found: list[StuckWorkflow], impatient: None
    ) -> None:
        pager, gateway, now = Rung(), watch(incidents, library), datetime.now(UTC)
        found.append(stuck_one("sev1", since=now))
        await gateway.look(now)
        await settled(client, "on-call")  # no worker takes pages
        async with pages(client, pager):
            await look_until(gateway, now + TRIED_AGAIN_AFTER + A_MINUTE, lambda: "on-call" in pager.people)

    @pytest.mark.parametrize(
        "before",
        [
            pytest.param(("", "review"), id="a review"),
            pytest.param(("sev3", "incident"), id="a SEV-3"),
            pytest.param(("sev1", "incident"), id="another SEV-1"),
        ],
    )
    async def test_what_has_been_stuck_for_long_does_not_silence_a_sev1(
        self,
        client: Client,
        incidents: Incidents,
        library: Library,
        found: list[StuckWorkflow],
        before: tuple[str, str],
    ) -> None:
        pager, gateway, now = Rung(), watch(incidents, library), datetime.now(UTC)
        found.append(stuck_one(*before, since=now - A_MINUTE))
        async with pages(client, pager):
            await look_until(gateway, now, lambda: pager.people == ["on-call"])
            await settled(client, "on-call", before[0] or "no-incident")
            found.append(stuck_one("sev1", since=now + LATER))
            await gateway.look(now + LATER + A_MINUTE)  # once: for the server's clock, it has not begun to fail yet
            await eventually(lambda: asyncio.sleep(0, pager.people), lambda people: people.count("on-call") == 2)
            await look_until(gateway, now + LATER + NEXT_TIER_AFTER, lambda: "boss" in pager.people)
        first, second, *_ = [send for send in pager.sent if send.key == "stuck/on-call"]
        assert "SEV1" in second.subject
        assert second.vendor_key != first.vendor_key

    async def test_a_graver_one_rings_though_it_began_before_the_first_was_rung(
        self, client: Client, incidents: Incidents, library: Library, found: list[StuckWorkflow]
    ) -> None:
        pager, gateway, now = Rung(), watch(incidents, library), datetime.now(UTC)
        found.append(stuck_one("sev3", since=now - A_MINUTE))
        async with pages(client, pager):
            await look_until(gateway, now, lambda: pager.people == ["on-call"])
            found.append(stuck_one("sev1", since=now - A_MINUTE))
            await look_until(gateway, now, lambda: pager.people == ["on-call", "on-call"])
            found.pop()  # and once it is cured, nobody hears of the other again
            await gateway.look(now)
            await settled(client, "on-call")
        assert pager.people == ["on-call", "on-call"]

    async def test_without_a_pager_it_is_shown_and_nobody_is_rung(
        self, client: Client, incidents: Incidents, opening: OpenRequest, library: Library
    ) -> None:
        pager = Rung()
        async with one_stuck(client, incidents, opening), pages(client, pager):
            gateway = watch(incidents, library, no_pager=True)
            await gateway.look(datetime.now(UTC))
        assert pager.sent == []
        (problem,) = gateway.problems(datetime.now(UTC))
        assert "Checkout is down is stuck since" in problem

    async def test_a_look_that_fails_is_no_end_of_looking(self, away: Incidents, library: Library) -> None:
        await watch(away, library).look(datetime.now(UTC))


class TestWhatIsNotKnown:
    async def test_a_look_that_is_long_ago_is_said(self, incidents: Incidents, library: Library) -> None:
        gateway, now = watch(incidents, library), datetime.now(UTC)
        await gateway.look(now)
        assert list(gateway.problems(now + UNKNOWN_AFTER)) == []
        (problem,) = gateway.problems(now + UNKNOWN_AFTER + SOON)
        assert problem.startswith("nobody knows since ")
        assert problem.endswith(" UTC whether a workflow is stuck")

    async def test_so_is_one_that_has_never_succeeded(self, away: Incidents, library: Library) -> None:
        gateway = watch(away, library)
        looking = asyncio.create_task(gateway.run())
        await eventually(lambda: asyncio.sleep(0, gateway.looked_at))
        looking.cancel()
        (problem,) = gateway.problems(datetime.now(UTC) + UNKNOWN_AFTER + SOON)
        assert problem.startswith("nobody knows since ")


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
        with pytest.raises(
            NobodyWorks, match=r"^no worker answers, though one asked for work [0-9]+ s ago: perhaps nothing"
        ):
            await incidents.status(workflow_id, patience=SOON)
