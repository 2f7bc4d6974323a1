"""Forms beside what they are about: a draft, what the public reads, a follow-up, a legal clock, something that a review
owes, a shift."""

from starter.board.forms import REASON_ASKED, SPAN_ASKED, WORDS_ASKED, Act, AskedField, people_of, person_asked
from starter.desk.on_call_answers import PostOnCall
from workflows.policy.incident.public import STATUS_PAGE
from workflows.policy.review.results import OwedNow
from workflows.policy.runbook.model import Runbook
from workflows.policy.views.results import WaitingDraft


def approval(draft: WaitingDraft) -> Act:
    hint = "empty: as it stands above"
    fields = (
        AskedField("draft", "", "hidden", value=draft.name or STATUS_PAGE),
        AskedField("text", "In other words", "text", required=bool(draft.to_fill_in), hint=hint),
    )
    return Act("incidents", "approve", "Let it out", fields)


def correction(says: str) -> Act:
    hint = "these words take the place of those above, and are marked as corrected"
    words = AskedField("text", "What it should say", "text", value=says, hint=hint).needed()
    return Act("incidents", "correct", "Correct these words", (words,), shows_change=True)


def follow_up_acts(number: int | str) -> tuple[Act, Act]:
    which = AskedField("follow_up", "", "hidden", value=str(number))
    return (
        Act("followups", "done", "Done", (which,), decides=False),
        Act("followups", "waive", "Will not be done", (which, REASON_ASKED.needed()), decides=False),
    )


def obligation_acts(name: str) -> tuple[Act, Act]:
    which = AskedField("obligation", "", "hidden", value=name)
    reference = AskedField("reference", "Reference", hint="of the authority")
    return (
        Act("obligations", "sent", "It was sent", (which, reference), decides=False),
        Act("obligations", "not-applicable", "Need not be sent", (which, REASON_ASKED.needed()), decides=False),
    )


def start_review() -> Act:
    return Act("reviews", "start", "Yes, it deserves a review", (REASON_ASKED,), decides=False)


def owed_acts(owed: OwedNow) -> tuple[Act, ...]:
    """Each kind of debt is paid in its own way."""
    match owed.kind:
        case "obligation":
            return obligation_acts(owed.name)
        case "follow-up":
            return follow_up_acts(owed.name.rpartition("-")[2])
        case "approval":
            return ()  # beside its draft
    return review_acts(owed.name)


def review_acts(name: str) -> tuple[Act, ...]:
    duty = AskedField("duty", "", "hidden", value=name)
    what = AskedField("what", "", "hidden", value=name)
    link = AskedField("link", "Where it can be read", hint="https://…")
    return (
        Act("reviews", "submit", "Done", (duty, link, WORDS_ASKED), decides=False),
        Act("reviews", "snooze", "Remind me later", (what, SPAN_ASKED, REASON_ASKED), decides=False),
        Act("reviews", "waive", "Need not be done", (duty, REASON_ASKED.needed()), decides=False),
    )


def swap(post: PostOnCall, book: Runbook) -> Act:
    """Its own address takes it: it is said to a rota, not to an incident."""
    fields = (
        person_asked("who", people_of(book)),
        AskedField("begins_at", f"From ({post.zone})", "moment", hint="empty: now"),
        AskedField("duration", "For", required=True, value="8h", hint="such as 30m or 8h"),
    )
    return Act("on-call", "override", "Take a shift", fields, decides=False)
