"""The table of effects: which activity carries each out, how it travels, and what becomes of it without a vendor."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import assert_never

from temporalio.common import Priority

from workflows.policy.effects.effects import (
    Annotate,
    AskOnCall,
    Card,
    ConfirmRing,
    Effect,
    Email,
    Invite,
    OpenChannel,
    Page,
    Post,
    Publish,
    SetTopic,
    SyncPager,
    Ticket,
    WriteDocument,
)
from workflows.queues import AS_ITS_WORKFLOW, COMMS_QUEUE, MESSAGES, PAGE_QUEUE, QUESTIONS_FIRST


@dataclass(frozen=True)
class DeliveryPolicy:
    """How an activity travels. `start_to_close` is a few seconds above the adapters' HTTP timeout, so that a killed
    worker costs seconds; `give_up_after` is when the core is told `undelivered`."""

    queue: str
    start_to_close: timedelta
    give_up_after: timedelta
    longest_pause: timedelta
    priority: Priority = MESSAGES


PAGES = DeliveryPolicy(PAGE_QUEUE, timedelta(seconds=12), timedelta(minutes=30), timedelta(seconds=10), AS_ITS_WORKFLOW)
PAGER_SYNCS = replace(PAGES, priority=MESSAGES)
"""What ends a ring goes after all that ring: at a vendor that hangs, it is tried for half an hour."""
COMMS = DeliveryPolicy(COMMS_QUEUE, timedelta(seconds=30), timedelta(hours=2), timedelta(seconds=30))
QUESTIONS = DeliveryPolicy(
    COMMS_QUEUE, timedelta(seconds=15), timedelta(minutes=1), timedelta(seconds=10), QUESTIONS_FIRST
)
"""The answer is good for a text; a page waits for it no longer."""
RING_LOOKS = DeliveryPolicy(
    COMMS_QUEUE, timedelta(seconds=15), timedelta(minutes=10), timedelta(seconds=10), QUESTIONS_FIRST
)
"""The answer is good for the next tier however late it comes. A look that is given up costs a turn: with a minute for
each, a worker that had been away for one read a thousand incidents anew before its overdue pages (ADR 33)."""
MAIL = DeliveryPolicy(COMMS_QUEUE, timedelta(seconds=90), timedelta(hours=2), timedelta(minutes=5))
"""Mail servers take their time, and what is still being sent must not be sent a second time beside it."""


class WithoutVendor(Enum):
    """How an effect fails when no vendor is connected that could carry it out. The value is the failure's type."""

    REJECTED = "Rejected"
    """Everybody relies on it: its absence is said loudly."""
    UNCONNECTED = "Unconnected"
    """It is no surprise: whoever owes the duty is asked to do it by hand."""


class SharedDestination(Enum):
    """Where several effects that fall due together go as one activity. Who is not here goes alone: a page, because
    nothing may delay it; a mail, because it cannot be looked up; a question, because a tier may wait for its answer."""

    CHAT = "chat"
    PAGER_NOTES = "pager notes"
    TICKETS = "tickets"
    RECORDS = "status page and documents"
    """Nothing that is sent a moment later waits for their answers but the next of the same."""


@dataclass(frozen=True)
class EffectDelivery:
    """One row of the table."""

    activity: str
    """A wire name: it never changes."""
    policy: DeliveryPolicy
    without_vendor: WithoutVendor = WithoutVendor.REJECTED
    keeps_text: bool = False
    """If it fails, its text is shown to the role that does it by hand."""
    destination: SharedDestination | None = None


PAGE = EffectDelivery("page", PAGES)
SYNC_PAGER = EffectDelivery("hush", PAGER_SYNCS)
ANNOTATE = EffectDelivery("annotate", COMMS, destination=SharedDestination.PAGER_NOTES)
CONFIRM_RING = EffectDelivery("confirm_ring", RING_LOOKS)
ASK_ON_CALL = EffectDelivery("ask_on_call", QUESTIONS)
OPEN_CHANNEL = EffectDelivery("open_channel", COMMS, destination=SharedDestination.CHAT)
SET_TOPIC = EffectDelivery("set_topic", COMMS, destination=SharedDestination.CHAT)
INVITE = EffectDelivery("invite", COMMS, destination=SharedDestination.CHAT)
CARD = EffectDelivery("card", COMMS, destination=SharedDestination.CHAT)
POST = EffectDelivery("post", COMMS, destination=SharedDestination.CHAT)
PUBLISH = EffectDelivery("publish", COMMS, destination=SharedDestination.RECORDS)
SEND_EMAIL = EffectDelivery("send_email", MAIL, WithoutVendor.UNCONNECTED, keeps_text=True)
WRITE_DOCUMENT = EffectDelivery(
    "write_document", COMMS, WithoutVendor.UNCONNECTED, destination=SharedDestination.RECORDS
)
FILE_TICKET = EffectDelivery(
    "file_ticket", COMMS, WithoutVendor.UNCONNECTED, keeps_text=True, destination=SharedDestination.TICKETS
)


def delivery(effect: Effect) -> EffectDelivery:  # noqa: C901 (a table: one line for each kind of effect)
    match effect:
        case Page():
            return PAGE
        case SyncPager():
            return SYNC_PAGER
        case Annotate():
            return ANNOTATE
        case ConfirmRing():
            return CONFIRM_RING
        case AskOnCall():
            return ASK_ON_CALL
        case OpenChannel():
            return OPEN_CHANNEL
        case SetTopic():
            return SET_TOPIC
        case Invite():
            return INVITE
        case Card():
            return CARD
        case Post():
            return POST
        case Publish():
            return PUBLISH
        case Email():
            return SEND_EMAIL
        case WriteDocument():
            return WRITE_DOCUMENT
        case Ticket():
            return FILE_TICKET
    assert_never(effect)
