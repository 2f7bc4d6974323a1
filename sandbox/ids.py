"""Ids that look like the vendors' own, and differ between runs: a reference from yesterday must not find anything."""

import secrets
import string

_ALPHABET = string.ascii_uppercase + string.digits


def new_id(prefix: str = "") -> str:
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(10))


SANDBOX_ACCOUNT = "AC" + "0" * 32
SANDBOX_NUMBER = "+15005550006"
"""Of the sandbox's Twilio."""
WEBHOOK_SECRET = "whsec_dG9jc2luLXNhbmRib3gtd2ViaG9vay1zZWNyZXQ="  # noqa: S105 (of the sandbox alone)
"""By which its receiver of webhooks knows who sends them."""
