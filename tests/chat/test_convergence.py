"""What people say in Slack, in PagerDuty, over the API and with a command ends in the same state, whoever came first.

The events are those that the real ways make: a press in Slack, a webhook of PagerDuty, a request, a command line.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from activities.slack_api import SlackApi
from chat.acting import Hands
from chat.forms.verb_form import VerbForms
from chat.late_answers import LateAnswers
from chat.looking import Looks
from chat.payloads import BlockActions
from chat.people import Presser
from chat.permissions import ChatPermissions
from chat.presses import Presses
from chat.prompt_deeds import PromptDeeds
from chat.web import Replies
from starter.desk.desk import Desk
from starter.desk.recorder import Recorder
from starter.gateway.access import Access, Actor
from starter.gateway.desks import Desks
from starter.gateway.routes import verbs
from starter.intake.pagerduty_rings import Report, report
from starter.temporal.incidents import Incidents
from starter.temporal.results import FoundIncident, LookupFailed
from tests.chat.slack_side import SlackSide
from tests.policy.builders import at, opened, runbook, severity, tier
from tests.starter.sources.webhooks import webhook
from tocsin.app import app
from tocsin.commands import event_command
from workflows.policy.incident.events import Event
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply
from workflows.policy.views.results import UpdateResult

BOOK = runbook({"sev1": severity(tier("alice"), tier("bob", after=10)), "sev2": severity(tier("alice"))})
INCIDENT = "20260302-0900-k7"
RING = f"incident-1/{INCIDENT}/escalate/1/alice/1"
Said = dict[str, str]
ACK: tuple[str, Said] = ("ack", {})
RAISE: tuple[str, Said] = ("severity", {"severity": "sev1", "reason": "worse"})
END: tuple[str, Said] = ("resolve", {})


@dataclass
class CollectingDesk:
    """Keeps what it is asked to do."""

    events: list[Event] = field(default_factory=list)

    async def ask(self, part: str, event: Event, *, unlisted: bool = False) -> UpdateResult:
        assert (part, unlisted) == (INCIDENT, False)
        self.events.append(event)
        return UpdateResult(incident=part)

    async def show(self, part: str) -> None:
        raise LookupFailed(part)

    @property
    def desk(self) -> Desk:
        return cast(Desk, self)


class FindingRecorder:
    async def find(self, part: str, _: Event) -> FoundIncident:
        return FoundIncident(workflow_id=f"incident-{part}", incident=part, may_be_private=False)


@dataclass
class Alices:
    """The gateway as it is open to Alice's token."""

    desk: Desk

    def whoever_may(self, _: str) -> object:
        return lambda: Actor("alice", "respond")

    def of(self, _: Actor) -> Desk:
        return self.desk

    def check_may_say(self, _: Actor, __: Event) -> None: ...


async def by_slack(verb: str, said: Said, kept: CollectingDesk) -> None:
    api = SlackApi("xoxb-1", "http://127.0.0.1:1/api/")
    hands, replies = Hands(kept.desk, kept.desk, ChatPermissions(api, {})), Replies(api, "http://127.0.0.1:1/api/")
    looks = Looks(hands, cast(Incidents, None))
    deeds = PromptDeeds(hands, cast(Recorder, FindingRecorder()), LateAnswers(looks, replies))
    presses = Presses(hands, replies, cast(VerbForms, None), looks, deeds)
    press = BlockActions.model_validate(SlackSide().press("U0ALICE", verb, INCIDENT, said=said))
    await presses.receive(press, Presser("U0ALICE", "alice", "alice"))
    await api.close()


async def by_api(verb: str, said: Said, kept: CollectingDesk) -> None:
    gateway, alices = FastAPI(), Alices(kept.desk)
    gateway.include_router(verbs.router(cast(Access, alices), cast(Desks, alices)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="https://tocsin.example") as http:
        key = {"Idempotency-Key": f"of-{verb}"}
        answer = await http.post(f"/api/v1/incidents/{INCIDENT}/{verb}", json=said, headers=key)
    assert answer.status_code == 200, answer.text


def by_command(verb: str, said: Said, kept: CollectingDesk) -> None:
    options = [word for name, value in said.items() if name == "reason" for word in (f"--{name}", value)]
    own = [value for name, value in said.items() if name != "reason"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_command, "desk", lambda: _reached(kept.desk))
        answer = CliRunner().invoke(app, [verb, INCIDENT, *own, *options, "--by", "alice"])
    assert answer.exit_code == 0, answer.output


async def _reached(desk: Desk) -> Desk:
    return desk


def by_pagerduty(verb: str) -> Event:
    happened = {"ack": "incident.acknowledged", "resolve": "incident.resolved"}[verb]
    event = {
        "id": f"01{verb}",
        "event_type": happened,
        "occurred_at": "2026-03-02T09:01:00Z",
        "agent": {"type": "user_reference", "summary": "Alice"},
        "data": {"id": "Q1", "type": "incident", "incident_key": RING},
    }
    found = report(webhook({"event": event}, {"X-Webhook-Id": "delivery-1"}))
    assert isinstance(found, Report)
    return cast(Event, found.event(RING))


def by_every_way(verb: str, said: Said) -> list[Event]:
    """As they reach the incident: through JSON."""
    kept = CollectingDesk()
    asyncio.run(by_slack(verb, said, kept))
    asyncio.run(by_api(verb, said, kept))
    by_command(verb, said, kept)
    assert [event.via for event in kept.events] == ["slack", "API", "command line"]
    events = [*kept.events, *([by_pagerduty(verb)] if verb != "severity" else [])]
    return [type(event).model_validate(json.loads(event.model_dump_json())) for event in events]


ACKNOWLEDGED, RAISED, ENDED = (by_every_way(*said) for said in (ACK, RAISE, END))


def after(order: list[Event]) -> Incident:
    incident = opened(BOOK, severity="sev2").incident
    for number, event in enumerate(order):
        incident = apply(BOOK, incident, event.model_copy(update={"at": at(1) + timedelta(seconds=number)}))
    return incident


def again_anywhere(order: list[Event], data: st.DataObject) -> list[Event]:
    """Those that bear an id come twice, as ways do that do not know whether they were received."""
    for event in [each for each in order if each.id]:
        order.insert(data.draw(st.integers(0, len(order))), event)
    return order


def test_each_way_that_sends_again_says_the_same_id_again_and_no_other_ways() -> None:
    ids = [event.id for event in (*ACKNOWLEDGED, *RAISED, *ENDED) if event.id]
    assert len(set(ids)) == len(ids)
    assert {event.via for event in ACKNOWLEDGED if event.id} >= {"slack", "API", "pagerduty"}


@given(st.permutations([*ACKNOWLEDGED, *RAISED]), st.permutations(ENDED), st.data())
def test_any_order_ends_in_the_same_state(before: list[Event], end: list[Event], data: st.DataObject) -> None:
    incident = after(again_anywhere([*before, *end], data))
    assert (incident.severity, incident.gravest, incident.phase) == ("sev1", "sev1", "resolved")
    assert incident.resolved_by.casefold() == "alice"


@given(st.permutations([*ACKNOWLEDGED, *RAISED]), st.data())
def test_while_it_is_open_too(order: list[Event], data: st.DataObject) -> None:
    incident = after(again_anywhere(order, data))
    assert (incident.severity, incident.gravest, incident.phase) == ("sev1", "sev1", "investigating")
    assert incident.acknowledged_by.casefold() == "alice"
