"""What a review remembers has an end, whatever is sent to it: it begins with all that its incident remembers."""

from datetime import timedelta

from tests.policy.builders import T0
from tests.policy.review.reviews import duty, owing
from tests.policy.test_bounds import LONG, everything_at_once, wordy_opening
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Closed, Event, Noted, Resolved, RoleAssigned
from workflows.policy.incident.state import Incident
from workflows.policy.reducers.root import apply
from workflows.policy.review.events import NagsSnoozed, Submitted, Waived
from workflows.policy.review.reducers import apply as apply_to_review
from workflows.policy.review.state import open_review
from workflows.policy.runbook.terms import Duty
from workflows.policy.wire.bounded import fit

LIMIT = 256 * 1024
BOOK = owing(*(duty(f"duty-{n}-{'x' * 40}", "24h", "checklist") for n in range(40)))


def full() -> Incident:
    incident = wordy_opening()
    for event in (*everything_at_once(Resolved(by=LONG, text=LONG, via=LONG)), Closed()):
        incident = apply(BOOK, incident, event.model_copy(update={"at": T0}))
    return incident


def test_a_review_stays_under_256_kib_whatever_it_hears() -> None:
    review = open_review(full())
    said: list[Event] = [Submitted(duty=each.id, link=LONG, text=LONG, by=LONG) for each in _duties()[:20]]
    said += [Waived(duty=each.id, reason=LONG, by=LONG) for each in _duties()[20:30]]
    said += [NagsSnoozed(what=each.id, duration=timedelta(days=1), reason=LONG, by=LONG) for each in _duties()[30:]]
    said += [RoleAssigned(role="commander", person=LONG, by=LONG), Noted(text=LONG, by=LONG)]
    for number, event in enumerate(said * 2):
        stamped = event.model_copy(update={"at": T0 + timedelta(days=1), "id": f"{number}"})
        review = apply_to_review(BOOK, review, stamped)
    assert len(review.incident.follow_ups) == IncidentBounds.follow_ups
    assert len(review.model_dump_json().encode()) < LIMIT


def _duties() -> tuple[Duty, ...]:
    terms = BOOK.severities["sev1"].review
    assert terms is not None
    return terms.duties


def test_what_is_cut_says_so() -> None:
    assert fit(LONG, IncidentBounds.follow_up).endswith("…")
