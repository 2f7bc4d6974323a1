"""What requests can bring about that have proved nothing: however many there are, others are served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from starter.gateway.log_budget import LINES_A_MINUTE, LogBudget
from starter.gateway.strangers_calls import CALLS_AT_ONCE, CALLS_OF_ONE_ADDRESS, StrangersCalls
from starter.temporal.results import Unreachable
from tests.starter.conftest import GatewayUnderTest

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


class CountedTemporal:
    """Slow to say that it is there."""

    def __init__(self, gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.may_answer = 0, asyncio.Event()
        monkeypatch.setattr(gate.incidents, "check", self.check)

    async def check(self) -> None:
        self.asked += 1
        await self.may_answer.wait()
        raise Unreachable("it is away")


async def test_however_many_ask_whether_it_is_ready_temporal_is_asked_once(
    gate: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporal = CountedTemporal(gate, monkeypatch)
    async with gate.open() as http:
        asking = [asyncio.create_task(http.get(path)) for path in ("/readyz", "/") * 20]
        while temporal.asked == 0:
            await asyncio.sleep(0)
        for _ in range(2_000):  # as far as each of them comes
            await asyncio.sleep(0)
        temporal.may_answer.set()
        assert {answer.status_code for answer in await asyncio.gather(*asking)} == {503}
        assert temporal.asked == 1
        await http.get("/readyz")
        assert temporal.asked == 2, "who asks later hears how it is then"


@pytest.mark.parametrize(
    ("path", "event"),
    [("/webhooks/alertmanager", "webhook refused: wrong token or signature"), ("/api/v1/incidents", "request to the")],
)
async def test_the_log_has_a_line_for_each_of_the_first_refusals(gate: GatewayUnderTest, path: str, event: str) -> None:
    gate.settings = gate.settings.model_copy(update={"alertmanager_tokens": (SecretStr("good"),)})
    async with gate.open() as http:
        with capture_logs() as logs:
            for _ in range(3 * LINES_A_MINUTE):
                answer = await http.request("POST" if "webhooks" in path else "GET", path)
                assert answer.status_code == 401
    assert len([entry for entry in logs if entry["event"].startswith(event)]) == LINES_A_MINUTE


def test_what_the_log_went_without_is_said_in_the_next_minute() -> None:
    budget = LogBudget()
    said = [budget.left_out("api", NOON + number * timedelta(seconds=1)) for number in range(LINES_A_MINUTE + 5)]
    assert said == [0] * LINES_A_MINUTE + [None] * 5
    assert budget.left_out("login", NOON) == 0
    assert budget.left_out("api", NOON + timedelta(minutes=1)) == 5
    assert budget.left_out("api", NOON + timedelta(minutes=2)) == 0


class Calling:
    """As many calls as are wanted, none of which ends by itself."""

    def __init__(self) -> None:
        self.turns, self.under_way, self.tasks = StrangersCalls(), list[str](), list[asyncio.Task[None]]()

    async def begin(self, address: str, number: int) -> None:
        self.tasks += [asyncio.create_task(self._call(address)) for _ in range(number)]
        for _ in range(10):
            await asyncio.sleep(0)

    async def _call(self, address: str) -> None:
        async with self.turns.turn(address):
            self.under_way.append(address)
            await asyncio.Event().wait()


@asynccontextmanager
async def calling() -> AsyncIterator[Calling]:
    calls = Calling()
    yield calls
    for task in calls.tasks:
        task.cancel()
    await asyncio.gather(*calls.tasks, return_exceptions=True)


async def test_who_makes_many_calls_keeps_nobody_elses_waiting() -> None:
    async with calling() as calls:
        await calls.begin("203.0.113.7", 1_000)
        assert calls.under_way == ["203.0.113.7"] * CALLS_OF_ONE_ADDRESS
        await calls.begin("198.51.100.1", 1)
        assert calls.under_way[-1] == "198.51.100.1"


async def test_there_is_an_end_to_how_many_are_made_at_once() -> None:
    async with calling() as calls:
        for number in range(50):
            await calls.begin(f"203.0.113.{number}", 1)
        assert len(calls.under_way) == CALLS_AT_ONCE
