"""What is owed at a moment of the incident's life: once, again and again, or after somebody has approved it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from workflows.policy.communication.card import checklist
from workflows.policy.communication.channel import older_news
from workflows.policy.duties.delivery_kinds import DELIVERY_KINDS, sent_by, waits_for
from workflows.policy.duties.moments import on_its_day, wanted_at
from workflows.policy.effects.card import ChecklistFacts
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Destination, Effect, Post
from workflows.policy.incident.rules import rules, who_owes
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.planning import offering
from workflows.policy.planning.conditions import matches, matches_at, owed_since
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, after_snooze, latest_and_next, unsettled
from workflows.policy.planning.destinations import below_the_first, channel_destination
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.references import duties_of
from workflows.policy.runbook.terms import Duty, ReviewTerms
from workflows.policy.time.durations import write


def duty_demands(book: Runbook, incident: Incident, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    yield from _one_for_a_role(incident, owed(book, incident, own_duties(book, incident), now))
    yield from up_to_date(book, incident)


def _one_for_a_role(
    incident: Incident, wanted: Iterable[BlockedDemand | DeferredDemand]
) -> Iterator[BlockedDemand | DeferredDemand]:
    """Of the checklists of a role one comes first in a channel: the others go below it."""
    first: set[str] = set()
    for each in wanted:
        role = _first_of(each)
        if role in first and isinstance(each, BlockedDemand) and each.key not in incident.started:
            yield each._replace(waits_for=each.waits_for or "the first checklist of that role")
        else:
            first |= {role} if role else set()
            yield each


def _first_of(wanted: BlockedDemand | DeferredDemand) -> str | None:
    """The role whose first checklist it is, as far as the channel knows."""
    effect = wanted.demand.effect if isinstance(wanted, BlockedDemand) else None
    is_first = isinstance(effect, Post) and isinstance(effect.facts, ChecklistFacts) and effect.to.thread is None
    return effect.role if is_first and isinstance(effect, Post) else None


def own_duties(book: Runbook, incident: Incident) -> tuple[Duty, ...]:
    """Those of its severity; and the deadlines of the gravest that it had: who lowered it has not undone them."""
    own = rules(book, incident).duties
    if incident.gravest == incident.severity:
        return own
    known = {duty.id for duty in own}
    graver = book.severity(incident.gravest).duties
    return own + tuple(duty for duty in graver if duty.is_deadline and duty.id not in known)


def up_to_date(book: Runbook, incident: Incident) -> Iterator[BlockedDemand]:
    """What was written while nobody knew how it would end is true again when it has ended."""
    if incident.resolved_at is None or incident.cancelled:
        return
    for duty in rules(book, incident).duties:
        key = duty_key(DutyKind.DOCUMENT, duty.id)
        if duty.kind == "document" and duty.moment != "resolved" and key in incident.references:
            demand = Demand(
                duty=key,
                occurrence=incident.opening,
                due_at=incident.resolved_at,
                reason="the incident is resolved",
                effect=sent_by(book, incident, duty),
            )
            yield BlockedDemand(demand)


def owed(
    book: Runbook, incident: Incident, which: Iterable[Duty], now: datetime
) -> Iterator[BlockedDemand | DeferredDemand]:
    """What each of these duties demands. There may be hundreds: those that are done with cost nothing, and those
    whose time has not come little."""
    for duty in which:
        key = duty_key(DutyKind.DUTY, duty.id)
        last = incident.settled.get(key)
        if last is not None and duty.every is None and last.occurrence >= _once(incident, duty):
            continue
        for due_at in _due_times(book, incident, duty, now):
            if duty.approval:
                yield from _once_approved(book, incident, duty, due_at)
            else:
                occurrence = _occurrence(incident, duty, due_at)
                build = partial(_wanted, book, incident, duty, due_at)
                yield from unsettled(incident, key, occurrence, due_at, now, build)


def review_terms(book: Runbook, incident: Incident) -> ReviewTerms | None:
    """What the runbook says of the review that a resolved incident owes; None: it owes none.

    Of the gravest severity that it had: who lowered it before the end has not undone the outage.
    """
    resolved_at = incident.resolved_at
    if resolved_at is None or incident.cancelled:
        return None
    terms = (book.severity(name).review for name in (incident.gravest, incident.severity))
    return next((each for each in terms if each and matches_at(book, each.when, incident, resolved_at)), None)


def known_duties(book: Runbook, incident: Incident) -> tuple[Duty, ...]:
    """Those of its severity, and those that its review may owe for the gravest that it had."""
    each = (duty for name in (incident.gravest, incident.severity) for duty in duties_of(book.severity(name)))
    return tuple({duty.id: duty for duty in each}.values())


def _due_times(book: Runbook, incident: Incident, duty: Duty, now: datetime) -> Iterator[datetime]:
    wanted = wanted_at(duty, incident)
    if wanted is None:
        return
    if duty.closes is not None and not _is_owed(book, incident, duty.closes, now):
        return
    first = on_its_day(book, duty, wanted)
    times = [first]
    asked_at = after_snooze(incident, now) if duty.kind == "nag" else now  # of those that a snooze covers, the last
    if duty.every is not None and not duty.outlives and asked_at >= first:  # nothing recurs after the end
        latest, following = latest_and_next(first, duty.every, asked_at)
        times = [at for at in (latest or first, following) if at is not None]
    for due_at in times:
        ended = incident.resolved_at is not None and not duty.outlives and due_at > incident.resolved_at
        hour = wanted if due_at == first else due_at  # Monday's briefing is owed because it was not Monday yet
        if not ended and matches_at(book, duty.when, incident, hour):
            yield after_snooze(incident, due_at) if duty.kind == "nag" else due_at


def _is_owed(book: Runbook, incident: Incident, name: str, now: datetime) -> bool:
    duty = next(each for each in known_duties(book, incident) if each.id == name)
    return duty_key(DutyKind.DUTY, name) in incident.settled or any(True for _ in _due_times(book, incident, duty, now))


def _wanted(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> BlockedDemand:
    if duty.kind in DELIVERY_KINDS:
        demand = _demand(book, incident, duty, due_at, _reason(duty), sent_by(book, incident, duty))
        return BlockedDemand(demand, waits_for(incident, duty))
    return _post(book, incident, duty, due_at)


def _once_approved(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> Iterator[BlockedDemand]:
    where = channel_destination(book, incident, None)
    draft = incident.drafts.get(duty.id)
    owner = who_owes(book, incident, duty.owner)
    withheld = draft is not None and draft.withheld
    offers = offering.draft(incident, duty.id, withheld=withheld)
    post = Post(kind="draft", to=where.to, template="draft", mention=owner, role=duty.owner, offers=offers)
    asked = _demand(book, incident, duty, due_at, _reason(duty), post)
    yield BlockedDemand(asked.model_copy(update={"duty": duty_key(DutyKind.DUTY_DRAFT, duty.id)}), where.waits_for)
    if draft is not None and draft.approval is not None:
        reason = f"approved by {as_people_read(book, draft.approval.by)}"
        yield BlockedDemand(
            _demand(book, incident, duty, draft.approval.at, reason, sent_by(book, incident, duty, draft.approval))
        )
    elif draft is not None and not draft.withheld and duty.anyway_after is not None:
        reason = f"not approved within {write(duty.anyway_after)}"
        yield BlockedDemand(
            _demand(book, incident, duty, draft.at + duty.anyway_after, reason, sent_by(book, incident, duty))
        )


def _post(book: Runbook, incident: Incident, duty: Duty, due_at: datetime) -> BlockedDemand:
    assert duty.kind not in DELIVERY_KINDS
    where = channel_destination(book, incident, duty.to or None)
    is_checklist = duty.kind == "checklist" and duty.moment != "resolved"
    if duty.kind == "nag":
        where = below_the_first(incident, duty_key(DutyKind.DUTY, duty.id), where)
    elif is_checklist and duty.owner:
        where = below_the_first(incident, duty.owner, where)
    look = checklist(book, incident, duty.id) if is_checklist else None
    is_summary = duty.kind == "post" and duty.moment == "resolved"
    ends = offering.reopening(incident) if is_summary and _is_at_home(book, incident, duty) else ()
    post = Post(
        kind=duty.kind,
        to=where.to,
        template=duty.template,
        mention=who_owes(book, incident, duty.owner),
        pin=duty.pin,
        role=duty.owner,
        offers=look.offers if look else ends,
        facts=look.facts if look else None,
    )
    news = older_news(book, incident, where.to, due_at) if is_summary else ""
    return BlockedDemand(_demand(book, incident, duty, due_at, _reason(duty), post), where.waits_for or news)


def sums_up_at_home(book: Runbook, incident: Incident) -> bool:
    """The runbook's own message there says that it is over, at once: a second one says nothing new."""
    return not incident.private and any(
        duty.kind == "post"
        and duty.moment == "resolved"
        and (duty.after, duty.on) == (timedelta(), "any-day")
        and matches(duty.when, incident)
        and _is_at_home(book, incident, duty)
        for duty in rules(book, incident).duties
    )


def _is_at_home(book: Runbook, incident: Incident, duty: Duty) -> bool:
    return channel_destination(book, incident, duty.to or None).to == Destination(channel=book.home)


def _reason(duty: Duty) -> str:
    if duty.every is not None:
        return f"owed every {write(duty.every)}"
    return f"owed {write(duty.after) + ' after' if duty.after else 'when'} the incident is {duty.moment}"


def _demand(book: Runbook, incident: Incident, duty: Duty, due_at: datetime, reason: str, effect: Effect) -> Demand:
    occurrence = _occurrence(incident, duty, due_at)
    key = duty_key(DutyKind.DUTY, duty.id)
    since = owed_since(book, incident, lambda before: duty in before.duties)
    return Demand(duty=key, occurrence=occurrence, due_at=max(due_at, since), reason=reason, effect=effect)


def _occurrence(incident: Incident, duty: Duty, due_at: datetime) -> int:
    return _once(incident, duty) if duty.every is None else incident.seconds_since_declared(due_at) + 1


def _once(incident: Incident, duty: Duty) -> int:
    """The occurrence of what is owed once; the end may come again after a reopening."""
    return incident.opening if duty.moment == "resolved" else 1
