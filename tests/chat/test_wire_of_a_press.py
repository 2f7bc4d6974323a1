"""What a press asks of Temporal and of Slack: each call more is one that two hundred at once wait for."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from temporalio.client import Client

from chat import late_answers, people
from chat.prompt_deeds import MOST_ASKED_AT_ONCE
from chat.waits import AS_SLACK_WAITS
from starter.temporal.incidents import Incidents
from tests.chat.conftest import PATIENT, Door
from tests.chat.slack_side import ANN, BOB, SlackSide, interaction
from tests.chat.test_presses import declared, lines, state
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import eventually
from tests.starter.rows import calls_of

INCIDENTS = 5
LIST, SIGNAL, UPDATE = "list_workflow_executions", "signal_workflow_execution", "update_workflow_execution"


@pytest.fixture(autouse=True)
def _answers_come_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that they are in no count."""
    monkeypatch.setattr(late_answers, "LOOKED_AFTER_S", HANGS_AFTER_S)


@pytest.fixture
def crowded(slack: Door) -> Door:
    """As many others press as incidents are asked for."""
    slack.chat.presses.deeds._under_way = MOST_ASKED_AT_ONCE
    slack.chat.presses.deeds.waits = PATIENT.stretched(1000)
    return slack


async def listed(incidents: Incidents, count: int) -> list[str]:
    """Incidents that are in the lists, by their ids."""
    declared_ones = [await declared(incidents) for _ in range(count)]

    async def known() -> set[str]:
        return {row.incident for row in (await incidents.page()).rows}

    await eventually(known, lambda seen: seen >= set(declared_ones))
    return declared_ones


def asked(side: SlackSide) -> Counter[str]:
    """But whether the app works, which it asks each minute."""
    return Counter(method for method, _ in side.calls if method != "auth.test")


async def test_one_press_is_two_lists_and_an_update_and_asks_slack_nothing(
    slack: Door, side: SlackSide, incidents: Incidents, client: Client
) -> None:
    (incident,) = await listed(incidents, 1)
    with calls_of(client) as calls:
        await slack.send(interaction(side.press(ANN, "note", incident, said={"text": "the disk is full"})))
    assert calls == {LIST: 2, UPDATE: 1}
    assert asked(side) == {}
    assert lines(await state(incidents, incident), "the disk is full")


async def test_one_press_in_a_crowd_is_a_list_and_a_signal(
    crowded: Door, side: SlackSide, incidents: Incidents, client: Client
) -> None:
    (incident,) = await listed(incidents, 1)
    with calls_of(client) as calls:
        await crowded.send(interaction(side.press(ANN, "note", incident, said={"text": "the disk is full"})))
        assert calls == {LIST: 1, SIGNAL: 1}


async def test_who_press_for_several_incidents_at_the_same_moment_look_for_them_together(
    crowded: Door, side: SlackSide, incidents: Incidents, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = await listed(incidents, INCIDENTS)
    words = [f"press {number}." for number in range(4)]
    presses = [side.press(ANN, "note", incident, said={"text": word}) for word in words for incident in several]
    with calls_of(client) as calls:
        everybody_looks = hold_the_first_call(crowded, client, monkeypatch)
        sent = [asyncio.create_task(crowded.send(interaction(press))) for press in presses]
        await eventually(everybody_looks)
        assert {(await each).status_code for each in sent} == {200}
        assert calls[LIST] <= 2
    for incident in several:
        found = await state(incidents, incident)
        assert [len(lines(found, word)) for word in words] == [1] * len(words)


def hold_the_first_call(
    crowded: Door, client: Client, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Awaitable[bool]]:
    """Until somebody looks for each of the incidents."""
    service, lookups, let_go = client.service_client, crowded.chat.presses.deeds.recorder._lookups, asyncio.Event()
    really = service._rpc_call

    async def hold(*args: Any, **kwargs: Any) -> Any:
        await let_go.wait()
        return await really(*args, **kwargs)

    async def everybody_looks() -> bool:
        if len(lookups) == INCIDENTS:
            let_go.set()
        return let_go.is_set()

    monkeypatch.setattr(service, "_rpc_call", hold)
    return everybody_looks


async def test_who_several_presses_are_of_is_asked_once_also_where_slack_cannot_say(
    crowded: Door, side: SlackSide, incidents: Incidents
) -> None:
    (incident,) = await listed(incidents, 1)
    side.answers["users.info"] = {"ok": False, "error": "user_not_found"}
    presses = [side.press(BOB, "note", incident, said={"text": f"press {number}."}) for number in range(4)]
    await asyncio.gather(*(crowded.send(interaction(press)) for press in presses))
    await crowded.send(interaction(side.press(BOB, "note", incident, said={"text": "afterwards"})))
    assert asked(side) == {"users.info": 1}


async def test_who_could_not_be_asked_is_asked_again_a_little_later(
    side: SlackSide, slack: Door, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
) -> None:
    (incident,) = await listed(incidents, 1)
    side.answers["users.info"] = {"ok": False, "error": "internal_error"}
    await slack.send(interaction(side.press(BOB, "note", incident, said={"text": "while Slack is away"})))
    del side.answers["users.info"]
    monkeypatch.setattr(people, "monotonic", lambda: time.monotonic() + people.NOT_SAID_FOR_S)
    await slack.send(interaction(side.press(BOB, "ack", incident)))
    assert (await state(incidents, incident)).acknowledged_by == "bob@acme.example"


async def test_an_answer_of_an_incident_that_is_waited_for_no_longer_leaves_nothing_behind(
    slack: Door, side: SlackSide, incidents: Incidents, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update that is cancelled is an error of Temporal's client, which looked as if nobody worked: it was signalled
    for that, and once more because it had not been answered."""
    (incident,) = await listed(incidents, 1)
    service = client.service_client
    really = service._rpc_call

    async def no_update(rpc: str, *args: Any, **kwargs: Any) -> Any:
        if rpc == UPDATE:
            await asyncio.sleep(HANGS_AFTER_S)
        return await really(rpc, *args, **kwargs)

    monkeypatch.setattr(service, "_rpc_call", no_update)
    slack.chat.presses.deeds.waits = replace(PATIENT, press_s=AS_SLACK_WAITS.press_s)
    with calls_of(client) as calls:
        await slack.send(interaction(side.press(ANN, "note", incident, said={"text": "the disk is full"})))
        assert calls == {LIST: calls[LIST], UPDATE: calls[UPDATE], SIGNAL: 1}
    assert lines(await state(incidents, incident), "the disk is full")
