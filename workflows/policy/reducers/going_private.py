"""An incident is flagged private after it was talked of openly: from then on it is in a private channel of its own.

Slack makes an open channel private for an organisation's admins alone (admin.conversations.convertToPrivate), so
another one is opened. What was said in the old one stays there; it hears one neutral line, and nothing after that.
"""

from workflows.policy.incident.announce import log
from workflows.policy.incident.events import EffectSettled
from workflows.policy.incident.kept_messages import AT_HOME, IN_CHANNEL_OF_ITS_OWN, IN_LEFT_CHANNEL, KeptMessage
from workflows.policy.incident.state import Incident

WAYS_TO_CHANNEL = ("channel", "channel-name", "channel-link")


def go_private(incident: Incident) -> Incident:
    return incident.model_copy(
        update={
            "private": True,
            "channels": incident.channels + 1,
            "left_channel": incident.references.get("channel", ""),
            "references": {name: found for name, found in incident.references.items() if name not in WAYS_TO_CHANNEL},
            "closed_places": tuple(place for place in incident.closed_places if place != "channel"),
            "kept": dict(_kept(incident)),
            "questions": {},
            "strangers": (),
        }
    )


def came_too_late(incident: Incident, event: EffectSettled) -> Incident:
    """The open channel was being opened while the incident became private: nothing is said there."""
    left = incident.model_copy(update={"left_channel": event.receipt.reference or ""})
    return log(left, event.at, "an open channel was opened meanwhile; it is left", kind="post")


def _kept(incident: Incident) -> list[tuple[str, KeptMessage]]:
    """Its cards become the neutral line; nothing else in the old places is kept true any more."""
    names = {AT_HOME: AT_HOME, IN_CHANNEL_OF_ITS_OWN: IN_LEFT_CHANNEL}
    return [(names[name], kept) for name, kept in incident.kept.items() if name in names]
