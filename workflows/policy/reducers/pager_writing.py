"""What became of what was written at the pager."""

from workflows.policy.effects.effects import Annotate, Effect
from workflows.policy.escalation.pager_writing import rating
from workflows.policy.incident.announce import log
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.pager_events import ChangedAtPager
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key, effect_key


def is_rating(effect: Effect) -> bool:
    return isinstance(effect, Annotate) and effect.what == "rating"


def written(incident: Incident, event: EffectSettled, annotation: Annotate) -> Incident:
    """What cannot be written there is said once: an account has the ability for it, or has not."""
    after = _rated(incident, event, annotation) if annotation.what == "rating" else incident
    if event.outcome == "done":
        return after
    text = f"a {annotation.what} could not be written at the pager: {event.problem}"
    known = any(entry.text == text for entry in incident.timeline)
    return after if known else log(after, event.at, text, kind=annotation.kind)


def is_our_rating(incident: Incident, event: ChangedAtPager) -> bool:
    """The echo of one that was made, or of one that is on its way."""
    ring = incident.rings.get(event.ring)
    if ring is None or event.priority is None:
        return False
    on_its_way = effect_key(duty_key(DutyKind.RATE, incident.effect_key(event.ring)), ring.ratings + 1)
    return on_its_way in incident.started or (event.priority != "" and event.priority == ring.priority)


def _rated(incident: Incident, event: EffectSettled, annotation: Annotate) -> Incident:
    """Also where it failed: it is tried again when there is another one."""
    ring = incident.rings.get(annotation.ring)
    if ring is None:
        return incident
    tried = ring.model_copy(
        update={
            "rating": rating(annotation.severity, annotation.urgency),
            "ratings": max(ring.ratings, event.demand.occurrence),
            "priority": event.receipt.reference or ring.priority,
        }
    )
    return incident.model_copy(update={"rings": {**incident.rings, annotation.ring: tried}})
