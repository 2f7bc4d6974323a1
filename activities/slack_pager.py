"""Slack as a way to a person: a message to them alone, with a button that acknowledges. It wakes nobody."""

import asyncio
from datetime import UTC, datetime

from activities.attempts import RING_WITHIN_S
from activities.errors import Rejected, Unavailable
from activities.slack import Slack
from activities.slack_api import SlackRefused
from workflows.policy.effects.effects import Card, Destination, Page, Post, Receipt, Send, SyncPager
from workflows.policy.effects.offers import Offer
from workflows.policy.time.calendar import clock


class SlackPager:
    """Every method raises Unavailable or Rejected."""

    name = "a message in Slack"

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def knows(self, person: str) -> bool:
        return self._slack.names(person)

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                return await self._say(send, may_have_been_sent)
        except TimeoutError:
            raise Unavailable(f"Slack did not answer within {RING_WITHIN_S} s") from None

    async def sync(self, send: Send) -> Receipt:
        """Whoever was asked reads in the same place who has it, and there is nothing left to press."""
        assert isinstance(send.effect, SyncPager)
        message = send.effect.reference
        if not message:
            return Receipt(note="the message stays as it was: Slack never said which it is")
        there = Destination(channel=message.partition(":")[0])
        edit = Card(message=message, to=there, template="hush", facts=None, may_post=False)
        try:
            await self._slack.bring_up_to_date(_answered(send, send.effect.ring, edit), False)
        except SlackRefused as no:
            return Receipt(note=f"the message stays as it was: {no}")
        return Receipt(reference=message)

    async def _say(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """Looked for by its mark, as every message of ours is. However often Slack did not know somebody, it is asked
        again: who they are there, a setting can say, the runbook, or they themselves."""
        assert isinstance(send.effect, Page)
        person = send.effect.to
        channel = await self._slack.direct(person, send.addresses.get(person, ""))
        if channel is None:
            raise Rejected(f"Slack does not know {person}: name them in TOCSIN_SLACK_USERS")
        answer = Offer(verb="ack", label="Acknowledge", command=f"tocsin ack {send.incident}", ring=send.vendor_key)
        message = Post(to=Destination(channel=channel), template="page", offers=(answer,))
        return await self._slack.post(send.model_copy(update={"effect": message}), may_have_been_sent)


def _answered(send: Send, ring: str, edit: Card) -> Send:
    """`Ann has it, 14:03`, under what it was about."""
    when = clock(send.zone, send.due_at, datetime.now(UTC)) if send.due_at else ""
    said = ", ".join(filter(None, (send.text.strip().rstrip("."), when)))
    words = said if send.subject in said else f"{send.subject}\n{said}"
    return send.model_copy(update={"effect": edit, "vendor_key": ring, "text": words})
