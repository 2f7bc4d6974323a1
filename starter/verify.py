"""Is a webhook from whom it says? Over the raw bytes, in constant time, with several secrets while one is rotated.

No function here raises, whatever an attacker sends.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence

from pydantic import SecretStr
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError


def token(authorization: str | None, tokens: Iterable[SecretStr]) -> bool:
    """`Authorization` carries one of our tokens: as a bearer's, or as the password of basic authentication."""
    scheme, _, credentials = (authorization or "").partition(" ")
    given = _password(credentials) if scheme.lower() == "basic" else credentials.strip()
    return _any_equal(given.encode(), (known.get_secret_value().encode() for known in tokens))


def pagerduty(signatures: str | None, body: bytes, secrets: Iterable[SecretStr]) -> bool:
    """A list, one signature for each of its secrets: https://developer.pagerduty.com/docs/verifying-webhook-signatures"""
    expected = [
        b"v1=" + hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest().encode()
        for secret in secrets
    ]
    given = [signature.strip().encode() for signature in (signatures or "").split(",")]
    return any(_any_equal(signature, expected) for signature in given)


def standard_webhook(headers: Mapping[str, str], body: bytes, secrets: Iterable[SecretStr]) -> bool:
    """https://github.com/standard-webhooks/standard-webhooks: signed with the time, which may be off by 5 minutes."""
    return any(_is_signed(Webhook(secret.get_secret_value()), headers, body) for secret in secrets)


def unusable(secrets: Sequence[SecretStr]) -> list[int]:
    """Which of these are no Standard Webhooks secrets, counted from 1."""
    return [number for number, secret in enumerate(secrets, start=1) if not _is_standard(secret)]


def _is_signed(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        webhook.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: the library meets a header that is no signature at all
        return False
    return True


def _is_standard(secret: SecretStr) -> bool:
    try:
        Webhook(secret.get_secret_value())
    except (EmptyWebhookSecretError, ValueError):
        return False
    return True


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _any_equal(given: bytes, known: Iterable[bytes]) -> bool:
    return any(hmac.compare_digest(given, each) for each in known)
