"""Whoever has no key of their own at PagerDuty is asked to help on an incident of ours that stands open there."""

from collections.abc import Mapping

from activities.errors import Rejected
from activities.pagerduty_account import PagerDutyAccount
from activities.pagerduty_incidents import FollowedIncidents, PagerDutyRest
from activities.pagerduty_json import PagerDutyAnswer, PagerDutyIncident
from activities.pagers import open_route
from activities.plain_text import clean, one_line
from workflows.policy.effects.effects import Page, Receipt, Send

LONGEST_REQUEST = 1000
"""Characters of what they are asked with."""


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
        """Once: who was asked before is not asked again. Raises Unavailable or Rejected."""
        assert isinstance(send.effect, Page)
        user = self._users[person]
        route = open_route(send.effect, "PagerDuty user", user, *self._lead)
        incident = await self._open(send)
        if any(asked.user.id == user and asked.state != "declined" for asked in incident.incidents_responders):
            return Receipt(reference=send.vendor_key, note="was asked to help there before")
        target = {"responder_request_target": {"id": user, "type": "user_reference"}}
        body = {
            "requester_id": await self._requested_by(),
            "message": f"{clean(one_line(send.subject, LONGEST_REQUEST), LONGEST_REQUEST)}\n[{send.vendor_key}]",
            "responder_request_targets": [target],
        }
        try:
            await self._api.post(f"/incidents/{incident.id}/responder_requests", PagerDutyAnswer, body)
        except Rejected as error:  # an account has the ability for it, or has not: not tried again and again
            raise Rejected(f"{person} cannot be asked to help: {error}", route) from None
        return Receipt(reference=send.vendor_key, note="was asked to help at PagerDuty")

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
