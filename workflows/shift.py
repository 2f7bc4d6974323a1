"""The workflow `shift`: keeps one rota. `policy/watches/shift.py` decides.

It finds out who has the shift, says so when that changes, and looks each day whether somebody is there in the days
ahead. What it knows stands in its memo, so that everybody can read it while no worker runs. No page waits for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from workflows.durable import decoding
from workflows.durable.asking import ask, why_not
from workflows.durable.home_posts import HomeChannel, post_at_home
from workflows.durable.leaving import must_leave
from workflows.durable.memos import CARD_MEMO
from workflows.durable.summaries import summary
from workflows.policy.incident.events import stamp
from workflows.policy.rota.coverage import CoverageGaps, CoverageQuestion, in_the_days_ahead, known_by, unsaid
from workflows.policy.rota.roster import Roster, UserGroupOrder
from workflows.policy.rota.shift import NOBODY
from workflows.policy.time.calendar import day_in
from workflows.policy.views.plan_view import plain
from workflows.policy.watches import shift as policy
from workflows.policy.watches.digest import Inventory
from workflows.policy.watches.shift import KeptRota


@workflow.defn(name="shift")
class ShiftWorkflow:
    @workflow.init
    def __init__(self, kept: KeptRota) -> None:
        self._kept = kept
        self._news = False
        self._shown = kept.card
        workflow.set_dynamic_signal_handler(self._on_signal)

    @workflow.run
    async def run(self, kept: KeptRota) -> None:  # noqa: ARG002 (Temporal passes it here as well as to __init__)
        while not self._kept.retired:
            self._news = False
            await self._find_out()
            await self._say()
            self._show()
            if self._news:
                continue  # heard while it asked
            if must_leave(self._kept.history_limit, self._kept.history_bytes):
                workflow.continue_as_new(self._kept)
            await self._rest(policy.look_again_at(self._kept, workflow.now()))

    async def _find_out(self) -> None:
        now = workflow.now()
        try:
            asked = policy.question(self._kept, now)
            roster = await ask("read_roster", [asked], Roster, f"who is {self._kept.terms.name}")
        except ActivityError as error:
            roster = Roster(problem=f"no worker could ask: {why_not(error)}")
        self._kept = policy.found_out(self._kept, roster, now)

    async def _say(self) -> None:
        now = workflow.now()
        over = policy.hand_over(self._kept, now)
        before, self._kept = self._kept, policy.holding(self._kept, now)
        remark = await self._set_group() if policy.group_wanted(self._kept) else ""
        if before.holder_since != self._kept.holder_since and over is not None:
            said = policy.in_words(self._kept, over, await _inventory())
            await self._post("hand-over", over.at, f"{said}. {remark}" if remark else said)
        if policy.check_is_due(self._kept, now):
            await self._check(now)

    async def _set_group(self) -> str:
        """What somebody has to see; empty if all is well. Each turn looks, because somebody may have changed the group
        in Slack; what fails is tried again soon."""
        group, holder, wanted = self._kept.terms.on_call.user_group, self._kept.holder, policy.group_wanted(self._kept)
        people = () if holder == NOBODY else (holder,)
        try:
            order = UserGroupOrder(group=group, people=people, addresses=self._kept.terms.addresses)
            remark = await ask("set_user_group", [order], str, f"user group {group}")
        except ActivityError as error:
            self._kept = self._kept.model_copy(update={"group_set": ""})
            return f"The user group {group} is not set: {why_not(error)}"
        self._kept = self._kept.model_copy(update={"group_set": wanted})
        return remark

    async def _check(self, now: datetime) -> None:
        """What is missing in the days ahead, as far as it was not said before."""
        roster = self._kept.roster.shifts
        question = CoverageQuestion(runbook=self._kept.runbook, post=self._kept.post, begin=now, roster=roster)
        try:
            why = f"will somebody be {self._kept.terms.name}?"
            found = await ask("check_coverage", [question], CoverageGaps, why)
        except ActivityError:
            return  # the next turn asks again
        new = unsaid(found.gaps, self._kept.missing)
        text = in_the_days_ahead(new, self._kept.terms.zone, now, self._kept.runbook)
        failed = new if new and not await self._post("coverage", now, text) else ()
        checked = {"missing": known_by(found.gaps, failed), "checked_on": day_in(self._kept.terms.zone, now)}
        self._kept = self._kept.model_copy(update=checked)

    async def _post(self, what: str, at: datetime, text: str) -> bool:
        home = HomeChannel(self._kept.runbook, self._kept.terms.home, self._kept.terms.zone)
        return await post_at_home(home, what, f"{what}-{self._kept.post}", at, text)

    def _show(self) -> None:
        card = self._kept.card
        workflow.set_current_details(plain(policy.stands(self._kept, workflow.now())))
        if card != self._shown:
            workflow.upsert_memo({CARD_MEMO: card})
            self._shown = card

    async def _rest(self, until: datetime) -> None:
        span = until - workflow.now()
        if span <= timedelta():
            return
        why = summary(f"the next hand-over of {self._kept.terms.name}, or a look whether it has changed")
        try:
            await workflow.wait_condition(lambda: self._news, timeout=span, timeout_summary=why)
        except TimeoutError:
            return

    def _on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Never raises: what cannot be read changes nothing."""
        for event in decoding.decode(policy.SHIFT_SIGNALS, name, args):
            before, self._kept = self._kept, policy.apply(self._kept, stamp(event, workflow.now()))
            self._news = self._news or before != self._kept

    @workflow.query(name="state", description="who has the shift, and what comes next")
    def state(self) -> KeptRota:
        return self._kept


async def _inventory() -> Inventory | None:
    try:
        return await ask("take_stock", [], Inventory, "what is open, and who owes what")
    except ActivityError:
        return None
