"""A procedure is what the runner carries out: an incident, or the review of one. It decides, the runner acts."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Protocol

from workflows.durable.decoding import Known
from workflows.durable.published import AttributeUpdate
from workflows.policy.effects.demand import Demand
from workflows.policy.engine import Plan
from workflows.policy.incident.events import Event
from workflows.policy.incident.state import Incident
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.coming_duties import ComingDuties
from workflows.policy.views.results import PlanView
from workflows.policy.wire.model import Wire
from workflows.texts.render import Message


class Procedure(Protocol):
    @property
    def known(self) -> Known: ...
    @property
    def book(self) -> Runbook: ...
    @property
    def incident(self) -> Incident:
        """Remembers which effects were begun and settled, which ids were seen, and what was announced."""

    @property
    def over(self) -> bool: ...
    def plan(self, now: datetime) -> Plan: ...
    def apply(self, event: Event) -> None:
        """Take in an event that is stamped."""

    def after(self, event: Event, now: datetime) -> "Procedure":
        """As it would be once that has happened; this one stays as it is."""

    def refusal(self, event: Event) -> str | None:
        """Why that cannot happen now; what is wrong with its words is not asked here."""

    def words(self, demand: Demand, now: datetime) -> Message: ...
    def plan_view(self, present: Plan, now: datetime, speed: float, in_flight: Set[str]) -> PlanView: ...
    def details(self, view: PlanView) -> str:
        """For Temporal's UI, in Markdown."""

    def attributes(self, now: datetime) -> Sequence[AttributeUpdate]: ...
    def coming_duties(self, present: Plan) -> ComingDuties:
        """What lists show of what comes next; nothing, if they show none of it."""

    def memo(self, now: datetime) -> Mapping[str, object]:
        """What lists show of it without asking it."""

    def start(self) -> Wire:
        """The argument with which the workflow continues as new."""
