"""An incident that was resolved on a Monday at ten, and closed a quarter of an hour later; then its review."""

from datetime import UTC, datetime, timedelta

from tests.policy.builders import T0, happens, opened, post, runbook, severity, tier
from workflows.policy.effects.demand import Demand
from workflows.policy.incident.events import Event, Outcome, Resolved
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.people import Person
from workflows.policy.simulation.simulate import Simulation

RESOLVED_AT = T0 + timedelta(hours=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def owing(*duties: dict[str, object], **terms: object) -> Runbook:
    """A runbook whose reviews owe this. Alice's manager is Bob, and Bob's is Carol."""
    people = {
        "alice": Person(name="Alice", manager="bob"),
        "bob": Person(name="Bob", manager="carol"),
        "carol": Person(name="Carol"),
    }
    calendar, severity_terms = terms.pop("calendar", {}), terms.pop("severity", {})
    assert isinstance(severity_terms, dict)
    return runbook(
        severity(tier("alice"), review={"duties": duties, **terms}, verify_for="15m", **severity_terms),
        people=people,
        calendar=calendar,
    )


def duty(name: str = "report", after: str = "48h", kind: str = "document", **more: object) -> dict[str, object]:
    given = {"id": name, "kind": kind, "template": "document", "owner": "commander", "at": "resolved", "after": after}
    if kind == "checklist":
        given |= {"template": "checklist", "text": "Look\nRepair"}
    return given | more


def reviewed(book: Runbook, *events: Event, fails: dict[str, Outcome] | None = None, **opening: object) -> Simulation:
    """Just after its incident has closed; before that, these have happened to it."""
    simulation = opened(book, fails=fails, **opening)
    for event in events:
        happens(simulation, 30, event)
    happens(simulation, 60, Resolved(by="Alice"))
    simulation.run_to(RESOLVED_AT + timedelta(minutes=15))
    return simulation


def review(simulation: Simulation) -> Review:
    assert simulation.review is not None
    return simulation.review


def at(simulation: Simulation, when: str, *events: Event) -> Simulation:
    """On that day of March, `4 10:00`, these happen."""
    day, _, clock = when.partition(" ")
    simulation.run_to(datetime.fromisoformat(f"2026-03-{int(day):02}T{clock}:00").replace(tzinfo=UTC))
    for event in events:
        simulation.happen(event)
    return simulation


def asked(simulation: Simulation, name: str) -> list[str]:
    """The moments at which a duty, or a family of them (`review/overdue/`), was sent."""
    return [moment(when) for when, each in simulation.sent if f"{each.duty}/".startswith(f"{name.rstrip('/')}/")]


def demands(simulation: Simulation, name: str) -> list[Demand]:
    return [each for _, each in simulation.sent if f"{each.duty}/".startswith(f"{name.rstrip('/')}/")]


def moment(when: datetime) -> str:
    """`Wed 4 10:00`."""
    return f"{when:%a} {when.day} {when:%H:%M}"


def mentioned(demand: Demand) -> tuple[str, ...]:
    return post(demand).mention
