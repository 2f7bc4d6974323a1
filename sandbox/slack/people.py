"""Who is in the workspace, and the groups that they are in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.ids import new_id
from sandbox.slack.errors import slack_error

TEAM, TEAM_DOMAIN, APP, BOT_USER, BOT = "T0SANDBOX", "sandbox", "A0SANDBOX", "U0TOCSIN", "B0TOCSIN"


@dataclass(frozen=True)
class SandboxMember:
    """`restricted`: a guest. `deactivated`: has left."""

    id: str
    name: str
    email: str
    restricted: bool = False
    deactivated: bool = False
    is_bot: bool = False

    @property
    def handle(self) -> str:
        return self.email.partition("@")[0]


@dataclass
class SandboxUserGroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    enabled: bool = True


def member_named(user_id: str, name: str) -> SandboxMember:
    """Somebody whose address is made of the name: `vera.steersman@sandbox.example`."""
    handle = re.sub(r"[^a-z0-9-]+", ".", name.lower()).strip(".") or user_id.lower()
    return SandboxMember(user_id, name, f"{handle}@sandbox.example")


THE_APP = SandboxMember(BOT_USER, "Tocsin", "tocsin@sandbox.example", is_bot=True)
FIRST_MEMBERS = (
    member_named("U0ALICE", "Alice Example"),
    member_named("U0VERA", "Vera Steersman"),
    member_named("U0ONCALL", "On-call Engineer"),
)


class People:
    def __init__(self, members: Iterable[SandboxMember], groups: Iterable[str] = ()) -> None:
        self._from_the_start = tuple(members)
        self._first_groups = tuple(groups)
        self.members: list[SandboxMember] = []
        self.groups: list[SandboxUserGroup] = []
        self.reset()

    def reset(self) -> None:
        self.members[:] = (THE_APP, *self._from_the_start)
        self.groups.clear()
        for handle in self._first_groups:
            self.new_group(handle, handle, ())

    def add(self, newcomer: SandboxMember) -> None:
        """In place of whoever had the id before."""
        self.members[:] = [*(each for each in self.members if each.id != newcomer.id), newcomer]

    @property
    def humans(self) -> list[SandboxMember]:
        return [each for each in self.members if not each.is_bot and not each.deactivated]

    def member(self, user_id: str) -> SandboxMember:
        for each in self.members:
            if each.id == user_id:
                return each
        raise slack_error("user_not_found")

    def by_email(self, email: str) -> SandboxMember:
        for each in self.members:
            if each.email.lower() == email.lower() and not each.deactivated:
                return each
        raise slack_error("users_not_found")

    def named(self, who: str) -> SandboxMember | None:
        """By id, name or address: whom a test or a page means."""
        return next((each for each in self.members if who in (each.id, each.name, each.email)), None)

    def group(self, group_id: str) -> SandboxUserGroup:
        for each in self.groups:
            if each.id == group_id:
                return each
        raise slack_error("no_such_subteam")

    def new_group(self, handle: str, name: str, users: Iterable[str]) -> SandboxUserGroup:
        if any(each.handle == handle for each in self.groups):
            raise slack_error("handle_already_exists")
        group = SandboxUserGroup(new_id("S"), handle, name, list(users))
        self.groups.append(group)
        return group
