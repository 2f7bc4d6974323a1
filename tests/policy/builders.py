"""A small cast and a fixed morning: Alice is on call, Bob is her manager, Carol their director, Dave a bystander."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page, Post
from workflows.policy.engine import plan
from workflows.policy.incident.alert import Alert
from workflows.policy.incident.events import AlertsReceived, Event, Outcome
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.incident.state import Incident, declare
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.names import SeverityName
from workflows.policy.runbook.names import Until as Unless
from workflows.policy.runbook.people import Condition, Person, Role
from workflows.policy.runbook.terms import Acknowledgement, Tier
from workflows.policy.simulation.simulate import Simulation

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOME = "#incidents"
PEOPLE = {"alice": "Alice", "bob": "Bob", "carol": "Carol", "dave": "Dave"}
FLAGS = ("customer-facing", "security")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(count: float) -> datetime:
    """So many minutes after the declaration."""
    return T0 + minutes(count)


def tier(
    *people: str,
    after: float = 0,
    unless: Unless = "acknowledged",
    flags: tuple[str, ...] = (),
    again: Literal["while-unanswered", "never"] = "never",
) -> Tier:
    """Called once a round, so that what else rings is seen: `insistent` ones ring until somebody answers."""
    return Tier(page=people, after=minutes(after), unless=unless, when=Condition(flags=flags), again=again)


def insistent(*people: str, after: float = 0, **more: object) -> Tier:
    """As a runbook's tiers are unless it says otherwise: called again and again while nobody has answered."""
    return tier(*people, after=after, again="while-unanswered", **more)  # type: ignore[arg-type]  # those of `tier`


def severity(*tiers: Tier, within: float | None = None, expires_after: float | None = None, **more: object) -> Severity:
    """Rules of one severity; nothing but what is given here is demanded."""
    acknowledge = Acknowledgement(
        within=None if within is None else minutes(within),
        expires_after=None if expires_after is None else minutes(expires_after),
    )
    given = {"title": "Critical", "definition": "All is down", "acknowledge": acknowledge, "escalation": tiers}
    return Severity.model_validate(given | more)


def runbook(severities: Severity | Mapping[SeverityName, Severity], **more: object) -> Runbook:
    known = {"sev1": severities} if isinstance(severities, Severity) else dict(severities)
    roles = {
        "commander": Role(name="Incident Commander", falls_to="alice"),
        "communications": Role(name="Communications Lead", falls_to="bob"),
        "scribe": Role(name="Scribe"),
    }
    people = {name: Person(name=written) for name, written in PEOPLE.items()}
    given = {"runbook": "acme", "title": "Acme", "home": HOME, "people": people, "roles": roles, "flags": FLAGS}
    return Runbook.model_validate(given | {"severities": known} | more)


def ladder(*tiers: Tier, **more: object) -> Runbook:
    """A runbook that demands one ladder and nothing else."""
    return runbook(severity(*tiers, **more))  # type: ignore[arg-type]  # the keywords of `severity`


def opening(book: Runbook, **more: object) -> OpenRequest:
    given = {"runbook": book, "severity": "sev1", "title": "Checkout fails", "service": "checkout"}
    return OpenRequest.model_validate(given | more)


def opened(book: Runbook, fails: dict[str, Outcome] | None = None, **more: object) -> Simulation:
    """An incident in virtual time, declared at T0, with everything sent that is due at once."""
    return Simulation.of(opening(book, **more), T0, fails)


def declared(book: Runbook, **more: object) -> Incident:
    return declare(opening(book, **more), T0, incident_id="20260302-0900-k7", workflow_id="incident-1")


def happens(simulation: Simulation, count: float, event: Event) -> None:
    """So many minutes after the declaration, this."""
    simulation.run_to(at(count))
    simulation.happen(event)


def alert(fingerprint: str = "f1", *, status: str = "firing", since: float = 0, **more: object) -> Alert:
    given = {"fingerprint": fingerprint, "status": status, "name": "HighErrorRate", "starts_at": at(since)}
    return Alert.model_validate(given | more)


def alerts(*batch: Alert) -> AlertsReceived:
    return AlertsReceived(alerts=batch, via="alerts", by="the alerts")


def minute(moment: datetime) -> float:
    """Minutes since the declaration, as a row of a table shows them."""
    return round((moment - T0).total_seconds() / 60, 2)


def pages(simulation: Simulation) -> list[tuple[float, str]]:
    """Who was rung, and at which minute."""
    return [(minute(when), d.effect.to) for when, d in simulation.sent if isinstance(d.effect, Page)]


def sends(simulation: Simulation, duty: str) -> list[tuple[float, Demand]]:
    """What a duty, or a family of duties (`update/`), has sent."""
    found = [
        (when, d) for when, d in simulation.sent if d.duty == duty or (duty[-1] == "/" and d.duty.startswith(duty))
    ]
    return [(minute(when), demand) for when, demand in found]


def times(simulation: Simulation, duty: str) -> list[float]:
    return [when for when, _ in sends(simulation, duty)]


def post(demand: Demand) -> Post:
    assert isinstance(demand.effect, Post)
    return demand.effect


def page(demand: Demand) -> Page:
    assert isinstance(demand.effect, Page)
    return demand.effect


def lines(incident: Incident) -> list[str]:
    """The timeline, as text."""
    return [entry.text for entry in incident.timeline]


def said(incident: Incident, words: str) -> bool:
    return any(words in line for line in lines(incident))


def coming(simulation: Simulation) -> list[tuple[float, str]]:
    """What the plan shows as next: minute and key."""
    upcoming = plan(simulation.book, simulation.incident, simulation.now).next
    return [(minute(demand.due_at), demand.key) for demand in upcoming]
