"""What becomes of one page by each way under each fault, over HTTP. `python -m tests.docs.reach_faults` writes it anew.

The ladder is the program's own, in virtual time: each send is one real attempt at the sandbox, and the pauses between
attempts are those of the workflow's retries, passed without waiting.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from activities.calendars import Calendars
from activities.errors import Rejected, Unavailable
from activities.holding import to_whoever_is_on_call
from activities.on_call import WhoIsOnCall, nothing_kept
from activities.pagerduty import PagerDuty
from activities.pagers import Pagers
from activities.rosters import RosterReader
from activities.slack import Slack
from settings.extras import is_installed
from tests.activities.conftest import SLACK_TOKEN
from tests.activities.ways import LINK, Way, way_of
from tests.docs.tables import ROOT, between, table
from tests.sandbox_server import SandboxServer, running_sandbox
from workflows.durable.deliveries import PAGES
from workflows.durable.posts import post_of
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send
from workflows.policy.engine import plan
from workflows.policy.incident.events import EffectSettled, EffectStarted, Outcome, stamp
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident, declare
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.reach import WAY_TITLES, WAYS

PAGE = ROOT / "docs" / "reach.md"
RECEIPT = Receipt(reference="x")
T0 = datetime(2026, 11, 27, 2, 4, tzinfo=UTC)
SEEN_FOR = timedelta(minutes=30)
AWAY_FOR = timedelta(minutes=20)
OTHER_AFTER = timedelta(minutes=4)
NO_ADDRESS = "nobody has an address there"
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "none": {},
    "429 three times": {"status": 429, "error": "no", "retry_after": 5, "times": 3},
    "500 three times": {"status": 500, "times": 3},
    "it hangs once": {"delay_s": 3, "status": 500, "times": 1},
    "the answer is lost": {"drop": "after", "times": 1},
    "a wrong key": {},
    "it is away for 20 minutes": {"status": 503},
    NO_ADDRESS: {},
}
REACHES_NOBODY = {
    "pagerduty": "an empty schedule",
    "sms": "the network does not deliver it",
    "voice": "nobody answers the phone",
}
"""What only these can find out."""
ON_CALL_TITLE = "whoever is on call"
EMPTY_ROTAS: Mapping[str, Mapping[str, Any]] = {
    "an empty schedule at PagerDuty": {"pagerduty": {"schedule": "PEMPTY"}},
    "a calendar without a shift": {"ical": str(ROOT / "tests" / "docs" / "nobody.ics")},
}
"""Of a post that no pager knows. The next tier has somebody."""
UNASKABLE = "answered there, and it cannot be asked for 2 minutes"
"""Opsgenie tells nobody of an answer: it is asked."""


def faults_of(way: str) -> tuple[str, ...]:
    found = (*FAULTS, REACHES_NOBODY[way]) if way in REACHES_NOBODY else (*FAULTS,)
    return (*found, UNASKABLE) if way == "opsgenie" else found


@dataclass
class Attempted:
    demand: Demand
    begun_at: datetime
    attempts: int = 0
    next_at: datetime = T0


@dataclass
class Drill:
    """One page to one person who has two ways, while nobody answers."""

    ways: Pagers
    sandbox: SandboxServer
    book: Runbook
    incident: Incident
    now: datetime = T0
    flying: dict[str, Attempted] = field(default_factory=dict)
    rang_at: dict[str, datetime] = field(default_factory=dict)
    """By way, when it was first taken."""
    well_at: datetime = T0 + AWAY_FOR
    answered_at: datetime | None = None
    """When somebody acknowledges at Opsgenie."""
    on_call: WhoIsOnCall | None = None

    async def run(self) -> None:
        while self.now <= T0 + SEEN_FOR:
            if self.now >= self.well_at:
                await self.sandbox.clear_faults()
            if self.answered_at and self.now >= self.answered_at:
                await self._acknowledge()
            self._begin()
            due = [each for each in self.flying.values() if each.next_at <= self.now]
            for each in due:
                await self._attempt(each)
            if not due:
                self.now = self._next()

    def _begin(self) -> None:
        wanted = {demand.key: demand for demand in plan(self.book, self.incident, self.now).due}
        for key in [key for key in self.flying if key not in wanted]:
            self._settle(self.flying.pop(key).demand, "superseded")
        for key, demand in wanted.items():
            if key not in self.flying and not self.incident.has_settled(demand.duty, demand.occurrence):
                self._apply(EffectStarted(demand=demand, real_at=self.now))
                self.flying[key] = Attempted(demand, self.now, next_at=self.now)

    def _next(self) -> datetime:
        wake_at = plan(self.book, self.incident, self.now).wake_at
        moments = [each.next_at for each in self.flying.values()] + ([wake_at] if wake_at else [])
        later = [at for at in (*moments, self.well_at, self.answered_at or T0) if at > self.now]
        return min(later, default=T0 + SEEN_FOR + timedelta(seconds=1))

    async def _attempt(self, each: Attempted) -> None:
        demand, effect = each.demand, each.demand.effect
        if isinstance(effect, ConfirmRing):
            await self._confirm(demand, effect, each)
            return
        if not isinstance(effect, Page):
            self.flying.pop(demand.key)
            self._settle(demand, "done")
            return
        each.attempts += 1
        try:
            send, _ = await to_whoever_is_on_call(self._send(demand, each), self.ways, self.on_call)
            receipt = await self.ways.page(send, each.attempts > 1)
        except Unavailable as error:
            pause = min(timedelta(seconds=2 ** (each.attempts - 1)), PAGES.longest_pause)
            each.next_at = self.now + max(pause, error.retry_after or pause)
        except Rejected:
            self.flying.pop(demand.key)
            self._settle(demand, "rejected")
        else:
            self.rang_at.setdefault(effect.way, self.now)
            self.flying.pop(demand.key)
            self._settle(demand, "done", receipt)

    async def _acknowledge(self) -> None:
        [alert] = (await self.sandbox.state())["opsgenie_alerts"]
        await self.sandbox.control("POST", f"opsgenie/{alert['id']}/acknowledge")
        self.answered_at = None

    async def _confirm(self, demand: Demand, effect: ConfirmRing, each: Attempted) -> None:
        """What rang nobody did not ring."""
        self.flying.pop(demand.key)
        try:
            receipt = await self.ways.confirm(self._send(demand, each))
        except (Unavailable, Rejected):
            self._settle(demand, "undelivered")
            return
        if receipt.proof and receipt.proof.reached_nobody:
            self.rang_at.pop(effect.way)
        self._settle(demand, "done", receipt)

    def _send(self, demand: Demand, each: Attempted) -> Send:
        return Send(
            incident=self.incident.id,
            key=demand.key,
            vendor_key=self.incident.vendor_key(demand.key),
            effect=demand.effect,
            subject="SEV-1: checkout is down",
            text="checkout is down",
            links=(("Acknowledge", LINK),),
            answer=LINK,
            post=post_of(self.book, demand.effect, self.now),
            first_started_at=datetime.now(UTC) - timedelta(seconds=each.attempts),
        )

    def _settle(self, demand: Demand, outcome: Outcome, receipt: Receipt = RECEIPT) -> None:
        self._apply(EffectSettled(demand=demand, outcome=outcome, receipt=receipt))

    def _apply(self, event: EffectStarted | EffectSettled) -> None:
        self.incident = apply(self.book, self.incident, stamp(event, self.now))


def rota_book(on_call: Mapping[str, Any], other: str) -> Runbook:
    deputy = {"name": "Deputy", "reach": [{"way": other, "address": "on-call"}]}
    people = {"on-call": {"name": "On-call Engineer", "on_call": on_call}, "deputy": deputy}
    tiers = [{"page": ["on-call"], "again": "never"}, {"after": "10m", "page": ["deputy"], "again": "never"}]
    return _book(people, tiers)


def book(way: str | Mapping[str, str], other: str) -> Runbook:
    reach = [way, {"way": other, "after": OTHER_AFTER}]
    people = {"on-call": {"name": "On-call Engineer", "reach": reach}}
    return _book(people, [{"page": ["on-call"], "again": "never"}])


def _book(people: Mapping[str, Any], tiers: Sequence[Mapping[str, Any]]) -> Runbook:
    severity = {"title": "Critical", "definition": "All is down", "escalation": tiers, "repeat_after": "60m"}
    given = {"runbook": "acme", "title": "Acme", "home": "#incidents", "people": people}
    return Runbook.model_validate({**given, "severities": {"sev1": severity}})


def opened(of: Runbook) -> Incident:
    opening = OpenRequest(runbook=of, severity="sev1", title="Checkout fails")
    return declare(opening, T0, incident_id="20261127-0204-k7", workflow_id="incident-declared-k7")


async def row(way: Way, other: Way, fault: str) -> tuple[str, ...]:
    await way.sandbox.reset()
    reaches_nobody = REACHES_NOBODY.get(way.name, "")
    with_key = {"a wrong key": way.mistyped, reaches_nobody: way.unstaffed}.get(fault)
    pager = with_key() if with_key else way.pager
    if FAULTS.get(fault):
        await way.fault(**FAULTS[fault])
    of = book({way.name: "nobody"} if fault == NO_ADDRESS else way.name, other.name)
    drill = Drill(Pagers([], {way.name: pager, other.name: other.pager}), way.sandbox, of, opened(of))
    if fault == UNASKABLE:
        await way.sandbox.fault(vendor="opsgenie", method="alerts/incident-", status=500)
        drill.answered_at, drill.well_at = T0 + timedelta(minutes=1), T0 + timedelta(minutes=3)
    with impatient(way) if fault == "it hangs once" else nullcontext():
        await drill.run()
    mine, others = (0 if fault == reaches_nobody else len(await way.phones())), len(await other.phones())
    return (WAY_TITLES[way.name], fault, *_counted(drill, mine, others, other.name))


async def rota_row(fault: str, ways: Mapping[str, Way]) -> tuple[str, ...]:
    pagerduty, other = ways["pagerduty"].pager, ways["webhook"]
    assert isinstance(pagerduty, PagerDuty)
    await other.sandbox.reset()
    of = rota_book(EMPTY_ROTAS[fault], other.name)
    on_call = WhoIsOnCall(RosterReader(pagerduty, Calendars({})), nothing_kept)
    drill = Drill(Pagers([], {other.name: other.pager}), other.sandbox, of, opened(of), on_call=on_call)
    await drill.run()
    return (ON_CALL_TITLE, fault, *_counted(drill, 0, len(await other.phones()), other.name))


def _counted(drill: Drill, mine: int, others: int, other: str) -> tuple[str, ...]:
    late = min(drill.rang_at.values(), default=None)
    told = f"{int((late - T0).total_seconds())} s" if late else "never"
    doubled = max(mine - 1, 0) + max(others - 1, 0)
    by_other = f"{others} ({WAY_TITLES[other]})" if others else "0"
    return "1", str(mine), by_other, str(doubled), told


@contextmanager
def impatient(way: Way) -> Iterator[None]:
    """What hangs is given up soon: the pauses are virtual, and so may the time-outs be short."""
    module, _, name = way.patience.rpartition(".")
    found = import_module(module)
    kept = getattr(found, name)
    setattr(found, name, 1.5)
    try:
        yield
    finally:
        setattr(found, name, kept)


@asynccontextmanager
async def every_way() -> AsyncIterator[dict[str, Way]]:
    async with running_sandbox() as sandbox:
        slack, revoked = (
            Slack(token, sandbox.slack_url, {"on-call": "U0ONCALL"}) for token in (SLACK_TOKEN, "xoxb-revoked")
        )
        try:
            there = [name for name in WAYS if name != "apprise" or is_installed(name)]
            yield {name: way_of(name, sandbox, slack, revoked) for name in there}
        finally:
            await slack.close()
            await revoked.close()


async def faults_table() -> str:
    head = ("Way", "Fault", "Wanted", "By this way", "By the other", "Rung twice", "First ring after")
    rows = [head, ("---",) * len(head)]
    async with every_way() as ways:
        for way in ways.values():
            other = ways["ntfy" if way.name == "webhook" else "webhook"]
            rows += [await row(way, other, fault) for fault in faults_of(way.name)]
        rows += [await rota_row(fault, ways) for fault in EMPTY_ROTAS]
    return table(rows)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    made = asyncio.run(faults_table())
    PAGE.write_text(between("faults").sub(lambda _: made, text), encoding="utf-8")


if __name__ == "__main__":
    main()
