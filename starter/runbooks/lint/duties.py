"""What is owed: to nobody, by nobody, at a time that does not come, or with nothing in it."""

from collections.abc import Iterator

from starter.runbooks.lint.finding import Finding, RunbookPath, error, warning
from starter.runbooks.lint.places import duties, own_duties, review_duties, severities
from workflows.policy.duties.delivery_kinds import DELIVERY_KINDS
from workflows.policy.runbook.model import Runbook, Severity
from workflows.policy.runbook.terms import Duty
from workflows.policy.time.durations import write


def findings(book: Runbook) -> Iterator[Finding]:
    yield from _audiences(book)
    for at, severity in severities(book):
        for path, duty in duties(at, severity):
            yield from _addressed(path, duty)
            yield from _owed_by(path, duty)
            yield from _approved(path, duty)
            yield from _pinned(path, duty)
        for path, duty in own_duties(at, severity):
            yield from _before_the_close(path, duty, severity)
        for path, duty in review_duties(at, severity):
            yield from _after_the_end(path, duty)


def _addressed(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.kind == "email" and not duty.to:
        yield error(
            path,
            f"the e-mail {duty.id!r} goes to nobody",
            "An e-mail needs an address.",
            "Add `to:` with an address or one of the `audiences`",
        )
    elif duty.kind in ("post", "nag", "checklist") and duty.to and not duty.to.startswith("#"):
        yield error(
            (*path, "to"),
            f"{duty.to!r} is no channel",
            "Messages go to channels; this one would be refused.",
            f"Write #{duty.to.lower()}, or leave it out: the incident's own channel or thread",
        )


def _audiences(book: Runbook) -> Iterator[Finding]:
    mailed = {duty.to for at, severity in severities(book) for _, duty in duties(at, severity) if duty.kind == "email"}
    for name, audience in book.audiences.items():
        if name not in mailed:
            continue
        if not audience.addresses:
            yield error(
                ("audiences", name),
                "e-mails go to this audience, and it has no address",
                "Nothing can be sent to it.",
                "Add `addresses: [support@example.com]`",
            )
        for number, address in enumerate(audience.addresses):
            if "@" not in address:
                yield error(
                    ("audiences", name, "addresses", number),
                    f"e-mails go to this audience, and {address!r} is no address",
                    "The mail would be refused.",
                    "Write an address such as support@example.com",
                )


def _owed_by(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.owner:
        return
    if duty.approval:
        yield error(
            path,
            f"nobody is asked to approve {duty.id!r}",
            "A draft waits for the role that owns it.",
            "Add `owner:` with one of the `roles`",
        )
    elif duty.kind == "nag":
        yield error(
            path, f"the nag {duty.id!r} reminds nobody", "A nag is for a role.", "Add `owner:` with one of the `roles`"
        )
    elif duty.kind in DELIVERY_KINDS:
        yield warning(
            path,
            f"nobody owns the {duty.kind} {duty.id!r}",
            "Where its way is not connected or fails, it is handed to its owner: here to nobody by name.",
            "Add `owner:` with one of the `roles`",
        )
    elif duty.kind == "checklist":
        yield warning(
            path,
            f"nobody owns the checklist {duty.id!r}",
            "What is asked of everybody is done by nobody.",
            "Add `owner:` with one of the `roles`",
        )


def _approved(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.approval and duty.kind != "email":
        yield error(
            (*path, "approval"),
            f"a {duty.kind} is not drafted for approval",
            "Only e-mails wait for approval; the status page has its own rules.",
            "Drop `approval`, or make it an `email`",
        )
    if duty.anyway_after is not None and not duty.approval:
        yield warning(
            (*path, "anyway_after"),
            "waits for an approval that nobody is asked for",
            "It goes out when it is due.",
            "Add `approval: true`, or drop it",
        )


def _pinned(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.pin and duty.kind in DELIVERY_KINDS:
        yield warning(
            (*path, "pin"),
            f"{'an' if duty.kind == 'email' else 'a'} {duty.kind} cannot be pinned",
            "Only messages in a channel can.",
            "Drop it, or add a `post` that says where to find it",
        )


def _recurring(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.every is not None:
        yield error(
            (*path, "every"),
            "recurs until the incident is resolved, and begins when it is",
            "It is due once at most.",
            "Drop `every`, or let it begin earlier",
        )


def _before_the_close(path: RunbookPath, duty: Duty, severity: Severity) -> Iterator[Finding]:
    if duty.moment != "resolved":
        return
    yield from _recurring(path, duty)
    if duty.counts_from is None and duty.after > severity.verify_for:
        yield warning(
            (*path, "after"),
            f"is due {write(duty.after)} after the resolution; the incident closes after {write(severity.verify_for)}",
            "What is owed after the close is the review's, and is looked for there.",
            "Move it to `review.duties`, or lengthen `verify_for`",
        )


def _after_the_end(path: RunbookPath, duty: Duty) -> Iterator[Finding]:
    if duty.moment != "resolved" and duty.counts_from is None:
        yield error(
            (*path, "at"),
            f"is owed when the incident is {duty.at}, and a review begins when it has closed",
            "By then that moment has passed.",
            "Write `at: resolved` and the deadline under `after`, or move it to the severity's `duties`",
        )
    yield from _recurring(path, duty)
