"""An outgoing webhook: a page as a signed request to an address of your own, as Standard Webhooks has it.

https://www.standardwebhooks.com/: the id is the same for each attempt, so that its receiver takes it once; there is
nothing to look for, and no attempt looks.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
from standardwebhooks.webhooks import Webhook as Signer

from activities.attempts import RING_WITHIN_S
from activities.errors import Malformed, Rejected, Unavailable
from activities.pagers import fingerprint, open_route
from activities.plain_text import clean, one_line, quote
from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused
from workflows.policy.effects.effects import Page, Receipt, Send, SyncPager

LONGEST_WEBHOOK_TEXT = 20_000
LONGEST_WEBHOOK_TITLE = 1_000


class WebhookPager:
    """`page` and `sync` raise Unavailable or Rejected."""

    name = "a webhook"

    def __init__(self, urls: Mapping[str, str], secret: str) -> None:
        """`urls`: by the names of people; each is a secret. `secret`: `whsec_...`, by which a receiver knows us."""
        self._urls = urls
        self._secret = secret
        self._signer = Signer(secret)
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once

    def knows(self, person: str) -> bool:
        return bool(self._urls.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:  # noqa: ARG002 (its id says it to the receiver)
        assert isinstance(send.effect, Page)
        url = self._url(send.effect.to)
        route = open_route(send.effect, "webhook", url, self._secret)
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                remark = await self._ring(url, send, route)
        except TimeoutError:
            raise Unavailable(f"the webhook did not answer within {RING_WITHIN_S} s") from None
        return Receipt(reference=send.vendor_key, note=remark, warns=remark is not None)

    async def _ring(self, url: str, send: Send, route: str) -> str | None:
        """A remark, if it could only be said in short."""
        try:
            await self._post(url, send.vendor_key, "page", _said(send), route)
        except Malformed as error:
            await self._post(url, send.vendor_key, "page", _in_short(send), route)
            return f"rang all the same: without links and text, for {error}"
        return None

    async def sync(self, send: Send) -> Receipt:
        """What rings there may fall silent."""
        assert isinstance(send.effect, SyncPager)
        what = f"page.{send.effect.become}"
        await self._post(self._url(send.effect.to), send.vendor_key, what, {"ring": send.effect.ring}, None)
        return Receipt(reference=send.effect.ring)

    async def _post(self, url: str, key: str, kind: str, data: Mapping[str, object], route: str | None) -> None:
        """One request, sent exactly once."""
        now = datetime.now(UTC)
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, ensure_ascii=False)
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(key, now, body),
        }
        async with httpx.AsyncClient(timeout=HTTP_TIMEOUT_S, verify=self._tls) as http:
            answer = await reached("the webhook", http.post(url, content=body.encode(), headers=headers))
        if not answer.is_success:
            said = quote(answer.text, [*self._urls.values(), self._secret]) if _is_plain(answer) else ""
            message = f"the webhook answered {answer.status_code}" + (f": {said}" if said else "")
            raise refused(answer, message, route, "TOCSIN_WEBHOOK_SECRET, which its receiver has to know")

    def _url(self, person: str) -> str:
        if url := self._urls.get(person):
            return url
        raise Rejected(f"{person} has no webhook: set TOCSIN_WEBHOOK_URLS", fingerprint(person, ""))


def _said(send: Send) -> dict[str, object]:
    links = [{"label": label, "url": url} for label, url in send.links]
    return {**_in_short(send), "text": clean(send.text, LONGEST_WEBHOOK_TEXT), "links": links, "labels": send.labels}


def _in_short(send: Send) -> dict[str, object]:
    assert isinstance(send.effect, Page)
    return {
        "ring": send.vendor_key,
        "incident": send.incident,
        "person": send.effect.to,
        "severity": send.severity,
        "tier": send.effect.tier,
        "title": one_line(send.subject, LONGEST_WEBHOOK_TITLE) or f"Incident {send.incident}",
        "acknowledge": send.answer,
    }


def _is_plain(answer: httpx.Response) -> bool:
    """A page of HTML is a proxy's, and says nothing."""
    return "html" not in answer.headers.get("content-type", "")
