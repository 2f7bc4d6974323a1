"""What becomes of the messages that are kept true, and of invitations. Their faults stand on the timeline, and hold up
nothing."""

from workflows.policy.communication.asking import ROLES
from workflows.policy.effects.card import ChecklistFacts, fingerprint
from workflows.policy.effects.effects import Card, Invite, Post
from workflows.policy.incident.announce import log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.kept_messages import AT_HOME, IN_CHANNEL_OF_ITS_OWN, KeptMessage, checklist_of
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKey, DutyKind, WrittenDuty, duty_of
from workflows.policy.planning.destinations import DECLARED, DECLARED_HERE
from workflows.policy.runbook.model import Runbook

ASKED_AGAIN = frozenset({DutyKind.UNFILLED_ROLES, DutyKind.REMIND_OF_UPDATE, DutyKind.DUTY})


def keep(incident: Incident, event: EffectSettled, post: Post) -> Incident:
    """From here on the message is kept true, and a question is asked again below it."""
    name = _first_of(event.demand.duty, post)
    if name and post.to.thread is None and event.receipt.reference:
        _, _, timestamp = event.receipt.reference.partition(":")
        asked = {**incident.questions, name: f"{post.to.channel}:{timestamp}"}
        incident = incident.model_copy(update={"questions": asked})
    if post.facts is None or not event.receipt.reference:
        return incident
    shows = fingerprint(post.facts, post.offers)
    kept = KeptMessage(reference=event.receipt.reference, shows=shows, at=event.at)
    name = _name(duty_of(event.demand.duty), post)
    return incident.model_copy(update={"kept": {**incident.kept, name: kept}})


def thread_of(incident: Incident, duty: WrittenDuty, post: Post) -> str | None:
    """The name of the first message below which this one was to go."""
    names = (name for name in (duty, post.role) if name is not None)
    at = f"{post.to.channel}:{post.to.thread}"
    return next((name for name in names if incident.questions.get(name) == at), None)


def _first_of(duty: WrittenDuty, post: Post) -> str | None:
    """By which name what comes next finds this message."""
    if post.role and duty in (DECLARED, DECLARED_HERE):
        return ROLES
    if isinstance(post.facts, ChecklistFacts):
        return post.role
    return duty if post.kind == "nag" and duty_of(duty).kind in ASKED_AGAIN else None


def _name(duty: DutyKey, post: Post) -> str:
    if isinstance(post.facts, ChecklistFacts):
        return checklist_of(duty.name)
    return IN_CHANNEL_OF_ITS_OWN if duty.kind is DutyKind.DECLARATION_IN_CHANNEL else AT_HOME


def edited(incident: Incident, event: EffectSettled, card: Card) -> Incident:
    """What was refused is not tried again before there is something else to show."""
    name = duty_of(event.demand.duty).name
    kept = incident.kept.get(name)
    if event.outcome != "done":
        problem = f"chat: a message could not be brought up to date: {event.problem}"
        incident = log(incident, event.at, problem, kind="post")
    if kept is None or card.facts is None:
        return incident
    moved = event.receipt.reference
    changes: dict[str, object] = {"shows": fingerprint(card.facts, card.offers), "at": event.at}
    if moved:
        changes |= {"reference": moved, "posted": kept.posted + 1}
    if event.outcome != "done" and not card.may_post:
        changes["given_up"] = True
    after = incident.model_copy(update={"kept": {**incident.kept, name: kept.model_copy(update=changes)}})
    return _posted_again(after, event, name, moved) if moved else after


def _posted_again(incident: Incident, event: EffectSettled, name: str, reference: str) -> Incident:
    """What hangs on the message at home as a thread hangs on the new one."""
    after = log(
        incident, event.at, "somebody deleted a message that is kept up to date: it is posted again", kind="post"
    )
    if name != AT_HOME:
        return after
    return after.model_copy(update={"references": {**after.references, "thread": reference}})


def invited(book: Runbook, incident: Incident, event: EffectSettled, invite: Invite) -> Incident:
    """Whom the chat does not know stands on the card."""
    who = book.person_name(invite.to)
    if event.outcome == "done" and not event.receipt.warns:
        return log(incident, event.at, f"{who} is in the channel", kind="post")
    problem = event.receipt.note or event.problem
    after = log(incident, event.at, f"{who} could not be brought into the channel: {problem}", kind="post")
    strangers = tuple(dict.fromkeys((*incident.strangers, invite.to)))[: IncidentBounds.names]
    return after.model_copy(update={"strangers": strangers})
