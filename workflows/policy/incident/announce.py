"""How an incident remembers what happened: its timeline, and the announcements that its channel has yet to get."""

from datetime import datetime

from workflows.policy.incident.bounds import IncidentBounds
from workflows.policy.incident.events import Event
from workflows.policy.incident.messages import Announcement, AnnouncementQueue, TimelineEntry
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.wire.bounded import fit, newest, weight


def log(incident: Incident, at: datetime, text: str, *, kind: str = "event", loud: bool = False) -> Incident:
    """Add a line to the timeline; the same line again only counts."""
    text = fit(text, IncidentBounds.text)
    last = incident.timeline[-1] if incident.timeline else None
    if last is not None and (last.text, last.kind) == (text, kind):
        repeated = last.model_copy(update={"count": last.count + 1, "last_at": at})
        return incident.model_copy(update={"timeline": (*incident.timeline[:-1], repeated)})
    entries = (*incident.timeline, TimelineEntry(at=at, text=text, kind=kind, loud=loud))
    heavy, dropped = incident.timeline_weight + weight(text), 0
    while len(entries) - dropped > IncidentBounds.timeline or heavy > IncidentBounds.timeline_text:
        heavy -= weight(entries[dropped].text)
        dropped += 1
    changes = {
        "timeline": entries[dropped:],
        "timeline_weight": heavy,
        "timeline_dropped": incident.timeline_dropped + dropped,
    }
    return incident.model_copy(update=changes)


def announce(
    incident: Incident,
    at: datetime,
    text: str,
    *,
    kind: str = "event",
    template: str = "told",
    queue: AnnouncementQueue = "incident",
    by: str = "",
    mention: tuple[str, ...] = (),
    role: str | None = None,
    loud: bool = False,
) -> Incident:
    """Put it on the timeline and queue it for the channel, where it is posted in order."""
    item = Announcement(
        number=incident.told + 1, at=at, text=fit(text, IncidentBounds.message), template=template, lane=queue, by=by,
        mention=mention, role=role,
    )  # fmt: skip
    return _queued(log(incident, at, said_by(by, text), kind=kind, loud=loud), item)


def announce_widely(
    incident: Incident, at: datetime, text: str, *, template: str = "told", loud: bool = False
) -> Incident:
    """At home, and in the channel of its own if there is one: who works there need not look at home."""
    after = announce(incident, at, text, template=template, queue="home", loud=loud)
    if incident.private or "channel" not in incident.references or "channel" in incident.closed_places:
        return after
    again = after.to_tell[-1].model_copy(update={"number": after.told + 1, "lane": "incident"})
    return _queued(after, again)


def _queued(incident: Incident, item: Announcement) -> Incident:
    queued = (*incident.to_tell, item)
    kept = newest([waiting.text for waiting in queued], IncidentBounds.announcements, IncidentBounds.announcements_text)
    return incident.model_copy(update={"told": item.number, "to_tell": queued[-kept:]})


def said_by(by: str, text: str) -> str:
    return text if not by or by in text else f"{by}: {text}"


def announcement_duty(item: Announcement) -> WrittenDuty:
    """The duty that says it."""
    return duty_key(DutyKind.ANNOUNCEMENT, item.lane)


def because(reason: str) -> str:
    return f": {reason}" if reason else ""


def through(event: Event) -> str:
    return f" through {event.via}" if event.via else ""
