"""What is owed once, at a moment of the incident's life."""

import pytest

from tests.policy.builders import (
    at,
    declared,
    happens,
    lines,
    opened,
    post,
    runbook,
    said,
    sends,
    severity,
    tier,
    times,
)
from workflows.policy.effects.effects import Email, Receipt, Ticket, WriteDocument
from workflows.policy.engine import plan
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    EffectSettled,
    FlagChanged,
    Mitigated,
    Outcome,
    Reopened,
    Resolved,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.reducers.root import apply
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation

MOMENTS = {
    "declared": 0,
    "acknowledged": 5,
    "identified": 10,
    "mitigated": 20,
    "resolved": 30,
}


EMAIL = {"id": "mail", "kind": "email", "template": "email", "to": "all@example.com", "owner": "commander"}


def owing(**duty: object) -> Runbook:
    given = {"id": "fix", "kind": "checklist", "template": "checklist", "owner": "commander"}
    return runbook(severity(tier("alice"), duties=[given | duty]))


def lived(book: Runbook) -> Simulation:
    simulation = opened(book)
    happens(simulation, 5, Acknowledged())
    happens(simulation, 10, UpdatePosted(text="found it", phase="identified"))
    happens(simulation, 20, Mitigated())
    happens(simulation, 30, Resolved())
    simulation.run_to(at(60))
    return simulation


def test_a_duty_is_due_at_its_moment() -> None:
    assert {moment: times(lived(owing(at=moment)), "duty/fix")[0] for moment in MOMENTS} == MOMENTS


def test_a_duty_may_be_due_some_time_after_its_moment() -> None:
    assert times(lived(owing(at="mitigated", after="7m")), "duty/fix") == [27]


def test_a_duty_whose_time_had_not_come_before_the_end_is_not_owed_any_more() -> None:
    assert times(lived(owing(after="31m")), "duty/fix") == []


def test_a_duty_of_the_end_may_be_due_while_the_incident_is_watched() -> None:
    assert times(lived(owing(at="resolved", after="10m")), "duty/fix") == [40]


def test_a_duty_of_the_end_is_owed_again_after_a_reopening_and_the_others_are_not() -> None:
    for moment, expected in {"resolved": [3, 9], "declared": [0]}.items():
        simulation = opened(owing(at=moment))
        happens(simulation, 3, Resolved())
        happens(simulation, 6, Reopened())
        happens(simulation, 9, Resolved())
        assert times(simulation, "duty/fix") == expected


def test_a_cancelled_incident_owes_nothing() -> None:
    simulation = opened(owing(at="resolved"))
    happens(simulation, 3, Cancelled())
    assert times(simulation, "duty/fix") == []


def test_a_duty_under_a_condition_is_owed_when_that_comes_to_hold() -> None:
    simulation = opened(owing(when={"flags": ["customer-facing"], "without": ["security"]}))
    happens(simulation, 4, FlagChanged(flag="customer-facing"))
    assert times(simulation, "duty/fix") == [4]
    simulation = opened(owing(when={"flags": ["customer-facing"], "without": ["security"]}))
    happens(simulation, 3, FlagChanged(flag="security"))
    happens(simulation, 4, FlagChanged(flag="customer-facing"))
    assert times(simulation, "duty/fix") == []


def test_a_condition_may_ask_for_labels() -> None:
    book = owing(when={"labels": {"team": "payments"}})
    assert times(opened(book, labels={"team": "payments", "job": "api"}), "duty/fix") == [0]
    assert times(opened(book, labels={"team": "search"}), "duty/fix") == []


def test_a_checklist_goes_to_the_incidents_place_and_names_whom_it_is_for() -> None:
    ((_, demand),) = sends(opened(owing()), "duty/fix")
    assert (post(demand).kind, post(demand).mention, post(demand).to.thread) == (
        "checklist",
        ("alice",),
        "declaration/1",
    )


def test_a_post_goes_where_it_is_told_to() -> None:
    ((_, demand),) = sends(opened(owing(kind="post", template="war_room", to="#incidents", pin=True)), "duty/fix")
    assert (post(demand).to.channel, post(demand).pin) == ("#incidents", True)


def test_a_way_that_is_not_connected_is_handed_to_whom_owes_it() -> None:
    outcomes: tuple[Outcome, ...] = ("unconnected", "rejected", "undelivered")
    for outcome in outcomes:
        simulation = opened(owing(kind="ticket", template="ticket", to="JIRA"), fails={"ticket": outcome})
        assert said(simulation.incident, "do this by hand: ticket: fix, to JIRA (simulated)")
        asked = [post(d) for _, d in sends(simulation, "tell/") if post(d).template == "by_hand"]
        assert [p.mention for p in asked] == [("alice",)]
        assert times(simulation, "duty/fix") == [0]


def test_an_email_bears_the_addresses_of_its_audience() -> None:
    audiences = {"customers": {"name": "Our customers", "addresses": ["a@example.com", "b@example.com"]}}
    for to, addresses in {"customers": ("a@example.com", "b@example.com"), "c@example.com": ("c@example.com",)}.items():
        book = runbook(severity(tier("alice"), duties=[EMAIL | {"to": to}]), audiences=audiences)
        ((_, demand),) = sends(opened(book), "duty/mail")
        assert isinstance(demand.effect, Email)
        assert (demand.effect.to, demand.effect.addresses) == (to, addresses)


def test_an_email_that_was_sent_is_on_the_timeline_and_nobody_is_told() -> None:
    simulation = opened(runbook(severity(tier("alice"), duties=[EMAIL])))
    assert "sent the e-mail mail to all@example.com" in lines(simulation.incident)
    assert times(simulation, "tell/") == []


def test_a_mail_that_may_not_have_arrived_is_told_to_whom_owes_it() -> None:
    book = runbook(severity(tier("alice"), duties=[EMAIL]))
    incident = declared(book)
    (demand,) = [demand for demand in plan(book, incident, at(0)).due if demand.duty == "duty/mail"]
    receipt = Receipt(reference="<1@example.com>", note="not accepted for b@example.com: no such user", warns=True)
    settled = EffectSettled(at=at(1), demand=demand, outcome="done", receipt=receipt)
    after = apply(book, incident, settled)
    assert after.timeline[-1].loud
    assert after.to_tell[-1].text.endswith("(not accepted for b@example.com: no such user)")
    assert after.to_tell[-1].role == "commander"


def test_a_document_that_was_written_is_told_with_its_address() -> None:
    simulation = opened(owing(kind="document", template="document"))
    assert isinstance(sends(simulation, "duty/fix")[0][1].effect, WriteDocument)
    assert said(simulation.incident, "wrote the fix: ref:duty/fix/1")
    assert simulation.incident.references["document/fix"] == "ref:duty/fix/1"


def test_a_document_that_is_written_again_goes_where_it_was() -> None:
    simulation = opened(owing(kind="document", template="document", every="10m"))
    simulation.run_to(at(10))
    found = [demand.effect for _, demand in sends(simulation, "duty/fix")]
    assert [effect.address for effect in found if isinstance(effect, WriteDocument)] == [None, "ref:duty/fix/1"]


def test_a_document_is_brought_up_to_date_when_the_incident_is_resolved() -> None:
    simulation = opened(owing(kind="document", template="document"))
    for resolved, reopened in ((3, 4), (8, None)):
        happens(simulation, resolved, Resolved())
        assert lines(simulation.incident)[-1] == "brought the fix up to date"
        if reopened:
            happens(simulation, reopened, Reopened())
    assert times(simulation, "document/fix") == [3, 8]
    assert times(simulation, "duty/fix") == [0]


def test_one_that_is_written_at_the_end_is_written_once() -> None:
    simulation = opened(owing(kind="document", template="document", at="resolved"))
    happens(simulation, 3, Resolved())
    assert (times(simulation, "document/fix"), times(simulation, "duty/fix")) == ([], [3])


TICKET = {"id": "ticket", "kind": "ticket", "template": "ticket", "owner": "commander"}
CLOSING = TICKET | {"id": "done", "at": "resolved", "closes": "ticket"}


def tickets(simulation: Simulation) -> list[tuple[float, str, str | None]]:
    found = [(when, demand.effect) for when, demand in sends(simulation, "duty/")]
    return [(when, effect.action, effect.ticket) for when, effect in found if isinstance(effect, Ticket)]


@pytest.mark.parametrize(
    ("case", "fails", "ticket", "expected"),
    [
        ("closed", {}, TICKET, [(0, "create", None), (3, "close", "ref:duty/ticket/1")]),
        ("never opened: opened now", {"duty/ticket": "rejected"}, TICKET, [(0, "create", None), (3, "create", None)]),
        ("not owed: nothing to close", {}, TICKET | {"when": {"flags": ["security"]}}, []),
    ],
)
def test_a_duty_may_close_the_ticket_of_another(
    case: str, fails: dict[str, Outcome], ticket: dict[str, object], expected: list[object]
) -> None:
    simulation = opened(runbook(severity(tier("alice"), duties=[ticket, CLOSING])), fails=fails)
    happens(simulation, 3, Resolved())
    assert tickets(simulation) == expected, case


def test_what_closes_a_ticket_waits_until_that_is_there() -> None:
    book = runbook(severity(tier("alice"), duties=[TICKET, CLOSING]))
    incident = declared(book)
    incident = apply(book, incident, Resolved(at=at(3)))
    waiting = {wanted.key: wanted.waits_for for wanted in plan(book, incident, at(3)).waiting}
    assert waiting["duty/done/1"] == "the ticket of ticket"


def test_a_duty_closes_the_ticket_of_a_duty_that_there_is() -> None:
    for closes in ("nothing", "done", "mail"):
        with pytest.raises(ValueError, match=f"duties.done.closes: there is no other ticket {closes!r}"):
            runbook(severity(tier("alice"), duties=[TICKET, EMAIL, CLOSING | {"closes": closes}]))


def test_a_nag_holds_still_while_snoozed_and_a_checklist_does_not() -> None:
    for kind, expected in {"nag": [61], "checklist": [30]}.items():
        simulation = opened(owing(kind=kind, after="30m"))
        happens(simulation, 1, Snoozed.model_validate({"duration": "1h"}))
        simulation.run_to(at(90))
        assert times(simulation, "duty/fix") == expected
