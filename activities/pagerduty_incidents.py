"""What becomes of our rings as incidents at PagerDuty: they are looked for, looked at, and written under."""

import asyncio
from collections.abc import Mapping
from typing import Protocol, TypeVar

from activities.pagerduty_json import Notes, PagerDutyAnswer, PagerDutyIncident, PagerDutyIncidents
from activities.pagerduty_log import PagerDutyLog, proof
from activities.plain_text import clean
from workflows.policy.effects.effects import Annotate, ConfirmRing, Receipt, Send
from workflows.policy.effects.proof import RingProof
from workflows.policy.keys.duty_keys import EffectKey

NOTE = 20_000
"""Characters of a note."""
STATUS_UPDATE = 1000
"""Characters of a status update."""
COMES_BACK_WHOLE = 400
"""Characters of what a webhook surely brings back: of longer ones it may have the begin alone (`trimmed`), and nobody
says from where on. https://developer.pagerduty.com/docs/webhooks-overview"""
LOG_QUERY: Mapping[str, object] = {"limit": 100, "include": ["channels"]}
LOOKED_FOR_AGAIN_S = (0.0, 2.0, 4.0)
"""An event is taken at once, and what it opens is there a moment later."""

A = TypeVar("A", bound=PagerDutyAnswer)
Query = Mapping[str, object]


class PagerDutyRest(Protocol):
    """PagerDuty's REST API. Every call raises Unavailable or Rejected."""

    async def get(self, path: str, answer: type[A], query: Query | None = None) -> A: ...
    async def post(self, path: str, answer: type[A], body: Query) -> A: ...
    async def put(self, path: str, answer: type[A], body: Query) -> A: ...
    async def send(self, path: str) -> None:
        """A POST without a body, whose answer has none."""


class FollowedIncidents:
    """Without a token nothing is looked up; without a user's e-mail nothing is written, because what is changed there
    is changed in the name of a user."""

    def __init__(
        self, api: PagerDutyRest, pager: str, can_look: bool, can_write: bool, priorities: Mapping[str, str]
    ) -> None:
        self._api = api
        self._pager = pager
        self._can_look = can_look
        self._can_write = can_look and can_write
        self._priorities = priorities
        """What our severities are called there."""

    async def find(self, ring: str) -> PagerDutyIncident | None:
        """An incident that the ring opened, whatever became of it."""
        query = {"incident_key": ring, "date_range": "all", "statuses": ["triggered", "acknowledged", "resolved"]}
        found = await self._api.get("/incidents", PagerDutyIncidents, query)
        return next(iter(found.incidents), None)

    async def confirm(self, send: Send) -> Receipt:
        """Whom a ring reached, by PagerDuty's own log. What nobody is on call for never becomes an incident there."""
        assert isinstance(send.effect, ConfirmRing)
        if not self._can_look:
            return Receipt(note="PagerDuty cannot be asked: set TOCSIN_PAGERDUTY_API_TOKEN")
        for pause in LOOKED_FOR_AGAIN_S:
            await asyncio.sleep(pause)
            if (incident := await self.find(send.effect.ring)) is not None:
                log = await self._api.get(f"/incidents/{incident.id}/log_entries", PagerDutyLog, LOG_QUERY)
                return Receipt(reference=incident.id, proof=proof(self._pager, incident, log.log_entries))
        return Receipt(proof=RingProof(pager=self._pager, there=False))

    async def annotate(self, send: Send) -> Receipt:
        """Nobody owes what is written there, so a missing setting is a remark and not a failure."""
        assert isinstance(send.effect, Annotate)
        if not self._can_write:
            return Receipt(note="not noted: set TOCSIN_PAGERDUTY_API_TOKEN and TOCSIN_PAGERDUTY_FROM")
        incident = await self.find(send.effect.ring)
        if incident is None:
            return Receipt(note="not noted: PagerDuty has no incident of this ring")
        if send.effect.what == "rating":
            return await self._rate(incident, send.effect)
        if send.effect.what == "status update":
            return await self._publish(incident, send)
        return await self._note(incident, send)

    async def say_why(self, send: Send, ring: str) -> Receipt:
        """A note on what is over."""
        incident = await self.find(ring) if self._can_write and send.text else None
        return await self._note(incident, send) if incident else Receipt()

    async def _note(self, incident: PagerDutyIncident, send: Send) -> Receipt:
        """Once: it bears its key, and is looked for by it."""
        path, mark = f"/incidents/{incident.id}/notes", f"[{send.vendor_key}]"
        written = await self._api.get(path, Notes)
        if not any(mark in note.content for note in written.notes):
            body = {"note": {"content": _marked(clean(send.text, NOTE), mark)}}
            await self._api.post(path, PagerDutyAnswer, body)
        return Receipt(reference=incident.id)

    async def _rate(self, incident: PagerDutyIncident, annotation: Annotate) -> Receipt:
        """By the name of a priority, of which PagerDuty takes the highest that matches. Again is as good as once."""
        priority = self._priorities.get(annotation.severity)
        change: dict[str, object] = {"type": "incident_reference"}
        change |= {"priority": {"type": "priority_reference", "name": priority}} if priority else {}
        change |= {"urgency": annotation.urgency} if annotation.urgency else {}
        if len(change) > 1:
            await self._api.put(f"/incidents/{incident.id}", PagerDutyAnswer, {"incident": change})
        return Receipt(reference=priority)

    async def _publish(self, incident: PagerDutyIncident, send: Send) -> Receipt:
        """To those who follow the incident there, once: its log keeps what was said, and is asked first."""
        key = EffectKey.parse(send.key)
        mark = f"[{send.incident} {key.occurrence if key else send.key}]"
        message = _marked(clean(send.text, STATUS_UPDATE), mark)
        log = await self._api.get(f"/incidents/{incident.id}/log_entries", PagerDutyLog, {"limit": 100})
        if not any(mark in (entry.message or entry.summary) for entry in log.log_entries):
            await self._api.post(f"/incidents/{incident.id}/status_updates", PagerDutyAnswer, {"message": message})
        return Receipt(reference=incident.id)


def _marked(text: str, mark: str) -> str:
    """Below what people read; before it, if what comes back may be cut."""
    return f"{text}\n{mark}" if len(text) <= COMES_BACK_WHOLE else f"{mark}\n{text}"
