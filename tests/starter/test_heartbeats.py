"""Beats: who may send them, what counts as one, and how many of them reach Temporal."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr
from temporalio.client import Client

from settings import Settings
from starter.gateway.admission import Unproved
from starter.intake.beats import Beats
from starter.runbooks.library import Library
from starter.temporal.heartbeats import Heartbeats
from starter.temporal.incidents import Incidents
from starter.temporal.results import NothingOpen
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import GatewayUnderTest
from tests.starter.test_serve import serving
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.watches.heartbeat import Beat, Paused, Removed, Spec

T0 = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def spec(book: Runbook) -> Spec:
    return Spec(every=timedelta(minutes=2), opening=OpenRequest(runbook=book, severity="sev2", title="backup"))


@pytest.fixture
async def heartbeats(incidents: Incidents, spec: Spec) -> Heartbeats:
    """One is expected: `backup`."""
    known = Heartbeats(incidents.connection)
    await known.add("backup", spec)
    return known


async def signalled(client: Client) -> list[datetime]:
    """When each beat was, of those that reached Temporal."""
    history = await client.get_workflow_handle("heartbeat-backup").fetch_history()
    signals = [
        event.workflow_execution_signaled_event_attributes
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    payloads = [signal.input.payloads[0].data for signal in signals if signal.signal_name == "beat"]
    return [Beat.model_validate_json(payload).at for payload in payloads]


class TestTheRoute:
    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
    async def test_a_beat_may_be_sent_by_whatever_a_sender_has(
        self, method: str, gate: GatewayUnderTest, heartbeats: Heartbeats, client: Client
    ) -> None:
        async with gate.open() as http:
            answer = await http.request(method, "/heartbeats/backup")
        assert answer.status_code == 200
        (beat,) = await signalled(client)
        assert datetime.now(UTC) - beat < timedelta(seconds=10)

    @pytest.mark.parametrize(
        ("body", "counts"),
        [
            (b'{"status": "firing", "alerts": [{}]}', True),
            (b'{"status": "resolved", "alerts": [{}]}', False),
            (b"backup done", True),
            (b"\xff\xfe", True),
            (b"[]", True),
        ],
    )
    async def test_a_watchdog_that_has_resolved_is_no_beat(
        self, body: bytes, counts: bool, gate: GatewayUnderTest, heartbeats: Heartbeats, client: Client
    ) -> None:
        async with gate.open() as http:
            answer = await http.post("/heartbeats/backup", content=body)
        assert (answer.status_code, answer.json()["ignored"] is None) == (200, counts)
        assert bool(await signalled(client)) is counts

    @pytest.mark.parametrize(("name", "status"), [("nightly", 404), ("Nightly!", 422), ("x" * 61, 422)])
    async def test_a_name_that_nobody_expects_is_an_error_that_says_what_to_do(
        self, name: str, status: int, gate: GatewayUnderTest
    ) -> None:
        async with gate.open() as http:
            answer = await http.get(f"/heartbeats/{name}")
        assert answer.status_code == status
        if status == 404:
            assert answer.json()["error"] == "there is no heartbeat 'nightly': tocsin heartbeat add nightly"

    async def test_one_that_was_removed_is_not_expected(
        self, gate: GatewayUnderTest, heartbeats: Heartbeats, client: Client
    ) -> None:
        await client.get_workflow_handle("heartbeat-backup").terminate()
        async with gate.open() as http:
            assert (await http.get("/heartbeats/backup")).status_code == 404

    async def test_only_who_has_the_token_may_beat(
        self, gate: GatewayUnderTest, heartbeats: Heartbeats, client: Client
    ) -> None:
        gate.settings = gate.settings.model_copy(update={"heartbeat_tokens": (SecretStr("word"),)})
        async with gate.open() as http:
            wrong = await http.get("/heartbeats/backup", headers={"Authorization": "Bearer wort"})
            right = await http.get("/heartbeats/backup", headers={"Authorization": "Bearer word"})
        assert (wrong.status_code, right.status_code) == (401, 200)
        assert len(await signalled(client)) == 1

    async def test_beyond_loopback_nobody_beats_without_a_token(self, gate: GatewayUnderTest) -> None:
        gate.unproved = Unproved.NOBODY
        async with gate.open() as http:
            answer = await http.get("/heartbeats/backup")
        assert answer.status_code == 403
        assert "TOCSIN_HEARTBEAT_TOKENS" in answer.json()["error"]

    async def test_while_temporal_is_away_the_sender_is_asked_to_beat_again(
        self, gate: GatewayUnderTest, away: Incidents
    ) -> None:
        gate.incidents = away
        async with gate.open() as http:
            answer = await http.get("/heartbeats/backup")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


class TestHowManyArrive:
    async def test_four_in_an_interval_are_handed_on_and_the_last_always_is(
        self, heartbeats: Heartbeats, client: Client
    ) -> None:
        beats = Beats(heartbeats)
        for second in range(0, 120, 2):
            await beats.arrive("backup", T0 + second * SECOND)
            await beats.flush(T0 + second * SECOND)
        await beats.flush(T0 + 150 * SECOND)
        seconds = [(beat - T0) / SECOND for beat in await signalled(client)]
        assert seconds == [0, 30, 60, 90, 118]

    async def test_the_last_of_a_burst_arrives_with_its_own_time_a_quarter_later(
        self, heartbeats: Heartbeats, client: Client
    ) -> None:
        beats = Beats(heartbeats)
        for second in (0, 1, 2):
            await beats.arrive("backup", T0 + second * SECOND)
        await beats.flush(T0 + 29 * SECOND)
        assert await signalled(client) == [T0]
        await beats.flush(T0 + 30 * SECOND)
        assert await signalled(client) == [T0, T0 + 2 * SECOND]

    async def test_a_sender_that_is_on_time_is_never_kept_waiting(self, heartbeats: Heartbeats, client: Client) -> None:
        beats = Beats(heartbeats)
        for minute in range(0, 10, 2):
            await beats.arrive("backup", T0 + minute * 60 * SECOND)
        assert len(await signalled(client)) == 5

    async def test_what_was_kept_is_handed_on_when_the_gateway_ends(
        self, settings: Settings, library: Library, incidents: Incidents, heartbeats: Heartbeats, client: Client
    ) -> None:
        here = serving(settings, library, incidents, allow_local=True)
        async with here as address, httpx.AsyncClient(trust_env=False) as http:
            for _ in range(3):
                assert (await http.get(f"{address}/heartbeats/backup")).status_code == 200
            assert len(await signalled(client)) == 1
        assert len(await signalled(client)) == 2

    async def test_what_temporal_cannot_take_now_is_kept_until_it_can(
        self, heartbeats: Heartbeats, client: Client, away: Incidents, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        beats = Beats(heartbeats)
        for second in (0, 1):
            await beats.arrive("backup", T0 + second * SECOND)
        with monkeypatch.context() as patched:
            patched.setattr(heartbeats, "signal", Heartbeats(away.connection).signal)
            await beats.flush(T0 + 60 * SECOND)
        await beats.flush(T0 + 61 * SECOND)
        assert await signalled(client) == [T0, T0 + SECOND]

    async def test_what_was_kept_for_one_that_nobody_expects_any_more_is_dropped(
        self, heartbeats: Heartbeats, client: Client
    ) -> None:
        beats = Beats(heartbeats)
        for second in (0, 1):
            await beats.arrive("backup", T0 + second * SECOND)
        await client.get_workflow_handle("heartbeat-backup").terminate()
        await beats.flush(T0 + 60 * SECOND)
        with pytest.raises(NothingOpen):
            await beats.arrive("backup", T0 + 61 * SECOND)


class TestWithoutAWorker:
    async def test_what_is_expected_can_be_listed(self, heartbeats: Heartbeats, spec: Spec) -> None:
        await heartbeats.add("another", spec)
        async with asyncio.timeout(HANGS_AFTER_S):
            while len(found := await heartbeats.list()) < 2:
                await asyncio.sleep(0.02)
        assert [(card.name, card.every, card.severity, card.runbook) for card in found] == [
            ("another", timedelta(minutes=2), "sev2", "acme"),
            ("backup", timedelta(minutes=2), "sev2", "acme"),
        ]

    async def test_a_name_that_nobody_expects_cannot_be_told_anything(self, incidents: Incidents) -> None:
        for event in (Paused(duration=timedelta(hours=1)), Removed()):
            with pytest.raises(NothingOpen, match="there is no heartbeat 'nope'"):
                await Heartbeats(incidents.connection).signal("nope", event)
