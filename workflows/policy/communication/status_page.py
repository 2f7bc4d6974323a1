"""The status page: what it must say now, and who lets it out.

What is automatic goes out at its time. Everything else is drafted for the role that owes it and waits for `approve`
(or, where the runbook says so, only so long). The next update counts from the last one posted, or else from the
deadline that was missed. A human's own words need no approval: they are one.
"""

from collections.abc import Iterator
from datetime import datetime

from workflows.policy.communication.affected import affected, public_impact
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Post, Publish
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.public import STATUS_PAGE, ApprovedWords, Correction
from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, duty_of
from workflows.policy.planning.conditions import matches, matches_since, owed_since
from workflows.policy.planning.demands import BlockedDemand
from workflows.policy.planning.destinations import incident_destination
from workflows.policy.planning.offering import draft
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.names import PublicStatus
from workflows.policy.runbook.terms import StatusPageTerms
from workflows.policy.time.durations import write
from workflows.policy.wire.bounded import fit

_ON_THE_PAGE = (DutyKind.PUBLISH, DutyKind.CORRECT)


def status_page_demands(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    terms = rules(book, incident).status_page
    if incident.public.correction is not None:
        yield _correct(book, incident, incident.public.correction)
    if incident.public.words is not None:
        yield _publish(
            book, incident, incident.phase, incident.public.words.at, "a human's words", incident.public.words
        )
    elif terms is not None and matches(terms.when, incident):
        yield from _kept_honest(book, incident, terms)
    elif incident.public.begun and incident.public.status != "resolved" and incident.resolved:
        # It went public under terms that hold no longer (a lower severity, a cleared flag): it must not stay open.
        approval = incident.public.approval
        if approval is not None and incident.public.withheld:
            reason = f"approved by {as_people_read(book, approval.by)}"
            yield _publish(book, incident, "resolved", approval.at, reason, approval)
        elif incident.public.withheld != "resolved":
            yield _publish(book, incident, "resolved", incident.phase_at, "the incident is resolved")


def _kept_honest(book: Runbook, incident: Incident, terms: StatusPageTerms) -> Iterator[BlockedDemand]:
    said = incident.public
    if said.approval is not None and said.drafted is not None:
        reason = f"approved by {as_people_read(book, said.approval.by)}"
        yield _publish(book, incident, said.drafted, said.approval.at, reason, said.approval)
        return
    if said.drafted == incident.phase and said.drafted_at is not None and terms.anyway_after is not None:
        at = said.drafted_at + terms.anyway_after
        yield _publish(book, incident, said.drafted, at, f"not approved within {write(terms.anyway_after)}")
    due = _due(incident, terms)
    if due is None:
        return
    since = max(matches_since(terms.when, incident), owed_since(book, incident, lambda was: was.status_page == terms))
    due_at, reason = due
    if incident.phase in terms.automatic:
        yield _publish(book, incident, incident.phase, due_at, reason).wanted_since(since)
    else:
        yield _draft(book, incident, terms, due_at, reason).wanted_since(since)


def _due(incident: Incident, terms: StatusPageTerms) -> tuple[datetime, str] | None:
    said = incident.public
    if incident.resolved and not said.begun:
        return None  # nothing was ever public: there is nothing to take back
    if incident.phase not in (said.status, said.drafted) and (said.counts_from is not None or incident.resolved):
        return incident.phase_at, f"the incident is {incident.phase}"
    if incident.resolved:
        return None
    if said.counts_from is None:
        return incident.opened_at + terms.first, f"the page is first updated within {write(terms.first)}"
    if terms.every is not None:
        return said.counts_from + terms.every, f"the page is updated every {write(terms.every)}"
    return None


def _publish(
    book: Runbook,
    incident: Incident,
    status: PublicStatus,
    due_at: datetime,
    reason: str,
    words: ApprovedWords | None = None,
) -> BlockedDemand:
    effect = Publish(
        status=status,
        template=f"public_{status}",
        words=words.text if words and words.text else None,
        approved=words is not None,
        page_incident=incident.references.get("status-page"),
        components=affected(book, incident),
        impact=public_impact(incident),
    )
    duty = duty_key(DutyKind.PUBLISH, status)
    occurrence = _occurrence(incident, duty, due_at)
    demand = Demand(duty=duty, occurrence=occurrence, due_at=due_at, reason=reason, effect=effect)
    return BlockedDemand(demand, _waits_for(incident, demand))


def _correct(book: Runbook, incident: Incident, correction: Correction) -> BlockedDemand:
    still_there = correction.key == incident.public.said_key
    effect = Publish(
        status=correction.status,
        template=f"public_{correction.status}",
        words=correction.text,
        approved=True,
        page_incident=incident.references.get("status-page"),
        corrects=incident.vendor_key(correction.key),
        before=fit(incident.public.says, IncidentBounds.text) if still_there else correction.before,
    )
    duty = duty_key(DutyKind.CORRECT, correction.status)
    occurrence = _occurrence(incident, duty, correction.at)
    reason = f"corrected by {as_people_read(book, correction.by)}"
    demand = Demand(duty=duty, occurrence=occurrence, due_at=correction.at, reason=reason, effect=effect)
    return BlockedDemand(demand, _waits_for(incident, demand))


def _waits_for(incident: Incident, demand: Demand) -> str:
    """One at a time: an earlier one that arrives after this one would have the last word."""
    under_way = any(duty_of(begun.duty).kind in _ON_THE_PAGE for begun in incident.started.values())
    if demand.key in incident.started or not under_way:
        return ""
    return "the update before it to end"


def _occurrence(incident: Incident, duty: WrittenDuty, due_at: datetime) -> int:
    """What the page says is settled by what it says (`Public`); so each demand is new, even in the same second."""
    last = incident.settled.get(duty)
    return max(incident.seconds_since_declared(due_at) + 1, last.occurrence + 1 if last else 1)


def _draft(book: Runbook, incident: Incident, terms: StatusPageTerms, due_at: datetime, reason: str) -> BlockedDemand:
    where = incident_destination(book, incident)
    effect = Post(
        kind="draft",
        to=where.to,
        template="draft",
        mention=who_owes(book, incident, terms.owner),
        role=terms.owner,
        offers=draft(incident, STATUS_PAGE, withheld=incident.public.withheld == incident.phase),
    )
    duty = duty_key(DutyKind.DRAFT, incident.phase)
    demand = Demand(
        duty=duty,
        occurrence=_occurrence(incident, duty, due_at),
        due_at=due_at,
        reason=reason,
        effect=effect,
    )
    return BlockedDemand(demand, where.waits_for)
