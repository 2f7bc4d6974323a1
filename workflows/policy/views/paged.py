"""Who was paged because of what, by which way, and how that stands at the pager: the same for every list of it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.policy.incident.pager_alerts import PagerAlert
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKey, DutyKind, EffectKey, WrittenDuty, duty_of
from workflows.policy.runbook.reach import WAY_TITLES

_ASKED_BY: Mapping[DutyKind, str] = {DutyKind.JOINED: "new alerts", DutyKind.OBLIGED: "what is owed"}


class PersonPaged(NamedTuple):
    """The last page of somebody, for one reason and by one way."""

    person: str
    asked_by: str
    """`tier 1`, `tier 1, by a call`, `by hand`."""
    settled: Settlement
    at_the_pager: str
    """Empty: no page of it stands there."""

    @property
    def outcome(self) -> str:
        """As people read it: another way has rung the person, or nobody needs the page any more."""
        return "withdrawn" if self.settled.outcome == "superseded" else self.settled.outcome


def people_paged(incident: Incident) -> list[PersonPaged]:
    """In the order in which they were called."""
    return sorted(_all(incident), key=lambda page: page.settled.sent_at)


def _all(incident: Incident) -> Iterator[PersonPaged]:
    rings = _by_duty(incident)
    for duty, settled in incident.settled.items():
        if (key := duty_of(duty)).is_page:
            ring = rings.get(duty)
            yield PersonPaged(key.person, _asked_by(key, ring), settled, _at_the_pager(settled, ring))


def _at_the_pager(settled: Settlement, ring: PagerAlert | None) -> str:
    """What was withdrawn before the pager took it never stood there."""
    never_there = ring is None or (settled.outcome == "superseded" and not (ring.through_at or ring.is_there))
    return "" if ring is None or never_there else ring.standing


def _by_duty(incident: Incident) -> dict[WrittenDuty, PagerAlert]:
    """Of each duty the newest ring."""
    known = ((EffectKey.parse(incident.effect_key(key)), ring) for key, ring in incident.rings.items())
    return {key.duty.written: ring for key, ring in known if key}


def _asked_by(page: DutyKey, ring: PagerAlert | None) -> str:
    first = page.first_page
    asked_by = f"tier {first.tier}" if first.tier is not None else _ASKED_BY.get(first.kind, "by hand")
    if page is first:
        return asked_by
    way = WAY_TITLES.get(ring.way, ring.way) if ring else ""
    return f"{asked_by}, by {way or 'another way'}"
