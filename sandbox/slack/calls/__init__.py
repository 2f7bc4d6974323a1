"""The methods of Slack's Web API that Tocsin calls, or may."""

from collections.abc import Mapping

from sandbox.slack.calls import chat, conversations, marks, members, views
from sandbox.slack.calls.auth import AuthTest
from sandbox.slack.calls.base import SlackCall

SLACK_METHODS: Mapping[str, type[SlackCall]] = {
    "auth.test": AuthTest,
    "chat.delete": chat.ChatDelete,
    "chat.getPermalink": chat.ChatGetPermalink,
    "chat.postEphemeral": chat.ChatPostEphemeral,
    "chat.postMessage": chat.ChatPostMessage,
    "chat.update": chat.ChatUpdate,
    "conversations.create": conversations.ConversationsCreate,
    "conversations.history": conversations.ConversationsHistory,
    "conversations.info": conversations.ConversationsInfo,
    "conversations.invite": conversations.ConversationsInvite,
    "conversations.join": conversations.ConversationsJoin,
    "conversations.list": conversations.ConversationsList,
    "conversations.members": conversations.ConversationsMembers,
    "conversations.open": conversations.ConversationsOpen,
    "conversations.replies": conversations.ConversationsReplies,
    "conversations.setTopic": conversations.ConversationsSetTopic,
    "pins.add": marks.PinsAdd,
    "pins.list": marks.PinsList,
    "pins.remove": marks.PinsRemove,
    "reactions.add": marks.ReactionsAdd,
    "reactions.get": marks.ReactionsGet,
    "reactions.remove": marks.ReactionsRemove,
    "usergroups.create": members.UserGroupsCreate,
    "usergroups.disable": members.UserGroupsDisable,
    "usergroups.enable": members.UserGroupsEnable,
    "usergroups.list": members.UserGroupsList,
    "usergroups.users.list": members.UserGroupsUsersList,
    "usergroups.users.update": members.UserGroupsUsersUpdate,
    "users.info": members.UsersInfo,
    "users.list": members.UsersList,
    "users.lookupByEmail": members.UsersLookupByEmail,
    "views.open": views.ViewsOpen,
    "views.push": views.ViewsPush,
    "views.update": views.ViewsUpdate,
}
