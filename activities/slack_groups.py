"""User groups in Slack: whoever is on call is in one, and nobody else.

https://docs.slack.dev/reference/methods/usergroups.users.update replaces the whole list, and refuses an empty one:
a group of nobody is disabled instead.
"""

from activities.errors import Rejected
from activities.slack_answers import GroupsFound, SlackDone
from activities.slack_api import Call, SlackApi, SlackRefused
from activities.slack_people import SlackPeople
from workflows.policy.rota.roster import UserGroupOrder


async def set_members(api: SlackApi, known: SlackPeople, order: UserGroupOrder) -> str:
    """A remark if somebody has to see it. The group is named by its handle or id. Raises Unavailable or Rejected."""
    found = await _named(api, order.group.removeprefix("@"))
    there = await known.known(order.addresses, order.people)
    members = list(there.values())
    if not members:
        await _ignoring(api, "already_disabled", api.web.usergroups_disable(usergroup=found))
        unknown = ", ".join(person for person in order.people if person not in there)
        remedy = f"nobody knows who {unknown} is in Slack (TOCSIN_SLACK_USERS, or an `email`)"
        return f"The user group {order.group} is empty: {remedy}" if unknown else ""
    await _ignoring(api, "already_enabled", api.web.usergroups_enable(usergroup=found))
    await api.ask(api.web.usergroups_users_update(usergroup=found, users=members), SlackDone)
    return ""


async def _named(api: SlackApi, group: str) -> str:
    listed = await api.ask(api.web.usergroups_list(include_disabled=True), GroupsFound)
    for each in listed.usergroups:
        if group in (each.id, each.handle):
            return each.id
    raise Rejected(f"Slack has no user group {group}: create it, or write its handle as it is there")


async def _ignoring(api: SlackApi, code: str, call: Call) -> None:
    try:
        await api.ask(call, SlackDone)
    except SlackRefused as error:
        if error.code != code:
            raise
