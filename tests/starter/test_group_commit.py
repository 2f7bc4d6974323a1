"""What comes for an incident while a signal to it is under way travels with the next one, and nothing else changes."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from starter.intake import group_commit
from starter.intake.group_commit import GroupCommit
from starter.intake.parts import BYTES_A_PART
from starter.sources.refusal import Refusal
from starter.temporal.incidents import Incidents
from starter.temporal.results import Unreachable
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import GatewayUnderTest
from tests.starter.sources.test_alertmanager import alert as sent_alert
from tests.starter.sources.test_alertmanager import body
from tests.starter.test_incidents import ID, NOW, signals
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName


class HeldRoad(Incidents):
    """To the real Temporal, with a barrier in front."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.open_to_traffic = asyncio.Event()
        self.departed = 0
        self.broken = False

    async def open(
        self,
        workflow_id: str,
        opening: OpenRequest,
        delivery: AlertsReceived,
        *more: AlertsReceived,
        if_open: Sequence[AlertsReceived] = (),
    ) -> bool:
        self.departed += 1
        await self.open_to_traffic.wait()
        if self.broken:
            raise Unreachable("Temporal is away")
        return await super().open(workflow_id, opening, delivery, *more, if_open=if_open)


@pytest.fixture
def road(client: Client) -> HeldRoad:
    return HeldRoad(client)


@pytest.fixture
def commit(road: HeldRoad) -> GroupCommit:
    return GroupCommit(road)


def about(book: Runbook, severity: SeverityName = "sev2") -> OpenRequest:
    return OpenRequest(runbook=book, severity=severity, title=f"opened as {severity}")


def firing(fingerprint: str = "f", *, event_id: str = "", **more: object) -> AlertsReceived:
    alert = Alert.model_validate({"fingerprint": fingerprint, "starts_at": NOW} | more)
    return AlertsReceived(at=NOW, id=event_id, by="test", via="alerts", alerts=(alert,))


def resolved(name: str = "f") -> AlertsReceived:
    return firing(name, status="resolved")


async def depart(road: HeldRoad, count: int = 1) -> None:
    while road.departed < count:
        await asyncio.sleep(0)


async def behind_the_first(
    commit: GroupCommit, road: HeldRoad, book: Runbook, deliveries: Sequence[AlertsReceived]
) -> list["asyncio.Task[bool]"]:
    """One delivery that waits at the barrier, and these behind it."""
    tasks = [asyncio.create_task(commit.open(ID, about(book), firing("first")))]
    await depart(road)
    tasks += [asyncio.create_task(commit.open(ID, about(book), delivery)) for delivery in deliveries]
    await asyncio.sleep(0)
    return tasks


async def counts(client: Client, workflow_id: str = ID) -> list[int]:
    """How many alerts each signal brought."""
    heard = [AlertsReceived.model_validate(said) for _, said in await signals(client, workflow_id)]
    return [sum(alert.count for alert in each.alerts) for each in heard]


async def test_when_nothing_is_under_way_a_delivery_goes_at_once(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    road.open_to_traffic.set()
    for _ in range(3):
        assert await commit.open(ID, about(book), firing())
    assert await counts(client) == [1, 1, 1]


async def test_what_comes_meanwhile_travels_as_one(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    tasks = await behind_the_first(commit, road, book, [firing() for _ in range(20)])
    assert not any(task.done() for task in tasks)
    road.open_to_traffic.set()
    assert await asyncio.gather(*tasks) == [True] * 21
    assert await counts(client) == [1, 20]


async def test_incidents_do_not_wait_for_each_other(commit: GroupCommit, road: HeldRoad, book: Runbook) -> None:
    for number in range(5):
        asyncio.create_task(commit.open(f"{ID}-{number}", about(book), firing()))  # noqa: RUF006 (ends with the loop)
    async with asyncio.timeout(HANGS_AFTER_S):
        await depart(road, 5)


async def test_a_batch_that_finds_nothing_open_opens_as_its_gravest_firing_delivery_asks(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    ahead = asyncio.create_task(commit.open(ID, about(book), resolved()))  # which opens nothing
    await depart(road)
    asked: list[tuple[SeverityName, AlertsReceived]] = [
        ("sev1", resolved()), ("sev3", firing()), ("sev2", firing()), ("sev3", firing()),
    ]  # fmt: skip
    tasks = [asyncio.create_task(commit.open(ID, about(book, severity), brought)) for severity, brought in asked]
    await asyncio.sleep(0)
    road.open_to_traffic.set()
    assert not await ahead
    assert await asyncio.gather(*tasks) == [True] * 4
    assert (await client.get_workflow_handle(ID).describe()).static_summary is not None
    assert await (await client.get_workflow_handle(ID).describe()).static_summary() == "SEV2 opened as sev2"


async def test_resolved_alerts_with_nothing_open_open_nothing_together_either(
    commit: GroupCommit, road: HeldRoad, book: Runbook
) -> None:
    tasks = [asyncio.create_task(commit.open(ID, about(book), resolved())) for _ in range(3)]
    road.open_to_traffic.set()
    assert await asyncio.gather(*tasks) == [False] * 3


async def test_an_incident_that_closed_meanwhile_opens_anew(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    tasks = await behind_the_first(commit, road, book, [firing()])
    road.open_to_traffic.set()
    road.open_to_traffic.clear()  # who waited has passed, who comes waits
    await tasks[0]
    await depart(road, 2)
    await client.get_workflow_handle(ID).terminate()
    road.open_to_traffic.set()
    assert await tasks[1]
    assert await counts(client) == [1]


async def test_everybody_in_a_batch_hears_that_it_failed_and_the_next_one_goes_on(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    tasks = await behind_the_first(commit, road, book, [firing(), firing()])
    road.broken = True
    road.open_to_traffic.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["Temporal is away"] * 3
    road.broken = False
    assert await commit.open(ID, about(book), firing())
    assert await counts(client) == [1]


async def test_a_sender_that_hangs_up_leaves_the_others_alone_and_its_alert_still_arrives(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    tasks = await behind_the_first(commit, road, book, [firing(), firing(), firing()])
    tasks[0].cancel()
    tasks[2].cancel()
    await asyncio.sleep(0)
    road.open_to_traffic.set()
    assert await tasks[1]
    assert await tasks[3]
    assert await counts(client) == [1, 3]


async def test_a_batch_that_would_be_too_heavy_is_several(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "BATCH_BYTES", 500)
    tasks = await behind_the_first(commit, road, book, [firing(f"{n}", summary="x" * 100) for n in range(6)])
    road.open_to_traffic.set()
    assert await asyncio.gather(*tasks) == [True] * 7
    assert await counts(client) == [1, 2, 2, 2]


async def test_what_temporal_takes_is_counted_in_bytes_whatever_the_language(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    labels = {f"{n}": "障" * 60 for n in range(40)}  # 7 KB, of 2,400 letters
    tasks = await behind_the_first(commit, road, book, [firing(f"{n}", labels=labels) for n in range(350)])
    road.open_to_traffic.set()
    assert await asyncio.gather(*tasks) == [True] * 351
    assert sum(await counts(client)) == 351


@pytest.mark.parametrize(
    ("bound", "other", "told"),
    [("WAITING_BYTES", ID, "for this incident"), ("ALL_BYTES", f"{ID}-2", "too many alerts wait: send it again")],
    ids=["for one incident", "for all of them"],
)
async def test_beyond_what_may_wait_an_alert_stays_with_its_sender_until_there_is_room(
    bound: str,
    other: str,
    told: str,
    commit: GroupCommit,
    road: HeldRoad,
    book: Runbook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(group_commit, bound, 500)
    tasks = await behind_the_first(commit, road, book, [firing(summary="x" * 150)])
    with pytest.raises(Refusal, match=told) as refusal:
        await commit.open(other, about(book), firing(summary="x" * 150))
    assert refusal.value.status == 503
    road.open_to_traffic.set()
    assert await asyncio.gather(*tasks) == [True, True]
    assert await commit.open(other, about(book), firing(summary="x" * 150))


async def test_what_waits_of_one_source_leaves_room_for_the_others(
    commit: GroupCommit, road: HeldRoad, book: Runbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "SOURCE_BYTES", 500)
    opening = about(book)
    tasks = await behind_the_first(commit, road, book, [firing(summary="x" * 150)])
    with pytest.raises(Refusal, match=f"too many alerts of {opening.source} wait"):
        await commit.open(f"{ID}-2", opening, firing(summary="x" * 150))
    others = opening.model_copy(update={"source": "of another"})
    tasks.append(asyncio.create_task(commit.open(f"{ID}-3", others, firing(summary="x" * 150))))
    await depart(road, 2)
    road.open_to_traffic.set()
    assert await asyncio.gather(*tasks) == [True, True, True]
    assert await commit.open(f"{ID}-2", opening, firing(summary="x" * 150))


async def test_a_delivery_that_is_sent_twice_counts_once_also_in_the_same_batch(
    commit: GroupCommit, road: HeldRoad, book: Runbook, worker: Worker
) -> None:
    again = firing(event_id="msg_1")
    tasks = await behind_the_first(commit, road, book, [again, firing("g"), again, firing(event_id="msg_2")])
    road.open_to_traffic.set()
    await asyncio.gather(*tasks)
    await commit.open(ID, about(book), again)
    incident = (await road.status(ID)).incident
    assert {name: alert.count for name, alert in incident.alerts.items()} == {"first": 1, "f": 2, "g": 1}


async def test_through_the_gateway_every_alert_that_was_answered_202_is_counted(
    gate: GatewayUnderTest, worker: Worker
) -> None:
    async with gate.open() as http:
        answers = await asyncio.gather(
            *(http.post("/webhooks/alertmanager", json=body(sent_alert())) for _ in range(60)),
            *(http.post("/webhooks/alertmanager", json=body(sent_alert(labels={"n": str(n)}))) for n in range(40)),
        )
    assert {answer.status_code for answer in answers} == {202}
    [workflow_id] = {answer.json()["incident"] for answer in answers}
    assert (await gate.incidents.status(workflow_id)).incident.alerts_total == 100


LABELS = {"pod": "x" * 100, "team": "payments"}


async def heard(client: Client) -> list[dict[str, str]]:
    """The labels of each alert that the incident was signalled."""
    found = [AlertsReceived.model_validate(said) for _, said in await signals(client, ID)]
    return [alert.labels for each in found for alert in each.alerts]


async def test_an_incident_is_told_once_what_an_alert_says_and_then_that_it_came_again(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    road.open_to_traffic.set()
    said: dict[str, Any] = {}
    for more in ({}, {}, {"severity": "sev1"}, {"starts_at": NOW + timedelta(hours=1)}, {"name": "Other"}):
        said |= more
        assert await commit.open(ID, about(book), firing(labels=LABELS, **said))
    assert await heard(client) == [LABELS, {}, LABELS, LABELS, LABELS]


async def test_the_incident_after_it_is_told_whole(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    road.open_to_traffic.set()
    assert await commit.open(ID, about(book), firing(labels=LABELS))
    await client.get_workflow_handle(ID).terminate()
    assert await commit.open(ID, about(book), firing(labels=LABELS))
    assert await heard(client) == [LABELS]


async def test_what_was_told_while_nothing_was_open_is_told_whole_to_what_another_gateway_opened(
    commit: GroupCommit, road: HeldRoad, client: Client, book: Runbook
) -> None:
    road.open_to_traffic.set()
    assert not await commit.open(ID, about(book), firing(status="resolved", labels=LABELS))
    assert await road.open(ID, about(book), firing("other"))
    assert await commit.open(ID, about(book), firing(labels=LABELS))
    assert await heard(client) == [{}, LABELS]


async def test_another_gateway_tells_it_whole(road: HeldRoad, client: Client, book: Runbook) -> None:
    road.open_to_traffic.set()
    for gateway in (GroupCommit(road), GroupCommit(road)):
        assert await gateway.open(ID, about(book), firing(labels=LABELS))
    assert await heard(client) == [LABELS, LABELS]


async def test_heavy_alerts_of_one_delivery_are_several_signals(gate: GatewayUnderTest, client: Client) -> None:
    labels = {f"{n}": "x" * 150 for n in range(60)}
    async with gate.open() as http:
        sent = [sent_alert(labels={**labels, "n": str(n)}) for n in range(60)]
        answer = await http.post("/webhooks/alertmanager", json=body(*sent))
    assert answer.json()["accepted"] == 60
    heard = [str(said) for _, said in await signals(client, answer.json()["incident"])]
    assert len(heard) > 2
    assert max(map(len, heard)) < 2 * BYTES_A_PART
