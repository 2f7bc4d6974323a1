"""Whoever does something is read by their name everywhere, and never by the key by which they act."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO

import pytest
from pydantic import JsonValue
from rich.console import Console, RenderableType

from chat.looking import _standing as chat_standing
from starter.desk.answers import ShownIncident
from tests.runbooks.courses import MONDAY, NAMES, book
from tocsin.view.incident import whole as view_of_incident
from tocsin.view.review import whole as view_of_review
from workflows.policy.effects.demand import Demand
from workflows.policy.engine import plan
from workflows.policy.incident.events import Event, Outcome, stamp
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.signals import INCIDENT_SIGNALS
from workflows.policy.planning.wording import what
from workflows.policy.reducers.refusals import refusal
from workflows.policy.review.debts import review_debts
from workflows.policy.review.engine import plan as plan_review
from workflows.policy.review.events import REVIEW_SIGNALS
from workflows.policy.review.plan_view import as_markdown as review_as_markdown
from workflows.policy.review.refusals import refusal as review_refusal
from workflows.policy.review.results import status as review_status
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.named import names_in
from workflows.policy.views.plan_view import as_markdown, plan_view
from workflows.policy.views.results import Status, running_obligations
from workflows.policy.views.standing import follow_ups_due, standing
from workflows.texts.documents import record
from workflows.texts.render import words

KEY = "zq-key-"
"""No word begins so."""
ANN, BOB = f"{KEY}0", f"{KEY}1"
NOT_SENT_BY_PEOPLE = ("alert", "adopt")
ENDS = ("resolve", "cancel")
SAYS: dict[str, dict[str, JsonValue]] = {
    "change_severity": {"severity": "sev1", "reason": "worse"},
    "escalate": {"to": "1", "reason": "help"},
    "note": {"text": "seen"},
    "at_pager": {"text": "snoozed it", "handed_to": ["Ann"], "unanswered": True},
    "flag": {"flag": "complex"},
    "assign_role": {"role": "commander", "person": ANN},
    "hand_off": {"to": BOB},
    "post_update": {"text": "we work on it", "public": True},
    "tick": {"duty": "roles", "line": 1},
    "follow_up_added": {"text": "alert on lag"},
    "follow_up_done": {"follow_up": "1"},
    "follow_up_waived": {"follow_up": "1", "reason": "done before"},
    "correct": {"text": "other words"},
    "snooze": {"duration": "PT10M", "reason": "on it"},
    "cancel": {"reason": "a test"},
    "reopen": {"reason": "again"},
    "obligation_not_applicable": {"reason": "no data"},
    "obligation_sent": {"reference": "A-1"},
    "waive": {"reason": "no need"},
}


def renamed(given: Runbook) -> Runbook:
    """The same, with keys that no text contains by chance."""
    keys = {person: f"{KEY}{number}" for number, person in enumerate(given.people)}

    def person_of(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [person_of(each) for each in value]
        return keys.get(value, value) if isinstance(value, str) else value

    def walked(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [walked(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            name: person_of(each) if name in ("page", "manager", "falls_to") else walked(each)
            for name, each in value.items()
        }

    written = walked(given.model_dump(mode="json"))
    assert isinstance(written, dict)
    assert isinstance(written["people"], dict)
    return Runbook.model_validate({**written, "people": {keys[k]: v for k, v in written["people"].items()}})


@dataclass
class Read(Simulation):
    """Keeps everything that somebody reads."""

    texts: set[str] = field(default_factory=set)

    def _send(self, demand: Demand) -> None:
        said = words(self.book, self.incident, demand, self.now, self.review)
        self.texts |= {said.subject, said.text, *(f"{line.label}: {line.text}" for line in said.card)}
        self.texts |= {demand.reason, what(self.book, demand)}
        super()._send(demand)

    def said(self, event: Event) -> None:
        """Somebody does something, or is told why not."""
        event = stamp(event, self.now)
        if self.review is not None:
            self.texts.add(review_refusal(self.book, self.review, event) or "")
        else:
            self.texts.add(refusal(self.book, self.incident, event) or "")
        self.happen(event)

    def look(self) -> None:
        self.texts |= set(self._shown())

    def _shown(self) -> Iterator[str]:
        yield from (entry.text for entry in self.incident.timeline)
        yield record(self.book, self.incident, self.now)
        if self.review is not None:
            present = plan_review(self.book, self.review, self.now)
            view = plan_view(self.book, self.incident, present, self.now, 1.0, set())
            yield review_as_markdown(self.book, self.review, view)
            yield review_debts(self.book, self.review).model_dump_json()
            yield printed(view_of_review(review_status(self.book, self.review, self.now, 1.0), view))
        else:
            present = plan(self.book, self.incident, self.now)
            view = plan_view(self.book, self.incident, present, self.now, 1.0, set())
            yield as_markdown(self.book, self.incident, view)
            yield standing(self.book, self.incident).model_dump_json()
            yield json.dumps([each.owner for each in follow_ups_due(self.book, self.incident)])
            state = self._state()
            yield printed(view_of_incident(state, view))
            yield "\n".join(chat_standing(ShownIncident(state=state, plan=view)))
        yield from (line.reason + line.what for line in view.lines)

    def _state(self) -> Status:
        return Status(
            incident=self.incident,
            obligations=running_obligations(self.book, self.incident, self.now),
            verification=timedelta(),
            names=names_in(self.book, self.incident),
        )

    def keys_read(self) -> list[str]:
        return sorted(text for text in self.texts if KEY in text)


def printed(shown: RenderableType) -> str:
    """What the command line shows."""
    out = StringIO()
    Console(file=out, width=400).print(shown)
    return out.getvalue()


def opened(of: Runbook, name: SeverityName, fails: Mapping[str, Outcome]) -> Read:
    opening = OpenRequest(
        runbook=of, severity=name, title="Checkout fails", service="checkout", declared_by=ANN, flags=of.flags[-1:]
    )
    incident = Read.of(opening, MONDAY, dict(fails))
    assert isinstance(incident, Read)
    return incident


def all_said(incident: Read, by: str) -> None:
    """Whatever a person may say that does not end it."""
    for kind, event in (REVIEW_SIGNALS if incident.review else INCIDENT_SIGNALS).items():
        if kind not in (*NOT_SENT_BY_PEOPLE, *ENDS):
            incident.said(event.model_validate({"by": by, **SAYS.get(kind, {})}))
    incident.look()


def end(kind: str) -> Event:
    return INCIDENT_SIGNALS[kind].model_validate({"by": ANN, **SAYS.get(kind, {})})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("severity", ["sev1", "sev3"])
@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("outcome", ["done", "rejected"])
def test_no_text_of_the_five_procedures_has_the_key_of_a_person(
    name: str, severity: SeverityName, ends: str, outcome: Outcome
) -> None:
    """All that people may say, while nobody is on it, in the middle of it, at its end and at its review."""
    incident = opened(renamed(book(name)), severity, {"page": outcome})
    all_said(incident, ANN)
    for minutes, by in ((4, BOB), (50, ANN), (90, BOB)):
        incident.run_to(incident.now + timedelta(minutes=minutes))
        all_said(incident, by)
    incident.said(end(ends))
    incident.said(end("resolve"))
    incident.said(end("cancel"))
    all_said(incident, BOB)
    for days in (1, 3, 9):
        incident.run_to(incident.now + timedelta(days=days))
        all_said(incident, ANN)
    assert incident.keys_read() == []
