"""docs/slack-app-manifest.yaml asks for what the program needs, and for nothing else."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from chat.shortcuts import TO_DECLARE, TO_FOLLOW_UP, TO_TIMELINE
from settings import Settings
from tests.docs.markdown import ROOT

# https://docs.slack.dev/reference/methods: what a bot needs for public channels, and for private ones.
SCOPES: dict[str, set[str]] = {
    "apps_connections_open": set(),  # by the app-level token
    "auth_test": set(),
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "conversations_info": {"channels:read", "groups:read"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read", "users:read.email"},
    "views_open": set(),
    "views_update": set(),
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "conversations_create": {"channels:manage", "groups:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "chat_update": {"chat:write"},
    "conversations_invite": {"channels:manage", "groups:write"},
    "conversations_open": {"im:write"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_replies": {"channels:history", "groups:history"},
    "conversations_setTopic": {"channels:manage", "groups:write"},
    "pins_add": {"pins:write"},
    "usergroups_disable": {"usergroups:write"},
    "usergroups_enable": {"usergroups:write"},
    "usergroups_users_update": {"usergroups:write"},
    "users_lookupByEmail": {"users:read", "users:read.email"},
}

# https://docs.slack.dev/reference/events: what an app needs to be told of them.
EVENT_SCOPES = {
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "reaction_added": {"reactions:read"},
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Display(Strict):
    name: str
    description: str


class BotUser(Strict):
    display_name: str
    always_online: bool


class Shortcut(Strict):
    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str


class SlashCommand(Strict):
    command: str
    description: str
    usage_hint: str
    should_escape: bool


class Features(Strict):
    bot_user: BotUser
    shortcuts: list[Shortcut]
    slash_commands: list[SlashCommand]


class Scopes(Strict):
    bot: list[str]


class OAuth(Strict):
    scopes: Scopes


class Interactivity(Strict):
    is_enabled: bool


class EventSubscriptions(Strict):
    bot_events: list[str]


class Switches(Strict):
    interactivity: Interactivity
    event_subscriptions: EventSubscriptions
    org_deploy_enabled: bool
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class Manifest(Strict):
    """https://docs.slack.dev/reference/app-manifest"""

    display_information: Display
    features: Features
    oauth_config: OAuth
    settings: Switches


def manifest() -> Manifest:
    text = (ROOT / "docs/slack-app-manifest.yaml").read_text(encoding="utf-8")
    return Manifest.model_validate(YAML(typ="safe", pure=True).load(text))


def test_the_scopes_are_those_of_what_is_called_and_subscribed() -> None:
    files = [*(ROOT / "activities").glob("slack*.py"), *(ROOT / "chat").rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    called = set(re.findall(r"\bweb\.(\w+)\(", code))
    assert {"chat_postMessage", "views_open"} <= called
    events = manifest().settings.event_subscriptions.bot_events
    needed = set().union(*(SCOPES[method] for method in called), *(EVENT_SCOPES[event] for event in events))
    assert manifest().oauth_config.scopes.bot == sorted(needed | {"commands"})


def test_the_command_and_the_shortcuts_are_those_that_are_answered() -> None:
    features = manifest().features
    assert [each.command for each in features.slash_commands] == [Settings.model_fields["slack_command"].default]
    assert {each.callback_id for each in features.shortcuts} == {TO_DECLARE, TO_TIMELINE, TO_FOLLOW_UP}
    assert all(len(each.name) <= 24 or each.type == "message" for each in features.shortcuts)


def test_the_token_does_not_expire_because_nobody_renews_it() -> None:
    assert manifest().settings.token_rotation_enabled is False


def test_what_slack_cuts_is_short_enough() -> None:
    assert len(manifest().display_information.name) <= 35
    assert len(manifest().display_information.description) <= 140
