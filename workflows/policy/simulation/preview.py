"""What would follow from a runbook, line by line: the simulation of an incident, as a list for people and programs.

`PreviewLine` is an interface, documented in docs/runbooks/preview.md: fields and kinds are added to, never changed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from workflows.policy.communication.asking import empty_roles
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import (
    Annotate,
    AskOnCall,
    Card,
    ConfirmRing,
    Destination,
    Effect,
    Invite,
    OpenChannel,
    Page,
    Post,
    Publish,
    SetTopic,
    SyncPager,
)
from workflows.policy.incident.events import Acknowledged, Event, Resolved
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.rota.reached import Rosters
from workflows.policy.runbook.intake import Intake
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.time.durations import DAY

DemandText = Callable[[Simulation, Demand], str]
"""The text of a demand, as everything stands now."""


class PreviewLine(BaseModel):
    """One thing that Tocsin does."""

    model_config = ConfigDict(frozen=True)

    offset_s: int
    """When it is due, in seconds since the declaration."""
    kind: str
    """See `line_kind`."""
    to: tuple[str, ...]
    """People, roles, channels or audiences, by their names in the runbook."""
    duty: str
    """What demands it: unique within the incident, and the same however often it is computed."""
    reason: str
    text: str
    people: Annotated[tuple[str, ...] | None, Field(exclude_if=lambda people: people is None)] = None
    """Who holds the posts among these then: empty if nobody does, None if it is not known."""


@dataclass(frozen=True)
class Scenario:
    """How an incident begins, and what people do about it. Spans count from the declaration; None: never."""

    severity: SeverityName
    at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    ack_after: timedelta | None = None
    resolve_after: timedelta | None = None
    until: timedelta | None = None
    """None: a day after the last thing that happens."""

    @property
    def end(self) -> timedelta:
        last = max(self.ack_after or timedelta(), self.resolve_after or timedelta())
        return last + DAY if self.until is None else self.until


def simulate_lines(
    book: Runbook,
    course: Scenario,
    say: DemandText,
    rosters: Rosters | None = None,
    known_posts: Collection[str] = (),
) -> list[PreviewLine]:
    """Everything that falls due up to the end of the course, in the order of time; `rosters` say who holds which post,
    of those that the runbook does not write itself, and `known_posts` which of them a pager knows themselves."""
    lines: list[PreviewLine] = []

    def watch(simulation: Simulation, demand: Demand) -> None:
        incident = simulation.incident
        kind = line_kind(demand.effect)
        if kind is not None and demand.due_at - course.at <= course.end:
            lines.append(
                PreviewLine(
                    offset_s=incident.seconds_since_declared(demand.due_at),
                    kind=kind,
                    to=_audience(book, incident, demand),
                    duty=demand.key,
                    reason=demand.reason,
                    text=say(simulation, demand),
                    people=simulation.holders(_audience(book, incident, demand)),
                )
            )

    simulation = Simulation.of(
        _opening(book, course), course.at, watch=watch, keeps_cards=False, rosters=rosters, known_posts=known_posts
    )
    for after, event in _script(course):
        simulation.run_to(course.at + min(after, course.end))
        if after <= course.end:
            simulation.happen(event)
    simulation.run_to(course.at + course.end)
    return sorted(lines, key=lambda line: line.offset_s)


def _script(course: Scenario) -> list[tuple[timedelta, Event]]:
    steps = ((course.ack_after, Acknowledged()), (course.resolve_after, Resolved()))
    return [(after, event) for after, event in steps if after is not None]


def _opening(book: Runbook, course: Scenario) -> OpenRequest:
    return OpenRequest(
        runbook=book,
        severity=course.severity,
        title="Example incident",
        service=_service(book.intake, course.labels),
        labels=dict(course.labels),
        flags=course.flags,
    )


def _service(intake: Intake, labels: Mapping[str, str]) -> str:
    return next((labels[label] for label in intake.service_labels if label in labels), "")


def line_kind(effect: Effect) -> str | None:
    """The effect's own, and None for what only tidies up (at the pager, in a message that is there, in who is where) or
    asks: who is on call, whom a page reached."""
    if isinstance(effect, SyncPager | Annotate | ConfirmRing | AskOnCall | Card | Invite):
        return None
    return "channel" if effect.kind == "topic" else effect.kind


def _audience(book: Runbook, incident: Incident, demand: Demand) -> tuple[str, ...]:
    effect = demand.effect
    match effect:
        case Page(to=to) | SyncPager(to=to) | Annotate(to=to) | ConfirmRing(to=to) | AskOnCall(to=to) | Invite(to=to):
            return (to,)
        case OpenChannel(name=name):
            return (f"#{name}",)
        case Card(to=destination):
            return (_destination(book, incident, destination),)
        case SetTopic(channel=channel):
            return (_channel(incident, channel),)
        case Publish():
            return (STATUS_PAGE,)
        case Post(kind="post", to=destination):
            return (_destination(book, incident, destination),)
        case Post(role=role, mention=mention, to=destination):
            asks_who = duty_of(demand.duty).kind is DutyKind.UNFILLED_ROLES
            roles = empty_roles(book, incident) if asks_who else (role,) if role else ()
            return (*roles, *mention) or (_destination(book, incident, destination),)
    return (effect.to or effect.role or book.home,)


def _destination(book: Runbook, incident: Incident, destination: Destination) -> str:
    """A thread is named by the channel it is in: the one in which incidents are declared."""
    return book.home if destination.thread else _channel(incident, destination.channel)


def _channel(incident: Incident, channel: str) -> str:
    """By its name: once it is there, an incident's own channel is known by the id that the vendor gave it."""
    return f"#incident-{incident.id}" if channel == incident.references.get("channel") else channel
