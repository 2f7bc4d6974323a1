"""Silences at the gateway: what is held, what goes on, and what the sender hears."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from activities.temporal import Temporal
from starter.intake.grouping import Batch
from starter.intake.silencing import Silencing
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen, Unreachable
from starter.temporal.silences import Silences, new_id
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import GatewayUnderTest, eventually
from worker.hosting import runner
from workflows.incident import IncidentWorkflow
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.matchers import Matcher
from workflows.policy.watches.silence import Expired, Silence, SilenceSummary
from workflows.queues import PAGE_QUEUE, WORKFLOW_QUEUE
from workflows.silence import SilenceWorkflow

GENERIC = "/webhooks/generic"
HOUR = timedelta(hours=1)


def card(*matchers: str, begins: timedelta = timedelta(), lasts: timedelta = HOUR) -> SilenceSummary:
    now = datetime.now(UTC)
    return SilenceSummary(
        id=new_id(),
        matchers=tuple(map(Matcher.parse, matchers or ("service=checkout",))),
        starts_at=now + begins,
        ends_at=now + begins + lasts,
        by="Alice",
        reason="moving the database",
    )


def alert(key: str = "a", service: str = "checkout", **more: Any) -> dict[str, Any]:
    return {"key": key, "title": f"{key} is down", "service": service, **more}


@pytest.fixture
def silences(incidents: Incidents) -> Silences:
    return Silences(incidents.connection)


async def begun(silences: Silences, *cards: SilenceSummary) -> None:
    """Added, and seen by whoever looks."""
    for each in cards:
        await silences.add(each)
    await eventually(silences.list, lambda known: len(known) >= len(cards))


async def is_open(incidents: Incidents, incident: str) -> bool:
    try:
        await incidents.history(incident)
    except NothingOpen:
        return False
    return True


async def signals(client: Client, silence: SilenceSummary) -> int:
    history = await client.get_workflow_handle(f"silence-{silence.id}").fetch_history()
    return sum(event.HasField("workflow_execution_signaled_event_attributes") for event in history.events)


async def test_what_matches_is_held_and_the_sender_is_told_by_which_silence(
    gate: GatewayUnderTest, silences: Silences, client: Client
) -> None:
    await begun(silences, one := card())
    async with gate.open() as http:
        answer = await http.post(GENERIC, json=alert())
        ready = (await http.get("/readyz")).json()
    assert (answer.status_code, answer.json()["accepted"], answer.json()["incident"]) == (202, 0, None)
    assert answer.json()["held"][0] | {"until": ""} == {
        "silence": one.id, "until": "", "by": "Alice", "reason": "moving the database", "alerts": 1,
    }  # fmt: skip
    assert answer.json()["ignored"].startswith(f"held by silence {one.id} until ")
    assert ready["webhooks"] == {"generic": {"held": 1}}
    assert [each["id"] for each in ready["silences"]["active"]] == [one.id]
    assert await signals(client, one) == 1


async def test_the_rest_of_a_delivery_goes_on(gate: GatewayUnderTest, silences: Silences, incidents: Incidents) -> None:
    await begun(silences, card())
    async with gate.open() as http:
        answer = await http.post(GENERIC, json={"alerts": [alert("a"), alert("b", service="search")]})
    assert (answer.json()["accepted"], len(answer.json()["incidents"])) == (1, 1)
    assert answer.json()["held"][0]["alerts"] == 1
    assert answer.json()["ignored"] is None
    assert await is_open(incidents, answer.json()["incident"])


async def test_of_a_group_that_is_held_in_part_the_incident_opens_by_what_is_not(
    gate: GatewayUnderTest, silences: Silences, incidents: Incidents
) -> None:
    await begun(silences, card())
    group = [alert("a", severity="sev1", group="g"), alert("b", service="search", severity="sev3", group="g")]
    async with gate.open() as http:
        answer = await http.post(GENERIC, json={"alerts": group})
    lines = await incidents.history(answer.json()["incident"])
    assert lines[0].text == "declared SEV3: b is down"


async def test_what_resolves_goes_on_to_an_incident_that_is_open_and_is_told_to_the_silence(
    gate: GatewayUnderTest, silences: Silences, incidents: Incidents, client: Client
) -> None:
    async with gate.open() as http:
        incident = (await http.post(GENERIC, json=alert())).json()["incident"]
    await begun(silences, one := card())
    async with gate.open() as http:
        answer = await http.post(GENERIC, json=alert(status="resolved"))
    assert (answer.json()["incident"], answer.json()["held"]) == (incident, [])
    assert (await incidents.history(incident))[-1].text == "alerts: 0 firing, 1 resolved"
    assert await signals(client, one) == 1


async def test_the_same_again_without_a_start_time_is_held_without_another_signal_until_it_has_ended(
    gate: GatewayUnderTest, silences: Silences, client: Client
) -> None:
    await begun(silences, one := card())
    async with gate.open() as http:
        for status in ("firing", "firing", "resolved", "firing", "firing"):
            await http.post(GENERIC, json=alert(status=status))
    assert await signals(client, one) == 3


async def test_the_same_again_is_held_without_another_signal(
    gate: GatewayUnderTest, silences: Silences, client: Client
) -> None:
    await begun(silences, one := card())
    same = alert(starts_at="2026-11-21T00:03:12Z")
    async with gate.open() as http:
        for _ in range(3):
            assert (await http.post(GENERIC, json=same)).json()["held"]
        await http.post(GENERIC, json=same | {"status": "resolved"})
        await http.post(GENERIC, json=same | {"starts_at": "2026-11-21T00:05:00Z"})
    assert await signals(client, one) == 3


async def test_one_that_is_to_come_is_known_and_holds_nothing_yet(silences: Silences) -> None:
    """The board shows it: whoever plans work looks whether it is there."""
    await begun(silences, later := card(begins=timedelta(days=1)), now_held := card())
    silencing = Silencing(silences)
    await silencing.look()
    assert [each.id for each in silencing.active(datetime.now(UTC))] == [now_held.id]
    assert [each.id for each in silencing.not_over(datetime.now(UTC))] == [now_held.id, later.id]
    assert silencing.not_over(later.ends_at) == []


async def test_the_same_again_is_told_again_after_a_minute(
    silences: Silences, client: Client, library: Library
) -> None:
    """What a silence has missed, for it was away, it hears with the next repeat."""
    await begun(silences, one := card())
    silencing, now = Silencing(silences), datetime.now(UTC)
    about = OpenRequest(runbook=library.runbooks["acme"], severity="sev2", title="a is down")
    batch = Batch("incident-generic-a", about, (Alert(fingerprint="a", starts_at=now),))
    for after_s in (0, 59, 61, 100, 122):
        assert await silencing.capture(one, batch, about, now + timedelta(seconds=after_s))
    assert await signals(client, one) == 3


async def test_the_end_of_a_group_is_always_told(silences: Silences, client: Client, library: Library) -> None:
    """It may be over for what it does not list, however often this was said of what it lists."""
    await begun(silences, one := card())
    silencing, now = Silencing(silences), datetime.now(UTC)
    about = OpenRequest(runbook=library.runbooks["acme"], severity="sev2", title="a is down")
    fires, is_over = Alert(fingerprint="a", starts_at=now), Alert(fingerprint="b", starts_at=now, status="resolved")
    batch = Batch("incident-generic-a", about, (fires, is_over))
    last = Batch("incident-generic-a", about, (is_over,), ended={"": now})
    for each in (batch, last, last):
        assert await silencing.capture(one, each, about, now)
    assert await signals(client, one) == 3


@pytest.mark.parametrize("between", [{"status": "resolved"}, {"severity": "sev1"}])
async def test_the_same_again_is_told_when_something_else_was_told_since(
    gate: GatewayUnderTest, silences: Silences, client: Client, between: dict[str, Any]
) -> None:
    await begun(silences, one := card())
    same = alert(starts_at="2026-11-21T00:03:12Z")
    async with gate.open() as http:
        for said in (same, same | between, same):
            await http.post(GENERIC, json=said)
    assert await signals(client, one) == 3


@pytest.mark.parametrize(
    ("matcher", "held"),
    [
        ("alertname=a is down", True),
        ("alertname=~a.*", True),
        ("severity=sev2", True),  # the runbook's default: the alert says none
        ("source=generic", True),
        ("source=alertmanager", False),
        ("region=eu", True),
        ("region!=eu", False),
    ],
)
async def test_matchers_see_labels_and_what_senders_say_without_them(
    matcher: str, held: bool, gate: GatewayUnderTest, silences: Silences
) -> None:
    await begun(silences, card(matcher, *([] if "!=" not in matcher else ["service=checkout"])))
    async with gate.open() as http:
        answer = await http.post(GENERIC, json=alert(labels={"region": "eu"}))
    assert bool(answer.json()["held"]) is held


async def test_one_that_has_not_begun_holds_nothing(gate: GatewayUnderTest, silences: Silences) -> None:
    await begun(silences, card(begins=HOUR))
    async with gate.open() as http:
        assert (await http.post(GENERIC, json=alert())).json()["accepted"] == 1


async def test_of_two_the_one_that_ends_last_holds(gate: GatewayUnderTest, silences: Silences) -> None:
    short, long = card(), card(lasts=2 * HOUR)
    await begun(silences, short, long)
    async with gate.open() as http:
        (held,) = (await http.post(GENERIC, json=alert())).json()["held"]
    assert held["silence"] == long.id


class TestFailingOpen:
    """A page too many is the smaller harm."""

    async def test_one_that_has_ended_holds_nothing_however_old_the_list_is(
        self, gate: GatewayUnderTest, silences: Silences, client: Client
    ) -> None:
        await begun(silences, one := card())
        async with gate.open() as http:
            assert (await http.post(GENERIC, json=alert("a"))).json()["held"]
            await client.get_workflow_handle(f"silence-{one.id}").terminate()
            answer = await http.post(GENERIC, json=alert("b"))
        assert (answer.json()["held"], answer.json()["accepted"]) == ([], 1)

    async def test_silences_that_cannot_be_looked_up_hold_nothing_and_ready_says_so(
        self, gate: GatewayUnderTest, silences: Silences, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await begun(silences, card())

        async def away(_: Silences) -> tuple[SilenceSummary, ...]:
            raise Unreachable("visibility is away")

        monkeypatch.setattr(Silences, "list", away)
        async with gate.open() as http:
            answer = await http.post(GENERIC, json=alert())
            ready = await http.get("/readyz")
        assert answer.json()["accepted"] == 1
        assert (ready.status_code, ready.json()["silences"]["problem"]) == (200, "visibility is away")

    @pytest.mark.parametrize("memo", [None, {"card": {"id": "from a later version"}}])
    async def test_one_that_cannot_be_read_stops_neither_alerts_nor_other_silences(
        self, gate: GatewayUnderTest, silences: Silences, client: Client, memo: dict[str, Any] | None
    ) -> None:
        await client.start_workflow("silence", id="silence-by-hand", task_queue=WORKFLOW_QUEUE, memo=memo)
        await begun(silences, one := card())
        async with gate.open() as http:
            held = await http.post(GENERIC, json=alert("a"))
            answer = await http.post(GENERIC, json=alert("b", service="search"))
        assert [each["silence"] for each in held.json()["held"]] == [one.id]
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)

    async def test_a_slow_look_up_holds_no_alert_up(
        self, gate: GatewayUnderTest, silences: Silences, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def slow(_: Silences) -> tuple[SilenceSummary, ...]:
            await asyncio.Event().wait()
            return ()

        monkeypatch.setattr(Silences, "list", slow)
        monkeypatch.setattr("starter.intake.silencing.SILENCES_FIRST_LOOK_S", 0.1)
        async with gate.open() as http, asyncio.timeout(HANGS_AFTER_S):
            assert (await http.post(GENERIC, json=alert())).json()["accepted"] == 1


async def test_from_the_webhook_to_the_incident_that_opens_when_the_silence_ends(
    gate: GatewayUnderTest, silences: Silences, incidents: Incidents, client: Client
) -> None:
    await begun(silences, one := card())
    workflows = [IncidentWorkflow, SilenceWorkflow]
    async with (
        Worker(client, task_queue=WORKFLOW_QUEUE, workflows=workflows, workflow_runner=runner()),
        Worker(client, task_queue=PAGE_QUEUE, activities=Temporal(incidents).page_activities()),
        gate.open() as http,
    ):
        for key in ("a", "b"):
            assert (await http.post(GENERIC, json=alert(key))).json()["held"]
        assert (await http.post(GENERIC, json=alert("b", status="resolved"))).json()["held"] == []
        state: Silence = await silences.state(one.id)
        (held,) = state.held.values()
        (kept,) = held.alerts.values()
        assert (kept.labels["service"], kept.labels["source"]) == ("checkout", "generic")  # by which another matches
        await silences.signal(one.id, Expired())
        (found,) = await eventually(incidents.list)
        await eventually(silences.list, lambda known: not known)
    assert found.title.startswith(f"a is down (held by silence {one.id} until ")


async def test_an_id_that_does_not_exist_is_said_in_words(silences: Silences) -> None:
    with pytest.raises(NothingOpen, match="there is no silence 'nope'"):
        await silences.signal("nope", Expired())
