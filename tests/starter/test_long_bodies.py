"""Long bodies keep nobody waiting who sends a short one: neither the loop, nor the memory, nor another source."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator

import pytest

from starter.gateway import beside, bodies
from starter.gateway.accepted import MOST_NAMES
from starter.gateway.beside import LIGHT_WEIGHT, SHORT_BYTES, Beside, is_short
from starter.gateway.bodies import FREE_BYTES, BodyRoom, releasing
from starter.sources.refusal import Refusal
from tests.patience import HANGS_AFTER_S
from tests.starter.conftest import GatewayUnderTest

LONG = b" " * (SHORT_BYTES + 1)


class TestBeside:
    @pytest.mark.asyncio
    async def test_a_short_body_is_read_at_once_and_a_long_one_beside_the_loop(self) -> None:
        there = Beside()
        assert await there.do("a", LONG[:SHORT_BYTES], threading.get_ident) == threading.get_ident()
        assert await there.do("a", LONG, threading.get_ident) != threading.get_ident()

    @pytest.mark.asyncio
    async def test_a_short_one_that_is_full_of_values_is_a_long_one(self) -> None:
        many = b"[%b]" % b",".join([b"{}"] * (LIGHT_WEIGHT // 9 + 1))
        assert len(many) < SHORT_BYTES / 10
        assert await Beside().do("a", many, threading.get_ident) != threading.get_ident()

    def test_fifty_alerts_as_alertmanager_sends_them_are_short(self) -> None:
        labels = {"alertname": "HighErrorRate", "severity": "critical", **{f"label{n}": "value" * 4 for n in range(8)}}
        words = {"summary": "Error ratio 20%", "description": "x" * 150, "runbook_url": "https://wiki.example.com/x"}
        alert = {"status": "firing", "labels": labels, "annotations": words, "startsAt": "2026-11-21T00:03:12.494Z"}
        assert is_short(json.dumps({"groupKey": "g", "alerts": [alert] * 50}).encode())

    @pytest.mark.asyncio
    async def test_what_is_wrong_with_it_is_raised_where_it_is_waited_for(self) -> None:
        def refuse() -> None:
            raise Refusal(400, "no")

        with pytest.raises(Refusal):
            await Beside().do("a", LONG, refuse)

    @pytest.mark.asyncio
    async def test_a_source_waits_for_itself_alone(self) -> None:
        """However many long bodies one sends, that of another is next."""
        there, goes_on, under_way = Beside(), threading.Event(), threading.Semaphore(0)

        def slow() -> str:
            under_way.release()
            goes_on.wait(HANGS_AFTER_S)
            return "slow"

        flood = [asyncio.create_task(there.do("noisy", LONG, slow)) for _ in range(20)]
        await asyncio.to_thread(under_way.acquire)
        async with asyncio.timeout(HANGS_AFTER_S):
            assert await there.do("honest", LONG, lambda: "quick") == "quick"
        assert not any(each.done() for each in flood)
        goes_on.set()
        assert await asyncio.gather(*flood) == ["slow"] * 20


class TestRoom:
    @pytest.mark.asyncio
    async def test_beyond_its_room_a_body_stays_with_its_sender_until_another_is_done(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bodies, "ROOM_BYTES", 100)
        there = BodyRoom()
        with releasing():
            there.take(30, "10.0.0.1")
            with pytest.raises(Refusal) as crowded:
                there.take(30, "10.0.0.1")
            there.take(50, "10.0.0.2")
            with pytest.raises(Refusal):
                there.take(30, "10.0.0.3")
        assert crowded.value.status == 503
        assert there.taken.total() == 0

    @pytest.mark.asyncio
    async def test_a_usual_alert_gets_in_whatever_others_send(
        self, gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bodies, "ROOM_BYTES", 2)
        arrived, ends = asyncio.Event(), asyncio.Event()

        async def large() -> AsyncIterator[bytes]:
            yield b"x" * (FREE_BYTES + 1)
            arrived.set()
            await ends.wait()

        async with gate.open() as http:
            holding = asyncio.create_task(http.post("/webhooks/generic", content=large()))
            await arrived.wait()
            refused = await http.post("/webhooks/generic", content=b"x" * (FREE_BYTES + 2))
            alert = {"key": "k", "title": "t"}
            accepted = await http.post("/webhooks/generic", json=alert)
            ends.set()
            await holding
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert (accepted.status_code, accepted.json()["accepted"]) == (202, 1)


@pytest.mark.asyncio
async def test_an_answer_names_the_first_of_very_many(gate: GatewayUnderTest) -> None:
    many = [{"key": f"k{n}", "title": "t" * 150 + str(n), "ends": "never"} for n in range(MOST_NAMES + 30)]
    async with gate.open() as http:
        answer = await http.post("/webhooks/generic", json={"alerts": many})
    said = answer.json()
    assert said["accepted"] == len(many)
    assert len(said["incidents"]) == MOST_NAMES
    assert said["resolve_by_hand"][MOST_NAMES:] == ["and 30 more"]
    assert len(answer.content) < 16_384


@pytest.mark.asyncio
async def test_all_that_is_read_of_a_long_body_is_read_beside_the_loop(
    gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[bytes] = []
    before = Beside.do

    async def recording(self: Beside, source: str, body: bytes, work: object) -> object:
        worked.append(body)
        return await before(self, source, body, work)  # type: ignore[arg-type] # as it was given

    monkeypatch.setattr(beside.Beside, "do", recording)
    body = {"groupKey": "g", "alerts": [{"labels": {"alertname": f"a{n}", "l": "v" * 50}} for n in range(500)]}
    async with gate.open() as http:
        await http.post("/webhooks/alertmanager", json=body)
        await http.post("/webhooks/jira", json=body)
        await http.post("/webhooks/pagerduty", json=body)
    assert len(worked) >= 2 + 1 + 1
    assert not any(map(is_short, worked))
