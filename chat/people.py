"""Who pressed. Slack vouches for the member id; who that is, the settings say, or the address that Slack verified."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final

from activities.errors import Rejected, Unavailable
from activities.plain_text import one_line
from activities.slack_answers import SlackAnswer
from activities.slack_api import SlackApi
from activities.vendor_answer import Entries
from chat.health import Health
from chat.payloads import SlackUser
from workflows.policy.incident.who import NOT_MAPPED

LONGEST_PRESSER: Final = 80
KNOWN_AT_ONCE: Final = 2_000
KNOWN_FOR_S: Final = 3_600
NOT_SAID_FOR_S: Final = 5.0
"""Who Slack could not say is not asked for again so soon: a crowd would wait for it, one after the other."""


@dataclass(frozen=True)
class Presser:
    user: str
    by: str
    """As it stands in the event."""
    person: str = ""
    """Of the runbook; empty: nobody has said who this member is."""
    is_outsider: bool = False
    """Of another workspace, in a channel that is shared with it: may do nothing."""

    @property
    def names(self) -> frozenset[str]:
        """By which a setting may name them: those that they cannot choose themselves."""
        known = (self.user, self.person, self.by if "@" in self.by else "")
        return frozenset(each.casefold() for each in known if each)


class Profile(SlackAnswer):
    email: str = ""
    real_name: str = ""


class EnterpriseUser(SlackAnswer):
    decisive = frozenset({"teams"})

    teams: Entries[str] = ()


class WorkspaceMember(SlackAnswer):
    """https://docs.slack.dev/reference/objects/user-object"""

    decisive = frozenset(
        {"team_id", "deleted", "is_restricted", "is_ultra_restricted", "is_stranger", "enterprise_user"}
    )

    id: str
    team_id: str = ""
    real_name: str = ""
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    enterprise_user: EnterpriseUser = EnterpriseUser()
    """Of an organisation with several workspaces."""
    profile: Profile = Profile()

    @property
    def is_guest(self) -> bool:
        """Somebody of another company, whose address proves that they are of it."""
        return self.is_restricted or self.is_ultra_restricted

    def is_of(self, team: str) -> bool:
        """As far as Slack says."""
        known = {self.team_id, *self.enterprise_user.teams} - {""}
        return not self.is_stranger and (not known or not team or team in known)


class MemberInfo(SlackAnswer):
    user: WorkspaceMember


@dataclass(frozen=True)
class _RememberedMember:
    member: WorkspaceMember | None
    until: float


class Pressers:
    """`users`: a person of the runbook to a member id, as messages go the other way."""

    def __init__(self, api: SlackApi, users: Mapping[str, str], health: Health, within_s: float) -> None:
        self._api = api
        self._health = health
        self._within_s = within_s
        self._people: dict[str, str] = {}
        for person, user in users.items():
            self._people.setdefault(user, person)
        self._members: OrderedDict[str, _RememberedMember] = OrderedDict()
        self._asked: dict[str, asyncio.Task[WorkspaceMember | None]] = {}

    async def who(self, user: SlackUser) -> Presser:
        if person := self._people.get(user.id):
            return Presser(user.id, person, person)
        member = await self.member(user.id) or WorkspaceMember(id=user.id, team_id=user.team_id)
        is_ours = member.is_of(await self._health.team())
        if is_ours and member.profile.email and not member.is_guest:
            return Presser(user.id, one_line(member.profile.email, LONGEST_PRESSER))
        shown = member.real_name or member.profile.real_name or user.name or user.username
        by = f"{one_line(shown, LONGEST_PRESSER) or 'somebody'} (Slack {user.id}, {NOT_MAPPED})"
        return Presser(user.id, by, is_outsider=not is_ours)

    def is_us(self, user_id: str) -> bool:
        return self._health.is_us(user_id)

    async def member(self, user_id: str) -> WorkspaceMember | None:
        """None: Slack does not say. Who asks while somebody asks the same hears the same."""
        known = self._members.get(user_id)
        if known and monotonic() < known.until:
            return known.member
        under_way = self._asked.get(user_id)
        if under_way is None:
            under_way = self._asked[user_id] = asyncio.create_task(self._ask(user_id, known.member if known else None))
            under_way.add_done_callback(lambda _: self._asked.pop(user_id))
        return await asyncio.shield(under_way)

    async def _ask(self, user_id: str, before: WorkspaceMember | None) -> WorkspaceMember | None:
        found, known_for_s = before, NOT_SAID_FOR_S
        with contextlib.suppress(Unavailable, Rejected, TimeoutError):
            async with asyncio.timeout(self._within_s):
                found = (await self._api.ask(self._api.web.users_info(user=user_id), MemberInfo)).user
                known_for_s = KNOWN_FOR_S
        self._members[user_id] = _RememberedMember(found, monotonic() + known_for_s)
        self._members.move_to_end(user_id)
        if len(self._members) > KNOWN_AT_ONCE:
            self._members.popitem(last=False)
        return found
