"""The app as Slack knows it: what it may do, and where its calls go."""

from dataclasses import dataclass

SLACK_SCOPES = frozenset(
    [
        "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
        "chat:write.public", "commands", "groups:history", "groups:read", "groups:write", "im:history", "im:write",
        "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write", "usergroups:read",
        "usergroups:write", "users:read", "users:read.email",
    ]
)  # fmt: skip
"""All that this Slack knows of: https://docs.slack.dev/reference/scopes"""
EVENTS = frozenset(["reaction_added", "reaction_removed", "app_mention", "member_joined_channel", "message"])
RETRY_AFTER_S = (0.0, 60.0, 300.0)
"""An event that nobody took comes three times more: https://docs.slack.dev/apis/events-api#retries"""


@dataclass(frozen=True)
class OfferedShortcut:
    """What the app offers in the menu of a message."""

    callback_id: str
    name: str


@dataclass
class SlackApp:
    """`url` and `signing_secret`: where its calls go, and what proves them. While a socket of Socket Mode is open, they
    go there instead."""

    url: str | None = None
    signing_secret: str = ""
    scopes: frozenset[str] = SLACK_SCOPES
    events: frozenset[str] = EVENTS
    """To which it has subscribed."""
    shortcuts: tuple[OfferedShortcut, ...] = ()
    retry_after_s: tuple[float, ...] = RETRY_AFTER_S
    patience: float = 1.0
    """How many times as long as Slack an answer is waited for: on a slow machine nobody is at fault."""

    def reset(self) -> None:
        """What a person set up stays: only what a test took away comes back."""
        self.scopes, self.events, self.retry_after_s, self.patience = SLACK_SCOPES, EVENTS, RETRY_AFTER_S, 1.0
