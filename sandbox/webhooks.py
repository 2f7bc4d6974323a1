"""PagerDuty's V3 webhooks going out: signed, in order, repeated until taken or refused.

https://developer.pagerduty.com/docs/webhooks-overview: 5xx, 429 and lost connections are tried again (here for ten
minutes, there for two days); any other 4xx drops the event for good.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from uuid import uuid4

import httpx

from sandbox.ids import new_id

WEBHOOK_WITHIN_S = 5.0
_PAUSES_S = (0.1, 0.2, 0.5, 1.0, *repeat(2.0, 300))


MOST_DROPPED = 3
"""In a row: then the subscription is disabled, and what waits for it is dropped."""


@dataclass
class SubscriberTally:
    """What became of the events for one subscriber."""

    url: str
    delivered: int = 0
    dropped: int = 0
    pending: int = 0
    id: str = field(default_factory=lambda: new_id("P"))
    events: tuple[str, ...] = ()
    """Types of those that it gets; all of them, if it names none."""
    active: bool = True


class Webhooks:
    def __init__(self) -> None:
        self._subscriptions: list[_WebhookQueue] = []

    def subscribe(self, url: str, secret: str, events: tuple[str, ...] = ()) -> SubscriberTally:
        """Must be called with an event loop running: deliveries are a task of it."""
        queue = _WebhookQueue(SubscriberTally(url, events=events), secret)
        self._subscriptions.append(queue)
        return queue.tally

    def publish(self, event_type: str, event: Mapping[str, object]) -> None:
        body = json.dumps(event).encode()
        for subscription in self._subscriptions:
            if subscription.tally.active and event_type in (subscription.tally.events or (event_type,)):
                subscription.put(body)

    def ping(self, subscription_id: str, event: Mapping[str, object]) -> None:
        for subscription in self._subscriptions:
            if subscription.tally.id == subscription_id:
                subscription.put(json.dumps(event).encode())

    def tallies(self) -> list[SubscriberTally]:
        return [subscription.tally for subscription in self._subscriptions]

    async def close(self) -> None:
        """Forget the subscribers, and what they have not taken yet."""
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()


class _WebhookQueue:
    def __init__(self, tally: SubscriberTally, secret: str) -> None:
        self.tally = tally
        self._dropped_in_a_row = 0
        self._secret = secret.encode()
        self._events: asyncio.Queue[bytes] = asyncio.Queue()
        self._task = asyncio.create_task(self._deliver_all())

    def put(self, body: bytes) -> None:
        self.tally.pending += 1
        self._events.put_nowait(body)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _deliver_all(self) -> None:
        # Loopback must not go through the proxy of an office network.
        async with httpx.AsyncClient(timeout=WEBHOOK_WITHIN_S, trust_env=False) as client:
            while True:
                self._count(await self._deliver(client, await self._events.get()))

    def _count(self, taken: bool) -> None:
        self.tally.delivered += taken
        self.tally.dropped += not taken
        self.tally.pending -= 1
        self._dropped_in_a_row = 0 if taken else self._dropped_in_a_row + 1
        if self._dropped_in_a_row >= MOST_DROPPED:
            self.tally.active, self._dropped_in_a_row = False, 0
            while not self._events.empty():
                self._events.get_nowait()
                self.tally.pending -= 1

    async def _deliver(self, client: httpx.AsyncClient, body: bytes) -> bool:
        headers = {
            "Content-Type": "application/json",
            "X-Webhook-Id": str(uuid4()),  # the same on every attempt
            "X-PagerDuty-Signature": "v1=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest(),
        }
        for pause in chain((0.0,), _PAUSES_S):
            await asyncio.sleep(pause)
            try:
                answer = await client.post(self.tally.url, content=body, headers=headers)
            except httpx.TransportError:
                continue
            if answer.is_success:
                return True
            if not (answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS):
                return False
        return False
