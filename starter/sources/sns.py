"""Amazon SNS over HTTP: the envelope, its signature, and the addresses in it that may be called.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Pure: `starter.sources.sns_calls`
fetches.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import SecretStr

from starter.sources import foreign
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Unreadable, Webhook
from starter.sources.source import Check

RETRIED_FOR = timedelta(hours=1, minutes=5)
"""SNS repeats a message for up to an hour, with the time of its first attempt: a window of 5 minutes would lose it."""
AHEAD = timedelta(minutes=5)
# A region, and not `s3` or `s3-us-west-2`: there lies whatever the owner of a bucket named `sns` puts into it.
_SNS_HOST = re.compile(r"sns\.[a-z]{2,5}(-[a-z]{2,12}){1,3}-\d{1,2}\.amazonaws\.com(\.cn)?")
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


class Envelope(Foreign):
    """What SNS puts around a message. Raw delivery leaves it out, and with it the signature."""

    uncut = ("Message",)  # JSON, which is bounded when it is read

    Type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
    MessageId: str
    TopicArn: str
    Message: str
    Timestamp: str = ""
    Subject: str = ""
    Token: str = ""
    SubscribeURL: str = ""
    SignatureVersion: str = ""
    Signature: str = ""
    SigningCertURL: str = ""


def read(webhook: Webhook) -> Envelope:
    """Raises Unreadable, also for a message that was delivered raw."""
    if webhook.headers.get("x-amz-sns-rawdelivery", "").lower() == "true":
        raise _raw(())
    try:
        envelope, problems = foreign.read(Envelope, webhook.body, "a message of Amazon SNS")
    except Unreadable as error:
        if "AlarmName" in str(webhook.body[:2000]):
            raise _raw(error.problems) from None
        raise
    if problems:
        raise Unreadable("the body is not a message of Amazon SNS", problems)
    return envelope


def certificate_address(envelope: Envelope) -> str | None:
    """Where its certificate lies, if that is a place of AWS, by its only name: `x.pem?1` would be another to fetch."""
    url = envelope.SigningCertURL
    return url if _is_of_sns(url) and url.endswith(".pem") and not {"?", "#"} & {*url} else None


def confirmation_address(envelope: Envelope) -> str | None:
    """What is to be called to confirm the subscription, if that is a place of AWS."""
    return envelope.SubscribeURL if _is_of_sns(envelope.SubscribeURL) else None


def signed_with(certificate: bytes) -> Check:
    """A message of one of these topics, signed lately with the key of this certificate (PEM)."""

    def check(webhook: Webhook, topics: Sequence[SecretStr]) -> bool:
        try:
            envelope = read(webhook)
        except Unreadable:
            return False
        now = webhook.received_at
        known = is_of(envelope, topics) and is_fresh(envelope, now) and is_valid(certificate, now)
        return known and is_signed(envelope, certificate)

    return check


def is_of(envelope: Envelope, topics: Sequence[SecretStr]) -> bool:
    return envelope.TopicArn in (topic.get_secret_value() for topic in topics)


def is_signed(envelope: Envelope, certificate: bytes) -> bool:
    """With the key of this certificate (PEM). Never raises."""
    hashed = _HASHES.get(envelope.SignatureVersion)
    try:
        key = x509.load_pem_x509_certificate(certificate).public_key()
        signature = base64.b64decode(envelope.Signature, validate=True)
        if hashed is None or not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signature, signed_text(envelope), padding.PKCS1v15(), hashed())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def is_fresh(envelope: Envelope, now: datetime) -> bool:
    """Neither from the future nor older than SNS repeats a message. A time without a zone is none of SNS's."""
    try:
        sent_at = datetime.fromisoformat(envelope.Timestamp)
        return now - RETRIED_FOR <= sent_at <= now + AHEAD
    except (ValueError, TypeError):
        return False


def is_valid(certificate: bytes, now: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        return False
    return found.not_valid_before_utc <= now <= found.not_valid_after_utc


def signed_text(envelope: Envelope) -> bytes:
    """The canonical string: each field that is there, its name and its value on a line of their own."""
    fields = ((name, str(getattr(envelope, name))) for name in _SIGNED[envelope.Type])
    return "".join(f"{name}\n{value}\n" for name, value in fields if value or name != "Subject").encode()


def _is_of_sns(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc
    return plain and url.isprintable() and len(url) < 2000 and bool(_SNS_HOST.fullmatch(parts.hostname or ""))


def _raw(problems: tuple[FieldProblem, ...]) -> Unreadable:
    return Unreadable("raw message delivery carries no signature: switch it off for this subscription", problems)
