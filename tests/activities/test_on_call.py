"""Who is on call, asked of PagerDuty; and whom a page to a post rings: the post, or whoever holds it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.calendars import Calendars
from activities.errors import Rejected, Unavailable
from activities.on_call import KeptCard, WhoIsOnCall, nothing_kept
from activities.pagerduty import PagerDuty
from activities.pagers import Pagers
from activities.perform import Perform
from activities.rosters import RosterReader
from activities.slack import Slack
from tests.activities import sends
from tests.activities.conftest import API_TOKEN
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import AskOnCall, Receipt, Send, SyncPager
from workflows.policy.rota.roster import Roster, RosterCard, RosterQuestion, UserGroupOrder
from workflows.policy.rota.shift import Shift, Stint
from workflows.policy.runbook.on_call import OnCall, PagerDutyOnCall

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = {"ann": "Ann Lee", "ben": "Ben"}
SCHEDULE = OnCall.model_validate({"pagerduty": {"schedule": "PSCHED1"}})
POLICY = OnCall.model_validate({"pagerduty": {"escalation_policy": "PPOLICY"}})
WRITTEN = OnCall.model_validate({"rota": ["ann", "ben"], "from": "2026-11-23", "hand_over": "mon 09:00"})


def entry(name: str, begin: datetime | None, end: datetime | None, **more: object) -> dict[str, Any]:
    times = {"start": begin.isoformat() if begin else None, "end": end.isoformat() if end else None}
    return {"name": name, **times, **more}


def question(terms: OnCall, days: int = 14) -> RosterQuestion:
    end = NOW + timedelta(days=days)
    return RosterQuestion(post="on-call", terms=terms, people=PEOPLE, begin=NOW, end=end)


def asked(terms: OnCall) -> AskOnCall:
    return AskOnCall(to="on-call", terms=terms, at=NOW, people=PEOPLE)


@pytest.fixture
def reader(pagerduty: PagerDuty) -> RosterReader:
    return RosterReader(pagerduty, Calendars({}))


class TestAtPagerDuty:
    async def test_shifts_are_those_of_the_schedule(self, sandbox: SandboxServer, reader: RosterReader) -> None:
        monday = datetime(2026, 11, 30, 9, tzinfo=UTC)
        await sandbox.on_call(
            entry("Ann Lee", NOW - HOUR, monday),
            entry("Ben", monday, None),
            entry("Cho", None, None, schedule="POTHER"),
        )
        shifts = await reader.shifts(question(SCHEDULE))
        assert [(shift.who, shift.begins_at) for shift in shifts] == [("ann", NOW), ("ben", monday)]

    async def test_of_a_policy_whoever_is_on_its_first_level_counts(
        self, sandbox: SandboxServer, reader: RosterReader
    ) -> None:
        await sandbox.on_call(entry("Boss", None, None, level=2), entry("Ann Lee", None, None, level=1))
        assert [shift.who for shift in await reader.shifts(question(POLICY))] == ["ann"]

    async def test_a_person_is_recognised_by_e_mail(self, sandbox: SandboxServer, reader: RosterReader) -> None:
        await sandbox.on_call(entry("B. Example", None, None, email="ben@example.com"))
        assert [shift.who for shift in await reader.shifts(question(SCHEDULE))] == ["ben"]

    async def test_a_gap_is_nobody_s(self, sandbox: SandboxServer, reader: RosterReader) -> None:
        await sandbox.on_call(entry("Ben", NOW + HOUR, None))
        assert [shift.who for shift in await reader.shifts(question(SCHEDULE))] == ["", "ben"]

    async def test_an_empty_schedule_is_nobody_s(self, reader: RosterReader) -> None:
        assert [shift.who for shift in await reader.shifts(question(SCHEDULE))] == [""]

    async def test_it_is_asked_in_one_request(self, sandbox: SandboxServer, reader: RosterReader) -> None:
        await reader.shifts(question(SCHEDULE))
        [request] = [each for each in await sandbox.wire("pagerduty") if "oncalls" in str(each)]
        assert "PSCHED1" in str(request)

    async def test_without_a_token_it_says_which_setting_is_missing(self) -> None:
        with pytest.raises(Rejected, match="set TOCSIN_PAGERDUTY_API_TOKEN"):
            await RosterReader(None, Calendars({})).shifts(question(SCHEDULE))

    @pytest.mark.parametrize(("status", "kind"), [(500, Unavailable), (429, Unavailable), (401, Rejected)])
    async def test_its_no_is_one_of_ours(
        self, sandbox: SandboxServer, reader: RosterReader, status: int, kind: type[Exception]
    ) -> None:
        await sandbox.fault(vendor="pagerduty", status=status)
        with pytest.raises(kind) as refused:
            await reader.shifts(question(SCHEDULE))
        assert API_TOKEN not in str(refused.value)


class AllKnown:
    """A pager that rings those whom it is said to know."""

    name = "pager"

    def __init__(self, *people: str) -> None:
        self._people = people
        self.pages: list[Send] = []
        self.synced: list[Send] = []

    def knows(self, person: str) -> bool:
        return person in self._people

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        if not self.knows(getattr(send.effect, "to", "")):
            raise Rejected("nobody knows them")
        self.pages.append(send)
        return Receipt(reference=send.vendor_key)

    async def sync(self, send: Send) -> Receipt:
        self.synced.append(send)
        return Receipt()


class Silent:
    """A reader that never answers, or with an error."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.asked = 0

    async def stints(self, asked: RosterQuestion, where: PagerDutyOnCall) -> list[list[Stint]]:
        self.asked += 1
        if self._error:
            raise self._error
        raise TimeoutError


def to_the_post(terms: OnCall, **more: object) -> Send:
    said = {"post": asked(terms), "runbook": "company", "names": {"on-call": "On-call Engineer"}}
    return sends.page().model_copy(update={**said, **more})


def perform(pager: AllKnown, who: WhoIsOnCall) -> Perform:
    return Perform(Pagers([pager]), None, None, on_call=who)


async def rung(pager: AllKnown, who: WhoIsOnCall, send: Send) -> Receipt:
    return await ActivityEnvironment().run(perform(pager, who).page, send)


def by_rota() -> WhoIsOnCall:
    return WhoIsOnCall(RosterReader(None, Calendars({})), nothing_kept)


def by_schedule(there: Silent) -> WhoIsOnCall:
    return WhoIsOnCall(RosterReader(there, Calendars({})), nothing_kept)


class TestWhomAPageRings:
    async def test_a_post_that_a_pager_knows_is_rung_itself_and_nobody_is_asked(self) -> None:
        pager, silent = AllKnown("on-call", "ann"), Silent()
        receipt = await rung(
            pager, WhoIsOnCall(RosterReader(silent, Calendars({})), nothing_kept), to_the_post(SCHEDULE)
        )
        assert [getattr(page.effect, "to", "") for page in pager.pages] == ["on-call"]
        assert (receipt.rang, silent.asked) == ("", 0)

    async def test_otherwise_whoever_holds_it_is_rung(self) -> None:
        pager = AllKnown("ann", "ben")
        receipt = await rung(pager, by_rota(), to_the_post(WRITTEN))
        assert [getattr(page.effect, "to", "") for page in pager.pages] == ["ann"]
        assert receipt.rang == "ann"

    async def test_an_attempt_again_rings_the_same_person_although_the_shift_has_changed(self) -> None:
        """Who that is was decided when the page was made: two attempts never ring two people."""
        pager = AllKnown("ann", "ben")
        page = to_the_post(WRITTEN).model_copy(update={"again": True})
        late = page.model_copy(update={"first_started_at": NOW + timedelta(days=8)})
        assert (await rung(pager, by_rota(), late)).rang == "ann"

    async def test_when_nobody_can_be_asked_the_last_that_is_known_is_rung(self) -> None:
        pager, away = AllKnown("ann"), Silent(Unavailable("PagerDuty is away"))
        send = to_the_post(SCHEDULE, holder=Shift(who="ann", begins_at=NOW - HOUR))
        receipt = await rung(pager, by_schedule(away), send)
        assert receipt.rang == "ann"

    async def test_when_nothing_is_known_it_is_tried_again(self) -> None:
        away = Silent(Unavailable("PagerDuty is away"))
        with pytest.raises(
            ApplicationError, match="who is On-call Engineer could not be found out: PagerDuty is away"
        ) as no:
            await rung(
                AllKnown("ann"), WhoIsOnCall(RosterReader(away, Calendars({})), nothing_kept), to_the_post(SCHEDULE)
            )
        assert no.value.type == "Unavailable"

    async def test_when_nobody_is_on_call_the_next_tier_is_called_at_once(self) -> None:
        early = to_the_post(WRITTEN)
        early = early.model_copy(update={"post": asked(WRITTEN).model_copy(update={"at": NOW - timedelta(days=30)})})
        with pytest.raises(
            ApplicationError, match="nobody is on call as On-call Engineer, and no pager knows on-call itself"
        ) as no:
            await rung(AllKnown("ann"), by_rota(), early)
        assert no.value.type == "Rejected"

    async def test_what_is_acknowledged_is_acknowledged_where_it_rang(self) -> None:
        pager = AllKnown("ann")
        effect = SyncPager(to="on-call", ring="r", become="acknowledged")
        send = sends.page().model_copy(update={"effect": effect, "rang": "ann"})
        await ActivityEnvironment().run(perform(pager, by_rota()).sync_pager, send)
        assert [getattr(each.effect, "to", "") for each in pager.synced] == ["ann"]


class TestWhatTemporalKeeps:
    async def test_a_rota_that_hangs_costs_no_page_the_last_roster_that_is_kept_is_rung_by(self) -> None:
        pager = AllKnown("ann", "ben")
        kept = Roster(shifts=(Shift(who="ben", begins_at=NOW - HOUR, ends_at=NOW + HOUR),), as_of=NOW - HOUR)
        who = WhoIsOnCall(RosterReader(Silent(), Calendars({})), keeping({"company": kept}))
        receipt = await rung(pager, who, to_the_post(SCHEDULE))
        assert receipt.rang == "ben"

    async def test_an_old_answer_has_its_own_age(self) -> None:
        kept = Roster(shifts=(Shift(who="ben", begins_at=NOW - HOUR, ends_at=NOW + HOUR),), as_of=NOW - HOUR)
        away = RosterReader(Silent(Unavailable("PagerDuty is away")), Calendars({}))
        found = await WhoIsOnCall(away, keeping({"company": kept})).ask("company", asked(SCHEDULE))
        assert (found.shift.who, found.as_of) == ("ben", NOW - HOUR)

    async def test_what_is_remembered_of_one_runbook_s_post_rings_nobody_for_another_s(self) -> None:
        """Both are called on-call and turn at the same schedule; only one of them has a swap."""
        there = FirstAnswers(Stint("ann", NOW - HOUR, NOW + HOUR))
        who = WhoIsOnCall(RosterReader(there, Calendars({})), nothing_kept)
        await who.ask("shop", asked(SCHEDULE))
        assert who.remembered("shop", asked(SCHEDULE)) == Shift(who="ann", begins_at=NOW, ends_at=NOW + HOUR)
        with pytest.raises(ApplicationError, match="who is On-call Engineer could not be found out"):
            await rung(AllKnown("ann"), who, to_the_post(SCHEDULE, runbook="bank"))
        assert (await rung(AllKnown("ann"), who, to_the_post(SCHEDULE, runbook="shop"))).rang == "ann"


class FirstAnswers:
    """A schedule that answers once, and is away from then on."""

    def __init__(self, stint: Stint) -> None:
        self._stint: Stint | None = stint

    async def stints(self, asked: RosterQuestion, where: PagerDutyOnCall) -> list[list[Stint]]:
        stint, self._stint = self._stint, None
        if stint is None:
            raise Unavailable("PagerDuty is away")
        return [[stint]]


def keeping(rosters: Mapping[str, Roster]) -> KeptCard:
    async def kept(runbook: str, post: str) -> RosterCard | None:
        return RosterCard(runbook=runbook, post=post, name="On-call", zone="UTC", roster=rosters[runbook])

    return kept


class TestTheNameOnAPage:
    async def test_a_page_to_the_post_names_whoever_is_on_call_if_that_was_found_out_before(self) -> None:
        pager, who = AllKnown("on-call"), by_rota()
        await rung(pager, who, to_the_post(WRITTEN))
        await who.ask("company", asked(WRITTEN))
        await rung(pager, who, to_the_post(WRITTEN))
        assert ["Ann Lee (on call until Mon 09:00)" in page.text for page in pager.pages] == [False, True]

    async def test_it_is_not_said_twice_where_the_incident_knew_it(self) -> None:
        pager, who = AllKnown("on-call"), by_rota()
        await who.ask("company", asked(WRITTEN))
        await rung(pager, who, to_the_post(WRITTEN, holder=Shift(who="ann", begins_at=NOW)))
        assert "Ann Lee" not in pager.pages[0].text


class TestTheQuestions:
    async def test_an_incident_is_told_who_and_until_when(self) -> None:
        send = sends.page().model_copy(update={"effect": asked(WRITTEN)})
        receipt = await ActivityEnvironment().run(perform(AllKnown(), by_rota()).ask_on_call, send)
        assert receipt.on_call == Shift(who="ann", begins_at=NOW, ends_at=datetime(2026, 11, 30, 9, tzinfo=UTC))

    async def test_a_roster_that_cannot_be_read_says_why(self) -> None:
        roster = await ActivityEnvironment().run(perform(AllKnown(), by_rota()).read_roster, question(SCHEDULE))
        assert roster == Roster(problem="PagerDuty is not connected: set TOCSIN_PAGERDUTY_API_TOKEN")


class TestTheUserGroup:
    @pytest.fixture
    async def group(self, slack: Slack) -> str:
        """Its id."""
        made = await slack._api.web.usergroups_create(name="On call", handle="on-call")
        return str(made["usergroup"]["id"])

    async def members(self, sandbox: SandboxServer) -> tuple[list[str], bool]:
        [group] = (await sandbox.state())["user_groups"]
        return group["users"], group["enabled"]

    async def set(self, slack: Slack, group: str, *people: str) -> str:
        order = UserGroupOrder(group=group, people=people)
        return await ActivityEnvironment().run(Perform(None, slack, None).set_user_group, order)

    @pytest.mark.parametrize("named", ["on-call", "@on-call", ""])
    async def test_whoever_is_on_call_is_in_it_and_nobody_else(
        self, sandbox: SandboxServer, slack: Slack, group: str, named: str
    ) -> None:
        assert await self.set(slack, named or group, "on-call") == ""
        assert await self.members(sandbox) == (["U0ONCALL"], True)

    async def test_what_slack_says_already_is_left_alone_and_what_somebody_changed_there_is_set_again(
        self, sandbox: SandboxServer, slack: Slack, group: str
    ) -> None:
        for _ in range(3):
            await self.set(slack, group, "on-call")
        changes = [entry for entry in await sandbox.wire() if "usergroups.users.update" in str(entry)]
        assert len(changes) == 1
        await slack._api.web.usergroups_users_update(usergroup=group, users=["U0VERA"])
        await self.set(slack, group, "on-call")
        assert await self.members(sandbox) == (["U0ONCALL"], True)

    async def test_a_group_of_nobody_is_disabled_because_slack_refuses_an_empty_one(
        self, sandbox: SandboxServer, slack: Slack, group: str
    ) -> None:
        for _ in range(2):  # a second time there is nothing to do
            assert await self.set(slack, group) == ""
        assert (await self.members(sandbox))[1] is False
        await self.set(slack, group, "on-call")
        assert (await self.members(sandbox))[1] is True

    async def test_somebody_whom_slack_does_not_know_is_said(self, slack: Slack, group: str) -> None:
        assert "nobody knows who zoe is in Slack (TOCSIN_SLACK_USERS" in await self.set(slack, group, "zoe")

    async def test_a_group_that_is_not_there_is_said(self, slack: Slack) -> None:
        with pytest.raises(ApplicationError, match="Slack has no user group nope: create it"):
            await self.set(slack, "nope", "on-call")
