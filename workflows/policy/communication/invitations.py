"""Who is brought into the incident's own channel: whoever is rung, has acknowledged, holds a role or is asked to; with
a post whoever holds it."""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Invite
from workflows.policy.incident.rules import rules, who_owes, with_holders
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import in_book, reachable
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.runbook.model import Runbook


def invitation_demands(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """Each once into each channel that is its own, as soon as there is one."""
    channel = incident.references.get("channel")
    opened = incident.settled.get(duty_key(DutyKind.CHANNEL))
    if channel is None or opened is None or "channel" in incident.closed_places or incident.resolved:
        return
    since = max(opened.settled_at, _concerned_since(incident))
    for person in concerned(book, incident):
        duty = duty_key(DutyKind.INVITE, person)
        if not incident.has_settled(duty, incident.channels):
            reason = "whoever is concerned with an incident is in its channel"
            effect = Invite(channel=channel, to=person)
            yield BlockedDemand(
                Demand(duty=duty, occurrence=incident.channels, due_at=since, reason=reason, effect=effect)
            )


def _concerned_since(incident: Incident) -> datetime:
    """Since nobody else is: whatever makes somebody concerned is a ring, or told on the timeline at once."""
    return max((*(ring.rung_at for ring in incident.rings.values()), incident.timeline[-1].at))


def concerned(book: Runbook, incident: Incident) -> tuple[str, ...]:
    rung = (ring.person for ring in incident.rings.values())
    asked = (person for role in rules(book, incident).roles for person in who_owes(book, incident, role))
    people = (*rung, *_acknowledged(book, incident), *incident.roles.values(), *asked)
    return with_holders(book, incident, people)


def _acknowledged(book: Runbook, incident: Incident) -> Iterator[str]:
    """Who is not of the runbook may write any address: into a private channel it lets nobody."""
    for who in (incident.acknowledged_by, *incident.also_acknowledged):
        yield from in_book(book, who) if incident.private else reachable(book, who)
