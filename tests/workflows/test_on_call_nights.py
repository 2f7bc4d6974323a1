"""A rota across the night on which clocks change, a swap and a gap: the preview, the simulation, `tocsin on-call` and
the pages of a live incident name the same people at the same moments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.calendars import Calendars
from activities.on_call import WhoIsOnCall
from activities.pagers import Pagers
from activities.perform import Perform
from activities.rosters import RosterReader
from starter.desk.on_call import held, of_book
from starter.temporal.connection import TemporalConnection
from starter.temporal.shifts import Shifts
from tests.policy.builders import insistent, runbook, severity, tier
from tests.workflows.incidents import Live, Vendors, about, end, worker
from tests.workflows.nights import LASTS, NIGHTS, Night, declared_at
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.rota.reached import Rosters
from workflows.policy.rota.roster import RosterCard
from workflows.policy.rota.shift import NOBODY
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import Scenario
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.preview import preview

NAMES = {"ann": "Ann", "ben": "Ben", "cho": "Cho"}
Rung = tuple[str, int, str]
"""Of a page its duty, when it was due (seconds after the declaration), and whom it rang: nobody, if it was refused."""


def book(night: Night) -> Runbook:
    people = {
        "on-call": {"name": "On-call", "on_call": night.rota},
        "boss": {"name": "Boss"},
        **{key: {"name": name} for key, name in NAMES.items()},
    }
    ladder = severity(insistent("on-call"), tier("boss", after=25), within=10)
    return runbook(ladder, people=people, roles={}, calendar={"zone": night.zone})


class KeptShifts(Shifts):
    """What Temporal keeps of a post: the swaps of a night."""

    def __init__(self, client: Client, night: Night) -> None:
        super().__init__(TemporalConnection(client))
        self._night = night

    async def card(self, runbook: str, post: str) -> RosterCard:
        zone, overrides = self._night.zone, self._night.overrides
        return RosterCard(runbook=runbook, post=post, name="On-call", zone=zone, overrides=overrides)


class RingingPager:
    """Knows people, and no post."""

    name = "pager"

    def knows(self, person: str) -> bool:
        return person in (*NAMES, "boss")

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        assert self.knows(send.effect.to)
        return Receipt(reference=send.effect.to)


@dataclass
class Ringing:
    """The real activities, which ask the real rota, and whom their pages rang."""

    perform: Perform
    rung: list[tuple[Send, str]] = field(default_factory=list)

    @property
    def vendors(self) -> Vendors:
        return Vendors({"page": self.page, "ask_on_call": lambda send, attempt: self.perform.ask_on_call(send)})

    async def page(self, send: Send, attempt: int) -> Receipt:
        try:
            receipt = await self.perform.page(send)
        except ApplicationError:
            self.rung.append((send, NOBODY))
            raise
        self.rung.append((send, receipt.reference or ""))
        return receipt


def previewed(night: Night, rosters: Rosters) -> list[Rung]:
    """As `runbook preview --people --json` has it."""
    course = Scenario("sev1", night.declared_at, until=LASTS)
    lines = [line.model_dump(mode="json") for line in preview(book(night), course, rosters) if line.kind == "page"]
    return sorted((_duty(line["duty"]), line["offset_s"], _named(line["to"], line.get("people"))) for line in lines)


def _seconds(send: Send, declared: datetime) -> int:
    assert send.due_at is not None
    return int((send.due_at - declared).total_seconds())


def _duty(key: str) -> str:
    """Without the occurrence, which counts seconds in some."""
    return key.rpartition("/")[0]


def _named(to: Sequence[str], people: Sequence[str] | None) -> str:
    keys = {name: key for key, name in NAMES.items()}
    return to[0] if people is None else "".join(keys[name] for name in people)


def simulated(night: Night, rosters: Rosters) -> tuple[list[Rung], list[str]]:
    found: list[Rung] = []

    def watch(simulation: Simulation, demand: Demand) -> None:
        if isinstance(demand.effect, Page):
            holder, after = simulation.holder(demand.effect.to), demand.due_at - night.declared_at
            found.append((demand.duty, int(after.total_seconds()), holder.who if holder else demand.effect.to))

    simulation = Simulation.of(opening(night), night.declared_at, watch=watch, rosters=rosters)
    simulation.run_to(night.declared_at + LASTS)
    return sorted(found), [entry.text for entry in simulation.incident.timeline if entry.kind == "on-call"]


def opening(night: Night) -> OpenRequest:
    return OpenRequest(runbook=book(night), severity="sev1", title="Checkout fails")


async def lived(environment: WorkflowEnvironment, night: Night, known: Shifts) -> tuple[list[Rung], list[str]]:
    on_call = WhoIsOnCall(RosterReader(None, Calendars({})), known.card)
    ringing = Ringing(Perform(Pagers([RingingPager()]), None, None, on_call=on_call))
    identity, vendors = await declared_at(environment, night.declared_at, opening(night)), ringing.vendors
    handle = environment.client.get_workflow_handle(identity)
    async with worker(environment, vendors):
        live = Live(environment, handle, vendors)
        await live.at(LASTS)
        incident = (await live.status()).incident
        await end(environment.client, identity)
    declared = incident.declared_at
    assert abs(declared - night.declared_at) < timedelta(minutes=1)
    rung = [(_duty(send.key), _seconds(send, declared), who) for send, who in ringing.rung]
    return sorted(rung), [entry.text for entry in incident.timeline if entry.kind == "on-call"]


@pytest.mark.parametrize("planned", NIGHTS, ids=[each.name.replace(" ", "-") for each in NIGHTS])
async def test_the_preview_the_simulation_and_a_live_incident_ring_the_same_people(
    temporal: WorkflowEnvironment, planned: Night
) -> None:
    night = planned.after(datetime.now().astimezone())
    known = KeptShifts(temporal.client, night)
    rosters = await held(book(night), known, night.declared_at, LASTS)
    foreseen = previewed(night, rosters)
    in_simulation, said_in_simulation = simulated(night, rosters)
    live, said_live = await lived(temporal, night, known)
    assert foreseen == in_simulation
    assert live == [(duty, about(after), who) for duty, after, who in foreseen]
    assert said_live == said_in_simulation
    to_the_post = [(after, who) for duty, after, who in foreseen if duty.endswith("on-call")]
    assert len(to_the_post) > 3
    for after, who in to_the_post:
        at = night.declared_at + timedelta(seconds=after)
        [post] = await of_book(book(night), known, at, timedelta(days=7))
        assert post.now is not None
        assert who == night.who(at) == post.now.who, at
