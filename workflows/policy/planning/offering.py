"""What can be done from a message itself: the offers that each kind of message carries."""

from collections.abc import Iterable, Mapping, Sequence

from workflows.policy.effects.offers import Offer
from workflows.policy.incident.mark import mark
from workflows.policy.incident.state import Incident
from workflows.policy.incident.who import COMMANDER_ROLE
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import cut

SNOOZED_FOR = "15m"
"""By the button; another time is said with the command."""
LONGEST_LINE_OF_BUTTON = 40
MOST_LINES = 20
OUTSIDE = "People outside read it as it stands here. Let it out?"


def answering(book: Runbook, incident: Incident) -> tuple[Offer, ...]:
    """Where somebody may not have answered yet."""
    acknowledge = Offer(verb="ack", label="Acknowledge", command=f"tocsin ack {incident.id}")
    return (acknowledge,) if incident.resolved else (acknowledge, *_command(book, incident))


def _command(book: Runbook, incident: Incident) -> tuple[Offer, ...]:
    is_free = COMMANDER_ROLE in book.roles and COMMANDER_ROLE not in incident.roles
    return (_take(incident, COMMANDER_ROLE, "command"),) if is_free else ()


def roles(book: Runbook, incident: Incident, empty: Iterable[str]) -> tuple[Offer, ...]:
    """Of those that nobody holds."""
    return tuple(_take(incident, role, "command" if role == COMMANDER_ROLE else book.role_name(role)) for role in empty)


def _take(incident: Incident, role: str, name: str) -> Offer:
    command = f"tocsin assign {incident.id} {role} PERSON"
    return Offer(verb="assign", label=f"Take {name}", said={"role": role}, command=command)


def update(incident: Incident) -> Offer:
    return Offer(verb="update", label="Post update", asks=True, command=f'tocsin update {incident.id} "..."')


def snooze(incident: Incident) -> Offer:
    command = f"tocsin snooze {incident.id} {SNOOZED_FOR}"
    return Offer(verb="snooze", label=f"Snooze {SNOOZED_FOR}", said={"duration": SNOOZED_FOR}, command=command)


def steering(incident: Incident) -> tuple[Offer, ...]:
    """What whoever works on an incident does to it."""
    end = incident.id
    return (
        update(incident),
        Offer(verb="severity", label="Change severity", asks=True, command=f"tocsin severity {end} sev1"),
        Offer(verb="escalate", label="Escalate to ...", asks=True, command=f"tocsin escalate {end} WHO"),
        Offer(
            verb="mitigate", label="Mitigated", confirm="The fix is in place?", command=f"tocsin mitigate {end}",
            if_still=mark(incident),
        ),
        Offer(verb="resolve", label="Resolve", asks=True, command=f'tocsin resolve {end} "..."'),
        snooze(incident),
    )  # fmt: skip


def checklist(incident: Incident, name: str, lines: Sequence[str], done: Sequence[int]) -> tuple[Offer, ...]:
    """One for each line that is not done."""
    return tuple(
        Offer(
            verb="tick",
            label=f"Done: {cut(line, LONGEST_LINE_OF_BUTTON)}",
            said={"duty": name, "line": f"{number}"},
            command=f"tocsin tick {incident.id} {name} {number}",
        )
        for number, line in enumerate(lines[:MOST_LINES], start=1)
        if number not in done
    )


def draft(incident: Incident, name: str, *, withheld: bool) -> tuple[Offer, ...]:
    """`withheld`: it has a gap, so only other words let it out."""
    command, said = f"tocsin approve {incident.id} --draft {name}", {"draft": name}
    edit = Offer(verb="approve", label="Edit", said=said, asks=True, command=f'{command} "..."')
    if withheld:
        return (edit,)
    return Offer(verb="approve", label="Approve", said=said, confirm=OUTSIDE, command=command), edit


def reopening(incident: Incident) -> tuple[Offer, ...]:
    asked = "Everything starts again, and people are paged. Reopen it?"
    command = f"tocsin reopen {incident.id}"
    return (Offer(verb="reopen", label="Reopen", confirm=asked, command=command, if_still=mark(incident)),)


def obligation(incident: Incident, name: str) -> tuple[Offer, ...]:
    return (
        _of_obligation(incident, name, "sent", "Sent", '--reference "..."'),
        _of_obligation(incident, name, "not-applicable", "Not applicable", '--reason "..."'),
    )


def _of_obligation(incident: Incident, name: str, verb: str, label: str, option: str) -> Offer:
    command = f"tocsin obligation {verb} {incident.id} {name} {option}"
    said = {"obligation": name}
    return Offer(verb=verb, group="obligations", label=label, said=said, asks=True, command=command)


def whether_to_review(incident: Incident) -> tuple[Offer, ...]:
    return (
        _of_review(incident, "start", "Yes, review it"),
        _of_review(incident, "waive", "No", option=' --reason "..."', asks=True),
    )


def snooze_reminders(incident: Incident, name: str, about: str = "") -> Offer:
    """`about`: of what, where a message is about several."""
    label, option = f"Snooze: {about}" if about else "Snooze", f' 2d {name} --reason "..."'
    return _of_review(incident, "snooze", label, said={"what": name}, option=option, asks=True)


def follow_up(incident: Incident) -> Offer:
    command = f'tocsin followup add {incident.id} "..." --owner WHO'
    return Offer(verb="add", group="followups", label="Add a follow-up", asks=True, command=command)


def owed(incident: Incident, kind: str, name: str, about: str = "") -> tuple[Offer, ...]:
    """Something that a review owes. `about`: which, where a message is about several."""
    of = f": {about}" if about else ""
    if kind == "follow-up":
        return _follow_up(incident, name.removeprefix("follow-up-"), of)
    if kind == "approval":
        return draft(incident, name, withheld=False)
    named, link = {"duty": name}, " --link URL" if kind == "document" else ""
    return (
        _of_review(incident, "submit", f"Done{of}", said=named, option=f" {name}{link}", asks=bool(link)),
        _of_review(incident, "waive", f"Waive{of}", said=named, option=f' {name} --reason "..."', asks=True),
    )


def _of_review(
    incident: Incident, verb: str, label: str, *, said: Mapping[str, str] | None = None, option: str = "",
    asks: bool = False,
) -> Offer:  # fmt: skip
    command = f"tocsin review {verb} {incident.id}{option}"
    return Offer(verb=verb, group="reviews", label=label, said=dict(said or {}), asks=asks, command=command)


def _follow_up(incident: Incident, number: str, of: str) -> tuple[Offer, ...]:
    command, said = f"{incident.id} {number}", {"follow_up": number}
    return (
        Offer(verb="done", group="followups", label=f"Done{of}", said=said, command=f"tocsin followup done {command}"),
        Offer(
            verb="waive", group="followups", label=f"Waive{of}", said=said, asks=True,
            command=f'tocsin followup waive {command} --reason "..."',
        ),
    )  # fmt: skip
