"""Every model that enters a history comes back from JSON as it was, and ignores what a newer version added."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from starter.runbooks.library import load
from tests.policy.builders import T0, alert, alerts, at, happens, opened, opening, runbook, severity, tier
from workflows.policy.effects import card, demand, effects, proof
from workflows.policy.engine import plan
from workflows.policy.incident import (
    alert_details,
    alert_state,
    checklist_events,
    events,
    follow_up,
    kept_messages,
    messages,
    obligation,
    obligation_events,
    page_statistics,
    pager_alerts,
    pager_events,
    public,
    public_events,
    settlements,
    state,
)
from workflows.policy.incident import opening as openings
from workflows.policy.review import events as review_events
from workflows.policy.review import results as review_answers
from workflows.policy.review import state as review_state
from workflows.policy.review import summary as review_record
from workflows.policy.runbook import intake, obligations, people, terms
from workflows.policy.runbook import model as policy_runbook
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.on_call import OnCall
from workflows.policy.runbook.people import Audience
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views import results, summary
from workflows.policy.views.plan_view import plan_view
from workflows.policy.wire.model import Wire

ROTA = OnCall.model_validate({"rota": ["bob"], "from": "2026-11-23", "hand_over": "mon 09:00"})
BOOK = load(Path(__file__).parents[2] / "runbooks" / "company.yaml").runbooks["company"]
MODULES = (
    results, demand, effects, events, state, policy_runbook, summary, review_answers, review_events, review_record,
    review_state, page_statistics, alert_state, follow_up, messages, openings, pager_alerts, public, settlements,
    intake, people, terms, obligations, obligation, obligation_events, kept_messages, checklist_events, card,
    proof, pager_events, alert_details, public_events,
)  # fmt: skip


def _subclasses(model: type[Wire]) -> Iterator[type[Wire]]:
    for child in model.__subclasses__():
        yield child
        yield from _subclasses(child)


MODELS = sorted(
    {model for model in _subclasses(Wire) if model.__module__ in {module.__name__ for module in MODULES}},
    key=lambda model: model.__name__,
)


def _lived() -> list[BaseModel]:
    """One long life, in which every kind of thing occurs, all that was sent in it, and whatever else there is."""
    simulation, life, now = _life()
    review, flying = simulation.review, simulation.sent[0][1]
    assert review is not None
    words = public.ApprovedWords(at=now, by="Bob")
    view = plan_view(BOOK, life, plan(BOOK, life, now), now, 60.0, frozenset())
    out = results.Outgoing(what="status page: investigating", at=now, subject="s", text="t", to_fill_in=("[x]",))
    draft = results.WaitingDraft.model_validate({**dict(out), "name": "status-page", "since": now})
    return [
        results.IncidentInput(opening=opening(BOOK), incident=life, alerts=(alert(),)),
        review_answers.ReviewInput(runbook=BOOK, review=review),
        review_answers.status(BOOK, review, simulation.now, 1.0),
        results.UpdateResult(incident="x", changed=("y",), next=view.lines[:1], outgoing=(out,)),
        results.Status(incident=life, verification=timedelta(minutes=15), drafts=(draft,)),
        view,
        summary.DrillClock(begun_at=T0, speed=60.0),
        summary.summarize(BOOK, simulation.incident.model_copy(update={"closed_at": at(120)}), 1.0),
        effects.Send(incident="x", key="k", vendor_key="v", effect=flying.effect, subject="s", text="t"),
        events.EffectStarted(demand=flying, real_at=T0),
        events.EffectSettled(demand=flying, outcome="done", receipt=effects.Receipt(reference="r"), late=timedelta(1)),
        *COMMANDS,
        *(sent for _, sent in simulation.sent),
        public.Draft(at=T0, approval=words),
        *_obliged(),
        *_small(),
    ]


def _life() -> tuple[Simulation, state.Incident, datetime]:
    """To its end; and how it stood in the middle, when that was."""
    simulation = opened(BOOK, links=(("Runbook", "https://wiki.example"),))
    simulation.happen(alerts(alert()))
    happens(simulation, 31, events.Escalated(to="vp-engineering"))
    happens(simulation, 32, events.Acknowledged(by="Alice"))
    happens(simulation, 33, events.UpdatePosted(text="hm", public=True))
    now, life = simulation.now, simulation.incident
    waiting = settlements.Start(duty="tell/home", occurrence=9, due_at=now, started_at=now, real_at=now)
    words = public.ApprovedWords(at=now, by="Bob")
    life = life.model_copy(update={"started": {"tell/home/9": waiting}, "to_tell": (_announcement(),)})
    life = life.model_copy(update={"public": life.public.model_copy(update={"words": words, "approval": words})})
    happens(simulation, 95, events.Resolved(text="rolled back"))
    happens(simulation, 96, alerts(alert(status="resolved")))
    happens(simulation, 97, events.FollowUpAdded(text="test it", owner="bob"))
    happens(simulation, 3 * 60, review_events.Submitted(by="Alice", link="https://wiki.example/1"))
    return simulation, life, now


def _small() -> list[BaseModel]:
    """What needs no life around it."""
    return [
        openings.Particulars(severity="sev1", title="Checkout fails", labels={"a": "b"}),
        events.EffectAbandoned(key="tell/home/9"),
        public.Correction(at=T0, by="Bob", text="x", key="publish/investigating/1", status="investigating", before="y"),
        events.AlertsReceived(alerts=(alert(),)),
        events.NotUnderstood(name="x", problem="y"),
        pager_events.ChangedAtPager(ring="r", text="reassigned", handed_to=("Eve",), unanswered=True, priority="P1"),
        events.Unacknowledged(ring="incident-1/x/escalate/1/alice/1"),
        events.TextFailed(text="page", problem="y"),
        events.ClosingBegan(at=at(2)),
        events.Closed(at=at(3)),
        alert_state.NewAlertRing(number=1, due_at=T0, texts=("a",), people=("alice",), fingerprints=("f1",)),
        alert_state.NewAlerts(number=1, due_at=T0, texts=("a new one",), more=2, rung=("alice",)),
        alert_details.AlertDetails(labels={"pod": "a"}, link="https://graphs.example.com"),
        pager_alerts.Renewal(at=T0, reason="raised", older=("escalate/1/alice/1",)),
        pager_alerts.PagerAlert(person="alice", rung_at=T0, notified=(_CALLED,), responders={"Eve": "joined"}),
        pager_alerts.PassedOn(at=T0, by="Alice", to=("Eve",)),
        pager_alerts.Arrival(person="alice", who="Alice", way="phone", rung_at=T0, at=at(1)),
        effects.ConfirmRing(to="alice", ring="r"),
        effects.Receipt(followed=True, proof=proof.RingProof(pager="PagerDuty", there=True, notified=(_CALLED,))),
        effects.AskOnCall(to="alice", terms=ROTA, at=T0, people={"bob": "Bob"}),
        effects.Email(to="customers", name="Customers", addresses=("all@example.com",), public=True, template="email"),
        effects.Ticket(action="close", ticket="OPS-12", template="ticket"),
        review_state.ConsiderAnswer(at=T0, by="Alice", wanted=True),
        Audience(name="Customers", addresses=("all@example.com",)),
        state.declare(opening(_flagged()), T0, "id", "wf"),
        _flagged(),
        card.CardLine(label="Over", at=T0),
    ]


_CALLED = proof.Notified(who="Alice", way="phone", at=T0)


def _announcement() -> messages.Announcement:
    return messages.Announcement(number=9, at=T0, text="hm", mention=("alice",))


def _flagged() -> Runbook:
    """What company.yaml has no use for."""
    stages = [{"id": "notice", "within": "72h"}, {"id": "report", "within": "1 month", "follows": "notice"}]
    law = [{"id": "nis2", "owner": "bob", "stages": stages}, {"id": "gdpr", "owner": "bob", "within": "72h"}]
    rules = severity(tier("alice", flags=("security",)), unfilled={"after": "1m", "every": "2m"})
    return runbook(rules, obligations=law)


def _obliged() -> list[BaseModel]:
    simulation = opened(_flagged())
    happens(simulation, 1, obligation_events.ObligationSent(obligation="gdpr", reference="case 7"))
    owed = results.running_obligations(simulation.book, simulation.incident, simulation.now)
    return [simulation.incident, *owed]


COMMANDS: list[events.Event] = [
    obligation_events.ObligationSent(reference="case 7"), obligation_events.ObligationNotApplicable(reason="no"),
    events.Event(), events.SeverityChanged(severity="sev2"), events.Noted(text="hm"),
    events.FlagChanged(flag="complex"),
    events.RoleAssigned(role="scribe", person="bob"), events.HandedOff(to="bob"), events.DraftApproved(),
    events.Mitigated(), events.Reopened(), events.Cancelled(), events.Snoozed(duration=timedelta(hours=1)),
    events.Acknowledged(at=T0, ring="r"), events.Resolved(), events.Escalated(to="1"), events.UpdatePosted(text="hm"),
    events.RunbookAdopted(runbook=BOOK), events.FollowUpAdded(text="test it", due_on=T0.date()),
    checklist_events.Ticked(duty="fix", line=1), public_events.PublicCorrected(text="hm"),
    events.FollowUpDone(follow_up="1"), events.FollowUpWaived(follow_up="1", reason="no use"),
    review_events.ReviewStarted(), review_events.Submitted(), review_events.Waived(reason="no use"),
    review_events.NagsSnoozed(duration=timedelta(days=2)), review_events.Completed(), review_events.ReviewClosed(),
]  # fmt: skip


def _within(value: object) -> Iterator[BaseModel]:
    """A model and everything in it."""
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _within(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _within(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _within(item)


@pytest.fixture(scope="module")
def instances() -> dict[type[BaseModel], list[BaseModel]]:
    found: dict[type[BaseModel], list[BaseModel]] = {}
    for root in _lived():
        for model in _within(root):
            found.setdefault(type(model), []).append(model)
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_it_comes_back_as_it_was(model: type[BaseModel], instances: dict[type[BaseModel], list[BaseModel]]) -> None:
    assert model in instances, "no example of it: add one to `_lived`"
    for example in instances[model]:
        assert model.model_validate_json(example.model_dump_json()) == example


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_it_ignores_fields_that_it_does_not_know(
    model: type[BaseModel], instances: dict[type[BaseModel], list[BaseModel]]
) -> None:
    example = instances[model][0]
    assert model.model_validate({**example.model_dump(mode="json"), "added_later": 1}) == example


def test_nothing_can_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        alert().name = "another"  # type: ignore[misc]  # what mypy refuses is what is tried
