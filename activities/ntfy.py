"""ntfy: a page is a message of the highest priority on a person's topic. It rings once, and nothing stays open there.

https://docs.ntfy.sh/publish/#publish-as-json, https://docs.ntfy.sh/subscribe/api/#poll-for-messages
"""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping

import httpx
from pydantic import TypeAdapter

from activities.answer_links import ANSWER_LABEL
from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S, begun_at
from activities.errors import Malformed, Rejected, Unavailable
from activities.pagers import fingerprint, open_route, peppered
from activities.plain_text import clean, one_line, quote
from activities.vendor_answer import Entries, VendorAnswer, readable, understood, understood_lines
from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.policy.runbook.links import is_link
from workflows.policy.wire.bounded import fit, weight

LONGEST_NTFY_TEXT = 3000
"""Bytes. A server takes 4096 of a message, makes a file of a longer one, and reads twice that of the JSON around it:
https://docs.ntfy.sh/publish/#limitations"""
LONGEST_NTFY_TITLE = 250
LONGEST_NTFY_URL = 500
"""Bytes. ntfy names no limit for either: these are ours, so that all of it fits."""
LONGEST_ACTION_LABEL = 40
MOST_ACTIONS = 3
"""https://docs.ntfy.sh/publish/#action-buttons"""
NTFY_PRIORITIES = {"sev3": 4, "sev4": 4}
"""5 (max) is a page: it vibrates long. https://docs.ntfy.sh/publish/#message-priority"""


class _NtfyMessage(VendorAnswer):
    id: str
    tags: Entries[str] = ()


class _NtfyComplaint(VendorAnswer):
    error: str = ""


_NTFY_MESSAGE, _NTFY_MESSAGES = TypeAdapter(_NtfyMessage), TypeAdapter(Entries[_NtfyMessage])


class Ntfy:
    """`page` raises Unavailable or Rejected."""

    name = "ntfy"

    def __init__(self, topics: Mapping[str, str], url: str, token: str | None) -> None:
        self._topics = topics
        """By the names of people. Who knows a topic can read it: a secret."""
        self._url = url.rstrip("/")
        self._token = token
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once

    def knows(self, person: str) -> bool:
        return bool(self._topics.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        """A message carries a mark of its ring as a tag, and is looked for by it. ntfy forgets it after 12 hours."""
        assert isinstance(send.effect, Page)
        topic = self._topic(send.effect.to)
        route = open_route(send.effect, "ntfy topic", topic, peppered(self._token or "", *self._topics.values()))
        remarks = list[str]()
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with httpx.AsyncClient(headers=headers, timeout=HTTP_TIMEOUT_S, verify=self._tls) as http:
            if may_have_been_sent and (found := await self._found(http, topic, send, remarks)):
                return Receipt(reference=found, note="it was already there")
            try:
                async with asyncio.timeout(RING_WITHIN_S):
                    message = await self._published(http, topic, send, route, remarks)
            except TimeoutError:
                raise Unavailable(f"ntfy did not answer within {RING_WITHIN_S} s") from None
        if not remarks:
            return Receipt(reference=message)
        return Receipt(reference=message, note="rang all the same: " + "; ".join(remarks), warns=True)

    async def _published(self, http: httpx.AsyncClient, topic: str, send: Send, route: str, remarks: list[str]) -> str:
        whole, bare = forms(topic, send)
        try:
            return await self._publish(http, whole, route)
        except Malformed as error:
            remarks.append(f"without links, for {error}")
        return await self._publish(http, bare, route)

    async def _publish(self, http: httpx.AsyncClient, message: Mapping[str, object], route: str) -> str:
        body = json.dumps(message, ensure_ascii=False).encode()
        answer = await self._ask(http, "POST", f"{self._url}/", route, content=body)
        return understood("ntfy", _NTFY_MESSAGE, answer).id

    async def _found(self, http: httpx.AsyncClient, topic: str, send: Send, remarks: list[str]) -> str | None:
        """The id of an earlier attempt's message. No failure to look holds a page up."""
        since = str(int(begun_at(send).timestamp())) if send.first_started_at else "all"
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                query = {"poll": "1", "since": since}
                answer = await self._ask(http, "GET", f"{self._url}/{topic}/json", None, params=query)
                messages = understood_lines("ntfy", _NTFY_MESSAGES, answer)
        except (Unavailable, Rejected, TimeoutError):
            remarks.append("ntfy could not say whether it was there already")
            return None
        return next((message.id for message in messages if mark(send) in message.tags), None)

    async def _ask(
        self,
        http: httpx.AsyncClient,
        method: str,
        url: str,
        route: str | None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> bytes:
        """One request, sent exactly once."""
        answer = await reached("ntfy", http.request(method, url, content=content, params=params))
        if answer.is_success:
            return answer.content
        said = quote(_words(answer.content), [*self._topics.values(), self._token or ""])
        message = f"ntfy answered {answer.status_code}" + (f": {said}" if said else "")
        raise refused(answer, message, route, "TOCSIN_NTFY_TOKEN, which has to read and write the topic")

    def _topic(self, person: str) -> str:
        if topic := self._topics.get(person):
            return topic
        raise Rejected(f"{person} has no ntfy topic: set TOCSIN_NTFY_TOPICS", fingerprint(person, ""))


def forms(topic: str, send: Send) -> Iterator[dict[str, object]]:
    """The message with its links, and without: no page is worth losing to what only adorns it."""
    bare: dict[str, object] = {
        "topic": topic,
        "title": fit(one_line(send.subject, LONGEST_NTFY_TITLE), LONGEST_NTFY_TITLE) or f"Incident {send.incident}",
        "message": fit(clean(send.text, LONGEST_NTFY_TEXT), LONGEST_NTFY_TEXT),
        "priority": NTFY_PRIORITIES.get(send.severity, 5),
        "tags": [mark(send)],
    }
    links = [(label, url) for label, url in send.links if _is_sendable(url) and url != send.answer]
    click = next((url for url in (send.address, *(url for _, url in links)) if _is_sendable(url)), None)
    views = [
        {"action": "view", "label": one_line(label, LONGEST_ACTION_LABEL) or "Open", "url": url} for label, url in links
    ]
    actions = [*_answering(send), *views][:MOST_ACTIONS]
    yield bare | ({"click": click} if click else {}) | ({"actions": actions} if actions else {})
    yield bare


def _answering(send: Send) -> Iterator[dict[str, object]]:
    """The phone sends it without opening anything: https://docs.ntfy.sh/publish/#send-http-request"""
    if _is_sendable(send.answer):
        yield {"action": "http", "label": ANSWER_LABEL, "url": send.answer, "method": "POST", "clear": True}


def mark(send: Send) -> str:
    """The ring's vendor key as a tag: short, because a phone shows it, and without a comma, which ends a tag."""
    return "tocsin-" + hashlib.sha256(send.vendor_key.encode()).hexdigest()[:12]


def _is_sendable(url: str) -> bool:
    return is_link(url) and weight(url) <= LONGEST_NTFY_URL


def _words(body: bytes) -> str:
    words = readable(_NtfyComplaint, body)
    return words.error if words else ""
