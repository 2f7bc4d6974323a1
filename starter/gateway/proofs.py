"""Every way into the gateway that asks for a secret, and how such a secret is made."""

import base64
import secrets
from typing import Final

from starter.gateway.routes import heartbeat, jira, slack, twilio
from starter.sources.source import Source
from starter.sources.table import SOURCES

PROVED_SOURCES: Final = {**SOURCES, **{each.SOURCE.name: each.SOURCE for each in (heartbeat, jira, slack, twilio)}}
_THEIRS: Final = {
    "cloudwatch": "CloudWatch proves itself by the ARN of your SNS topic",
    "pagerduty": "PagerDuty makes the secret of its webhook subscription itself",
    "slack": "Slack shows the signing secret of your app at https://api.slack.com/apps",
    "twilio": "Twilio shows the auth token of your account at https://console.twilio.com",
    "sentry": "Sentry makes the client secret of its integration itself",
}


def secret_is_theirs(source: Source) -> str:
    """Why no secret can be made for it here; empty if one can."""
    return _THEIRS.get(source.name, "")


def new_secret(source: Source) -> str:
    """Standard Webhooks wants its secrets in base64."""
    if source.secrets == "generic_secrets":
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)
