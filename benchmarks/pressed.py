"""Presses of buttons, as Slack sends and signs them."""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from sandbox.slack.people import FIRST_MEMBERS, TEAM


class PressedButtons(BaseModel):
    """Each is a note, in words of its own. Press number n is on a message of incident n modulo their number."""

    model_config = ConfigDict(frozen=True)
    path: ClassVar = "/webhooks/slack"
    accepted: ClassVar = 200

    incidents: tuple[str, ...]
    secret: str
    """With which Slack signs."""
    sandbox: str
    first: int = 0
    """Their numbers are all higher: the same press again is none."""

    def of(self, number: int) -> bytes:
        return urlencode({"payload": json.dumps(self._payload(self.first + number))}).encode()

    def headers(self, body: bytes) -> Sequence[str]:
        """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
        now = int(time.time())
        digest = hmac.new(self.secret.encode(), b"v0:%d:%b" % (now, body), hashlib.sha256).hexdigest()
        return (
            "Content-Type: application/x-www-form-urlencoded",
            f"X-Slack-Request-Timestamp: {now}",
            f"X-Slack-Signature: v0={digest}",
        )

    def _payload(self, number: int) -> dict[str, object]:
        incident = self.incidents[number % len(self.incidents)]
        value = json.dumps({"incident": incident, "verb": "note", "said": {"text": f"press {number}"}})
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": FIRST_MEMBERS[number % len(FIRST_MEMBERS)].id, "name": "bench"},
            "container": {"type": "message", "message_ts": "1764183000.000100", "channel_id": "C0BENCH"},
            "response_url": f"{self.sandbox}/slack/response/none",
            "actions": [
                {"action_id": "tocsin/incidents/note/1", "action_ts": f"{number}.1", "type": "button", "value": value}
            ],
        }
