"""Opsgenie, and the alerts of Jira Service Management, which have the same API: a page is an alert that stands open.

https://docs.opsgenie.com/docs/alert-api. An alert is known by its alias, which is the ring's key: created again while
it is open it is counted, and rings nobody a second time.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import quote as percent_encoded

import httpx
from pydantic import TypeAdapter

from activities.attempts import LOOK_WITHIN_S, RING_WITHIN_S
from activities.errors import Malformed, Rejected, Unavailable
from activities.pagers import fingerprint, open_route
from activities.plain_text import clean, one_line, quote
from activities.vendor_answer import VendorAnswer, readable, understood
from activities.vendor_http import HTTP_TIMEOUT_S, reached, refused
from workflows.policy.effects.effects import Annotate, ConfirmRing, Page, Receipt, Send, SyncPager
from workflows.policy.effects.proof import RingProof

LONGEST_OPSGENIE_MESSAGE = 130
LONGEST_OPSGENIE_DESCRIPTION = 15_000
LONGEST_OPSGENIE_NOTE = 25_000
"""Characters: https://docs.opsgenie.com/docs/alert-api#create-alert"""
OPSGENIE_PRIORITIES = {"sev1": "P1", "sev2": "P2", "sev3": "P3", "sev4": "P4"}
LONGEST_OPSGENIE_NAME = 100
BECOMES = {"acknowledged": "acknowledge", "resolved": "close"}
ALERT_IS_THERE_AFTER_S = (0.0, 2.0, 4.0)
"""An alert is taken at once, and is there a moment later."""


class _OpsgenieWords(VendorAnswer):
    message: str = ""


class _OpsgenieReport(VendorAnswer):
    acknowledgedBy: str = ""  # noqa: N815 (Opsgenie's own spelling)
    closedBy: str = ""  # noqa: N815


class StandingAlert(VendorAnswer):
    """What has become of an alert: it is open or closed, and acknowledged or not."""

    status: str = ""
    acknowledged: bool = False
    owner: str = ""
    report: _OpsgenieReport = _OpsgenieReport()

    @property
    def closed_by(self) -> str:
        return _person(self.report.closedBy) if self.status == "closed" else ""

    @property
    def answered_by(self) -> str:
        return self.closed_by or (_person(self.report.acknowledgedBy or self.owner) if self.acknowledged else "")


def _person(name: str) -> str:
    """Users there are called by their addresses. Whatever has none (`System`, a policy, an integration) acts by itself,
    and has silenced nothing here: https://docs.opsgenie.com/docs/alert-api#get-alert"""
    return one_line(name, LONGEST_OPSGENIE_NAME) if "@" in name else ""


class _OneAlert(VendorAnswer):
    data: StandingAlert


_ONE_ALERT = TypeAdapter(_OneAlert)


class Opsgenie:
    """Every method raises Unavailable or Rejected."""

    name = "Opsgenie"

    def __init__(self, keys: Mapping[str, str], url: str) -> None:
        self._keys = keys
        """Of API integrations, by the names of people: each belongs to a team that rings that person."""
        self._url = url.rstrip("/")
        self._tls = httpx.create_ssl_context()  # takes long enough to be made only once

    def knows(self, person: str) -> bool:
        return bool(self._keys.get(person))

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        assert isinstance(send.effect, Page)
        person, remarks = send.effect.to, list[str]()
        route = open_route(send.effect, "Opsgenie key", self._key(person))
        if may_have_been_sent and await self._stands(person, send.vendor_key, remarks):
            return Receipt(reference=send.vendor_key, note="it was already there", polled=True)
        await self._retire(person, send.effect.supersedes, remarks)
        try:
            async with asyncio.timeout(RING_WITHIN_S):
                await self._create(person, send, route, remarks)
        except TimeoutError:
            raise Unavailable(f"Opsgenie did not answer within {RING_WITHIN_S} s") from None
        rang = Receipt(reference=send.vendor_key, polled=True)
        if not remarks:
            return rang
        return rang.model_copy(update={"note": "rang all the same: " + "; ".join(remarks), "warns": True})

    async def sync(self, send: Send) -> Receipt:
        """What is not there any more is as it should be."""
        assert isinstance(send.effect, SyncPager)
        await self._do(send.effect.to, send.effect.ring, BECOMES[send.effect.become], {"source": "Tocsin"})
        return Receipt(reference=send.effect.ring)

    async def confirm(self, send: Send) -> Receipt:
        """Is it there, and has somebody answered it? Opsgenie's webhooks have no signature, so it is asked."""
        assert isinstance(send.effect, ConfirmRing)
        for pause in ALERT_IS_THERE_AFTER_S:
            await asyncio.sleep(pause)
            path = _by_alias(send.effect.ring)
            body = await self._ask(send.effect.to, "GET", path, None, None, may_be_missing=True)
            if body is not None:
                found = standing(body)
                by, closed = found.answered_by, bool(found.closed_by)
                return Receipt(proof=RingProof(pager=self.name, there=True, answered_by=by, closed=closed))
        return Receipt(proof=RingProof(pager=self.name, there=False))

    async def annotate(self, send: Send) -> Receipt:
        assert isinstance(send.effect, Annotate)
        note = {"note": clean(send.text, LONGEST_OPSGENIE_NOTE), "source": "Tocsin"}
        await self._do(send.effect.to, send.effect.ring, "notes", note)
        return Receipt(reference=send.effect.ring)

    async def _create(self, person: str, send: Send, route: str, remarks: list[str]) -> None:
        bare = {
            "message": one_line(send.subject, LONGEST_OPSGENIE_MESSAGE) or f"Incident {send.incident}",
            "alias": send.vendor_key,
            "source": "Tocsin",
            "priority": OPSGENIE_PRIORITIES.get(send.severity, "P1"),
        }
        details = {"incident": send.incident, **dict(send.links)}
        whole = {**bare, "description": _description(send), "details": details}
        try:
            await self._ask(person, "POST", "", route, whole)
        except Malformed as error:
            remarks.append(f"without text and links, for {error}")
            await self._ask(person, "POST", "", route, bare)

    async def _stands(self, person: str, ring: str, remarks: list[str]) -> bool:
        """Did an earlier attempt open it? No failure to look holds a page up."""
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                return (await self._ask(person, "GET", _by_alias(ring), None, None, may_be_missing=True)) is not None
        except (Unavailable, Rejected, TimeoutError):
            remarks.append("Opsgenie could not say whether it was there already")
            return False

    async def _retire(self, person: str, rings: tuple[str, ...], remarks: list[str]) -> None:
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                for ring in rings:
                    await self._do(person, ring, "close", {"source": "Tocsin"})
        except (Unavailable, Rejected, TimeoutError) as error:
            remarks.append(str(error) or "older alerts could not be closed in time")

    async def _do(self, person: str, ring: str, action: str, body: Mapping[str, object]) -> None:
        alias, query = _by_alias(ring).split("?")
        await self._ask(person, "POST", f"{alias}/{action}?{query}", None, body, may_be_missing=True)

    async def _ask(
        self,
        person: str,
        method: str,
        path: str,
        route: str | None,
        body: Mapping[str, object] | None,
        *,
        may_be_missing: bool = False,
    ) -> bytes | None:
        """One request, sent exactly once. None: there is no such alert."""
        headers = {"Authorization": f"GenieKey {self._key(person)}"}
        async with httpx.AsyncClient(headers=headers, timeout=HTTP_TIMEOUT_S, verify=self._tls) as http:
            answer = await reached("Opsgenie", http.request(method, f"{self._url}/v2/alerts{path}", json=body))
        if answer.is_success:
            return answer.content
        if may_be_missing and answer.status_code == httpx.codes.NOT_FOUND:
            return None
        said = quote(_complaint(answer.content), list(self._keys.values()))
        message = f"Opsgenie answered {answer.status_code}" + (f": {said}" if said else "")
        raise refused(answer, message, route, "TOCSIN_OPSGENIE_KEYS")

    def _key(self, person: str) -> str:
        if key := self._keys.get(person):
            return key
        raise Rejected(f"{person} has no Opsgenie key: set TOCSIN_OPSGENIE_KEYS", fingerprint(person, ""))


def standing(body: bytes) -> StandingAlert:
    """Raises Unavailable."""
    return understood("Opsgenie", _ONE_ALERT, body).data


def _description(send: Send) -> str:
    links = "\n".join(f"{label}: {url}" for label, url in send.links)
    return clean(f"{send.text}\n{links}".strip(), LONGEST_OPSGENIE_DESCRIPTION)


def _by_alias(ring: str) -> str:
    return f"/{percent_encoded(ring, safe='')}?identifierType=alias"


def _complaint(body: bytes) -> str:
    words = readable(_OpsgenieWords, body)
    return words.message if words else ""
