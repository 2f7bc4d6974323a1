"""Why a person's command to a review is refused."""

from workflows.policy.duties.duties import review_terms
from workflows.policy.duties.obligation_demands import rings_for_obligations
from workflows.policy.incident.events import Acknowledged, Event
from workflows.policy.incident.mark import changed_meanwhile
from workflows.policy.incident.who import as_people_read
from workflows.policy.reducers import refusals
from workflows.policy.review.events import NagsSnoozed, ReviewStarted, Submitted, Waived
from workflows.policy.review.owed import owed
from workflows.policy.review.reducers import meant
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook


def refusal(book: Runbook, review: Review, event: Event) -> str | None:
    """A sentence for the person who asked, or None: go ahead."""
    if review.closed_at is not None:
        return f"the review of {review.incident.id} is closed already"
    if no := changed_meanwhile(book, review.incident, event):
        return f"{review.incident.id}: {no}"
    if isinstance(event, Waived | NagsSnoozed) and not event.reason.strip():
        return 'say why: --reason "..."'
    match event:
        case Acknowledged() if not rings_for_obligations(review.incident, event.ring):
            return f"{review.incident.id} is over: only a page about a legal clock can be acknowledged"
        case ReviewStarted():
            return _cannot_start(book, review)
        case Submitted(duty=name) | Waived(duty=name) if name or isinstance(event, Submitted):
            return None if meant(book, review, name) else _not_owed(book, review, name)
        case NagsSnoozed(what=name) if name:
            return _cannot_snooze(book, review, name)
    return refusals.particular(book, review.incident, event)


def _cannot_start(book: Runbook, review: Review) -> str | None:
    terms = review_terms(book, review.incident)
    if terms is None:
        return f"the runbook {book.runbook} has no review for {review.incident.id}"
    if terms.required == "always":
        return f"{review.incident.id} has a review by its runbook, without anybody's asking"
    if review.answer is None:
        return None
    answered = "asked for it" if review.answer.wanted else "said no"
    return f"{as_people_read(book, review.answer.by)} has already {answered}"


def _cannot_snooze(book: Runbook, review: Review, name: str) -> str | None:
    known = {each.name: each.kind for each in owed(book, review)}
    if name not in known:
        return f"nothing called {name!r} is owed; choose one of {', '.join(known)}"
    if known[name] != "approval":
        return None
    return f"{name} waits for approval, and a snooze holds only reminders: approve it, or waive it"


def _not_owed(book: Runbook, review: Review, name: str) -> str:
    known = [each.name for each in owed(book, review) if each.kind != "follow-up"]
    if not known:
        return f"the review of {review.incident.id} is owed nothing" + (" but follow-ups" if owed(book, review) else "")
    if name:
        return f"nothing called {name!r} is owed; choose one of {', '.join(known)}"
    return f"say what: one of {', '.join(known)}"
