"""Where a message of an incident goes, and what has to exist there first."""

from typing import NamedTuple

from workflows.policy.effects.effects import Destination
from workflows.policy.incident.rules import rules
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, WrittenDuty, duty_key
from workflows.policy.runbook.model import Runbook


class BlockedDestination(NamedTuple):
    """Where a message goes, and what has to exist first."""

    to: Destination
    waits_for: str = ""


DECLARED = duty_key(DutyKind.DECLARATION)
"""The duty that declares the incident in the home channel."""


DECLARED_HERE = duty_key(DutyKind.DECLARATION_IN_CHANNEL)
"""The duty that declares the incident in its own channel."""


NOWHERE_PUBLIC = BlockedDestination(Destination(channel="a channel for those who are named"), "a private channel")
"""What only some may know waits: a place where everybody reads is no place for it."""


def home(book: Runbook, incident: Incident) -> BlockedDestination:
    """Of what is private, everybody reads there only that there is something."""
    if incident.private:
        return incident_destination(book, incident)
    return _once_declared(incident, DECLARED, Destination(channel=book.home))


def declaration(incident: Incident, duty: WrittenDuty) -> int:
    """The occurrence of its declaration there, in the channel that is its own now. What is over before that got out is
    told by the next occurrence."""
    return 2 * incident.channels - 1 if duty == DECLARED_HERE else 1


def _once_declared(incident: Incident, duty: WrittenDuty, destination: Destination) -> BlockedDestination:
    """No message about an incident goes where it was not declared. After its close it is not declared any more."""
    known = incident.has_settled(duty, declaration(incident, duty)) or incident.closed_at is not None
    return BlockedDestination(destination, "" if known else "the declaration there")


def has_own_channel(book: Runbook, incident: Incident) -> bool:
    """Once it has one it keeps it: people are in there. What is cancelled before opens none."""
    wanted = (rules(book, incident).own_channel or incident.private) and not incident.cancelled
    return wanted or "channel" in incident.references


def incident_destination(book: Runbook, incident: Incident) -> BlockedDestination:
    """The incident's own channel, else its thread, else the home channel: the first that did not reject us."""
    if has_own_channel(book, incident) and "channel" not in incident.closed_places:
        channel = incident.references.get("channel")
        if channel is None:
            return BlockedDestination(Destination(channel="the incident's channel"), "channel")
        return _once_declared(incident, DECLARED_HERE, Destination(channel=channel))
    if incident.private:
        return NOWHERE_PUBLIC
    if "declaration" not in incident.closed_places:
        thread = incident.references.get("thread")
        if thread is None:
            return BlockedDestination(Destination(channel=book.home), "thread")
        channel, _, timestamp = thread.partition(":")
        return BlockedDestination(Destination(channel=channel, thread=timestamp))
    return home(book, incident)


def known_channel(book: Runbook, incident: Incident) -> str | None:
    """Where people find it talked of, by the name that the chat gave it; None: nowhere yet."""
    if "channel" in incident.references and "channel" not in incident.closed_places:
        return incident.references.get("channel-name")
    if incident.private:
        return None
    is_home = "thread" in incident.references and not incident_destination(book, incident).waits_for
    return book.home if is_home and "declaration" not in incident.closed_places else None


def channel_link(book: Runbook, incident: Incident) -> str:
    """The way there; empty: nobody knows one."""
    if known_channel(book, incident) is None:
        return ""
    is_own = "channel" in incident.references and "channel" not in incident.closed_places
    return incident.references.get("channel-link" if is_own else "thread-link", "")


def channel_address(incident: str) -> str:
    """At the gateway, which sends on whoever comes there once it knows where to."""
    return f"/incidents/{incident}/channel"


def way_to_channel(book: Runbook, incident: Incident) -> str:
    """What is sent while the channel is being opened, or the declaration posted, leads to the gateway instead. No page
    and no mail waits for a channel (ADR 41)."""
    where = incident_destination(book, incident)
    comes = bool(where.waits_for) and where != NOWHERE_PUBLIC
    return channel_link(book, incident) or (channel_address(incident.id) if comes else "")


def channel_destination(book: Runbook, incident: Incident, channel: str | None) -> BlockedDestination:
    if channel is None or channel in incident.closed_places or incident.private:
        return incident_destination(book, incident)
    return home(book, incident) if channel == book.home else BlockedDestination(Destination(channel=channel))


def below_the_first(incident: Incident, name: str, where: BlockedDestination) -> BlockedDestination:
    """A question that is asked again, or a role's next checklist, is no new message in the channel, unless the first
    one is not to be had. `name`: as in `Incident.questions`."""
    channel, _, timestamp = incident.questions.get(name, "").rpartition(":")
    if where.to.thread is not None or where.to.channel != channel or name in incident.closed_places:
        return where
    return BlockedDestination(Destination(channel=channel, thread=timestamp), where.waits_for)


def shouted(book: Runbook, incident: Incident) -> BlockedDestination:
    """Where somebody may read what no page has told them. It waits for no declaration."""
    return (
        incident_destination(book, incident) if incident.private else BlockedDestination(Destination(channel=book.home))
    )
