"""Graver rings again: who answered a warning has not answered an outage."""

import pytest

from tests.policy.builders import (
    alert,
    alerts,
    at,
    happens,
    insistent,
    lines,
    opened,
    opening,
    page,
    pages,
    post,
    runbook,
    said,
    sends,
    severity,
    tier,
)
from tests.policy.shell import NEVER, PolicyRunner, begun, fates, rings
from workflows.policy.incident.events import (
    Acknowledged,
    AlertsReceived,
    Escalated,
    Event,
    Noted,
    Reopened,
    Resolved,
    SeverityChanged,
)
from workflows.policy.incident.who import in_book, is_same
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.render import words

ANN = Acknowledged(by="Alice")
GRAVER = alerts(alert("f2", severity="sev1", summary="error rate 40%"))
AT_PAGERDUTY = SeverityChanged(by="Zoe", via="pagerduty", severity="sev1")
BY_DAVE = SeverityChanged(by="Dave", via="command line", severity="sev1", reason="it spreads")
BY_NOBODY_KNOWN = SeverityChanged(severity="sev1")
LOWERED = SeverityChanged(by="Dave", severity="sev2")


def book(first: dict[str, object] | None = None, graver: dict[str, object] | None = None) -> Runbook:
    sev1 = severity(insistent("alice"), insistent("bob", after=10), insistent("carol", after=60, unless="resolved"))
    sev2 = severity(insistent("alice"))
    return runbook(
        {
            "sev1": sev1.model_validate(sev1.model_dump() | {"acknowledge": graver or {}}),
            "sev2": sev2.model_validate(sev2.model_dump() | {"acknowledge": first or {}}),
        }
    )


def after(*script: tuple[float, Event], of: Runbook | None = None, until: float = 0) -> Simulation:
    simulation = opened(of or book(), severity="sev2")
    for moment, event in script:
        happens(simulation, moment, event)
    simulation.run_to(at(max(until, 0)))
    return simulation


ALL = [(41, "alice"), (41, "bob")]
RAISES = [
    pytest.param(((2, ANN), (41, GRAVER)), 44, ALL, id="by an alert: the first tier and each that is overdue"),
    pytest.param(((2, ANN), (41, AT_PAGERDUTY)), 44, ALL, id="at the pager"),
    pytest.param(((2, ANN), (41, BY_DAVE)), 44, ALL, id="by somebody else than who acknowledged"),
    pytest.param(((2, ANN), (41, BY_NOBODY_KNOWN)), 44, ALL, id="by somebody of whom nothing is known"),
    pytest.param(((2, Acknowledged()), (41, BY_NOBODY_KNOWN)), 44, ALL, id="two of whom nothing is known may be two"),
    pytest.param(((2, ANN), (5, GRAVER)), 9, [(5, "alice")], id="a tier that is not overdue waits for its time"),
    pytest.param(((2, ANN), (5, GRAVER)), 14, [(5, "alice"), (10, "bob")], id="which counts from the opening"),
    pytest.param(
        ((2, ANN), (41, GRAVER)), 50, [*ALL, (46, "bob")], id="and goes on until somebody answers"
    ),
    pytest.param(((2, ANN), (41, GRAVER), (43, ANN)), 59, ALL, id="who acknowledged may acknowledge again"),
    pytest.param(
        ((2, ANN), (41, GRAVER), (43, ANN)), 70, [*ALL, (60, "carol")], id="what only the resolution stops has its time"
    ),
    pytest.param(((2, ANN), (61, GRAVER)), 62, [(61, "alice"), (61, "bob"), (61, "carol")], id="and is overdue in its"),
    pytest.param(((2, ANN), (41, BY_DAVE)), 59, ALL, id="who raises by hand stops what the ladder has yet to do"),
    pytest.param(((2, ANN), (4, BY_DAVE)), 59, [(4, "alice")], id="be it the next tier"),
    pytest.param(((1, BY_DAVE),), 59, [(1, "alice")], id="also where nobody had acknowledged"),
    pytest.param(((3, GRAVER),), 7, [(3, "alice")], id="unacknowledged it rings at the raise"),
    pytest.param(((2, ANN), (41, SeverityChanged(by="Bob", severity="sev1"))), 44, [(41, "alice")],
                 id="whoever raises it is not called: they know"),
    pytest.param(((2, ANN), (41, SeverityChanged(by="Alice", severity="sev1"))), 59, [],
                 id="by whoever acknowledged: nobody"),
    pytest.param(((2, ANN), (41, SeverityChanged(by="Bob (Slack U0X, not mapped)", severity="sev1"))), 44, ALL,
                 id="by whoever only calls themselves so in the chat"),
    pytest.param(((2, ANN), (41, SeverityChanged(by="Bob (via x (Slack U0X, not mapped)", severity="sev1"))), 44, ALL,
                 id="however they write it"),
    pytest.param(((2, ANN), (20, LOWERED), (41, GRAVER)), 44, ALL, id="confirmed before"),
    pytest.param(((2, ANN), (41, GRAVER), (42, ANN), (43, LOWERED), (44, AT_PAGERDUTY)), 45,
                 [*ALL, (44, "alice"), (44, "bob")], id="lowered and raised again: whoever answered may be asleep"),
    pytest.param(((2, Resolved()), (3, GRAVER)), 7, [(3, "alice")], id="raised as it is reopened: rung once"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "until", "expected"), RAISES)
def test_who_is_rung(script: tuple[tuple[float, Event], ...], until: float, expected: list[tuple[float, str]]) -> None:
    assert [ring for ring in pages(after(*script, until=until)) if ring[0] > 0] == expected


SAME = ["alice", "Alice", "ALICE ", "alice@acme.example", "ALICE@acme.example via slack", "@alice", "Alice via slack",
        "alice (through Slack)"]  # fmt: skip
WITH_ADDRESS = book().model_copy(
    update={"people": book().people | {"alice": Person(name="Alice", email="Alice@Acme.example")}}
)


@pytest.mark.parametrize("written", SAME)
def test_it_is_the_same_person_however_they_are_written(written: str) -> None:
    simulation = after((2, ANN), (41, SeverityChanged(by=written, severity="sev1")), of=WITH_ADDRESS, until=44)
    assert pages(simulation) == [(0, "alice")]
    assert simulation.incident.acknowledged_by == "Alice"


@pytest.mark.parametrize("of", [book(), WITH_ADDRESS], ids=["none is known", "another one is known"])
@pytest.mark.parametrize("written", ["alice@evil.example", "alice@acme.example.evil", "bob@acme.example"])
def test_an_address_that_only_begins_like_a_name_is_nobodys(of: Runbook, written: str) -> None:
    assert in_book(of, written) == ()
    assert not is_same(of, written, "Alice")
    assert is_same(of, written, f"{written.upper()} via pagerduty")


def test_at_the_pager_it_may_be_a_rule_in_their_name() -> None:
    again = AT_PAGERDUTY.model_copy(update={"by": "Alice"})
    assert pages(after((2, ANN), (41, again), until=44))[1:] == ALL


HOLDS: dict[str, object] = {"holds": "raised"}


@pytest.mark.parametrize("of", [book(HOLDS), book(None, HOLDS), book(HOLDS, HOLDS)])
@pytest.mark.parametrize("event", [GRAVER, AT_PAGERDUTY, BY_DAVE])
def test_where_the_runbook_says_that_an_acknowledgement_holds_it_holds(of: Runbook, event: Event) -> None:
    simulation = after((2, ANN), (41, event), of=of, until=62)
    assert pages(simulation) == [(0, "alice"), (60, "carol")]
    assert simulation.incident.acknowledged_by == "Alice"


def test_but_what_nobody_acknowledged_rings() -> None:
    assert pages(after((3, GRAVER), of=book(HOLDS, HOLDS), until=4)) == [(0, "alice"), (3, "alice")]


def test_whoever_acknowledged_is_told_loudly_where_they_are() -> None:
    simulation = after((2, ANN), (41, GRAVER))
    text = "Alice acknowledged SEV-2, which does not count for SEV-1: the ladder starts again"
    (entry,) = (entry for entry in simulation.incident.timeline if entry.text == text)
    assert entry.loud
    (said,) = (post(demand) for _, demand in sends(simulation, "tell/") if "alice" in post(demand).mention)
    assert said.offers[0].verb == "ack"


def test_whoever_raises_by_hand_is_told_that_this_counts() -> None:
    simulation = after((2, ANN), (41, BY_DAVE))
    assert said(simulation.incident, "Dave raised the severity from SEV-2 to SEV-1: it spreads")
    assert said(simulation.incident, "which counts as an acknowledgement: Dave is on it")
    assert simulation.incident.acknowledged_by == "Dave"
    assert simulation.incident.first_acknowledged_at == at(2)


def test_so_does_raising_what_the_pager_has_raised_a_moment_before() -> None:
    simulation = after((2, ANN), (41, AT_PAGERDUTY), (41.1, BY_DAVE))
    assert said(simulation.incident, "Dave confirmed SEV-1 by hand, which counts as an acknowledgement: Dave is on it")
    assert simulation.incident.acknowledged_by == "Dave"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(((41, AT_PAGERDUTY), (41.1, AT_PAGERDUTY)), id="at the pager"),
        pytest.param(((41, AT_PAGERDUTY), (41.1, BY_NOBODY_KNOWN)), id="by nobody known"),
        pytest.param(((41, LOWERED),), id="what nobody has raised"),
    ],
)
def test_to_confirm_it_otherwise_counts_as_nothing(script: tuple[tuple[float, Event], ...]) -> None:
    assert not after(*script, until=42).incident.acknowledged_by


def test_their_acknowledgement_expires_as_any_other() -> None:
    simulation = after((2, ANN), (41, BY_DAVE), of=book(None, {"expires_after": "15m"}), until=57)
    assert pages(simulation)[1:] == [*ALL, (56, "alice")]


def test_after_one_that_expired_it_is_a_raise_of_what_nobody_is_on() -> None:
    simulation = after((2, ANN), (30, GRAVER), of=book({"expires_after": "10m"}), until=31)
    assert pages(simulation)[-2:] == [(30, "alice"), (30, "bob")]
    assert not said(simulation.incident, "does not count")


def test_the_page_says_in_the_alerts_words_why_it_comes() -> None:
    simulation = after((2, ANN), (41, GRAVER))
    demand = sends(simulation, "escalate/1/alice")[-1][1]
    why = "raised from SEV-2 to SEV-1 by the alerts: HighErrorRate fires: error rate 40%"
    assert demand.reason == why
    assert f"Why you: {why}." in words(simulation.book, simulation.incident, demand, simulation.now).text


def test_the_older_ring_is_resolved_at_the_pager_first() -> None:
    simulation = after((2, ANN), (41, GRAVER))
    (_, first), (_, second) = sends(simulation, "escalate/1/alice")
    assert page(second).supersedes == (simulation.incident.vendor_key(first.key),)
    assert first.key != second.key


def test_a_page_that_is_on_its_way_is_withdrawn_for_the_graver_one() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates(alice=NEVER))
    shell.happens(1, GRAVER)
    assert set(shell.flying) >= {"escalate/1/alice/2"}
    assert "escalate/1/alice/1" not in shell.flying


def test_one_that_gets_through_after_the_graver_one_has_does_not_ring_it_again() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates(alice=NEVER))
    first = shell.flying["escalate/1/alice/1"].demand
    shell.fate = fates()
    shell.happens(1, GRAVER)
    shell.overtaken(first, Noted(text="it was on its way"))
    assert rings(shell) == [(0, "alice"), (1, "alice")]


def test_what_the_raise_rings_goes_on_trying_although_its_author_is_on_it() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates(bob=NEVER))
    shell.happens(2, ANN)
    shell.happens(41, BY_DAVE)
    assert "escalate/2/bob/2" in shell.flying
    shell.happens(42, Acknowledged(by="Carol"))
    assert "escalate/2/bob/2" not in shell.flying
    assert shell.incident.acknowledged_by == "Carol"


def test_what_did_not_get_through_of_it_is_tried_again() -> None:
    simulation = opened(book(), fails={"alice": "rejected"}, severity="sev2")
    happens(simulation, 2, ANN)
    happens(simulation, 4, BY_DAVE)
    simulation.run_to(at(9))
    assert pages(simulation)[-3:] == [(4, "alice"), (4, "carol"), (9, "alice")]


def test_who_presses_on_the_page_of_before_has_not_answered_this_one() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates())
    older = shell.incident.vendor_key("escalate/1/alice/1")
    shell.happens(3, GRAVER, Acknowledged(by="Alice", via="pagerduty", ring=older))
    assert rings(shell) == [(0, "alice"), (3, "alice")]
    assert shell.incident.acknowledged_at is None
    newer = shell.incident.vendor_key("escalate/1/alice/2")
    shell.happens(4, Acknowledged(by="Alice", via="pagerduty", ring=newer))
    assert shell.incident.acknowledged_by == "Alice"


def test_who_was_called_by_hand_answers_also_what_was_raised_meanwhile() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates())
    shell.happens(2, Escalated(by="Dave", to="bob"))
    called = shell.incident.vendor_key("call/bob/1")
    shell.happens(3, GRAVER)
    shell.happens(4, Acknowledged(by="Bob", via="pagerduty", ring=called))
    assert shell.incident.acknowledged_by == "Bob"


def test_lowered_again_the_first_tier_has_its_time() -> None:
    levels = {"sev1": severity(tier("alice")), "sev2": severity(tier("bob", after=10))}
    simulation = opened(runbook({"sev1": levels["sev1"], "sev2": levels["sev2"]}), severity="sev2")
    happens(simulation, 2, GRAVER)
    happens(simulation, 3, LOWERED)
    simulation.run_to(at(11))
    assert pages(simulation) == [(2, "alice"), (10, "bob")]


def test_reopened_it_is_rung_for_that_and_by_its_time() -> None:
    levels = {"sev1": severity(tier("alice", after=5)), "sev2": severity(tier("alice"))}
    simulation = opened(runbook({"sev1": levels["sev1"], "sev2": levels["sev2"]}), severity="sev2")
    for moment, event in ((2, GRAVER), (3, Resolved(by="Ann")), (8, Reopened(by="Ann"))):
        happens(simulation, moment, event)
    simulation.run_to(at(14))
    assert pages(simulation) == [(0, "alice"), (2, "alice"), (13, "alice")]
    assert sends(simulation, "escalate/1/alice")[-1][1].reason == "not acknowledged within 5m"


def test_a_raise_of_before_the_reopening_that_is_heard_late_rings_all_the_same() -> None:
    simulation = after((2, Resolved(by="Ann")), (8, Reopened(by="Ann")))
    happens(simulation, 9, BY_DAVE.model_copy(update={"at": at(5)}))
    assert pages(simulation)[-1] == (9, "alice")


def test_the_echo_of_our_own_hush_tells_nobody_that_they_pressed_on_the_page_of_before() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates(hush=NEVER))
    shell.happens(2, ANN)
    older = shell.incident.vendor_key("escalate/1/alice/1")
    shell.happens(3, GRAVER, Acknowledged(by="Alice", via="pagerduty", ring=older))
    assert not said(shell.incident, "a page of before the severity was raised, which does not count")


def test_in_quiet_hours_what_is_held_stays_held() -> None:
    quiet = {"quiet_hours": {"begin": "08:00", "end": "12:00"}}
    sev1 = severity(tier("alice"))
    held = severity(tier("alice"), hold="quiet-hours")
    simulation = opened(runbook({"sev1": sev1, "sev2": held, "sev3": held}, calendar=quiet), severity="sev3")
    happens(simulation, 20, SeverityChanged(by="x", via="alerts", severity="sev2"))
    simulation.run_to(at(60))
    assert pages(simulation) == []
    happens(simulation, 61, SeverityChanged(by="x", via="alerts", severity="sev1"))
    assert pages(simulation) == [(61, "alice")]


def test_a_ring_of_the_same_instant_is_of_before_the_raise() -> None:
    levels = {"sev1": severity(insistent("alice")), "sev2": severity(insistent("alice"), within=1)}
    simulation = opened(runbook({"sev1": levels["sev1"], "sev2": levels["sev2"]}), severity="sev2")
    happens(simulation, 2, GRAVER)
    assert pages(simulation) == [(0, "alice"), (1, "alice"), (2, "alice"), (2, "alice")]


def test_each_of_several_raises_rings() -> None:
    rules = severity(tier("alice"))
    simulation = opened(runbook({"sev1": rules, "sev2": rules, "sev3": rules}), severity="sev3")
    for moment, word in ((1, "sev2"), (2, "sev1")):
        happens(simulation, moment, SeverityChanged.model_validate({"via": "alerts", "severity": word}))
    assert pages(simulation) == [(0, "alice"), (1, "alice"), (2, "alice")]
    assert [page(d).supersedes for _, d in sends(simulation, "escalate/1/alice")][1:] == [
        (simulation.incident.vendor_key(f"escalate/1/alice/{number}"),) for number in (1, 2)
    ]


def test_lowered_again_what_the_raise_had_yet_to_ring_is_withdrawn() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates(bob=NEVER))
    shell.happens(2, ANN)
    shell.happens(41, BY_DAVE)
    shell.happens(42, LOWERED)
    assert not [key for key in shell.flying if key.startswith("escalate")]


def test_what_is_resolved_is_raised_in_silence() -> None:
    simulation = after((2, Resolved()), (3, BY_DAVE), until=9)
    assert pages(simulation) == [(0, "alice")]
    assert simulation.incident.acknowledged_at is None


def test_at_the_pager_all_of_it_is_acknowledged_with_the_next_answer() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates())
    shell.happens(2, ANN)
    shell.happens(41, GRAVER)
    shell.happens(43, ANN)
    assert begun(shell, "hush/acknowledged/escalate/1/alice/2") == [43]
    assert {ring.state for ring in shell.incident.rings.values()} == {"acknowledged"}


def test_whoever_raises_what_they_had_not_answered_is_not_rung_and_hushed_at_the_pager() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates())
    shell.happens(2, SeverityChanged(by="alice", severity="sev1"))
    assert rings(shell) == [(0, "alice")]
    assert begun(shell, "hush/acknowledged/escalate/1/alice/1") == [2]


def test_a_ring_that_is_to_be_resolved_for_the_graver_one_is_not_hushed_as_well() -> None:
    shell = PolicyRunner.of(opening(book(), severity="sev2"), fates())
    shell.happens(2, BY_DAVE)
    assert begun(shell, "hush/") == []


def test_the_timeline_says_it_in_this_order() -> None:
    simulation = after((2, ANN), (41, BY_DAVE))
    told = [line.partition(" ")[2] for line in lines(simulation.incident) if "SEV-" in line and "declared" not in line]
    assert told[0].startswith("raised the severity")
    assert told[1].startswith("acknowledged SEV-2")


def test_a_batch_of_alerts_raises_once() -> None:
    batch = AlertsReceived(alerts=(alert("f2", severity="sev1"), alert("f3", severity="sev1")), via="alerts")
    assert pages(after((2, ANN), (5, batch), until=6)) == [(0, "alice"), (5, "alice")]
