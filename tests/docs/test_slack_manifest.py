"""docs/slack-app-manifest.yaml asks for what the adapter needs, and for nothing else."""

import re

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from tests.docs.markdown import ROOT

# https://docs.slack.dev/reference/methods: what a bot needs for public channels, and for private ones.
SCOPES = {
    "chat_postMessage": {"chat:write", "chat:write.public"},
    "conversations_create": {"channels:manage", "groups:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "chat_update": {"chat:write"},
    "conversations_invite": {"channels:manage", "groups:write"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_replies": {"channels:history", "groups:history"},
    "conversations_setTopic": {"channels:manage", "groups:write"},
    "pins_add": {"pins:write"},
    "users_lookupByEmail": {"users:read", "users:read.email"},
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Display(Strict):
    name: str
    description: str


class BotUser(Strict):
    display_name: str
    always_online: bool


class Features(Strict):
    bot_user: BotUser


class Scopes(Strict):
    bot: list[str]


class OAuth(Strict):
    scopes: Scopes


class Switches(Strict):
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


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "activities").glob("slack*.py"))
    called = set(re.findall(r"\bweb\.(\w+)\(", code))
    assert called
    assert manifest().oauth_config.scopes.bot == sorted(set().union(*(SCOPES[method] for method in called)))


def test_the_token_does_not_expire_because_nobody_renews_it() -> None:
    assert manifest().settings.token_rotation_enabled is False


def test_what_slack_cuts_is_short_enough() -> None:
    assert len(manifest().display_information.name) <= 35
    assert len(manifest().display_information.description) <= 140
