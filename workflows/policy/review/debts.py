"""What a review owes, as far as lists show it: the memo `owed` of its workflow, so that nobody has to ask it."""

from typing import Final, Literal

from workflows.policy.incident.who import as_people_read
from workflows.policy.review.owed import OwedDuty, owed
from workflows.policy.review.state import Review
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import cut
from workflows.policy.wire.model import Instant, Wire

OWED_MEMO: Final = "owed"
"""The memo's name: never changes."""
MOST_DEBTS: Final = 20
"""Of one review, soonest first; `ReviewDebts.more` counts the rest."""
DEBT_TITLE: Final = 100
"""Characters."""


class Debt(Wire):
    what: str
    kind: Literal["review", "follow-up"]
    owner: str
    due_at: Instant


class ReviewDebts(Wire):
    debts: tuple[Debt, ...] = ()
    more: int = 0


def review_debts(book: Runbook, review: Review) -> ReviewDebts:
    found = owed(book, review)
    debts = (
        Debt(
            what=cut(each.title, DEBT_TITLE),
            kind="follow-up" if each.kind == "follow-up" else "review",
            owner=cut(owner_of(book, each), DEBT_TITLE),
            due_at=each.due_at,
        )
        for each in found[:MOST_DEBTS]
    )
    return ReviewDebts(debts=tuple(debts), more=max(len(found) - MOST_DEBTS, 0))


def owner_of(book: Runbook, each: OwedDuty) -> str:
    """As people write it."""
    people = ", ".join(as_people_read(book, person) for person in each.people)
    return people or (book.role_name(each.role) if each.role else "nobody")
