"""The incident's place: declared at home, worked on in a channel or thread, told everything in order."""

import pytest

from tests.policy.builders import (
    at,
    declared,
    happens,
    minutes,
    opened,
    opening,
    post,
    runbook,
    said,
    sends,
    severity,
    tier,
    times,
)
from tests.policy.shell import NEVER, REJECTED, Fate, PolicyRunner, begun, fates
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import OpenChannel, Post, SetTopic
from workflows.policy.engine import plan
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import (
    Cancelled,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.incident.state import declare
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty
from workflows.texts.render import words

THREAD = runbook(severity(tier("alice")))
CHANNEL = runbook(severity(tier("alice"), own_channel=True))
CHANNEL_ID = "ref:channel/1"
SNOOZED = Snoozed.model_validate({"duration": "1h"})
"""Something that the channel is told."""


def post_to(demand: Demand) -> str:
    return demand.effect.to.channel if isinstance(demand.effect, Post) else ""


def where(found: list[tuple[float, Demand]]) -> list[tuple[str, str | None]]:
    return [(post(demand).to.channel, post(demand).to.thread) for _, demand in found]


class TestTheDeclaration:
    def test_is_posted_at_home_at_once_and_pinned(self) -> None:
        simulation = opened(THREAD)
        ((when, demand),) = sends(simulation, "declaration")
        assert (when, post(demand).to.channel, post(demand).pin) == (0, "#incidents", True)

    def test_opens_the_thread_that_everything_else_is_told_in(self) -> None:
        simulation = opened(THREAD)
        simulation.happen(SNOOZED)
        assert set(where(sends(simulation, "tell/"))) == {("ref", "declaration/1")}  # of `ref:declaration/1`

    def test_is_not_repeated_by_a_reopening(self) -> None:
        simulation = opened(THREAD)
        happens(simulation, 3, Resolved())
        assert times(simulation, "declaration") == [0]

    def test_is_the_first_message_in_its_own_channel_too(self) -> None:
        simulation = opened(CHANNEL)
        posts = [d for _, d in simulation.sent if isinstance(d.effect, Post)]
        assert next(d.duty for d in posts if post(d).to.channel == CHANNEL_ID) == "declaration/channel"
        text = words(CHANNEL, simulation.incident, sends(simulation, "declaration/channel")[0][1], at(0)).text
        for part in ("Checkout fails", "SEV-1", simulation.incident.id):
            assert part in text

    def test_comes_before_all_that_is_told_later_in_the_same_place(self) -> None:
        def stuck(demand: Demand) -> Fate:
            return Fate(after=minutes(5)) if demand.duty == "declaration" else fates(alice=REJECTED)(demand)

        shell = PolicyRunner.of(opening(THREAD), stuck)
        shell.happens(1, UpdatePosted(text="we know more"))
        shell.happens(2, HandedOff(to="bob"))
        assert begun(shell, "tell/") == []
        shell.run_to(at(6))
        assert min(begun(shell, "tell/")) == 5

    def test_comes_before_all_that_is_told_later_in_its_channel(self) -> None:
        shell = PolicyRunner.of(opening(CHANNEL), lambda d: NEVER if d.duty == "declaration/channel" else Fate())
        shell.happens(2, HandedOff(to="bob"))
        assert begun(shell, "tell/incident") == []

    def test_of_what_is_over_is_one_line_with_its_end(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda d: NEVER if d.effect.kind == "post" else Fate())
        shell.happens(31, Resolved(by="Bob", text="rolled back"))
        shell.fate = lambda _: Fate()
        shell.restart()
        homes = [d for _, d in shell.begun if post_to(d) == "#incidents" and d.key != "declaration/1"]
        assert {d.key for d in homes} == {"declaration/2"}
        line = words(THREAD, shell.incident, homes[0], shell.now).text
        assert "was open from 09:00 UTC to 09:31 UTC" in line
        assert line.endswith("resolved by Bob: rolled back")
        assert [item.lane for item in shell.incident.to_tell] == []

    def test_that_got_out_is_not_said_again_at_the_end(self) -> None:
        simulation = opened(CHANNEL)
        happens(simulation, 3, Resolved())
        declared = [d.key for _, d in simulation.sent if d.duty.startswith("declaration")]
        assert declared == ["declaration/1", "declaration/channel/1"]


class TestTheChannel:
    def test_bears_the_incidents_id(self) -> None:
        simulation = opened(CHANNEL)
        ((_, demand),) = sends(simulation, "channel")
        assert isinstance(demand.effect, OpenChannel)
        assert (demand.effect.name, demand.effect.private) == ("incident-preview", False)

    def test_is_private_when_it_is_about_security(self) -> None:
        simulation = opened(CHANNEL, flags=("security",))
        effect = sends(simulation, "channel")[0][1].effect
        assert isinstance(effect, OpenChannel)
        assert effect.private

    def test_is_where_everything_is_told(self) -> None:
        simulation = opened(CHANNEL)
        simulation.happen(SNOOZED)
        assert set(where(sends(simulation, "tell/"))) == {(CHANNEL_ID, None)}

    @pytest.mark.parametrize(("book", "expected"), [(CHANNEL, "#incident-preview"), (THREAD, "the thread")])
    def test_is_no_key_of_the_chat_on_the_timeline(self, book: Runbook, expected: str) -> None:
        post = {"id": "note", "kind": "post", "template": "note"}
        with_post = {name: rules.model_copy(update={"duties": (Duty.model_validate(post),)}) for name, rules in
                     book.severities.items()}  # fmt: skip
        simulation = opened(book.model_copy(update={"severities": with_post}))
        simulation.run_to(at(1))
        lines = [line.text for line in simulation.incident.timeline]
        assert f'posted "note" in {expected}' in lines
        assert not any("ref:" in line for line in lines)

    def test_what_is_told_waits_for_it_and_the_wait_is_visible(self) -> None:
        shell = PolicyRunner.of(opening(CHANNEL), fates(channel=NEVER))
        shell.happens(0, SNOOZED)
        waiting = plan(shell.book, shell.incident, shell.now).waiting
        assert [(w.demand.duty, w.waits_for) for w in waiting] == [("tell/incident", "channel")]

    def test_pages_wait_for_nothing(self) -> None:
        shell = PolicyRunner.of(opening(CHANNEL), fates(channel=NEVER, post=NEVER))
        assert begun(shell, "escalate") == [0]

    def test_rejected_it_is_replaced_by_the_thread(self) -> None:
        simulation = opened(CHANNEL, {"channel": "rejected"})
        simulation.happen(SNOOZED)
        assert set(where(sends(simulation, "tell/"))) == {("ref", "declaration/1")}

    def test_when_the_thread_is_rejected_too_home_is_told(self) -> None:
        simulation = opened(CHANNEL, {"channel": "rejected", "declaration": "rejected"})
        simulation.happen(SNOOZED)
        assert set(where(sends(simulation, "tell/"))) == {("#incidents", None)}


class TestTheTopic:
    def test_is_the_channels_own_at_first_and_follows_severity_phase_and_commander(self) -> None:
        simulation = opened(CHANNEL)
        assert times(simulation, "topic") == []
        happens(simulation, 2, RoleAssigned(role="scribe", person="dave"))
        happens(simulation, 3, RoleAssigned(role="commander", person="bob"))
        happens(simulation, 4, UpdatePosted(text="found it", phase="identified"))
        happens(simulation, 5, Resolved())
        assert times(simulation, "topic") == [3, 4, 5]

    def test_waits_for_the_channel(self) -> None:
        shell = PolicyRunner.of(opening(CHANNEL), fates(channel=NEVER))
        shell.happens(3, HandedOff(to="bob"))
        assert begun(shell, "topic") == []

    def test_that_could_not_be_set_is_overtaken_by_the_next(self) -> None:
        shell = PolicyRunner.of(opening(CHANNEL), fates(topic=NEVER))
        shell.happens(3, HandedOff(to="bob"))
        shell.happens(4, HandedOff(to="dave"))
        assert [key for key in shell.flying if key.startswith("topic")] == ["topic/2"]

    def test_goes_nowhere_without_a_channel(self) -> None:
        simulation = opened(CHANNEL, {"channel": "rejected"})
        happens(simulation, 3, HandedOff(to="bob"))
        assert [d for _, d in simulation.sent if isinstance(d.effect, SetTopic)] == []


class TestTelling:
    def test_what_piles_up_while_a_message_is_on_its_way_travels_together(self) -> None:
        shell = PolicyRunner.of(
            opening(THREAD), lambda d: Fate(after=at(1) - at(0)) if d.duty.startswith("tell/") else Fate()
        )
        for when in (5, 5.2, 5.4):
            shell.happens(when, SNOOZED)
        shell.run_to(at(8))
        assert begun(shell, "tell")[-2:] == [5, 6]
        assert shell.incident.to_tell == ()

    def test_is_in_order_in_each_place(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda d: NEVER if d.duty.startswith("tell/") else Fate())
        shell.happens(5, SNOOZED)
        shell.happens(6, Resolved())
        assert [key for key in shell.flying if key.startswith("tell")] == ["tell/incident/1", "tell/home/2"]

    def test_is_in_order_where_two_lanes_meet(self) -> None:
        updates = {"every": "60m", "owner": "communications", "to": "#incidents"}
        shell = PolicyRunner.of(opening(runbook(severity(tier("alice"), updates=updates))), fates())
        shell.fate = lambda d: NEVER if d.duty == "tell/updates" else Fate()
        shell.happens(5, UpdatePosted(text="we know more"))
        shell.happens(6, Resolved())
        assert [key.rpartition("/")[0] for key in shell.flying if key.startswith("tell")] == ["tell/updates"]
        shell.fate = lambda _: Fate()
        shell.restart()
        assert [d.duty for _, d in shell.begun if d.duty in ("tell/updates", "tell/home")][-2:] == [
            "tell/updates",
            "tell/home",
        ]

    def test_a_summary_comes_after_the_news_of_before_the_end(self) -> None:
        updates = {"every": "60m", "owner": "communications", "to": "#incidents"}
        summary = {
            "id": "summary",
            "kind": "post",
            "template": "resolution_summary",
            "at": "resolved",
            "to": "#incidents",
        }
        shell = PolicyRunner.of(opening(runbook(severity(tier("alice"), updates=updates, duties=[summary]))), fates())
        shell.fate = lambda d: NEVER if d.duty == "tell/updates" else Fate()
        shell.happens(5, UpdatePosted(text="we know more"))
        shell.happens(6, Resolved())
        assert "duty/summary" not in {d.duty for _, d in shell.begun}
        shell.fate = lambda _: Fate()
        shell.restart()
        told = [d.duty for _, d in shell.begun if d.duty in ("tell/updates", "duty/summary")]
        assert told[-2:] == ["tell/updates", "duty/summary"]

    def test_a_channel_that_is_long_in_coming_holds_up_nothing_that_is_shouted_at_home(self) -> None:
        def late(demand: Demand) -> Fate:
            return Fate(after=minutes(20)) if demand.duty == "channel" else fates(alice=REJECTED)(demand)

        shell = PolicyRunner.of(opening(CHANNEL), late)
        shell.happens(1, SNOOZED)
        shell.happens(2, Resolved())
        assert begun(shell, "tell/home") == [0, 2]
        assert begun(shell, "tell/incident") == []
        shell.run_to(at(21))
        assert begun(shell, "tell/incident") == [20]
        assert shell.incident.to_tell == ()

    def test_an_update_goes_where_updates_go_and_the_resolution_goes_home(self) -> None:
        updating = runbook(
            severity(tier("alice"), updates={"every": "15m", "owner": "communications", "to": "#status"})
        )
        simulation = opened(updating)
        happens(simulation, 5, UpdatePosted(text="we know more"))
        happens(simulation, 6, Resolved())
        assert where(sends(simulation, "tell/"))[-2:] == [("#status", None), ("#incidents", None)]
        assert [post(d).template for _, d in sends(simulation, "tell/")][-2:] == ["said", "resolved"]

    def test_the_end_and_its_return_are_told_at_home_and_in_the_channel(self) -> None:
        simulation = opened(CHANNEL)
        happens(simulation, 6, Resolved(by="Ann", text="a bad deploy"))
        assert sorted(where(sends(simulation, "tell/"))) == [("#incidents", None), (CHANNEL_ID, None)]
        assert {post(d).template for _, d in sends(simulation, "tell/")} == {"resolved"}
        happens(simulation, 7, Reopened(by="Ann", reason="it is back"))
        assert sorted(where(sends(simulation, "tell/"))[2:]) == [("#incidents", None), (CHANNEL_ID, None)]
        (line,) = (each for each in simulation.incident.timeline if each.text.startswith("resolved by Ann"))
        assert line.count == 1

    @pytest.mark.parametrize("changes", [{"flags": ("security",)}, {}])
    def test_where_both_are_the_same_place_they_are_told_once(self, changes: dict[str, object]) -> None:
        refuses = Fate("rejected") if not changes else Fate()
        shell = PolicyRunner.of(opening(CHANNEL, **changes), lambda d: refuses if d.duty == "channel" else Fate())
        shell.happens(6, Resolved(by="Ann"))
        assert len([d for _, d in shell.begun if d.duty.startswith("tell/") and post(d).template == "resolved"]) == 1

    def test_a_fix_is_told_where_updates_are_and_counts_as_one(self) -> None:
        updates = {"every": "15m", "owner": "communications", "to": "#status"}
        simulation = opened(runbook(severity(tier("alice"), updates=updates)))
        happens(simulation, 10, Mitigated(by="Alice"))
        simulation.run_to(at(30))
        assert where(sends(simulation, "tell/updates")) == [("#status", None)]
        assert times(simulation, "update/channel") == [25]

    def test_a_note_is_for_the_timeline_only(self) -> None:
        simulation = opened(THREAD)
        simulation.run_to(at(4))
        before = len(sends(simulation, "tell/"))
        happens(simulation, 4, Noted(by="Alice", text="looking at the logs"))
        assert len(sends(simulation, "tell/")) == before

    def test_what_was_rejected_is_not_repeated_for_ever(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda d: REJECTED if d.duty.startswith("tell/") else Fate())
        shell.happens(0, SNOOZED)
        shell.run_to(at(4))
        assert begun(shell, "tell") == [0, 0]
        assert shell.incident.closed_places == ("declaration",)

    def test_the_queue_is_bounded_and_keeps_the_newest(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), fates(post=NEVER))
        for n in range(IncidentBounds.announcements + 10):
            shell.happens(1, Snoozed(duration=minutes(5), reason=f"{n}"))
        assert len(shell.incident.to_tell) == IncidentBounds.announcements
        assert (
            shell.incident.to_tell[-1].text == f"someone snoozed reminders for 5m: {IncidentBounds.announcements + 9}"
        )

    def test_what_was_under_way_and_had_to_make_room_is_withdrawn_for_the_newest(self) -> None:
        shell = PolicyRunner.of(opening(THREAD), lambda d: NEVER if d.duty.startswith("tell/") else Fate())
        for n in range(IncidentBounds.announcements + 10):
            shell.happens(1, Snoozed(duration=minutes(5), reason=f"{n}"))
        (flying,) = (key for key in shell.flying if key.startswith("tell/"))
        assert int(flying.rpartition("/")[2]) >= shell.incident.to_tell[0].number

    def test_a_cancellation_is_told_and_nothing_else_is_opened(self) -> None:
        incident = declare(opening(CHANNEL), at(0), "id", "wf")
        assert "channel" in {d.duty for d in plan(CHANNEL, incident, at(0)).due}
        simulation = opened(THREAD)
        happens(simulation, 5, Cancelled(by="Bob", reason="a drill"))
        assert simulation.incident.closed_at == at(5)
        assert where(sends(simulation, "tell/"))[-1] == ("#incidents", None)

    def test_a_cancellation_is_also_told_in_the_channel_that_there_is(self) -> None:
        simulation = opened(CHANNEL)
        happens(simulation, 5, Cancelled(by="Bob", reason="a drill"))
        assert where(sends(simulation, "tell/"))[-2:] == [("#incidents", None), (CHANNEL_ID, None)]

    def test_cancelled_before_its_channel_was_there_it_has_its_thread_to_talk_in(self) -> None:
        shell = PolicyRunner.of(opening(CHANNEL), fates(channel=Fate(after=minutes(1))))
        shell.happens(0.5, Cancelled(by="Bob"))
        assert begun(shell, "tell/home") == [0.5]
        assert shell.incident.to_tell == ()
        assert shell.incident.closed_at == at(0.5)


UPDATING = runbook(
    severity(tier("alice"), own_channel=True, updates={"every": "60m", "owner": "communications", "to": "#status"})
)


class TestAPlaceThatRejectsUs:
    """Somebody archived the channel: rule 3 names the next place."""

    @staticmethod
    def without(*places: str) -> PolicyRunner:
        def fate(demand: Demand) -> Fate:
            post = demand.effect if isinstance(demand.effect, Post) else None
            place = "thread" if post and post.to.thread else post.to.channel if post else ""
            return REJECTED if place in places and demand.duty != "declaration" else Fate()

        return PolicyRunner.of(opening(UPDATING), fate)

    @staticmethod
    def told(shell: PolicyRunner, lane: str) -> list[tuple[str, str | None]]:
        return where([(0, demand) for _, demand in shell.begun if demand.duty == f"tell/{lane}"])

    def test_what_it_should_have_been_told_is_told_in_the_thread(self) -> None:
        shell = self.without(CHANNEL_ID)
        shell.happens(0, SNOOZED)
        assert self.told(shell, "incident") == [("ref", "declaration/1")]  # the declaration was refused before
        assert shell.incident.to_tell == ()
        assert shell.incident.closed_places == ("channel",)

    def test_and_everything_after_it_at_once(self) -> None:
        shell = self.without(CHANNEL_ID)
        shell.happens(0, SNOOZED)
        shell.happens(1, SNOOZED)
        assert self.told(shell, "incident")[1:] == [("ref", "declaration/1")]

    def test_then_at_home(self) -> None:
        shell = self.without(CHANNEL_ID, "thread")
        shell.happens(0, SNOOZED)
        assert self.told(shell, "incident") == [("ref", "declaration/1"), ("#incidents", None)]

    def test_then_nowhere_and_the_timeline_says_so(self) -> None:
        shell = self.without(CHANNEL_ID, "thread", "#incidents")
        shell.happens(0, SNOOZED)
        assert len(self.told(shell, "incident")) == 2
        assert shell.incident.to_tell == ()
        assert said(shell.incident, "chat: what happened failed: no route")

    def test_in_the_order_in_which_it_happened_with_what_came_meanwhile(self) -> None:
        shell = self.without()
        shell.fate = lambda d: Fate("rejected", minutes(1)) if d.duty == "tell/incident" else Fate()
        shell.happens(1, Snoozed(duration=minutes(1), reason="first"))
        shell.happens(1.5, Snoozed(duration=minutes(1), reason="second"))
        shell.fate = lambda d: NEVER if d.duty == "tell/incident" else Fate()
        shell.run_to(at(3))
        assert [item.text.rpartition(": ")[2] for item in shell.incident.to_tell] == ["first", "second"]

    def test_updates_go_to_the_incidents_own_place_instead(self) -> None:
        shell = self.without("#status")
        shell.happens(1, UpdatePosted(text="we know more"))
        assert self.told(shell, "updates") == [("#status", None), (CHANNEL_ID, None)]

    def test_a_place_that_is_only_slow_keeps_its_messages(self) -> None:
        shell = self.without()
        shell.fate = lambda d: Fate("undelivered", minutes(1)) if d.duty == "tell/incident" else Fate()
        shell.happens(1, Snoozed(duration=minutes(1)))
        shell.run_to(at(3))
        assert shell.incident.closed_places == ()


def test_every_key_of_an_incident_is_unique_in_the_world() -> None:
    assert declared(THREAD).vendor_key("tell/1") == "incident-1/20260302-0900-k7/tell/1"
