"""An example of each kind of effect. A new kind gets one here, and every test that asks something of all has it."""

from tests.policy.builders import HOME, T0
from workflows.policy.effects.card import ChecklistFacts
from workflows.policy.effects.effects import (
    Annotate,
    AskOnCall,
    Card,
    ConfirmRing,
    Destination,
    Effect,
    Email,
    Invite,
    OpenChannel,
    Page,
    Post,
    Publish,
    SetTopic,
    SyncPager,
    Ticket,
    WriteDocument,
)
from workflows.policy.runbook.on_call import OnCall

_HOME = Destination(channel=HOME)
EVERY: tuple[Effect, ...] = (
    Page(to="alice", tier=1, round=1, round_started_at=T0),
    SyncPager(to="alice", ring="r", become="resolved"),
    Annotate(to="alice", ring="r"),
    ConfirmRing(to="alice", ring="r"),
    AskOnCall(to="alice", at=T0, terms=OnCall.model_validate({"rota": ["bob"], "from": "2026-11-23"})),
    OpenChannel(name="incident-x"),
    SetTopic(channel=HOME),
    Invite(channel="C1", to="alice"),
    Card(message="C1:1.0", to=_HOME, template="checklist", facts=ChecklistFacts(), may_post=True),
    Post(to=_HOME, template="declaration"),
    Post(kind="nag", to=_HOME, template="unfilled_roles", role="commander"),
    Post(kind="draft", to=_HOME, template="update", role="commander"),
    Post(kind="checklist", to=_HOME, template="checklist", role="commander"),
    Publish(status="investigating", template="public_investigating"),
    Email(to="clients@example.com", template="email", role="commander"),
    WriteDocument(name="report", template="document", role="commander"),
    Ticket(template="ticket", role="commander"),
)
