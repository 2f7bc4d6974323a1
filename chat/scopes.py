"""What the app may do at Slack, as Slack says with each answer."""

from collections.abc import Mapping
from typing import Final

GRANTED_HEADER: Final = "x-oauth-scopes"
"""https://docs.slack.dev/authentication/installing-with-oauth: the scopes of the token that was used"""
INSTALL_AGAIN: Final = "compare with docs/slack-app-manifest.yaml, and install the app again"
NEEDED_SCOPES: Final = frozenset(
    [
        "channels:history", "channels:manage", "channels:read", "chat:write", "chat:write.public", "commands",
        "groups:history", "groups:read", "groups:write", "im:history", "im:write", "pins:write", "reactions:read",
        "usergroups:read", "usergroups:write", "users:read", "users:read.email",
    ]
)  # fmt: skip
"""Those of docs/slack-app-manifest.yaml."""


def missing_scopes(headers: Mapping[str, str]) -> list[str]:
    granted = {scope.strip() for scope in headers.get(GRANTED_HEADER, "").split(",")}
    return sorted(NEEDED_SCOPES - granted)
