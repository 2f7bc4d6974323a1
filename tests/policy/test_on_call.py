"""Who holds a post while an incident lasts: asked when it matters, said when it is news, and waited for by no page."""

from datetime import datetime, timedelta

import pytest

from tests.policy.builders import T0, at, runbook, severity, tier
from workflows.policy.communication.card import Prospects, card_facts
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import AskOnCall, Invite, Page, Receipt
from workflows.policy.incident.events import EffectSettled, EffectStarted, Escalated, Resolved
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.reducers.root import apply
from workflows.policy.rota.reached import Rosters
from workflows.policy.rota.shift import Shift
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.preview import Scenario
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.time.durations import DAY
from workflows.policy.views.plan_view import plan_view
from workflows.texts import documents
from workflows.texts.card import lines
from workflows.texts.preview import preview
from workflows.texts.render import words

TURNS = {"rota": ["ann", "ben"], "every": "1d", "from": T0.date(), "hand_over": f"{at(7):%H:%M}"}
PEOPLE = {
    "on-call": {"name": "On-call Engineer", "on_call": TURNS},
    "ann": {"name": "Ann"},
    "ben": {"name": "Ben"},
    "boss": {"name": "The Boss"},
}


def book(own_channel: bool = False, **post: object) -> Runbook:
    people = {**PEOPLE, "on-call": {"name": "On-call Engineer", "on_call": TURNS, **post}}
    roles = {"commander": {"name": "Commander", "falls_to": "on-call"}}
    ladder = severity(
        tier("on-call"),
        tier("boss", after=20),
        acknowledge={"within": "10m"},
        roles=["commander"],
        own_channel=own_channel,
    )
    return runbook(ladder, people=people, roles=roles)


def elsewhere(own_channel: bool = False) -> Runbook:
    return book(own_channel, on_call={"pagerduty": {"schedule": "PSCHED1"}})


def live(of: Runbook, rosters: Rosters | None = None, fails: dict[str, str] | None = None) -> Simulation:
    opening = OpenRequest(runbook=of, severity="sev1", title="Checkout fails")
    return Simulation.of(opening, T0, fails=fails, rosters=rosters)  # type: ignore[arg-type]  # outcomes by name


def asked(simulation: Simulation) -> list[datetime]:
    return [sent for sent, demand in simulation.sent if isinstance(demand.effect, AskOnCall)]


def said(simulation: Simulation) -> list[str]:
    return [entry.text for entry in simulation.incident.timeline if entry.kind == "on-call"]


SHIFTS: Rosters = {
    "on-call": [
        Shift(who="ann", begins_at=T0 - timedelta(days=1), ends_at=at(7)),
        Shift(who="ben", begins_at=at(7), ends_at=at(60)),
    ]
}


def test_it_is_asked_at_the_declaration_at_each_ring_and_at_the_hand_over() -> None:
    simulation = live(elsewhere(), SHIFTS)
    assert asked(simulation) == [T0]
    simulation.run_to(at(9))
    assert asked(simulation) == [T0, at(7)]
    simulation.run_to(at(10))  # nobody has acknowledged: the post is rung again
    assert asked(simulation) == [T0, at(7), at(10)]


def test_the_page_goes_first_and_to_the_post() -> None:
    first, second, *_ = [demand.effect for _, demand in live(elsewhere(), SHIFTS).sent]
    assert isinstance(first, Page)
    assert first.to == "on-call"
    assert isinstance(second, AskOnCall) or not isinstance(second, Page)


def test_no_page_waits_for_an_answer_that_does_not_come() -> None:
    """The same pages at the same times, whether somebody can be asked or not."""
    calm, deaf = live(elsewhere(), SHIFTS), live(elsewhere(), fails={"on-call/on-call": "undelivered"})
    pages = []
    for simulation in (calm, deaf):
        simulation.run_to(at(60))
        pages.append([(sent, demand.key) for sent, demand in simulation.sent if isinstance(demand.effect, Page)])
    assert pages[0] == pages[1]


def test_whoever_holds_it_is_brought_into_the_channel_and_so_is_the_next() -> None:
    simulation = live(elsewhere(own_channel=True), SHIFTS)
    assert invited(simulation) == ["ann", "on-call"]
    simulation.run_to(at(8))
    assert invited(simulation) == ["ann", "on-call", "ben"]


def invited(simulation: Simulation) -> list[str]:
    return [demand.effect.to for _, demand in simulation.sent if isinstance(demand.effect, Invite)]


def test_a_hand_over_rings_nobody_by_itself() -> None:
    simulation = live(elsewhere(), SHIFTS)
    simulation.run_to(at(8))
    assert [demand.key for _, demand in simulation.sent if isinstance(demand.effect, Page)] == ["escalate/1/on-call/1"]


def test_the_timeline_says_who_it_is_when_that_is_news() -> None:
    simulation = live(elsewhere(), SHIFTS)
    simulation.run_to(at(19))
    assert said(simulation) == [
        f"On-call Engineer is Ann (on call until {at(7):%H:%M})",
        f"On-call Engineer is Ben (on call until {at(60):%H:%M})",
    ]


def test_the_card_and_the_documents_name_who_is_on_call() -> None:
    simulation = live(elsewhere(), SHIFTS)
    held = f"On-call Engineer: Ann (on call until {at(7):%H:%M})"
    facts = card_facts(simulation.book, simulation.incident, Prospects(), simulation.now)
    assert facts.on_call == (held,)
    assert ("On-call Engineer", held.partition(": ")[2]) in [(line.label, line.text) for line in lines(facts)]
    view = plan_view(simulation.book, simulation.incident, simulation.plan(), simulation.now, 1, set())
    assert view.on_call == (held,)
    assert f"| On call | {held} |" in documents.record(simulation.book, simulation.incident, simulation.now)


def test_nobody_on_call_is_loud() -> None:
    simulation = live(elsewhere(), {"on-call": [Shift(begins_at=T0, ends_at=at(60))]})
    [entry] = [entry for entry in simulation.incident.timeline if entry.kind == "on-call"]
    assert (entry.text, entry.loud) == ("On-call Engineer is nobody", True)


def test_what_cannot_be_found_out_leaves_the_last_that_is_known_with_its_age() -> None:
    simulation = live(elsewhere(), SHIFTS)
    simulation.fails["on-call/on-call"] = "undelivered"
    simulation.run_to(at(12))
    known = simulation.incident.on_call["on-call"]
    assert known.who == "ann"
    assert known.in_words(simulation.book, at(12)) == f"Ann (on call until {at(7):%H:%M}, as of {T0:%H:%M})"
    assert said(simulation)[1:] == ["who is On-call Engineer could not be found out: simulated"]


def test_a_remark_of_an_old_answer_is_kept() -> None:
    simulation = live(elsewhere(), SHIFTS)
    demand = next(demand for _, demand in simulation.sent if isinstance(demand.effect, AskOnCall))
    receipt = Receipt(
        on_call=Shift(who="ben", begins_at=T0),
        note="as it was known at 08:00: PagerDuty is away",
        warns=True,
        on_call_as_of=T0 - timedelta(hours=1),
    )
    event = EffectSettled(at=at(1), demand=demand, outcome="done", receipt=receipt)
    after = apply(simulation.book, simulation.incident, event)
    assert after.on_call["on-call"].problem == "as it was known at 08:00: PagerDuty is away"
    assert after.on_call["on-call"].known_at == T0 - timedelta(hours=1)  # its own age


def test_after_the_end_nobody_asks() -> None:
    simulation = live(elsewhere(), SHIFTS)
    simulation.happen(Resolved())
    simulation.run_to(at(14))
    assert asked(simulation) == [T0]


def test_a_runbook_without_a_rota_asks_nothing() -> None:
    simulation = live(runbook(severity(tier("boss")), people={"boss": {"name": "Boss"}}, roles={}))
    simulation.run_to(at(60))
    assert asked(simulation) == []


def test_a_post_that_is_called_by_hand_is_asked_about_although_no_tier_has_it() -> None:
    people = {**PEOPLE, "boss": {"name": "Boss"}}
    simulation = live(runbook(severity(tier("boss")), people=people, roles={}), SHIFTS)
    simulation.happen(Escalated(to="on-call"))
    assert asked(simulation) == [T0]


def test_the_page_of_a_later_ring_names_whoever_is_on_call() -> None:
    simulation = live(elsewhere(), SHIFTS)
    texts = []
    simulation.watch = lambda seen, demand: texts.append(
        words(seen.book, seen.incident, demand, seen.now).text if isinstance(demand.effect, Page) else ""
    )
    simulation.run_to(at(10))
    assert f"On-call Engineer: Ben (on call until {at(60):%H:%M})" in "".join(texts)


def first_page(of: Runbook) -> str:
    simulation = live(of)
    demand = next(demand for _, demand in simulation.sent if isinstance(demand.effect, Page))
    unasked = simulation.incident.model_copy(update={"on_call": {}})
    return words(of, unasked, demand, T0).text


@pytest.mark.parametrize(
    ("on_call", "said_there"),
    [
        ({**TURNS, "from": T0.date() - DAY}, f"On-call Engineer: Ann (on call until {at(7):%H:%M} by the rota)"),
        (TURNS, "On-call Engineer: nobody by the rota"),
        ({"pagerduty": {"schedule": "PSCHED1"}}, ""),
        ({"ical": "ops"}, ""),
    ],
)
def test_the_first_page_names_whoever_a_rota_in_the_runbook_names_before_anybody_is_asked(
    on_call: dict[str, object], said_there: str
) -> None:
    text = first_page(book(on_call=on_call))
    assert (said_there or "Commander: nobody yet.") in text
    assert ("On-call Engineer: " in text) == bool(said_there)


def test_what_was_found_out_goes_before_the_rota_of_the_runbook() -> None:
    simulation = live(book(on_call={**TURNS, "from": T0.date() - DAY}), SHIFTS)
    demand = next(demand for _, demand in simulation.sent if isinstance(demand.effect, Page))
    text = words(simulation.book, simulation.incident, demand, T0).text
    assert f"On-call Engineer: Ann (on call until {at(7):%H:%M})" in text
    assert "by the rota" not in text


class TestRungInTheSteadOfAPost:
    def rung(self, who: str, others: Rosters = SHIFTS) -> Simulation:
        simulation = live(elsewhere(), others)
        demand = next(demand for _, demand in simulation.sent if isinstance(demand.effect, Page))
        return self._settled(simulation, demand, who)

    def _settled(self, simulation: Simulation, demand: Demand, who: str) -> Simulation:
        start = EffectStarted(at=T0, demand=demand, real_at=T0)
        simulation.incident = apply(simulation.book, simulation.incident, start)
        done = EffectSettled(at=at(1), demand=demand, outcome="done", receipt=Receipt(reference="r", rang=who))
        simulation.incident = apply(simulation.book, simulation.incident, done)
        return simulation

    def test_the_timeline_names_them(self) -> None:
        assert "paged On-call Engineer (Ann): SEV-1 declared: first to be called" in [
            entry.text for entry in self.rung("ann").incident.timeline
        ]

    def test_the_ring_remembers_whom_it_rang(self) -> None:
        [ring] = self.rung("ann").incident.rings.values()
        assert (ring.person, ring.rang) == ("on-call", "ann")

    @pytest.mark.parametrize(("holder", "superseded"), [("ann", 1), ("ben", 0)])
    def test_a_ring_supersedes_only_those_of_the_same_person(self, holder: str, superseded: int) -> None:
        """The others stand open at another's pager, and are resolved there in the end."""
        simulation = self.rung("ann", {"on-call": [Shift(who=holder, begins_at=T0)]})
        simulation.incident = apply(simulation.book, simulation.incident, Escalated(at=at(3), to="on-call"))
        simulation.now = at(3)
        [page] = [each.effect for each in simulation.plan().due if isinstance(each.effect, Page)]
        assert len(page.supersedes) == superseded


class TestPreview:
    def test_it_names_whoever_holds_a_post_at_each_moment(self) -> None:
        lines = preview(book(), Scenario("sev1", T0, until=timedelta(minutes=15)))
        people = [(line.offset_s // 60, line.people) for line in lines if line.kind == "page"]
        # the first turn begins at the hand-over of that day: until then the next tier, the boss, is called
        assert people == [(0, ()), (0, None), (10, ("Ann",))]

    def test_a_roster_that_was_found_elsewhere_is_taken(self) -> None:
        lines = preview(elsewhere(), Scenario("sev1", T0, until=timedelta(minutes=15)), SHIFTS)
        assert [(line.offset_s // 60, line.people) for line in lines if line.kind == "page"] == [
            (0, ("Ann",)), (10, ("Ben",)),
        ]  # fmt: skip

    def test_the_end_of_the_preview_is_no_end_of_a_shift(self) -> None:
        """Ann has it for twenty more days: by then others may have it, and nobody has looked."""
        rosters: Rosters = {"on-call": [Shift(who="ann", begins_at=T0, ends_at=T0 + 20 * DAY)]}
        [first, *_] = [line for line in preview(elsewhere(), Scenario("sev1", T0), rosters) if line.kind == "page"]
        assert (first.people, "until" in first.text) == (("Ann",), False)
        simulation = live(elsewhere(), rosters)
        assert simulation.incident.on_call["on-call"].until is None

    def test_a_page_to_a_post_that_nobody_holds_is_refused_and_the_next_tier_is_called_at_once(self) -> None:
        gap: Rosters = {"on-call": [Shift(begins_at=T0, ends_at=at(60))]}
        course = Scenario("sev1", T0, until=timedelta(minutes=4))
        for known, called in ((), [("on-call", ()), ("boss", None)]), (("on-call",), [("on-call", ())]):
            lines = [line for line in preview(elsewhere(), course, gap, known) if line.kind == "page"]
            assert [(line.to[0], line.people) for line in lines] == called

    def test_a_role_is_whoever_it_falls_to(self) -> None:
        lines = preview(elsewhere(), Scenario("sev1", T0, until=timedelta(minutes=6)), SHIFTS)
        assert ("Ann",) in [line.people for line in lines if "commander" in line.to]
