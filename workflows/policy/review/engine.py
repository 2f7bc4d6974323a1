"""plan(runbook, review, now): what the review now demands, and when to look again. The essay is the package's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from workflows.policy.communication.channel import announcements
from workflows.policy.communication.status_page import status_page_demands
from workflows.policy.duties import duties, follow_ups
from workflows.policy.duties.delivery_kinds import sent_by
from workflows.policy.duties.duties import review_terms
from workflows.policy.duties.obligation_demands import obligation_demands
from workflows.policy.duties.obligations import clocks
from workflows.policy.effects.demand import Demand
from workflows.policy.effects.effects import Post
from workflows.policy.engine import Plan, split
from workflows.policy.escalation.confirming import confirming_demands
from workflows.policy.escalation.reaching import obliged_reach_demands
from workflows.policy.incident.events import Event
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.incident.rules import who_owes
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key, duty_of
from workflows.policy.planning.demands import BlockedDemand, DeferredDemand, unsettled
from workflows.policy.planning.destinations import incident_destination
from workflows.policy.planning.offering import follow_up, whether_to_review
from workflows.policy.review.events import Completed, ReviewClosed
from workflows.policy.review.nags import nags, offers_of
from workflows.policy.review.owed import OWED_KINDS, deadlines, is_carried, owed
from workflows.policy.review.state import Review, open_review
from workflows.policy.runbook.model import Runbook
from workflows.policy.runbook.terms import Duty

OPENED = duty_key(DutyKind.REVIEW_OPENED)
QUESTION = duty_key(DutyKind.REVIEW_QUESTION)
ASKED_AGAIN_AFTER = timedelta(hours=1)
"""When the chat took no question for as long as it is tried."""
CONSIDERED_FOR = timedelta(days=7)
"""How long the question stands whether there is to be a review, if the runbook names no deadline."""


def plan(book: Runbook, review: Review, now: datetime) -> Plan:
    if review.closed_at is not None:
        return Plan((), (), (), None)
    present = split(review.incident, _all(book, review, now), now)
    turning = [at for at in (present.wake_at, _lapses_at(book, review)) if at is not None and at > now]
    concluded = tuple(_conclusions(book, review, now, present))
    return replace(present, wake_at=min(turning, default=None), conclusions=concluded)


def owes_review(book: Runbook, incident: Incident) -> bool:
    """Does anything remain to be done once this incident has closed? What it still has to say in its channel alone is
    no reason for a review."""
    if incident.closed_at is None:
        return False
    review = open_review(incident)
    wanted = (_of(each) for each in _all(book, review, incident.closed_at))
    left = ((duty, occurrence) for duty, occurrence in wanted if duty_of(duty).kind is not DutyKind.ANNOUNCEMENT)
    return any(not incident.has_settled(duty, occurrence) for duty, occurrence in left)


def _of(wanted: BlockedDemand | DeferredDemand) -> tuple[WrittenDuty, int]:
    each = wanted if isinstance(wanted, DeferredDemand) else wanted.demand
    return each.duty, each.occurrence


def _all(book: Runbook, review: Review, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    """What somebody has ended, Tocsin does not do either: a mail that was waived does not go out by itself."""
    ended = {duty_key(DutyKind.DUTY, name) for name in review.ended}
    return (wanted for wanted in _everything(book, review, now) if _of(wanted)[0] not in ended)


def _everything(book: Runbook, review: Review, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    incident = review.incident
    yield from announcements(book, incident)
    yield from obligation_demands(book, incident, now)
    yield from obliged_reach_demands(book, incident, now)
    yield from confirming_demands(book, incident, now)
    if STATUS_PAGE not in review.ended and (incident.public.begun or not incident.cancelled):
        yield from status_page_demands(book, incident)
    if not incident.cancelled:
        yield from duties.owed(book, incident, _by_tocsin(book, review), now)
        yield from duties.up_to_date(book, incident)
        yield from _asked_whether(book, review)
        yield from _documents(book, review)
    yield from follow_ups.ticket_demands(book, incident)
    yield from _opened(book, review, now)
    yield from nags(book, review, now)


def _by_tocsin(book: Runbook, review: Review) -> Iterator[Duty]:
    yield from (each for each in duties.own_duties(book, review.incident) if not is_carried(review, each))
    yield from (each.duty for each in deadlines(book, review) if each.duty.kind not in OWED_KINDS)


def _asked_whether(book: Runbook, review: Review) -> Iterator[BlockedDemand]:
    """A review that need only be considered is a question, asked once: again only if it could not be asked."""
    terms = review_terms(book, review.incident)
    if terms is None or terms.required != "consider" or review.answer is not None:
        return
    role = next((duty.owner for duty in terms.duties if duty.owner), None)
    where = incident_destination(book, review.incident)
    mention = who_owes(book, review.incident, role)
    before = review.incident.settled.get(QUESTION)
    unasked = before is not None and before.outcome == "undelivered"
    demand = Demand(
        duty=QUESTION,
        occurrence=(before.occurrence if before else 1) + unasked,
        due_at=before.settled_at + ASKED_AGAIN_AFTER if before and unasked else review.opened_at,
        reason="the runbook asks whether this needs a review",
        effect=Post(
            kind="nag",
            to=where.to,
            template="consider_review",
            mention=mention,
            role=role,
            offers=whether_to_review(review.incident),
        ),
    )
    yield BlockedDemand(demand, where.waits_for)


def _opened(book: Runbook, review: Review, now: datetime) -> Iterator[BlockedDemand | DeferredDemand]:
    """Once, and again after a yes: everything that is owed, by whom and by when."""
    everything = owed(book, review)
    if everything:
        occurrence = 2 if review.answer and review.answer.wanted else 1
        at = min(each.since for each in everything)
        build = partial(_list, book, review, occurrence, at)
        yield from unsettled(review.incident, OPENED, occurrence, at, now, build)


def _list(book: Runbook, review: Review, occurrence: int, at: datetime) -> BlockedDemand:
    where = incident_destination(book, review.incident)
    mention = dict.fromkeys(person for each in owed(book, review) for person in each.people)
    demand = Demand(
        duty=OPENED,
        occurrence=occurrence,
        due_at=at,
        reason="the incident is over: this is what its review owes",
        effect=Post(
            to=where.to,
            template="review_opened",
            mention=tuple(mention),
            pin=True,
            offers=(*offers_of(review, owed(book, review)), follow_up(review.incident)),
        ),
    )
    return BlockedDemand(demand, where.waits_for)


def _documents(book: Runbook, review: Review) -> Iterator[BlockedDemand]:
    """Drafted at once, for a human to complete; and brought up to date when nothing is owed any more."""
    done = review.completed_at
    for each in deadlines(book, review):
        if each.duty.kind == "document":
            yield BlockedDemand(
                Demand(
                    duty=duty_key(DutyKind.REVIEW_DOCUMENT, each.duty.id),
                    occurrence=2 if done else 1,
                    due_at=done or max(each.begins_at, review.opened_at),
                    reason="follow-ups and links are brought up to date" if done else "a draft, to be completed",
                    effect=sent_by(book, review.incident, each.duty),
                )
            )


def _conclusions(book: Runbook, review: Review, now: datetime, present: Plan) -> Iterator[Event]:
    lapses_at = _lapses_at(book, review)
    if owed(book, review) or clocks(book, review.incident) or present.due or present.waiting or present.later:
        return
    if lapses_at is not None and now < lapses_at:
        return
    if review.completed_at is None and review.incident.has_settled(OPENED, 1):
        yield Completed(at=now)
    else:
        yield ReviewClosed(at=now)


def _lapses_at(book: Runbook, review: Review) -> datetime | None:
    """When a question that nobody answered is taken for a no."""
    terms = review_terms(book, review.incident)
    if terms is None or terms.required != "consider" or review.answer is not None:
        return None
    question = review.incident.settled.get(QUESTION)
    return (question.sent_at if question else review.opened_at) + max(
        (duty.after for duty in terms.duties), default=CONSIDERED_FOR
    )
