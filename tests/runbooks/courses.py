"""The courses that an incident of a shipped runbook can take, and what is asked of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from starter.runbooks.library import load
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Post
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import SeverityName
from workflows.policy.simulation.preview import PreviewLine, Scenario
from workflows.policy.simulation.simulate import Simulation
from workflows.texts.preview import preview, say
from workflows.texts.render import words

RUNBOOKS = Path(__file__).parents[2] / "runbooks"
NAMES = ("company", "lma", "lumi", "samia", "standard")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
"""An hour of business is left."""
SATURDAY = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
"""Off-hours, and where there are quiet hours, in the middle of them."""
SUNDAY = datetime(2026, 3, 8, 22, 0, tzinfo=UTC)
"""Eleven hours before Monday's business begins."""


@cache
def book(name: str) -> Runbook:
    library = load(RUNBOOKS / f"{name}.yaml")
    assert library.problems == ()
    return library.runbooks[name]


@cache
def foreseen(
    name: str,
    severity: SeverityName,
    *flags: str,
    at: datetime = MONDAY,
    ack: int | None = None,
    resolve: int | None = None,
    until: int | None = None,
    area: str = "",
) -> tuple[PreviewLine, ...]:
    """The preview. `ack`, `resolve`, `until` are minutes; without `resolve` nobody ends it, and four hours are seen."""
    resolved_at = None if resolve is None else timedelta(minutes=resolve)
    shown = until if until is not None else (9 * 24 * 60 if resolve else 4 * 60)
    course = Scenario(
        severity=severity,
        at=at,
        labels={"service": "checkout", **({"area": area} if area else {})},
        flags=flags,
        ack_after=None if ack is None else timedelta(minutes=ack),
        resolve_after=resolved_at,
        until=timedelta(minutes=shown),
    )
    return tuple(preview(book(name), course))


def handled(name: str, severity: SeverityName, *flags: str, at: datetime = MONDAY) -> tuple[PreviewLine, ...]:
    """Acknowledged at 7 minutes, resolved at 95."""
    return foreseen(name, severity, *flags, at=at, ack=7, resolve=95)


def of(lines: tuple[PreviewLine, ...], duty: str) -> tuple[PreviewLine, ...]:
    return tuple(line for line in lines if line.duty.rpartition("/")[0] == duty)


def times(lines: tuple[PreviewLine, ...], duty: str) -> list[float]:
    """Minutes since the declaration at which a duty is due."""
    return [line.offset_s / 60 for line in of(lines, duty)]


def one(lines: tuple[PreviewLine, ...], duty: str) -> PreviewLine:
    (line,) = of(lines, duty)
    return line


def items(lines: tuple[PreviewLine, ...], duty: str) -> list[str]:
    """What a checklist hands out."""
    return [text.removeprefix("☐ ") for text in one(lines, f"duty/{duty}").text.splitlines() if text.startswith("☐")]


def pages(lines: tuple[PreviewLine, ...], until: float = 4 * 60) -> list[tuple[float, str]]:
    """Whom it rings, and at which minute."""
    return [(line.offset_s / 60, line.to[0]) for line in lines if line.kind == "page" and line.offset_s <= until * 60]


@dataclass
class CourseIncident(Simulation):
    """One to which things can happen. It remembers what each duty said last, as it was said then."""

    said: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    """With what a card shows below its text."""

    def _send(self, demand: Demand) -> None:
        self.said[demand.duty] = say(self, demand)
        card = words(self.book, self.incident, demand, self.now, self.review).card
        self.shown[demand.duty] = "\n".join((self.said[demand.duty], *(f"{line.label}: {line.text}" for line in card)))
        super()._send(demand)


def live(name: str, severity: SeverityName, *flags: str, at: datetime = MONDAY, area: str = "") -> CourseIncident:
    opening = OpenRequest(
        runbook=book(name),
        severity=severity,
        title="Checkout fails",
        service="checkout",
        flags=flags,
        labels={"area": area} if area else {},
    )
    incident = CourseIncident.of(opening, at)
    assert isinstance(incident, CourseIncident)
    return incident


def after(incident: CourseIncident, minutes: float) -> CourseIncident:
    incident.run_to(incident.incident.declared_at + timedelta(minutes=minutes))
    return incident


def sent(incident: CourseIncident, duty: str) -> list[tuple[float, Demand]]:
    """Minute and demand of everything that a duty has sent."""
    return [(minute_of(incident, at), demand) for at, demand in incident.sent if demand.duty == duty]


def minute_of(incident: CourseIncident, at: datetime) -> float:
    return (at - incident.incident.declared_at) / timedelta(minutes=1)


def text(incident: CourseIncident, duty: str) -> str:
    return incident.said[duty]


def declared_where(incident: CourseIncident) -> Demand:
    """The declaration in the place where people work on it."""
    return next(d for _, d in reversed(incident.sent) if d.duty.startswith("declaration"))


def card(name: str, severity: SeverityName, *flags: str, area: str = "") -> str:
    """What the pinned card shows from the declaration on."""
    incident = live(name, severity, *flags, area=area)
    declaration = declared_where(incident)
    assert isinstance(declaration.effect, Post)
    assert (declaration.effect.pin, declaration.due_at) == (True, MONDAY)
    return incident.shown[declaration.duty]


def asked_for_roles(name: str, severity: SeverityName) -> tuple[float, str, tuple[str, ...]]:
    """At which minute, in which words, and whom."""
    incident = live(name, severity)
    declaration = declared_where(incident)
    assert isinstance(declaration.effect, Post)
    assert declaration.effect.role == book(name).severities[severity].roles[0]
    asked = next(line for line in incident.shown[declaration.duty].splitlines() if line.startswith("Roles: "))
    return minute_of(incident, declaration.due_at), asked, declaration.effect.mention
