"""Flapping: what fires is never held, an end is told when it has lasted, and the last state always arrives."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest
from temporalio.client import Client

from settings import Settings
from starter import grouping
from starter.answers import Unreachable
from starter.flapping import Flapping
from starter.incidents import Incidents
from starter.runbooks import Library
from starter.sources.reading import Reading, SentAlert
from tests.starter.conftest import Gate
from tests.starter.sources.webhooks import NOW
from tests.starter.test_serve import serving
from workflows.policy.events import AlertsReceived, Event
from workflows.policy.runbook import Runbook

GENERIC = "/webhooks/generic"
HOLD = timedelta(minutes=5)


class Told(Incidents):
    """Remembers what incidents were told; away as long as it is told to be."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, str]] = []
        self.away = False

    async def tell(self, workflow_id: str, event: Event, *more: Event) -> None:
        if self.away:
            raise Unreachable("away")
        assert isinstance(event, AlertsReceived)
        self.ends += [(alert.fingerprint, alert.status) for alert in event.alerts]


class Watch:
    """A gateway's flapping in time: each step is a minute, a status, and whether it goes on."""

    def __init__(self, book: Runbook, hold: timedelta = HOLD) -> None:
        self.book, self.hold, self.told = book, hold, Told()
        self.flapping = Flapping(self.told)

    def sent(self, minute: float, *alerts: tuple[str, str]) -> tuple[list[str], int]:
        """What goes on of these alerts, and how many ends are kept."""
        now = self.at(minute)
        sent = [SentAlert(group="g", fingerprint=name, name=name, status=status) for name, status in alerts]  # type: ignore[arg-type]
        delivery = grouping.group("test", Reading(tuple(sent)), self.book, now)
        after, kept = self.flapping.sift("test", delivery, self.hold, now)
        return [alert.fingerprint for batch in after.batches for alert in batch.alerts], kept

    def at(self, minute: float) -> datetime:
        return NOW + timedelta(minutes=minute)

    async def ends(self, minute: float) -> Sequence[tuple[str, str]]:
        """What has been told by then, all together."""
        await self.flapping.flush(self.at(minute))
        return self.told.ends


@pytest.fixture
def watch(book: Runbook) -> Watch:
    return Watch(book)


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        # Minutes at which it fires (F) and resolves (R). An end that is the first, or comes after a while, is told.
        ("F0 R1", ""),
        ("R0 F5 R6", ""),
        ("R0 F1 R6", ""),
        # One that fires again within the hold flaps; only its ends are held.
        ("R0 F1 R2", "R2"),
        ("R0 F1 R2 F3", "R2"),
        ("R0 F1 R2 F3 R4", "R2 R4"),
        # The same again changes nothing.
        ("R0 R0 F1 F1 R2 R3", "R2 R3"),
        # It fired for long: it flaps no more.
        ("R0 F1 R2 F3 R9", "R2"),
    ],
)
def test_only_the_quick_ends_of_what_flaps_are_held(watch: Watch, steps: str, held: str) -> None:
    status = {"F": "firing", "R": "resolved"}
    kept = [step for step in steps.split() if not watch.sent(float(step[1:]), ("f", status[step[0]]))[0]]
    assert kept == held.split()


def flap(watch: Watch, *names: str) -> None:
    """Minutes 0 to 2: resolved, firing, resolved."""
    for minute, status in enumerate(("resolved", "firing", "resolved")):
        watch.sent(minute, *((name, status) for name in names or ("f",)))


async def test_an_end_that_lasts_is_told(watch: Watch) -> None:
    flap(watch)
    assert watch.flapping.kept == 1
    assert await watch.ends(6.9) == []
    assert await watch.ends(7) == [("f", "resolved")]
    assert watch.flapping.kept == 0


async def test_one_that_does_not_is_not(watch: Watch) -> None:
    flap(watch)
    assert watch.sent(6.9, ("f", "firing")) == (["f"], 0)
    assert await watch.ends(60) == []


async def test_repeating_an_end_does_not_prolong_its_hold(watch: Watch) -> None:
    flap(watch)
    watch.sent(6, ("f", "resolved"))
    assert await watch.ends(7) == [("f", "resolved")]


async def test_alerts_of_one_incident_flap_by_themselves(watch: Watch) -> None:
    flap(watch, "f")
    assert watch.sent(3, ("f", "resolved"), ("g", "resolved"), ("h", "firing")) == (["h", "g"], 1)


async def test_what_temporal_cannot_take_now_is_told_later(watch: Watch) -> None:
    flap(watch)
    watch.told.away = True
    assert await watch.ends(7) == []
    watch.told.away = False
    assert await watch.ends(8) == [("f", "resolved")]


async def test_a_runbook_may_hold_nothing(book: Runbook) -> None:
    watch = Watch(book, timedelta())
    flap(watch)
    assert watch.flapping.kept == 0


async def test_memory_is_bounded_and_beyond_it_ends_are_told_at_once(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.flapping.MOST", 1)
    flap(watch, "a", "b")
    assert watch.flapping.kept == 1
    await watch.flapping.flush(watch.at(30))
    flap(watch, "c")  # what flaps no more has been forgotten
    assert watch.flapping.kept == 1


async def test_the_sender_hears_that_it_waits_and_ready_counts(gate: Gate, incidents: Incidents) -> None:
    async with gate.open() as http:
        for status in ("firing", "resolved", "firing"):
            assert (await http.post(GENERIC, json=alert(status))).json()["accepted"] == 1
        answer = await http.post(GENERIC, json=alert("resolved"))
        ready = (await http.get("/readyz")).json()
    assert (answer.status_code, answer.json()["flapping"]) == (202, 1)
    assert answer.json()["ignored"] == "flapping: its end is told when it has lasted"
    assert (ready["webhooks"]["generic"], ready["flapping"]) == ({"accepted": 3, "flapping": 1}, 1)


async def test_when_the_gateway_ends_the_last_state_arrives(
    settings: Settings, library: Library, incidents: Incidents, client: Client
) -> None:
    async with serving(settings, library, incidents) as address, httpx.AsyncClient(trust_env=False) as http:
        statuses = ("firing", "resolved", "firing", "resolved")
        answers = [await http.post(f"{address}{GENERIC}", json=alert(status)) for status in statuses]
        incident = answers[0].json()["incident"]
        assert [line.text for line in await incidents.history(incident)][-1] == "alerts: 1 firing, 0 resolved"
    assert [line.text for line in await incidents.history(incident)][-1] == "alerts: 0 firing, 1 resolved"


def alert(status: str) -> dict[str, str]:
    return {"key": "a", "title": "a is down", "status": status}
