"""Who is on call, with the real server: no page waits for it, and live, simulation and preview agree."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from activities.calendars import Calendars
from activities.errors import Rejected
from activities.on_call import WhoIsOnCall
from activities.rosters import RosterReader
from tests.patience import HANGS_AFTER_S
from tests.policy.builders import runbook, severity, tier
from tests.starter.conftest import eventually
from tests.workflows.incidents import Live, Vendors, incident
from worker.hosting import runner
from workflows.incident import IncidentWorkflow
from workflows.policy.effects.effects import AskOnCall, Receipt, Send
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.rota.roster import Roster, RosterCard
from workflows.policy.rota.shift import Override
from workflows.policy.rota.shifts import holder, shifts
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.simulation.preview import Scenario
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.preview import preview

MINUTE = timedelta(minutes=1)


def book(rota: OnCall) -> Runbook:
    people = {"on-call": {"name": "On-call", "on_call": rota}, "ann": {"name": "Ann"}, "ben": {"name": "Ben"}}
    return runbook(severity(tier("on-call"), within=10), people=people, roles={})


def opening(rota: OnCall) -> OpenRequest:
    return OpenRequest(runbook=book(rota), severity="sev1", title="Checkout fails")


def elsewhere() -> OnCall:
    return OnCall.model_validate({"pagerduty": {"schedule": "P1"}})


async def hangs(send: Send, attempt: int) -> Receipt:
    await asyncio.sleep(HANGS_AFTER_S)
    return Receipt()


async def test_a_page_goes_out_while_nobody_says_who_is_on_call(temporal: WorkflowEnvironment) -> None:
    vendors = Vendors({"ask_on_call": hangs})
    async with incident(temporal, vendors, opening(elsewhere())):
        await eventually(lambda: _now(vendors.arrivals("escalate/1/on-call")), lambda found: len(found) == 1)
        assert vendors.arrivals("on-call/") == []


async def _now(found: list[str]) -> list[str]:
    return found


async def test_the_name_comes_as_soon_as_it_is_known_and_once(temporal: WorkflowEnvironment) -> None:
    rota = OnCall.model_validate({"rota": ["ann"], "from": "2026-01-05"})

    async def answers(send: Send, attempt: int) -> Receipt:
        assert isinstance(send.effect, AskOnCall)
        return Receipt(on_call=holder(send.effect.terms, send.effect.at))

    async with incident(temporal, Vendors({"ask_on_call": answers}), opening(rota)) as live:
        said = await eventually(lambda: _said(live), bool)
        await _replays(await live.handle.fetch_history())
    assert said == ["On-call is Ann (on call)"]


async def _said(live: Live) -> list[str]:
    return [text for text in await live.timeline() if text.startswith("On-call is")]


async def _replays(history: WorkflowHistory) -> None:
    await Replayer(
        workflows=[IncidentWorkflow], workflow_runner=runner(), data_converter=pydantic_data_converter
    ).replay_workflow(history)


BERLIN = {"rota": ["ann", "ben"], "every": "1d", "from": "2026-10-20", "hand_over": "02:30", "zone": "Europe/Berlin"}
NIGHTS = {"rota": ["ann", "ben"], "every": "1d", "from": "2026-10-20", "hand_over": "20:00",
          "hours": {"begin": "20:00", "end": "08:00"}}  # fmt: skip


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SWAP = Override(who="ben", begins_at=utc("2026-10-22 12:00"), ends_at=utc("2026-10-22 12:05"))
CASES = [
    ("across the night on which clocks change", BERLIN, (), "2026-10-25 00:20"),
    ("into the hour that comes twice", BERLIN, (), "2026-10-25 01:20"),
    ("across a swap", BERLIN, (SWAP,), "2026-10-22 11:57"),
    ("from a shift into a gap", NIGHTS, (), "2026-10-22 07:55"),
    ("from a gap into a shift", NIGHTS, (), "2026-10-22 19:55"),
]


@pytest.mark.parametrize(
    ("written", "overrides", "at"), [case[1:] for case in CASES], ids=[case[0].replace(" ", "-") for case in CASES]
)
async def test_preview_simulation_and_a_live_page_agree_who_is_on_call(
    written: dict[str, object], overrides: tuple[Override, ...], at: str
) -> None:
    """At each ring, and at each moment at which somebody is asked."""
    rota, began = OnCall.model_validate(written), utc(at)
    rosters = {"on-call": shifts(rota, began, began + timedelta(days=2), overrides)}
    course = Scenario("sev1", began, until=timedelta(minutes=40))
    foreseen = {
        began + timedelta(seconds=line.offset_s): line.people
        for line in preview(book(rota), course, rosters)
        if line.kind == "page"
    }
    simulation = Simulation.of(opening(rota), began, rosters=rosters)
    who = WhoIsOnCall(RosterReader(None, Calendars({})), lambda runbook, post: _card(overrides))
    for moment, people in sorted(foreseen.items()):
        simulation.run_to(moment)
        known = simulation.incident.on_call["on-call"]
        simulated = (simulation.book.person_name(known.who),) if known.who else ()
        live = await _rings(who, rota, moment)
        assert people == simulated == live, moment
    assert len(foreseen) > 3


async def _card(overrides: tuple[Override, ...]) -> RosterCard:
    return RosterCard(runbook="acme", post="on-call", name="On-call", zone="UTC", roster=Roster(), overrides=overrides)


async def _rings(who: WhoIsOnCall, rota: OnCall, at: datetime) -> tuple[str, ...]:
    """Whom the activity of a page would ring."""
    asked = AskOnCall(to="on-call", terms=rota, at=at, people={"ann": "Ann", "ben": "Ben"})
    page = Send(incident="x", key="k", vendor_key="v", effect=asked, subject="s", text="t", runbook="acme", post=asked)
    try:
        return ({"ann": "Ann", "ben": "Ben"}[await who.whom_to_ring(page)],)
    except Rejected:
        return ()
