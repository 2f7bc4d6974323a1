"""What a person is told no to. Signals are never refused, which `test_folding` is about."""

import pytest

from tests.policy.builders import at, happens, ladder, opened, runbook, severity, tier
from workflows.policy.incident.events import (
    Acknowledged,
    Cancelled,
    DraftApproved,
    Escalated,
    Event,
    FlagChanged,
    HandedOff,
    Mitigated,
    Noted,
    Reopened,
    Resolved,
    RoleAssigned,
    SeverityChanged,
    Snoozed,
    UpdatePosted,
)
from workflows.policy.reducers.refusals import refusal
from workflows.policy.simulation.simulate import Simulation

BOOK = ladder(tier("alice"), tier("bob", after=30))
SNOOZE = Snoozed.model_validate({"duration": "1h"})
SENSIBLE = [
    Acknowledged(), Cancelled(), Escalated(to="2"), FlagChanged(flag="security"), HandedOff(to="bob"), Mitigated(),
    Noted(text="hm"), Resolved(), RoleAssigned(role="scribe", person="x"), SeverityChanged(severity="sev1"), SNOOZE,
    UpdatePosted(text="hm"),
]  # fmt: skip


def answer(simulation: Simulation, event: Event) -> str | None:
    return refusal(simulation.book, simulation.incident, event)


@pytest.mark.parametrize("event", SENSIBLE, ids=lambda event: event.kind)
def test_an_open_incident_takes_every_sensible_command(event: Event) -> None:
    assert answer(opened(BOOK), event) is None


OPEN = [
    (Reopened(), "preview is not resolved"),
    (Escalated(to="zoe"), "'zoe' is neither a tier nor a person of the runbook acme: choose one of alice, bob"),
    (Escalated(to="3"), "'3' is neither a tier nor a person"),
    (Escalated(to="0"), "'0' is neither a tier nor a person"),
    (Escalated(to="²"), "'²' is neither a tier nor a person"),
    (RoleAssigned(role="king", person="bob"), "'king' is not a role of the runbook acme: choose one of commander"),
    (FlagChanged(flag="customer"), "'customer' is not a flag of the runbook acme: choose one of customer-facing"),
    (SeverityChanged(severity="sev3"), "the runbook acme has no sev3: choose one of sev1"),
    (DraftApproved(), "no draft is waiting for approval"),
]


@pytest.mark.parametrize(("event", "sentence"), OPEN, ids=[sentence for _, sentence in OPEN])
def test_an_open_incident_says_no_to(event: Event, sentence: str) -> None:
    said = answer(opened(BOOK), event)
    assert said is not None
    assert said.startswith(sentence)


WHILE_OPEN = [e for e in SENSIBLE if not isinstance(e, Noted | HandedOff | RoleAssigned | UpdatePosted | FlagChanged)]


@pytest.mark.parametrize("event", WHILE_OPEN, ids=lambda event: event.kind)
def test_a_resolved_incident_says_by_whom_and_how_to_go_on(event: Event) -> None:
    simulation = opened(BOOK)
    happens(simulation, 3, Resolved(by="Alice"))
    said = answer(simulation, event)
    assert said is not None
    assert said.startswith("preview is already resolved, by Alice")


@pytest.mark.parametrize(
    "event",
    [
        Reopened(),
        Noted(text="hm"),
        RoleAssigned(role="scribe", person="x"),
        FlagChanged(flag="customer-facing"),  # what its review owes may depend on it
    ],
)
def test_a_resolved_incident_can_be_reopened_and_written_about(event: Event) -> None:
    simulation = opened(BOOK)
    happens(simulation, 3, Resolved())
    assert answer(simulation, event) is None


def test_a_flag_can_be_cleared_even_if_the_runbook_has_forgotten_it() -> None:
    assert answer(opened(BOOK, flags=("old",)), FlagChanged(flag="old", on=False)) is None


def test_a_draft_that_waits_can_be_approved() -> None:
    simulation = opened(runbook(severity(tier("alice"), status_page={"owner": "scribe"})))
    assert answer(simulation, DraftApproved()) is None


@pytest.mark.parametrize("event", [*SENSIBLE, Reopened()], ids=lambda event: event.kind)
def test_a_cancelled_or_closed_incident_says_no_to_everything(event: Event) -> None:
    simulation = opened(BOOK)
    happens(simulation, 3, Cancelled())
    assert answer(simulation, event) == "preview is closed already"
    before_it_closed = simulation.incident.model_copy(update={"closed_at": None})
    assert refusal(BOOK, before_it_closed, event) == "preview was cancelled"
    assert simulation.incident.closed_at == at(3)
