"""What a page says beside its text, and a message to whoever is in the channel: labels, and what one wants to press."""

from workflows.policy.incident.noticed import CUSTOMER_IMPACT
from workflows.policy.incident.state import Incident
from workflows.policy.planning.destinations import channel_link
from workflows.policy.runbook.model import Runbook
from workflows.policy.wire.bounded import cut


def page_labels(incident: Incident) -> dict[str, str]:
    """As many, and as much of each, as a phone has room for. What customers notice is said as such."""
    own = [(name, value) for name, value in incident.labels.items() if name != CUSTOMER_IMPACT]
    return {cut(name, 40): cut(value, 80) for name, value in own[:12]}


def page_links(book: Runbook, incident: Incident) -> tuple[tuple[str, str], ...]:
    """What somebody who was just woken wants to press: the channel, the war room, the alert's own links, the
    dashboards."""
    channel = channel_link(book, incident)
    return (*((("Channel", channel),) if channel else ()), *room_links(book, incident))


def room_links(book: Runbook, incident: Incident) -> tuple[tuple[str, str], ...]:
    """The same for whoever is in the channel."""
    war_room = ((book.war_room.label, book.war_room.url),) if book.war_room else ()
    return (*war_room, *incident.links, *((link.label, link.url) for link in book.links))
