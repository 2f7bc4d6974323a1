"""The shell on the real server and the simulation of the core say the same, event for event."""

from datetime import datetime, timedelta
from itertools import product

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.workflows.incidents import A_BUSY_MACHINE, Vendors, firing, incident, opening, resolved, sends, shipped
from tests.workflows.reviews import review_of
from workflows.policy.incident.events import (
    Acknowledged,
    AlertsReceived,
    Event,
    Resolved,
    SeverityChanged,
    UpdatePosted,
)
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.simulate import Simulation

Script = dict[timedelta, tuple[str, Event]]


def minutes(n: int) -> timedelta:
    """Half a minute later: not in the same instant as something that is due, where either may come first."""
    return timedelta(minutes=n, seconds=30.2)


SCRIPTS: dict[str, tuple[SeverityName, Script]] = {
    "nobody answers for three hours": ("sev1", {minutes(180): ("resolve", Resolved(by="Alice"))}),
    "acknowledged at 7 minutes, resolved at 95": (
        "sev1",
        {minutes(7): ("acknowledge", Acknowledged(by="Alice")), minutes(95): ("resolve", Resolved(by="Alice"))},
    ),
    "updates restart the clock, the alert resolves": (
        "sev1",
        {
            minutes(2): ("alert", AlertsReceived(alerts=(firing(),))),
            minutes(8): ("post_update", UpdatePosted(by="Bob", text="looking into it", phase="identified")),
            minutes(21): ("post_update", UpdatePosted(by="Bob", text="we know", public=True)),
            minutes(50): ("alert", AlertsReceived(alerts=(resolved(),))),
        },
    ),
    "raised to SEV-1 after 40 minutes": (
        "sev2",
        {
            minutes(40): ("change_severity", SeverityChanged(by="Alice", severity="sev1")),
            minutes(60): ("resolve", Resolved(by="Alice")),
        },
    ),
    "an acknowledgement that expires": (
        "sev1",
        {minutes(7): ("acknowledge", Acknowledged(by="Alice")), minutes(150): ("resolve", Resolved(by="Alice"))},
    ),
}


FORESEEN = timedelta(days=9, seconds=30.2)
"""How far its review is followed, to which nobody ever submits anything."""

CASES = [*(("company", name) for name in SCRIPTS), *product(("lma", "lumi", "samia", "standard"), list(SCRIPTS)[:2])]


@pytest.mark.parametrize(("book", "name"), CASES)
async def test_live_and_simulated_incidents_send_the_same_at_the_same_times(
    temporal: WorkflowEnvironment, book: str, name: str
) -> None:
    severity, script = SCRIPTS[name]
    about = opening(severity, shipped(book))
    vendors = Vendors()
    async with incident(temporal, vendors, about) as live:
        declared_at = (await live.status()).incident.declared_at
        for moment, (signal, event) in script.items():
            await live.at(moment)
            happened = event.model_copy(update={"at": declared_at + moment})  # however late the machine tells of it
            await live.handle.signal(signal, happened.model_dump(mode="json", exclude_defaults=True))
        await live.to_the_end()
        lived = (await live.status()).incident
        sent = await live.sends()
        review = await review_of(temporal, vendors, lived)
        if review is not None:
            await review.at(lived.declared_at + FORESEEN)
            sent += await sends(temporal.client, review.handle, lived.declared_at)
            lived = (await review.status()).review.incident
            await review.handle.terminate()
    expected, expected_told = simulated(about, lived.declared_at, script)
    live_times, simulated_times = _without_tells(sent), _without_tells(expected)
    assert live_times.keys() == simulated_times.keys()
    assert {key for key in live_times if abs(live_times[key] - simulated_times[key]) > A_BUSY_MACHINE} == set()
    assert lived.told == expected_told
    assert len(vendors.arrivals()) == len(set(vendors.arrivals()))


def simulated(
    about: OpenRequest, declared_at: datetime, script: Script, until: timedelta = FORESEEN
) -> tuple[list[tuple[int, str]], int]:
    simulation = Simulation.of(about, declared_at)
    for moment, (_, event) in script.items():
        simulation.run_to(declared_at + moment)
        simulation.happen(event)
    simulation.run_to(declared_at + until)
    sent = sorted((int((at - declared_at).total_seconds()), demand.key) for at, demand in simulation.sent)
    return sent, simulation.incident.told


def _without_tells(sent: list[tuple[int, str]]) -> dict[str, int]:
    """Key -> when. What piles up while a message is on its way travels together, or shows in one edit: how much,
    depends on real time."""
    return {key: at for at, key in sent if not key.startswith(("tell/", "card/"))}
