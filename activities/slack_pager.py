"""Slack as a way to a person: a message to them alone, with a button that acknowledges. It wakes nobody."""

import asyncio

from activities.attempts import RING_WITHIN_S
from activities.errors import Rejected, Unavailable
from activities.pagers import fingerprint, open_route
from activities.slack import Slack
from workflows.policy.effects.effects import Destination, Page, Post, Receipt, Send
from workflows.policy.effects.offers import Offer


class SlackPager:
    """`page` raises Unavailable or Rejected."""

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

    async def _say(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """Looked for by its mark, as every message of ours is."""
        assert isinstance(send.effect, Page)
        person = send.effect.to
        open_route(person, "", send.effect, "Slack member")
        channel = await self._slack.direct(person, send.addresses.get(person, ""))
        if channel is None:
            raise Rejected(f"Slack does not know {person}: name them in TOCSIN_SLACK_USERS", fingerprint(person, ""))
        answer = Offer(verb="ack", label="Acknowledge", command=f"tocsin ack {send.incident}")
        message = Post(to=Destination(channel=channel), template="page", offers=(answer,))
        return await self._slack.post(send.model_copy(update={"effect": message}), may_have_been_sent)
