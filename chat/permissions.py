"""Who may do what from Slack, per verb: people, member ids, addresses and Slack's user groups (`@handle`).

It stands in the settings, and not in the runbook: a group is Slack's, and what a chat may do belongs to the
installation that is connected to it. Who is not named by a line of the setting is refused; what has no line, everybody
may.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from activities.errors import Rejected, Unavailable
from activities.slack_answers import SlackAnswer
from activities.slack_api import SlackApi
from activities.vendor_answer import Entries
from chat.people import Presser
from starter.desk.verbs import VERBS

GROUP_SIGN: Final = "@"
GROUPS_KNOWN_FOR_S: Final = 60.0
DECLARE: Final = "declare"
SEE_PRIVATE: Final = "private"
"""To see and steer incidents that are private."""
PUBLIC: Final = "public"
"""To let words out to the public, whichever verb does it."""
PERMISSIONS: Final = frozenset({DECLARE, SEE_PRIVATE, PUBLIC, *(verb.name for verb in VERBS)})


class NotAllowed(Exception):
    """The message is for the presser."""


class UserGroup(SlackAnswer):
    id: str
    handle: str = ""


class UserGroups(SlackAnswer):
    usergroups: Entries[UserGroup]


class GroupMembers(SlackAnswer):
    users: Entries[str] = ()


@dataclass(frozen=True)
class KnownGroup:
    at: float
    users: frozenset[str]


class ChatPermissions:
    def __init__(self, api: SlackApi, may: Mapping[str, Sequence[str]]) -> None:
        self._api = api
        self._may = may
        self._groups: dict[str, KnownGroup] = {}

    def problems(self) -> Iterator[str]:
        if unknown := sorted(set(self._may) - PERMISSIONS):
            known = ", ".join(sorted(PERMISSIONS))
            yield f"TOCSIN_SLACK_MAY: nothing is called {', '.join(unknown)}; there are {known}"

    def limit(self, what: str) -> bool:
        """Does a line say who may?"""
        return what in self._may

    async def allow(self, presser: Presser, what: str) -> bool:
        """Raises NotAllowed if that cannot be seen."""
        if presser.is_outsider:
            return False
        named = self._may.get(what)
        if named is None or {each.casefold() for each in named} & presser.names:
            return True
        for group in (each for each in named if each.startswith(GROUP_SIGN)):
            if presser.user in await self._members(group):
                return True
        return False

    async def demand(self, presser: Presser, what: str) -> None:
        """Raises NotAllowed."""
        self.demand_insider(presser)
        if not await self.allow(presser, what):
            whom = ", ".join(self._may[what]) or "nobody"
            raise NotAllowed(f"Only {whom} may do this ({what}): ask one of them.")

    def demand_insider(self, presser: Presser) -> None:
        """Raises NotAllowed."""
        if presser.is_outsider:
            raise NotAllowed("Only members of this workspace may do this. Ask one of them.")

    async def _members(self, group: str) -> frozenset[str]:
        """As known a minute ago; older, if Slack does not answer. Raises NotAllowed if nobody knows."""
        known = self._groups.get(group)
        if known and monotonic() - known.at < GROUPS_KNOWN_FOR_S:
            return known.users
        try:
            users = await self._asked(group)
        except (Unavailable, Rejected) as error:
            if known:
                return known.users
            raise NotAllowed(f"Who is in {group} cannot be seen ({error}), so nobody is let through by it.") from None
        self._groups[group] = KnownGroup(monotonic(), users)
        return users

    async def _asked(self, group: str) -> frozenset[str]:
        web = self._api.web
        groups = (await self._api.ask(web.usergroups_list(), UserGroups)).usergroups
        found = next((each for each in groups if each.handle == group.removeprefix(GROUP_SIGN)), None)
        if found is None:
            raise Rejected(f"Slack has no user group {group}")
        return frozenset((await self._api.ask(web.usergroups_users_list(usergroup=found.id), GroupMembers)).users)
