"""What people outside read: what a change lets out, and what goes out by itself unless somebody steps in."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Email, Publish
from workflows.policy.engine import Plan
from workflows.policy.incident.opening import OpenRequest
from workflows.policy.planning.wording import what
from workflows.policy.runbook.model import Runbook
from workflows.policy.simulation.simulate import Simulation
from workflows.policy.views.results import Outgoing
from workflows.texts.occasion import is_public
from workflows.texts.render import Message, words

PREVIEWED_FOR: Final = timedelta(hours=4)
"""After that somebody is there."""
Say = Callable[[Demand], Message]


def newly_outside(before: Plan, after: Plan) -> Iterator[Demand]:
    """What is to go out now, and was not before."""
    known = {demand.key for demand in _outside(before)}
    return (demand for demand in _outside(after) if demand.key not in known)


def let_out(book: Runbook, before: Plan, after: Plan, say: Say) -> tuple[Outgoing, ...]:
    """The same, as whoever gets it reads it. A mail to colleagues that needs no approval is not among it."""
    found = (each for each in newly_outside(before, after) if is_public(each) or _is_approved(each))
    return tuple(outgoing(book, demand, say(demand)) for demand in found)


def by_itself(opening: OpenRequest, now: datetime) -> tuple[Outgoing, ...]:
    """What people outside read of an incident in its first hours if nobody does anything: each text once."""
    found: dict[tuple[str, str], Outgoing] = {}

    def see(simulation: Simulation, demand: Demand) -> None:
        if is_public(demand):
            said = words(simulation.book, simulation.incident, demand, simulation.now)
            each = outgoing(simulation.book, demand, said)
            found.setdefault((each.what, each.text), each)

    Simulation.of(opening, now, watch=see).run_to(now + PREVIEWED_FOR)
    return tuple(found.values())


def outgoing(book: Runbook, demand: Demand, said: Message) -> Outgoing:
    return Outgoing(
        what=what(book, demand), at=demand.due_at, subject=said.subject, text=said.text, to_fill_in=said.gaps
    )


def _is_approved(demand: Demand) -> bool:
    return isinstance(demand.effect, Publish | Email) and demand.effect.approved


def _outside(plan: Plan) -> Iterator[Demand]:
    for demand in (*plan.due, *(wanted.demand for wanted in plan.waiting)):
        if isinstance(demand.effect, Publish | Email):
            yield demand
