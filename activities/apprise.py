"""Everything else, by apprise: Telegram, Pushover, Teams, Discord, Matrix and a hundred and fifty more.

https://github.com/caronc/apprise. It is synchronous, raises nothing and says yes or no: what a service answered stands
only in its log. No service can be asked what it has taken, and none takes a message once: if an answer is lost, the
next attempt rings again.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from apprise import Apprise, AppriseResultStatus, NotifyFormat, NotifyType, OverflowMode
from apprise import NotifyBase as AppriseService

from activities.attempts import RING_WITHIN_S
from activities.errors import Malformed, Rejected, Unavailable, vendor_error
from activities.pagers import fingerprint, open_route, peppered
from activities.plain_text import clean, one_line
from activities.vendor_http import HTTP_TIMEOUT_S, KEY_REFUSED
from workflows.policy.effects.effects import Page, Receipt, Send

LONGEST_APPRISE_TITLE = 200
LONGEST_APPRISE_TEXT = 600
"""Characters. The link stands before the text: what a service cuts off is the end."""
MOST_AT_ONCE = 32
"""Threads. One that hangs is left behind, and must not keep others from ringing."""
_ANSWERED = re.compile(r"\berror=(\d{3})\b")
"""How most of its services log the status of an answer that is no success."""
_MENTION = re.compile(r"@(?=\w)|<(?=[!@#])")
"""What chats take for a call to everybody, or to somebody else."""


class ApprisePager:
    """`page` raises Unavailable or Rejected."""

    name = "apprise"

    def __init__(self, urls: Mapping[str, str]) -> None:
        """`urls`: by the names of people, as apprise has them; the key of the service stands in each. It takes a second
        or more: no page is to wait until apprise has read its plugins."""
        self._urls = urls
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "apprise")
        logging.getLogger("apprise").propagate = False  # it logs addresses, and what is in them
        for url in urls.values():
            service_of(url)

    def knows(self, person: str) -> bool:
        return bool(self._urls.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:  # noqa: ARG002 (no service can be asked)
        assert isinstance(send.effect, Page)
        url = self._url(send.effect.to)
        route = open_route(send.effect, "apprise address", url, peppered(*self._urls.values()))
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                service, remark = await self._ring(url, send, route)
        except TimeoutError:
            raise Unavailable(f"apprise had no answer within {RING_WITHIN_S} s") from None
        return Receipt(reference=send.vendor_key, note=remark or f"taken by {service}", warns=remark is not None)

    async def _ring(self, url: str, send: Send, route: str) -> tuple[str, str | None]:
        """Which service took it; and a remark, if it could only be said in short."""
        title = _harmless(one_line(send.subject, LONGEST_APPRISE_TITLE)) or f"Incident {send.incident}"
        answer = f"Acknowledge: {send.answer}" if send.answer else ""
        text = _harmless(clean(send.text, LONGEST_APPRISE_TEXT).strip())
        try:
            return await self._notify(url, title, "\n".join(filter(None, (answer, text))) or title, route), None
        except Malformed as error:
            service = await self._notify(url, title, answer or title, route)
            return service, f"rang all the same: without its text, for {error}"

    async def _notify(self, url: str, title: str, text: str, route: str) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _notified, url, title, text, route)

    def _url(self, person: str) -> str:
        if url := self._urls.get(person):
            return url
        raise Rejected(f"{person} has no address of apprise: set TOCSIN_APPRISE_URLS", fingerprint(person, ""))


def service_of(url: str) -> str | None:
    """What the address leads to, by its name; None: nothing that apprise knows, or a library is missing."""
    service = Apprise.instantiate(url)
    return str(service.service_name) if service else None


def _notified(url: str, title: str, text: str, route: str) -> str:
    """The name of the service that took it. In a thread: it waits. Raises Unavailable or Rejected."""
    service = Apprise.instantiate(url)
    if not isinstance(service, AppriseService):
        raise Rejected("apprise does not know this address, or lacks a library for it: tocsin doctor apprise", route)
    _as_we_need_it(service)
    sender = Apprise()
    sender.add(service)
    result = sender.notify(text, title, NotifyType.FAILURE, NotifyFormat.TEXT)
    name = str(service.service_name)
    if result.status is AppriseResultStatus.SUCCESS:
        return name
    found = [_ANSWERED.search(entry.message) for entry in result.logs()]
    answered = [int(each[1]) for each in found if each]
    if not answered:
        raise Unavailable(f"{name} could not be reached, or refused without saying why")
    remedy = ": set TOCSIN_APPRISE_URLS" if answered[-1] in KEY_REFUSED else ""
    raise vendor_error(f"{name} answered {answered[-1]}{remedy}", answered[-1], None, route)


def _as_we_need_it(service: AppriseService) -> None:
    """Whatever its address asks for: who tries again is the workflow, and what failed has failed."""
    service.retry, service.optional = 0, False
    service.overflow_mode = OverflowMode.TRUNCATE
    service.socket_connect_timeout = service.socket_read_timeout = HTTP_TIMEOUT_S


def _harmless(text: str) -> str:
    """An alert's text must call nobody in a chat: a character of no width breaks what would."""
    return _MENTION.sub(lambda found: f"{found[0]}\u200b", text)
