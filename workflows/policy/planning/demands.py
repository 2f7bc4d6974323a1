"""What the parts of the engine make: demands that may have to wait for a reference, and those that are not due yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from workflows.policy.effects.demand import Demand
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import WrittenDuty, effect_key


class BlockedDemand(NamedTuple):
    """A demand, and the reference that it cannot go without, if that is not there yet (rule 3)."""

    demand: Demand
    waits_for: str = ""

    @property
    def due_at(self) -> datetime:
        return self.demand.due_at

    @property
    def key(self) -> str:
        return self.demand.key

    def wanted_since(self, moment: datetime) -> "BlockedDemand":
        """The same, which nobody wanted before: it cannot be late before that."""
        late = self.demand.due_at < moment
        return self._replace(demand=self.demand.model_copy(update={"due_at": moment})) if late else self


@dataclass(slots=True)  # not frozen, which takes three times as long: each plan makes as many as there are duties
class DeferredDemand:
    """A demand that is not due yet. Most are only asked when they fall due; the demand itself is built when somebody
    wants to see it."""

    duty: WrittenDuty
    occurrence: int
    due_at: datetime
    build: Callable[[], BlockedDemand] = field(compare=False)

    @property
    def key(self) -> str:
        return effect_key(self.duty, self.occurrence)


def unsettled(
    incident: Incident,
    duty: WrittenDuty,
    occurrence: int,
    due_at: datetime,
    now: datetime,
    build: Callable[[], BlockedDemand],
) -> Iterator[BlockedDemand | DeferredDemand]:
    """Nothing if the demand has settled; it is built only if its time has come. For demands that may be many."""
    if not incident.has_settled(duty, occurrence):
        yield build() if due_at <= now else DeferredDemand(duty, occurrence, due_at, build)


def latest_and_next(anchor: datetime, every: timedelta, now: datetime) -> tuple[datetime | None, datetime]:
    """Of a cadence that counts from `anchor`: the last moment that has passed (the ones before are missed and collapse
    into it, rule 7), and the first that has not."""
    passed = (now - anchor) // every
    latest = anchor + passed * every if passed >= 1 else None
    return latest, anchor + (max(passed, 0) + 1) * every


def after_snooze(incident: Incident, due_at: datetime) -> datetime:
    """A nag's time, after the snooze that may cover it."""
    return max(due_at, incident.snoozed_until) if incident.snoozed_until else due_at
