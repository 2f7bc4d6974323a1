"""Who is who in Slack: by the setting TOCSIN_SLACK_USERS, or else by an e-mail address that the runbook knows."""

import re
from collections.abc import Mapping

from activities.errors import Rejected, Unavailable
from activities.slack_answers import SlackDone, UserFound
from activities.slack_api import SlackApi, SlackRefused
from workflows.policy.incident.who import NOT_MAPPED, is_address

IS_THERE = frozenset({"already_in_channel", "cant_invite_self"})
"""https://docs.slack.dev/reference/methods/conversations.invite#errors"""

NOT_OF_THE_RUNBOOK = re.compile(rf"\(Slack (?P<member>[UW][A-Z0-9]+), {NOT_MAPPED}\)$")
"""As `chat/people.py` writes them."""


class SlackPeople:
    def __init__(self, api: SlackApi, users: Mapping[str, str]) -> None:
        self._api = api
        self._users = users
        self._by_address: dict[str, str] = {}

    def names(self, person: str) -> bool:
        return person in self._users

    async def known(self, addresses: Mapping[str, str], people: tuple[str, ...]) -> dict[str, str]:
        """The member ids of those who can be mentioned. A message waits for no look-up that fails."""
        found: dict[str, str] = {}
        for person in people:
            try:
                member = await self.member(person, addresses.get(person, ""))
            except (Unavailable, Rejected):
                member = None
            if member is not None:
                found[person] = member
        return found

    async def member(self, person: str, address: str) -> str | None:
        """Who is not of the runbook is an address, or somebody who has pressed there. None: nobody there."""
        if shown := NOT_OF_THE_RUNBOOK.search(person):
            return shown["member"]
        address = address or (person if is_address(person) else "")
        if person in self._users or not address:
            return self._users.get(person)
        if address not in self._by_address:
            try:
                found = await self._api.ask(self._api.web.users_lookupByEmail(email=address), UserFound)
            except SlackRefused as error:
                if error.code != "users_not_found":
                    raise
                return None
            self._by_address[address] = found.user.id
        return self._by_address[address]

    async def invite(self, channel: str, member: str) -> None:
        try:
            await self._api.ask(self._api.web.conversations_invite(channel=channel, users=member), SlackDone)
        except SlackRefused as error:
            if error.code not in IS_THERE:
                raise
