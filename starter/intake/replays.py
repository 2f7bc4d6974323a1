"""Deliveries that Temporal has already: whoever sends one again changes nothing.

The workflow de-duplicates event ids too. This also stops somebody who recorded a signed request and plays it back
under a scheme that signs no time.
"""

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta

KEPT_FOR = timedelta(hours=48)
"""PagerDuty sends again for two days: https://developer.pagerduty.com/docs/webhooks-behavior"""
DELIVERIES_REMEMBERED = 10_000


class Replays:
    """Of one process, in memory: bounded in number and in size."""

    def __init__(self) -> None:
        self._delivered: OrderedDict[bytes, datetime] = OrderedDict()

    def remember(self, source: str, delivery_id: str, at: datetime) -> None:
        if not delivery_id:
            return
        self._delivered[_key(source, delivery_id)] = at
        while len(self._delivered) > DELIVERIES_REMEMBERED or at - next(iter(self._delivered.values())) > KEPT_FOR:
            self._delivered.popitem(last=False)

    def knows(self, source: str, delivery_id: str, at: datetime) -> bool:
        delivered_at = self._delivered.get(_key(source, delivery_id))
        return bool(delivery_id) and delivered_at is not None and at - delivered_at <= KEPT_FOR


def _key(source: str, delivery_id: str) -> bytes:
    return hashlib.sha256(f"{source}\0{delivery_id}".encode(errors="surrogatepass")).digest()
