"""One page: what it carries, and why it is made. And the pages that people ask for by hand."""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Page
from workflows.policy.escalation.climb import Step
from workflows.policy.escalation.ladder import Callee, called_people
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.pager_alerts import ManualPage
from workflows.policy.incident.rules import acknowledgement_expires_at, passed_on_until, rules, who_owes
from workflows.policy.incident.settlements import got_lost
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, duty_of, effect_key
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.planning.ways import first_way, through
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import severity_title
from workflows.policy.runbook.reach import ReachStep
from workflows.policy.runbook.terms import Tier
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import fit


def page(
    incident: Incident, step: Step, callee: Callee, due_at: datetime, reason: str, occurrence: int | None = None
) -> BlockedDemand:
    person, duty, number, way = callee.person, callee.duty, occurrence or step.round.number, callee.way
    effect = Page(
        to=person,
        tier=step.rung.tier,
        round=step.round.number,
        round_started_at=step.round.started_at,
        supersedes=older_rings(incident, person, effect_key(duty, number), way),
        not_through=hopeless_routes(incident, person),
        way=way.way if way else "",
        address=(way.address or "") if way else "",
    )
    return BlockedDemand(Demand(duty=duty, occurrence=number, due_at=due_at, reason=reason, effect=effect))


def reason_of(book: Runbook, incident: Incident, step: Step) -> str:
    rung = step.rung
    if step.round.number > incident.first_round and not rung.once:
        return f"{_in_a_later_round(book, incident, step)}: round {step.round.number} of the ladder, tier {rung.tier}"
    if rung.anew and incident.renewed and not rung.again:
        return incident.renewed.reason
    if rung.gap and not rung.again:
        declared = f"{severity_title(incident.severity)} {_opened(incident)}"
        return f"{declared}: no tier before it calls anybody for this incident"
    if step.instead_of:
        return f"tier {step.instead_of} reached nobody"
    if rung.again:
        return f"not acknowledged within {write(rung.after)}"
    flagged = f"flagged {', '.join(rung.flags)}" if rung.flags else ""
    if not rung.after:
        return flagged or f"{severity_title(incident.severity)} {_opened(incident)}: first to be called"
    return f"not {rung.unless} within {write(rung.after)}" + (f", {flagged}" if flagged else "")


def _in_a_later_round(book: Runbook, incident: Incident, step: Step) -> str:
    if step.rung.after and step.instead_of:
        return f"tier {step.instead_of} reached nobody"
    if step.rung.after:
        return f"still nobody, {write(step.rung.after)} later"
    if incident.unacknowledged_at == step.round.started_at:
        return "the acknowledgement was taken back"
    if incident.passed_on and step.round.started_at == passed_on_until(book, incident):
        by, to = as_people_read(book, incident.passed_on.by), ", ".join(incident.passed_on.to) or "others"
        return f"{by} handed it on to {to} at the pager, and nobody has answered"
    allowed = rules(book, incident).acknowledge.expires_after
    if allowed is not None and step.round.started_at == acknowledgement_expires_at(book, incident):
        return f"{as_people_read(book, incident.acknowledged_by)} acknowledged, then fell silent for {write(allowed)}"
    return f"nobody answered in round {step.round.number - 1}"


def _opened(incident: Incident) -> str:
    return "declared" if incident.opening == 1 else "reopened"


def older_rings(incident: Incident, person: str, key: str, way: ReachStep | None) -> tuple[str, ...]:
    """Not those whose page is still on its way: it may ring yet, so it must stay known until it is synced. Nor those of
    whoever held the post before, nor those by other ways: they stand open at another's pager, or at another pager."""
    lead = (way.way, way.address or "") if way else ("", "")
    trying = {incident.vendor_key(started) for started in (*incident.started, key)}
    known = incident.on_call.get(person)
    mine = ("", known.who) if known else ("",)
    return tuple(
        k
        for k, ring in incident.rings.items()
        if ring.person == person and ring.rang in mine and k not in trying and (ring.way, ring.address) == lead
    )


def hopeless_routes(incident: Incident, person: str) -> tuple[str, ...]:
    routes = incident.refused_routes.get(person, ())
    return tuple(sorted({route for route in routes if route and routes.count(route) > 1}))


def called(book: Runbook, incident: Incident, to: str) -> tuple[str, ...]:
    """The people whom `escalate TO` means: all whom a tier calls, by its number, or one person; nobody if it is
    neither, or if the tier calls nobody at present."""
    tier = tier_meant(book, incident, to)
    if tier is not None:
        return called_people(book, incident, tier)
    return (to,) if to in book.people else ()


def why_nobody(book: Runbook, incident: Incident, to: str) -> str:
    """Why `escalate TO` rings nobody, and what to do about it."""
    tier = tier_meant(book, incident, to)
    if tier is None:
        return (
            f"{to!r} is neither a tier nor a person of the runbook {book.runbook}: "
            f"choose one of {', '.join(book.people)}"
        )
    number = f"tier {to} of {severity_title(incident.severity)}"
    return f"{number} calls nobody at present: {_why_empty(book, incident, tier)}"


def _why_empty(book: Runbook, incident: Incident, tier: Tier) -> str:
    empty = [role for role in (*tier.roles, *tier.managers_of) if not who_owes(book, incident, role)]
    if empty:
        names = " or ".join(book.role_name(role) for role in empty)
        return f"nobody is {names}: give that to somebody first"
    if tier.managers_of:
        names = " or ".join(book.role_name(role) for role in tier.managers_of)
        return f"whoever is {names} has no manager in the runbook"
    return "the runbook names nobody in it"


def tier_meant(book: Runbook, incident: Incident, to: str) -> Tier | None:
    """The tier of the present severity, if `escalate TO` gives the number of one."""
    tiers = rules(book, incident).escalation
    return tiers[int(to) - 1] if to.isdecimal() and 1 <= int(to) <= len(tiers) else None


def called_by_hand(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """Whether somebody has acknowledged or not; and once more after a while if it did not get through."""
    latest: dict[str, ManualPage] = {}
    for call in incident.calls:
        if call.at >= incident.opened_at:
            latest |= dict.fromkeys(call.people, call)
    for person, call in latest.items():
        yield _called(book, incident, person, call)


def _called(book: Runbook, incident: Incident, person: str, call: ManualPage) -> BlockedDemand:
    who, whom = as_people_read(book, call.by), book.person_name(person)
    reason = f"{who} asked for {whom}" + (f": {call.reason}" if call.reason else "")
    duty = duty_key(DutyKind.CALL, person)
    return _beside_the_ladder(book, incident, person, duty, call.number, call.at, reason)


def called_by_new_alerts(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """While somebody has acknowledged: before that the ladder rings anyway."""
    ring = incident.new_alert_ring
    if ring is None or ring.due_at < incident.opened_at:
        return
    known = [incident.alerts.get(fingerprint) for fingerprint in ring.fingerprints]
    fires = any(alert is None or alert.status == "firing" for alert in known)
    for person in ring.people:
        duty = duty_key(DutyKind.JOINED, person)
        if fires or incident.was_begun(duty, ring.number):
            reason = fit(ring.in_words(), IncidentBounds.renewal_reason)
            yield _beside_the_ladder(book, incident, person, duty, ring.number, ring.due_at, reason)


def _beside_the_ladder(
    book: Runbook, incident: Incident, person: str, duty: WrittenDuty, number: int, due_at: datetime, reason: str
) -> BlockedDemand:
    """Once more after a while if it did not get through."""
    settled, way = through(book, incident, duty), first_way(book, person)
    if settled is not None and settled.occurrence >= number and got_lost(settled):
        number, due_at = settled.occurrence + 1, settled.settled_at + rules(book, incident).repeat_after
        reason += "; the page before this one did not get through"
    effect = Page(
        to=person,
        tier=0,
        round=incident.round,
        round_started_at=incident.round_started_at,
        supersedes=older_rings(incident, person, effect_key(duty, number), way),
        not_through=hopeless_routes(incident, person),
        way=way.way if way else "",
        address=(way.address or "") if way else "",
    )
    return BlockedDemand(Demand(duty=duty, occurrence=number, due_at=due_at, reason=reason, effect=effect))


def next_call(incident: Incident) -> int:
    """The number of a new call: above all that were made, and above the repeats of those that did not get through."""
    repeats = [begun.occurrence for begun in incident.started.values() if duty_of(begun.duty).kind is DutyKind.CALL]
    repeats += [settled.occurrence for duty, settled in incident.settled.items() if duty_of(duty).kind is DutyKind.CALL]
    return max([*(call.number for call in incident.calls), *repeats], default=0) + 1
