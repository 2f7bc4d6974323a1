"""users.* and usergroups.*: https://docs.slack.dev/reference/methods?family=users"""

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from sandbox.slack import written
from sandbox.slack.calls.base import Ids, SlackCall, page_of
from sandbox.slack.errors import slack_error
from sandbox.slack.people import SandboxUserGroup
from sandbox.slack.workspace import Workspace
from sandbox.slack.written import Answer

EMAIL = "users:read.email"


class UsersLookupByEmail(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = (EMAIL,)
    email: str

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"user": written.member(workspace.people.by_email(self.email))}


class UsersInfo(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("users:read",)
    user: str

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"user": written.member(workspace.people.member(self.user), EMAIL in workspace.app.scopes)}


class UsersList(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("users:read",)
    cursor: str = ""
    limit: int = Field(0, ge=0, le=1000)

    def answer(self, workspace: Workspace, /) -> Answer:
        page, cursor = page_of(workspace.people.members, self.cursor, self.limit or 1000)
        members = [written.member(each, EMAIL in workspace.app.scopes) for each in page]
        return {"members": members, "response_metadata": {"next_cursor": cursor}}


class UserGroupsList(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("usergroups:read",)
    include_disabled: bool = False

    def answer(self, workspace: Workspace, /) -> Answer:
        groups = [group for group in workspace.people.groups if group.enabled or self.include_disabled]
        return {"usergroups": [written.user_group(each) for each in groups]}


class UserGroupsUsersList(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("usergroups:read",)
    usergroup: str

    def answer(self, workspace: Workspace, /) -> Answer:
        return {"users": list(workspace.people.group(self.usergroup).users)}


class UserGroupsUsersUpdate(SlackCall):
    """The whole list is replaced, and a group cannot be emptied this way."""

    scopes: ClassVar[tuple[str, ...]] = ("usergroups:write",)
    usergroup: str
    users: Ids

    def answer(self, workspace: Workspace, /) -> Answer:
        group = workspace.people.group(self.usergroup)
        if not self.users:
            raise slack_error("no_users_provided")
        _demand_known(workspace, self.users)
        group.users[:] = self.users
        return {"usergroup": written.user_group(group)}


class UserGroupsCreate(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("usergroups:write",)
    name: str
    handle: str = ""

    def answer(self, workspace: Workspace, /) -> Answer:
        handle = self.handle or self.name.lower().replace(" ", "-")
        return {"usergroup": written.user_group(workspace.people.new_group(handle, self.name, ()))}


class _Switch(SlackCall):
    scopes: ClassVar[tuple[str, ...]] = ("usergroups:write",)
    usergroup: str

    def switched(self, workspace: Workspace, on: bool) -> SandboxUserGroup:
        group = workspace.people.group(self.usergroup)
        if group.enabled == on:
            raise slack_error("already_enabled" if on else "already_disabled")
        group.enabled = on
        return group


class UserGroupsEnable(_Switch):
    def answer(self, workspace: Workspace, /) -> Answer:
        return {"usergroup": written.user_group(self.switched(workspace, on=True))}


class UserGroupsDisable(_Switch):
    def answer(self, workspace: Workspace, /) -> Answer:
        return {"usergroup": written.user_group(self.switched(workspace, on=False))}


def _demand_known(workspace: Workspace, users: Iterable[str]) -> None:
    known = {each.id for each in workspace.people.humans}
    if not known.issuperset(users):
        raise slack_error("invalid_users")
