"""review = reduce(apply, events). Events that are not the review's alone are applied to its incident."""

from collections.abc import Callable
from typing import Any

from workflows.policy.incident.announce import announce, because, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Event
from workflows.policy.incident.follow_up import Ending
from workflows.policy.incident.mark import changed_meanwhile
from workflows.policy.incident.who import as_people_read
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.reducers.arriving import not_before, remember, too_late
from workflows.policy.reducers.root import apply as apply_to_incident
from workflows.policy.review.events import Completed, NagsSnoozed, ReviewClosed, ReviewStarted, Submitted, Waived
from workflows.policy.review.owed import OwedDuty, counts_from, owed
from workflows.policy.review.state import ConsiderAnswer, Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.time.durations import roughly, write
from workflows.policy.wire.bounded import fit, weight


def apply(book: Runbook, review: Review, event: Event) -> Review:
    """The review after the event. Pure; `event.at` must be stamped."""
    if event.id and event.id in review.incident.heard:
        return review
    change = _APPLY_TO_REVIEW.get(type(event))
    if change is None:
        return review.model_copy(update={"incident": apply_to_incident(book, review.incident, event)})
    event = not_before(event.acted(as_people_read(book, event.by)), review.opened_at)
    if no := changed_meanwhile(book, review.incident, event):
        return review.model_copy(update={"incident": too_late(book, review.incident, event, no)})
    after = change(book, review, event)
    return after.model_copy(update={"incident": remember(after.incident, event.id)}) if event.id else after


def meant(book: Runbook, review: Review, name: str) -> OwedDuty | None:
    """What somebody means who submits: by its name; without one the document, or the only thing that is owed."""
    open_ones = [each for each in owed(book, review) if each.kind != "follow-up"]
    if name:
        return next((each for each in open_ones if each.name == name), None)
    own = [each for each in open_ones if each.kind != "approval"]
    documents = [each for each in own if each.kind == "document"]
    only = documents if len(documents) == 1 else own
    return only[0] if len(only) == 1 else None


def _started(book: Runbook, review: Review, event: ReviewStarted) -> Review:
    if review.answer is not None or counts_from(book, review) is not None:
        return _log(review, event, f"{event.actor} asked for the review, which changes nothing")
    answer = ConsiderAnswer(at=event.at, by=event.by, wanted=True)
    after = review.model_copy(update={"answer": answer})
    return _announce(after, event, f"{event.actor}: this needs a review{because(event.reason)}")


def _submitted(book: Runbook, review: Review, event: Submitted) -> Review:
    each = meant(book, review, event.duty)
    if each is None:
        return _log(review, event, f"{event.actor} submitted {event.duty or 'something'!r}, which is not owed")
    link = event.link if weight(event.link) <= IncidentBounds.link_of_ending else ""  # whole, or not at all
    text = fit(event.text, IncidentBounds.ending)
    after = _end(review, each, Ending(at=event.at, by=event.by, text=text, link=link))
    late = roughly(event.at - each.due_at) + " late" if event.at > each.due_at else "in time"
    where = f": {event.link}" if event.link else ""
    return _announce(after, event, f"{event.actor} submitted {each.title}, {late}{where}{because(event.text)}")


def _waived(book: Runbook, review: Review, event: Waived) -> Review:
    ending = Ending(at=event.at, by=event.by, waived=True, text=fit(event.reason, IncidentBounds.ending))
    if event.duty:
        each = meant(book, review, event.duty)
        if each is None:
            return _log(review, event, f"{event.actor} waived {event.duty!r}, which is not owed")
        return _announce(_end(review, each, ending), event, f"{event.actor} waived {each.title}{because(event.reason)}")
    for each in owed(book, review):
        if (
            each.kind not in ("follow-up", "approval") and not each.carried
        ):  # what others wait for is waived by its name alone
            review = _end(review, each, ending)
    answer = review.answer or ConsiderAnswer(at=event.at, by=event.by, wanted=False)
    after = review.model_copy(update={"answer": answer})
    return _announce(after, event, f"{event.actor} waived the review{because(event.reason)}")


def _snoozed(book: Runbook, review: Review, event: NagsSnoozed) -> Review:
    names = [each.name for each in owed(book, review) if each.kind != "approval"]
    if event.what and event.what not in names:
        return _log(review, event, f"{event.actor} snoozed {event.what!r}, of which there is no reminder to hold")
    snoozed = {name: until for name, until in review.snoozed.items() if name in names or not name}
    after = review.model_copy(update={"snoozed": {**snoozed, event.what: event.at + event.duration}})
    what = event.what.replace("-", " ") or "all reminders"
    return _announce(after, event, f"{event.actor} snoozed {what} for {write(event.duration)}{because(event.reason)}")


def _completed(book: Runbook, review: Review, event: Completed) -> Review:
    waived = sum(ending.waived for ending in review.ended.values())
    text = "the review is complete" + (f", {waived} waived" if waived else "")
    if review.incident.follow_ups:
        text += f"; {len(review.incident.follow_ups)} follow-ups have ended"
    after = review.model_copy(update={"completed_at": event.at})
    return after.model_copy(update={"incident": announce(after.incident, event.at, text)})


def _closed(book: Runbook, review: Review, event: ReviewClosed) -> Review:
    after = review.model_copy(update={"closed_at": event.at})
    lapsed = review.answer is None and review.incident.has_settled(duty_key(DutyKind.REVIEW_QUESTION), 1)
    return _log(after, event, "nobody asked for a review" if lapsed else "the review is closed")


def _end(review: Review, each: OwedDuty, ending: Ending) -> Review:
    return review.model_copy(update={"ended": {**review.ended, each.name: ending}})


def _log(review: Review, event: Event, text: str) -> Review:
    return review.model_copy(update={"incident": log(review.incident, event.at, text)})


def _announce(review: Review, event: Event, text: str) -> Review:
    return review.model_copy(update={"incident": announce(review.incident, event.at, text, by=event.actor)})


# Each function takes the event type it is listed under, which a dict's type cannot say.
_APPLY_TO_REVIEW: dict[type[Event], Callable[[Runbook, Review, Any], Review]] = {
    ReviewStarted: _started,
    Submitted: _submitted,
    Waived: _waived,
    NagsSnoozed: _snoozed,
    Completed: _completed,
    ReviewClosed: _closed,
}
