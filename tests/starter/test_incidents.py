"""What Temporal has after each thing that can be said to an incident, and what people read when it cannot be said."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from starter.temporal.canaries import Canaries
from starter.temporal.incidents import Incidents
from starter.temporal.results import LookupFailed, NobodyWorks, NothingOpen, RefusedByIncident, Unreachable
from tests.starter.conftest import eventually, incident_worker
from workflows.durable import search_attributes as attributes
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import Acknowledged, AlertsReceived, Noted, Reopened, Resolved, SeverityChanged
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import IncidentInput

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOON = timedelta(seconds=0.3)
ID = "incident-alertmanager-0123456789abcdef0123"


@pytest.fixture
def opening(book: Runbook) -> OpenRequest:
    return OpenRequest(runbook=book, severity="sev1", title="Checkout is down", service="checkout", source="test")


def alerts(*statuses: str) -> AlertsReceived:
    made = [
        Alert.model_validate({"fingerprint": str(number), "status": status, "starts_at": NOW})
        for number, status in enumerate(statuses)
    ]
    return AlertsReceived(at=NOW, by="test", alerts=tuple(made))


async def events(client: Client, workflow_id: str, kind: EventType.ValueType) -> list[HistoryEvent]:
    history = client.get_workflow_handle(workflow_id).fetch_history_events()
    return [event async for event in history if event.event_type == kind]


async def signals(client: Client, workflow_id: str) -> list[tuple[str, dict[str, object]]]:
    found = await events(client, workflow_id, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    heard = [event.workflow_execution_signaled_event_attributes for event in found]
    return [(each.signal_name, (await client.data_converter.decode(each.input.payloads))[0]) for each in heard]


class TestOpening:
    async def test_firing_alerts_start_the_incident_and_reach_it(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        assert await incidents.open(ID, opening, alerts("firing"))

        [began] = await events(client, ID, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
        started = began.workflow_execution_started_event_attributes
        assert started.workflow_type.name == "incident"
        assert started.task_queue.name == "tocsin"
        assert started.workflow_task_timeout.seconds == 5
        [life] = await client.data_converter.decode(started.input.payloads, [IncidentInput])
        assert life == IncidentInput(opening=opening)
        [(name, said)] = await signals(client, ID)
        assert name == "alert"
        assert AlertsReceived.model_validate(said) == alerts("firing")

    async def test_it_can_be_found_and_read_before_any_worker_runs(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        await incidents.open(ID, opening, alerts("firing"))
        seen = await client.get_workflow_handle(ID).describe()
        assert seen.typed_search_attributes[attributes.SEVERITY] == "sev1"
        assert seen.typed_search_attributes[attributes.SERVICE] == "checkout"
        assert seen.typed_search_attributes[attributes.RUNBOOK] == "acme"
        assert seen.typed_search_attributes[attributes.PHASE] == "investigating"
        assert await seen.static_summary() == "SEV1 Checkout is down"
        [listed] = await eventually(incidents.list)
        assert (listed.title, listed.severity, listed.open) == ("Checkout is down", "sev1", True)

    async def test_a_repeated_alert_finds_the_open_incident(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        for _ in range(3):
            await incidents.open(ID, opening, alerts("firing"))
        assert len(await events(client, ID, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)) == 1
        assert len(await signals(client, ID)) == 3

    async def test_resolved_alerts_open_nothing(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        assert not await incidents.open(ID, opening, alerts("resolved", "resolved"))
        with pytest.raises(NothingOpen):
            await incidents.signal(ID, Noted(text="is anybody there?"))

    async def test_resolved_alerts_reach_an_open_incident(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        await incidents.open(ID, opening, alerts("firing"))
        assert await incidents.open(ID, opening, alerts("resolved"))
        assert len(await signals(client, ID)) == 2

    async def test_a_mixed_batch_opens(self, incidents: Incidents, opening: OpenRequest) -> None:
        assert await incidents.open(ID, opening, alerts("resolved", "firing"))

    async def test_a_group_that_was_closed_opens_anew(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        await incidents.open(ID, opening, alerts("firing"))
        await client.get_workflow_handle(ID).terminate()
        assert not await incidents.open(ID, opening, alerts("resolved"))
        assert await incidents.open(ID, opening, alerts("firing"))

    async def test_a_title_of_many_bytes_opens(self, incidents: Incidents, opening: OpenRequest) -> None:
        long = opening.model_copy(update={"title": "ü" * 300, "service": "ü" * 200})
        assert await incidents.open(ID, long, alerts("firing"))

    async def test_declaring_by_hand_makes_a_new_incident_each_time(
        self, incidents: Incidents, opening: OpenRequest
    ) -> None:
        first, second = await incidents.declare(opening), await incidents.declare(opening)
        assert first != second
        assert first.startswith("incident-declared-")


class TestTelling:
    async def test_a_command_leaves_its_time_to_the_workflow(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        await incidents.signal(workflow_id, Acknowledged(by="Ada"))
        assert await signals(client, workflow_id) == [("acknowledge", {"by": "Ada"})]

    async def test_a_webhook_states_its_own_time_and_id(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        await incidents.signal(workflow_id, Resolved(at=NOW, id="x", ring="r"))
        assert await signals(client, workflow_id) == [
            ("resolve", {"at": "2026-11-21T00:00:00Z", "id": "x", "ring": "r"})
        ]

    async def test_a_closed_incident_cannot_be_told_anything(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        await client.get_workflow_handle(workflow_id).terminate()
        with pytest.raises(NothingOpen, match="is closed already"):
            await incidents.signal(workflow_id, Noted(text="late"))


class TestAsking:
    async def test_an_update_says_what_it_changed(
        self, incidents: Incidents, opening: OpenRequest, worker: Worker
    ) -> None:
        workflow_id = await incidents.declare(opening)
        changed = await incidents.ask(workflow_id, Acknowledged(by="Ada", via="command line"))
        assert any("Ada" in line for line in changed.changed)

    async def test_the_incident_may_refuse_in_its_own_words(
        self, incidents: Incidents, opening: OpenRequest, worker: Worker
    ) -> None:
        workflow_id = await incidents.declare(opening)
        with pytest.raises(RefusedByIncident) as refused:
            await incidents.ask(workflow_id, Reopened())
        assert str(refused.value).endswith("is not resolved")

    async def test_without_a_worker_a_signal_of_the_same_id_is_left(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        with pytest.raises(NobodyWorks, match="recorded; no worker is running: nothing is being paged"):
            await incidents.ask(workflow_id, Acknowledged(id="ack-1", by="Ada"), patience=SOON)
        assert await signals(client, workflow_id) == [("acknowledge", {"id": "ack-1", "by": "Ada"})]

    async def test_whoever_waits_no_longer_is_not_told_that_nobody_works_and_leaves_nothing(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        """Temporal's client makes an error of its own of an update that is cancelled."""
        workflow_id = await incidents.declare(opening)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await incidents.ask(workflow_id, Acknowledged(id="ack-1", by="Ada"), patience=timedelta(minutes=1))
        assert await signals(client, workflow_id) == []

    async def test_what_was_left_without_a_worker_counts_once_when_one_comes(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        with pytest.raises(NobodyWorks):
            await incidents.ask(workflow_id, Noted(by="Ada", text="once"), patience=SOON)
        async with incident_worker(client):
            status = await incidents.status(workflow_id)
        assert sum("once" in entry.text for entry in status.incident.timeline) == 1

    async def test_an_incident_that_is_not_there(self, incidents: Incidents) -> None:
        with pytest.raises(NothingOpen, match="there is no incident incident-x"):
            await incidents.ask("incident-x", Noted(text="hello"))


class TestReading:
    async def test_state_and_plan(self, incidents: Incidents, opening: OpenRequest, worker: Worker) -> None:
        workflow_id = await incidents.declare(opening)
        status, plan_view = await asyncio.gather(incidents.status(workflow_id), incidents.plan_view(workflow_id))
        assert status.incident.title == "Checkout is down"
        assert plan_view.incident == status.incident.id
        assert plan_view.lines

    @pytest.mark.parametrize("read", [Incidents.status, Incidents.plan_view])
    async def test_without_a_worker_they_say_so(
        self, read: Callable[..., Awaitable[object]], incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        with pytest.raises(NobodyWorks, match="no worker is running"):
            await read(incidents, workflow_id, patience=SOON)

    async def test_without_a_worker_the_history_tells_what_it_knows(
        self, incidents: Incidents, opening: OpenRequest
    ) -> None:
        await incidents.open(ID, opening, alerts("firing", "resolved"))
        await incidents.signal(ID, SeverityChanged(severity="sev2", by="Ada", via="command line"))
        assert [line.text for line in await incidents.history(ID)] == [
            "declared SEV1: Checkout is down",
            "alerts: 1 firing, 1 resolved",
            "change severity by Ada via command line; severity: sev2",
        ]

    async def test_the_history_survives_signals_that_nobody_understands(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        handle = client.get_workflow_handle(workflow_id)
        await handle.signal("resolve")
        await handle.signal("resolve", "not an object")
        await handle.signal("sing", {"a": 1})
        assert [line.text for line in await incidents.history(workflow_id)][1:] == [
            "resolve",
            "resolve, in words that could not be read",
            "sing",
        ]

    async def test_the_history_names_what_was_sent(
        self, incidents: Incidents, opening: OpenRequest, worker: Worker
    ) -> None:
        workflow_id = await incidents.declare(opening)
        lines = await eventually(
            lambda: incidents.history(workflow_id), lambda lines: any(line.text.startswith("to do: ") for line in lines)
        )
        assert any("page On-call Engineer" in line.text for line in lines)


class TestFinding:
    async def open_two(self, incidents: Incidents, opening: OpenRequest) -> tuple[str, str]:
        """Their incident ids, once both can be found."""
        for number in range(2):
            await incidents.open(f"incident-test-{number}", opening, alerts("firing"))
        found = await eventually(
            incidents.list, lambda seen: len(seen) == 2 and all(each.incident != each.workflow_id for each in seen)
        )
        first, second = sorted(found, key=lambda each: each.workflow_id)
        return first.incident, second.incident

    async def test_nothing_at_all_means_the_only_open_one(self, incidents: Incidents, opening: OpenRequest) -> None:
        workflow_id = await incidents.declare(opening)
        await eventually(incidents.list)
        assert (await incidents.find()).workflow_id == workflow_id

    async def test_nothing_at_all_means_none_if_several_are_open(
        self, incidents: Incidents, opening: OpenRequest, worker: Worker
    ) -> None:
        first, second = await self.open_two(incidents, opening)
        with pytest.raises(LookupFailed) as failed:
            await incidents.find()
        assert str(failed.value).startswith("2 incidents are open, say which:")
        assert f"{first}  SEV-1 Checkout is down" in str(failed.value)
        assert second in str(failed.value)

    async def test_an_incident_id_or_a_clear_beginning_is_enough(
        self, incidents: Incidents, opening: OpenRequest, worker: Worker
    ) -> None:
        first, second = await self.open_two(incidents, opening)
        unique = second[: next(n for n in range(len(second)) if first[:n] != second[:n])]
        assert (await incidents.find(first)).workflow_id == "incident-test-0"
        assert (await incidents.find(unique)).incident == second
        assert (await incidents.find("incident-test-1")).incident == second

    async def test_a_beginning_that_several_share_lists_them(
        self, incidents: Incidents, opening: OpenRequest, worker: Worker
    ) -> None:
        first, _ = await self.open_two(incidents, opening)
        with pytest.raises(LookupFailed, match="2 incidents begin with '2', say which"):
            await incidents.find(first[0])

    async def test_an_unknown_id_lists_what_is_open(self, incidents: Incidents, opening: OpenRequest) -> None:
        workflow_id = await incidents.declare(opening)
        await eventually(incidents.list)
        with pytest.raises(LookupFailed, match=f"there is no incident '1999'; open are:\n  {workflow_id}"):
            await incidents.find("1999")

    async def test_none_open(self, incidents: Incidents) -> None:
        with pytest.raises(LookupFailed, match="no incident is open"):
            await incidents.find()

    @pytest.mark.parametrize("odd", ["' OR 1=1 --", "a b", "", "x" * 300, "ü"])
    async def test_what_can_be_no_id_never_becomes_a_query(self, odd: str, incidents: Incidents) -> None:
        with pytest.raises(LookupFailed, match="is not the id of an incident"):
            await incidents.find(odd)

    async def test_a_closed_one_is_said_to_be_closed_and_found_if_wanted(
        self, client: Client, incidents: Incidents, opening: OpenRequest
    ) -> None:
        workflow_id = await incidents.declare(opening)
        await client.get_workflow_handle(workflow_id).terminate()
        await eventually(lambda: incidents.list(include_closed=True), lambda seen: bool(seen) and not seen[0].open)
        with pytest.raises(LookupFailed, match="closed already"):
            await incidents.find(workflow_id)
        found = await incidents.find(workflow_id, closed=True)
        assert found.workflow_id == workflow_id
        assert [line.text for line in await incidents.history(workflow_id, found.run_id)][-1].startswith("terminated")

    async def test_open_ones_are_listed_first(self, client: Client, incidents: Incidents, opening: OpenRequest) -> None:
        still_open = await incidents.declare(opening)
        closed = await incidents.declare(opening)
        await client.get_workflow_handle(closed).terminate()
        both = await eventually(
            lambda: incidents.list(include_closed=True), lambda seen: [each.open for each in seen] == [True, False]
        )
        assert [each.workflow_id for each in both] == [still_open, closed]
        assert [each.workflow_id for each in await incidents.list()] == [still_open]


class TestAway:
    @pytest.mark.parametrize(
        "call",
        [
            lambda incidents, _: incidents.signal("incident-x", Noted(text="hello")),
            lambda incidents, _: incidents.ask("incident-x", Noted(text="hello")),
            lambda incidents, opening: incidents.open("incident-x", opening, alerts("firing")),
            lambda incidents, opening: incidents.declare(opening),
            lambda incidents, _: incidents.status("incident-x"),
            lambda incidents, _: incidents.plan_view("incident-x"),
            lambda incidents, _: incidents.history("incident-x"),
            lambda incidents, _: incidents.find(),
            lambda incidents, _: incidents.list(),
            lambda incidents, _: incidents.check(),
            lambda incidents, _: Canaries(incidents.connection).send(),
        ],
    )
    async def test_every_call_says_that_temporal_is_away_and_where_it_was_sought(
        self, call: Callable[[Incidents, OpenRequest], Awaitable[object]], away: Incidents, opening: OpenRequest
    ) -> None:
        with pytest.raises(Unreachable, match=f"Temporal at {away.address}"):
            await call(away, opening)

    async def test_a_namespace_that_is_not_there_is_not_taken_for_a_closed_incident(self, client: Client) -> None:
        address = client.service_client.config.target_host
        lost = await Client.connect(address, namespace="nowhere", data_converter=pydantic_data_converter)
        with pytest.raises(Unreachable, match="nowhere"):
            await Incidents(lost).signal("incident-x", Noted(text="hello"))
        with pytest.raises(Unreachable, match="nowhere"):
            await Incidents(lost).check()
