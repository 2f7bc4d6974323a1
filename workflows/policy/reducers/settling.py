"""How effects become facts: begun, and settled one way or another."""

from datetime import datetime

from workflows.policy.duties.delivery_kinds import by_hand, settled_by
from workflows.policy.duties.withholding import withhold
from workflows.policy.effects.effects import (
    Annotate,
    AskOnCall,
    Card,
    ConfirmRing,
    Destination,
    Effect,
    Email,
    Invite,
    OpenChannel,
    Page,
    Post,
    Publish,
    SetTopic,
    SyncPager,
)
from workflows.policy.incident.announce import announcement_duty, log
from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import EffectSettled, EffectStarted
from workflows.policy.incident.page_statistics import LATE
from workflows.policy.incident.pager_alerts import PagerAlert, remembered
from workflows.policy.incident.public import ApprovedWords, Draft
from workflows.policy.incident.settlements import Settlement, Start
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_of
from workflows.policy.planning.ways import has_stand_in
from workflows.policy.planning.wording import duty_name, how_late, posted
from workflows.policy.reducers.confirming import confirmed
from workflows.policy.reducers.correcting import corrected
from workflows.policy.reducers.going_private import came_too_late
from workflows.policy.reducers.keeping import edited, invited, keep, thread_of
from workflows.policy.reducers.on_call import found_out
from workflows.policy.reducers.pager_writing import is_rating, written
from workflows.policy.reducers.polling import answered_there
from workflows.policy.reducers.ringing import paged, synced
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import fit


def start(incident: Incident, event: EffectStarted) -> Incident:
    demand = event.demand
    before = incident.started.get(demand.key)
    begun = Start(
        duty=demand.duty,
        occurrence=demand.occurrence,
        due_at=demand.due_at,
        started_at=before.started_at if before else event.at,
        real_at=before.real_at if before else event.real_at,
    )
    after = incident.model_copy(update={"started": {**incident.started, demand.key: begun}})
    if isinstance(demand.effect, Publish):
        return after.model_copy(update={"public": after.public.model_copy(update={"begun": True})})
    return _ring(after, event, demand.effect) if isinstance(demand.effect, Page) else after


def _ring(incident: Incident, event: EffectStarted, page: Page) -> Incident:
    """From the moment a page is begun it may ring, so its key is known, and the older ones are not ours any more."""
    rings = {key: ring for key, ring in incident.rings.items() if key not in page.supersedes}
    rings[incident.vendor_key(event.demand.key)] = PagerAlert(
        person=page.to, rung_at=event.at, way=page.way, address=page.address
    )
    after = incident.model_copy(update={"rings": remembered(rings)})
    if page.round > incident.round:
        forgotten = incident.acknowledged_at is not None and incident.acknowledged_at >= incident.round_started_at
        statistics = incident.tally.began_again(forgotten)
        after = after.model_copy(
            update={"round": page.round, "round_started_at": page.round_started_at, "tally": statistics}
        )
    return after


def settle(book: Runbook, incident: Incident, event: EffectSettled) -> Incident:
    demand = event.demand
    started = incident.started.get(demand.key)
    began_at = started.started_at if started else event.at
    changes: dict[str, object] = {
        "started": {key: begun for key, begun in incident.started.items() if key != demand.key}
    }
    effect = demand.effect
    overtaken = incident.has_settled(demand.duty, demand.occurrence)  # by a later occurrence: it must not be sent again
    if event.outcome == "superseded":
        # Withdrawn is not settled: should it be wanted again, it is sent; but not what another way has done.
        is_page = isinstance(effect, Page) and not overtaken
        if is_page and has_stand_in(book, incident, demand.duty, demand.occurrence):
            changes["settled"] = {**incident.settled, demand.duty: _settlement(event, began_at)}
        return _withdrawn(book, incident.model_copy(update=changes), event, effect)
    if event.outcome == "withheld" and isinstance(effect, Publish | Email):
        return withhold(book, incident.model_copy(update=changes), event, effect)
    in_its_ring = isinstance(effect, SyncPager | ConfirmRing) or is_rating(effect)  # settled in its ring, which ends
    if not (overtaken or in_its_ring or _goes_elsewhere(book, incident, event)):
        changes["settled"] = {**incident.settled, demand.duty: _settlement(event, began_at)}
    after = incident.model_copy(update=changes)
    return _ended(book, after, event, effect)


def _ended(book: Runbook, incident: Incident, event: EffectSettled, effect: Effect) -> Incident:
    """What becomes of it elsewhere in the incident."""
    match effect:
        case Page():
            return paged(book, incident, event, effect)
        case SyncPager():
            return synced(book, incident, event, effect)
        case ConfirmRing():
            return answered_there(book, confirmed(book, incident, event, effect), event, effect)
        case AskOnCall():
            return found_out(book, incident, event, effect)
        case Publish():
            return (corrected if effect.corrects else _publish)(book, incident, event, effect)
        case Post() | OpenChannel():
            return _message(book, incident, event, effect)
        case Annotate() | SetTopic():
            return _plain(incident, event, effect)
        case Card():
            return edited(incident, event, effect)
        case Invite():
            return invited(book, incident, event, effect)
    return settled_by(book, incident, event, effect)


def _goes_elsewhere(book: Runbook, incident: Incident, event: EffectSettled) -> bool:
    """What a place rejects has not been said, and is said in the next one (rule 3)."""
    effect = event.demand.effect
    if not isinstance(effect, Post) or duty_of(event.demand.duty).kind is DutyKind.DECLARATION:
        return False
    return _rejected_destination(book, incident, event, effect) is not None


def _withdrawn(book: Runbook, incident: Incident, event: EffectSettled, effect: Effect) -> Incident:
    """A page may have rung while it was on its way, so its ring stays among those to be synced at the pager."""
    if not isinstance(effect, Page):
        return incident
    return log(incident, event.at, f"withdrew the page to {book.person_name(effect.to)}", kind="page")


def _settlement(event: EffectSettled, began_at: datetime) -> Settlement:
    return Settlement(
        occurrence=event.demand.occurrence,
        due_at=event.demand.due_at,
        sent_at=began_at,
        settled_at=event.at,
        outcome=event.outcome,
        late=event.late,
    )


def _publish(book: Runbook, incident: Incident, event: EffectSettled, publish: Publish) -> Incident:
    counts_from = event.demand.due_at if event.late < LATE else event.at
    public = incident.public.model_copy(
        update={
            "status": publish.status, "counts_from": counts_from, "drafted": None, "drafted_at": None,
            "approval": None, "withheld": None,
            "words": None if _said(publish, incident.public.words) else incident.public.words,
        }
    )  # fmt: skip
    after = incident.model_copy(update={"public": public})
    if event.outcome != "done":
        return by_hand(after, event, f"status page: {publish.status}", publish_role(book, incident))
    stands: dict[str, object] = {"says": fit(event.said, IncidentBounds.message), "said_at": event.at}
    stands |= {"said_key": event.demand.key, "corrected_at": None}
    after = after.model_copy(update={"public": after.public.model_copy(update=stands)})
    if event.receipt.reference:
        after = after.model_copy(update={"references": {**after.references, "status-page": event.receipt.reference}})
    return log(after, event.at, f"status page: {publish.status}{how_late(event)}", kind="publish")


def _said(publish: Publish, words: ApprovedWords | None) -> bool:
    """Not if others have taken their place meanwhile: those have yet to go out."""
    return words is not None and publish.words == words.text


def publish_role(book: Runbook, incident: Incident) -> str | None:
    page = book.severity(incident.severity).status_page
    return page.owner if page else None


def _message(book: Runbook, incident: Incident, event: EffectSettled, effect: Post | OpenChannel) -> Incident:
    destination = _rejected_destination(book, incident, event, effect)
    if destination is not None:
        closed = dict.fromkeys((*incident.closed_places, destination))
        incident = incident.model_copy(update={"closed_places": tuple(closed)})
    elsewhere = _goes_elsewhere(book, incident, event)
    if not elsewhere:
        incident = _announced(incident, event)
    if isinstance(effect, Post) and effect.kind == "draft" and not elsewhere:
        incident = _drafted(incident, event)
    if event.outcome == "done":
        return _referenced(book, incident, event, effect)
    return log(
        incident, event.at, f"chat: {duty_name(event.demand.duty)} failed: {event.problem}", kind="post", loud=True
    )


def _rejected_destination(
    book: Runbook, incident: Incident, event: EffectSettled, effect: Post | OpenChannel
) -> str | None:
    """The place that is not to be had, or rejects us: what follows goes to the next one (rule 3). After the
    home channel there is none."""
    if event.outcome == "done":
        return None
    kind = duty_of(event.demand.duty).kind
    if kind in (DutyKind.CHANNEL, DutyKind.DECLARATION):
        return kind.value
    if not isinstance(effect, Post) or event.outcome != "rejected":
        return None
    if first := thread_of(incident, event.demand.duty, effect):
        return first
    if effect.to.channel == incident.references.get("channel"):
        return "channel"
    if effect.to.thread is not None:
        return "declaration"
    return effect.to.channel if effect.to.channel != book.home else None


def _announced(incident: Incident, event: EffectSettled) -> Incident:
    demand = event.demand
    announced_the_end = duty_of(demand.duty).kind is DutyKind.DECLARATION and demand.occurrence > 1
    if announced_the_end and event.outcome == "done":  # what came before that is news no more
        left = (item for item in incident.to_tell if item.lane != "home" or item.role or item.at > demand.due_at)
        return incident.model_copy(update={"to_tell": tuple(left)})
    if duty_of(demand.duty).kind is not DutyKind.ANNOUNCEMENT:
        return incident
    left = (
        item for item in incident.to_tell if announcement_duty(item) != demand.duty or item.number > demand.occurrence
    )
    return incident.model_copy(update={"to_tell": tuple(left)})


def _referenced(book: Runbook, incident: Incident, event: EffectSettled, effect: Post | OpenChannel) -> Incident:
    duty = duty_of(event.demand.duty)
    if isinstance(effect, OpenChannel) and incident.private and not effect.private:
        return came_too_late(incident, event)
    if isinstance(effect, Post):
        incident = keep(incident, event, effect)
    name = {DutyKind.CHANNEL: "channel", DutyKind.DECLARATION: "thread"}.get(duty.kind)
    if name and event.receipt.reference:
        named = {f"{name}-name": event.receipt.name} if event.receipt.name else {}
        named |= {f"{name}-link": event.receipt.link} if event.receipt.link else {}
        references = {**incident.references, name: event.receipt.reference, **named}
        incident = incident.model_copy(update={"references": references})
    if duty.kind is DutyKind.ANNOUNCEMENT or duty.announces_news:
        return incident  # what it told stands on the timeline already
    kind = "update" if duty.kind is DutyKind.UPDATE else "post"
    return log(incident, event.at, f"{_posted(book, incident, event, effect)}{how_late(event)}", kind=kind)


def _posted(book: Runbook, incident: Incident, event: EffectSettled, effect: Post | OpenChannel) -> str:
    if isinstance(effect, OpenChannel):
        return f"opened the channel {event.receipt.name or '#' + effect.name}"
    return posted(book, event.demand, effect, _named(incident, effect.to))


def _named(incident: Incident, destination: Destination) -> str:
    """As people know it, where the chat gave us a key of its own."""
    if destination.thread is not None:
        return "the thread"
    if destination.channel == incident.references.get("channel"):
        return incident.references.get("channel-name", "its own channel")
    return destination.channel


def _drafted(incident: Incident, event: EffectSettled) -> Incident:
    duty = duty_of(event.demand.duty)
    if duty.kind is DutyKind.DUTY_DRAFT:
        return incident.model_copy(update={"drafts": {**incident.drafts, duty.name: Draft(at=event.demand.due_at)}})
    counts_from = event.demand.due_at if event.late < LATE else event.at
    return incident.model_copy(
        update={
            "public": incident.public.model_copy(
                update={"drafted": duty.name, "drafted_at": counts_from, "counts_from": counts_from}
            )
        }
    )


def _plain(incident: Incident, event: EffectSettled, effect: SetTopic | Annotate) -> Incident:
    if isinstance(effect, Annotate):
        return written(incident, event, effect)
    if event.outcome == "done":
        return incident
    return log(incident, event.at, f"{event.demand.duty} failed: {event.problem}", kind=effect.kind)
