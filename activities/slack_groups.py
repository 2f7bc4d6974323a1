"""User groups in Slack: whoever is on call is in one, and nobody else.

https://docs.slack.dev/reference/methods/usergroups.users.update replaces the whole list, and refuses an empty one:
a group of nobody is disabled instead. What Slack says already is left alone: people see each change of a group.
"""

from activities.errors import Rejected
from activities.slack_answers import GroupFound, GroupHolds, GroupsFound, SlackDone
from activities.slack_api import SlackApi
from activities.slack_people import SlackPeople
from workflows.policy.rota.roster import UserGroupOrder


async def set_members(api: SlackApi, known: SlackPeople, order: UserGroupOrder) -> str:
    """A remark if somebody has to see it. The group is named by its handle or id. Raises Unavailable or Rejected."""
    found = await group_named(api, order.group.removeprefix("@"))
    there = await known.known(order.addresses, order.people)
    members = list(there.values())
    if not members:
        if not found.date_delete:
            await api.ask(api.web.usergroups_disable(usergroup=found.id), SlackDone)
        unknown = ", ".join(person for person in order.people if person not in there)
        remedy = f"nobody knows who {unknown} is in Slack (TOCSIN_SLACK_USERS, or an `email`)"
        return f"The user group {order.group} is empty: {remedy}" if unknown else ""
    if found.date_delete:
        await api.ask(api.web.usergroups_enable(usergroup=found.id), SlackDone)
    listed = api.web.usergroups_users_list(usergroup=found.id)
    if set((await api.ask(listed, GroupHolds)).users) != set(members):
        await api.ask(api.web.usergroups_users_update(usergroup=found.id, users=members), SlackDone)
    return ""


async def group_named(api: SlackApi, group: str) -> GroupFound:
    """Raises Unavailable or Rejected."""
    listed = await api.ask(api.web.usergroups_list(include_disabled=True), GroupsFound)
    for each in listed.usergroups:
        if group in (each.id, each.handle):
            return each
    raise Rejected(f"Slack has no user group {group}: create it, or write its handle as it is there")
