"""Is a webhook from whom it says? Over the raw bytes, in constant time, with several secrets while one is rotated.

A check takes the webhook and the secrets that are good (`starter.sources.source.Check`). None raises, whatever an
attacker sends. The functions in the second half make checks.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from pydantic import SecretStr
from standardwebhooks.webhooks import EmptyWebhookSecretError, WebhookVerificationError
from standardwebhooks.webhooks import Webhook as Standard

from starter.sources.reading import Webhook
from starter.sources.source import Check

REPLAY_WINDOW_S = 300
LONGEST_FORM, MOST_FIELDS = 65_536, 200
"""Bytes and fields of a form of Twilio's: it sends some dozens of short ones. It is taken apart before anybody has
proved anything, because its fields are what is signed."""
MOST_SIGNATURES = 10
"""Of one request: two while a secret is rotated. A header has room for thousands, each of which would be compared."""


_TIME_BEFORE_BODY = re.compile(rb"\d{1,12}:")
_BODY_BEGINS = re.compile(r"[\[{]")


def token(webhook: Webhook, tokens: Sequence[SecretStr]) -> bool:
    """`Authorization` carries one of our tokens: as a bearer's, or as the password of basic authentication."""
    scheme, _, credentials = webhook.headers.get("authorization", "").partition(" ")
    return _is_one_of(_password(credentials) if scheme.lower() == "basic" else credentials.strip(), tokens)


def standard_webhook(webhook: Webhook, secrets: Sequence[SecretStr]) -> bool:
    """https://github.com/standard-webhooks/standard-webhooks: signed with the time, which may be off by 5 minutes.

    Between id, time and body stand only dots. An id in which a body begins has more in it than an id: a recorded body
    that says `.1764183600.{...}` somewhere would be another delivery, at that time.
    """
    if _BODY_BEGINS.search(webhook.headers.get("webhook-id", "")):
        return False
    return any(_is_signed(_OverBytes(secret.get_secret_value()), webhook) for secret in secrets)


def unusable(secrets: Sequence[SecretStr]) -> list[int]:
    """Which of these are no Standard Webhooks secrets, counted from 1."""
    return [number for number, secret in enumerate(secrets, start=1) if not _is_standard(secret)]


def in_query(name: str) -> Check:
    """The address that the sender calls ends in `?name=token`."""
    return lambda webhook, tokens: _is_one_of(webhook.query.get(name, ""), tokens)


def any_of(*checks: Check) -> Check:
    """For senders that can prove themselves in several ways."""
    return lambda webhook, secrets: any(check(webhook, secrets) for check in checks)


def signature(header: str, prefix: str = "", *, timestamp: str = "") -> Check:
    """The header carries the HMAC-SHA256 of the body in hexadecimal, after a prefix; several with commas between.

    With `timestamp`, the header of that name, where there is one, is signed too (`<time>:<body>`), and may be 5 minutes
    off. Without it no body counts that begins with a time: it would be a recorded one, and its time no matter.
    """

    def check(webhook: Webhook, secrets: Sequence[SecretStr]) -> bool:
        signed, fresh = webhook.body, True
        if timestamp and (stated := webhook.headers.get(timestamp.lower())) is not None:
            signed, fresh = stated.encode() + b":" + signed, _is_fresh(stated, webhook)
        elif timestamp:
            fresh = _TIME_BEFORE_BODY.match(signed) is None
        given = [part.strip() for part in webhook.headers.get(header.lower(), "").split(",")[:MOST_SIGNATURES]]
        expected = [SecretStr(prefix + _hmac(secret, signed)) for secret in secrets]
        return fresh and any(_is_one_of(each, expected) for each in given)

    return check


def slack(webhook: Webhook, secrets: Sequence[SecretStr]) -> bool:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack: the time is signed, too."""
    stated = webhook.headers.get("x-slack-request-timestamp", "")
    signed = b":".join((b"v0", stated.encode(errors="surrogatepass"), webhook.body))
    expected = [SecretStr("v0=" + _hmac(secret, signed)) for secret in secrets]
    return _is_fresh(stated, webhook) and _is_one_of(webhook.headers.get("x-slack-signature", ""), expected)


def twilio(address: str) -> Check:
    """https://www.twilio.com/docs/usage/security#validating-requests: signed is the address as Twilio knows it,
    and each field of the form in the order of their names. Its port may be said or not."""
    whole = urlsplit(address)
    usual = {"https": 443, "http": 80}.get(whole.scheme, 0)
    host = whole.netloc.removesuffix(f":{usual}")
    addresses = [address, *(urlunsplit(whole._replace(netloc=netloc)) for netloc in (host, f"{host}:{usual}"))]

    def check(webhook: Webhook, secrets: Sequence[SecretStr]) -> bool:
        if len(webhook.body) > LONGEST_FORM:
            return False
        form = webhook.body.decode(errors="replace")
        try:
            fields = sorted(parse_qsl(form, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        except ValueError:
            return False
        said = "".join(f"{name}{value}" for name, value in fields)
        expected = [SecretStr(_sha1(secret, f"{known}{said}")) for secret in secrets for known in addresses]
        return _is_one_of(webhook.headers.get("x-twilio-signature", ""), expected)

    return check


def _sha1(secret: SecretStr, signed: str) -> str:
    """Twilio has no other: https://www.twilio.com/docs/usage/security"""
    mac = hmac.new(secret.get_secret_value().encode(), signed.encode(errors="surrogatepass"), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def _hmac(secret: SecretStr, signed: bytes) -> str:
    return hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()


def _is_fresh(stated: str, webhook: Webhook) -> bool:
    if not (stated.isascii() and stated.isdecimal() and len(stated) <= 12):
        return False
    return abs(int(stated) - webhook.received_at.timestamp()) <= REPLAY_WINDOW_S


class _OverBytes(Standard):
    """The library signs texts. What a sender signs are bytes: a body in Latin-1, or a compressed one, is no text."""

    def sign(self, msg_id: str, timestamp: datetime, data: str) -> str:
        signed = f"{msg_id}.{int(timestamp.timestamp())}.".encode() + data.encode(errors="surrogateescape")
        return "v1," + base64.b64encode(hmac.new(self._whsecret, signed, hashlib.sha256).digest()).decode()


def _is_signed(key: _OverBytes, webhook: Webhook) -> bool:
    given = webhook.headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    headers = {**webhook.headers, "webhook-signature": " ".join(given)}
    try:
        key.verify(webhook.body.decode(errors="surrogateescape"), headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: the library meets a header that is no signature at all
        return False
    return True


def _is_standard(secret: SecretStr) -> bool:
    try:
        Standard(secret.get_secret_value())
    except (EmptyWebhookSecretError, ValueError):
        return False
    return True


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _is_one_of(given: str, known: Iterable[SecretStr]) -> bool:
    """Bytes, because a text that is not ASCII cannot be compared in constant time."""
    presented = given.encode(errors="surrogatepass")
    return bool(presented) and any(hmac.compare_digest(presented, each.get_secret_value().encode()) for each in known)
