"""Whoever has no key of their own at PagerDuty is asked to help on an incident of ours that stands open there."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from activities.attempts import LOOK_WITHIN_S
from activities.errors import Rejected, Unavailable
from activities.pagerduty_account import PagerDutyAccount
from activities.pagerduty_incidents import LOG_QUERY, FollowedIncidents, PagerDutyRest
from activities.pagerduty_json import AskedResponder, PagerDutyAnswer, PagerDutyIncident
from activities.pagerduty_log import PagerDutyLog, help_proof
from activities.pagers import open_route
from activities.plain_text import clean, one_line
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send, SyncPager

LONGEST_REQUEST = 1000
"""Characters of what they are asked with."""
OUR_REQUEST = re.compile(r"\n\[[^\]\n]+\]\s*\Z")
"""How one of ours ends: with its ring. PagerDuty takes back all that somebody is asked in an incident, or nothing:
where a colleague asks them too, nothing is taken back."""


class OneIncident(PagerDutyAnswer):
    incident: PagerDutyIncident


class ResponderRequests:
    """PagerDuty rings them by their own rules until they accept or decline. Needs the ability `coordinated_responding`
    (402 without it)."""

    def __init__(
        self, api: PagerDutyRest, incidents: FollowedIncidents, users: Mapping[str, str], sender: str, token: str
    ) -> None:
        self._api = api
        self._incidents = incidents
        self._users = users
        """Ids of users there, by the names of people."""
        self._sender = sender
        self._lead = (sender, token)
        """What a request to anybody may be refused for."""
        self._requester = ""

    def knows(self, person: str) -> bool:
        return bool(self._users.get(person))

    async def ask(self, send: Send, person: str) -> Receipt:
        """Once for each ring. Whoever has not replied to an older one is asked anew: PagerDuty rings nobody for a
        request that is pending already. Raises Unavailable or Rejected."""
        assert isinstance(send.effect, Page)
        user, mark = self._users[person], f"[{send.vendor_key}]"
        route = open_route(send.effect, "PagerDuty user", user, *self._lead)
        incident = await self._open(send)
        asked = _asked(incident, user)
        if any(mark in each.message and each.state != "declined" for each in asked):
            return Receipt(reference=incident.id, note="was asked to help there before", followed=True)
        if (pending := _pending(asked)) and all(OUR_REQUEST.search(each.message) for each in pending):
            with suppress(Unavailable, Rejected, TimeoutError):  # the page goes all the same
                async with asyncio.timeout(LOOK_WITHIN_S):
                    await self._cancel(incident.id, user)
        target = {"responder_request_target": _of_user(user)}
        body = {
            "requester_id": await self._requested_by(),
            "message": f"{clean(one_line(send.subject, LONGEST_REQUEST), LONGEST_REQUEST)}\n{mark}",
            "responder_request_targets": [target],
        }
        try:
            await self._api.post(f"/incidents/{incident.id}/responder_requests", PagerDutyAnswer, body)
        except Rejected as error:  # an account has the ability for it, or has not: not tried again and again
            raise Rejected(f"{person} cannot be asked to help: {error}", route) from None
        return Receipt(reference=incident.id, note="was asked to help at PagerDuty", followed=True)

    async def confirm(self, send: Send, pager: str) -> Receipt:
        """Whether they were rung, and what they said to that: a webhook may be lost. Raises Unavailable or Rejected."""
        assert isinstance(send.effect, ConfirmRing)
        if not send.effect.reference:
            return Receipt(note="PagerDuty has not said where they were asked")
        path, mark = f"/incidents/{send.effect.reference}", f"[{send.effect.ring}]"
        incident = (await self._api.get(path, OneIncident)).incident
        ours = [each for each in _asked(incident, self._users[send.effect.to]) if mark in each.message]
        if not ours:
            return Receipt(note="PagerDuty shows no request of this page")
        log = await self._api.get(f"{path}/log_entries", PagerDutyLog, LOG_QUERY)
        return Receipt(reference=send.effect.reference, proof=help_proof(pager, ours[-1], log.log_entries))

    async def let_go(self, send: Send) -> Receipt:
        """Somebody has answered, or it is over. PagerDuty rings whoever was asked until they reply, whoever else has
        answered. Of those who have replied nothing changes."""
        assert isinstance(send.effect, SyncPager)
        if not (incident := send.effect.reference):
            return Receipt(note="they help on another's page: nothing of their own stands open")
        user, mark = self._users[send.effect.to], f"[{send.effect.ring}]"
        there = await self._api.get(f"/incidents/{incident}", OneIncident)
        pending = _pending(_asked(there.incident, user))
        if not all(mark in each.message for each in pending):
            return Receipt(reference=incident, note="another request there asks them to help, too, and stands")
        if pending:
            await self._cancel(incident, user)
        return Receipt(reference=incident, note="they are asked to help no more")

    async def _cancel(self, incident: str, user: str) -> None:
        body = {"requester_id": await self._requested_by(), "responder_request_targets": [_of_user(user)]}
        await self._api.put(f"/incidents/{incident}/responder_requests/cancel", PagerDutyAnswer, body)

    async def _open(self, send: Send) -> PagerDutyIncident:
        for ring in send.beside:
            found = await self._incidents.find(ring)
            if found is not None and found.status != "resolved":
                return found
        raise Rejected(
            "nobody has been rung at PagerDuty whom they could help, and they have no key of their own there: "
            "TOCSIN_PAGERDUTY_ROUTING_KEYS"
        )

    async def _requested_by(self) -> str:
        if not self._requester:
            user = await PagerDutyAccount(self._api).user(self._sender)
            if user is None:
                why = "TOCSIN_PAGERDUTY_FROM is the e-mail of a user there"
                raise Rejected(f"PagerDuty knows no {self._sender}: {why}")
            self._requester = user.id
        return self._requester


def _asked(incident: PagerDutyIncident, user: str) -> Sequence[AskedResponder]:
    return [each for each in incident.incidents_responders if each.user.id == user]


def _pending(asked: Sequence[AskedResponder]) -> Sequence[AskedResponder]:
    """Those for which they are rung, until they reply."""
    return [each for each in asked if each.state == "pending"]


def _of_user(user: str) -> dict[str, str]:
    return {"id": user, "type": "user_reference"}
