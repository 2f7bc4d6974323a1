"""Who is let in. An attacker may send anything; no check ever raises."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping

import pytest
from pydantic import SecretStr, ValidationError

from settings import Settings
from starter.gateway.routes.heartbeat import SOURCE as HEARTBEAT
from starter.gateway.routes.jira import SOURCE as JIRA
from starter.sources import verify
from starter.sources.table import SOURCES
from tests.starter.sources.webhooks import webhook

BODY = '{"title": "Ünïcode"}'.encode()
KEY = b"a key that both sides know"
WHSEC = SecretStr("whsec_" + base64.b64encode(KEY).decode())
OLD_WHSEC = SecretStr("whsec_" + base64.b64encode(b"the key before it").decode())
TOKENS = (SecretStr("old-token"), SecretStr("new-token"))
PAGERDUTY = verify.signature("X-PagerDuty-Signature", "v1=")
PD_SECRETS = (SecretStr("old-secret"), SecretStr("new-secret"))


def basic(credentials: bytes) -> str:
    return "Basic " + base64.b64encode(credentials).decode()


@pytest.mark.parametrize(
    ("authorization", "good"),
    [
        ("Bearer old-token", True),
        ("Bearer new-token", True),
        ("bearer new-token", True),
        (basic(b"alertmanager:new-token"), True),
        (basic(b":new-token"), True),
        ("Bearer wrong", False),
        ("Bearer new-toke", False),
        ("Bearer ", False),
        ("Bearer", False),
        ("new-token", False),
        (basic(b"new-token:"), False),
        (basic(b"new-token"), False),
        (basic(b"\xff:\xff"), False),
        ("Basic !!!", False),
        ("Basic ü", False),
        ("Bearer ü", False),
        ("", False),
        (None, False),
    ],
)
def test_a_token_is_a_bearers_or_a_password(authorization: str | None, good: bool) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    assert verify.token(webhook(BODY, headers), TOKENS) is good


def pagerduty_signature(secret: bytes, body: bytes = BODY) -> str:
    return "v1=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("signatures", "good"),
    [
        (pagerduty_signature(b"new-secret"), True),
        (pagerduty_signature(b"old-secret"), True),
        ("v1=00," + pagerduty_signature(b"new-secret"), True),  # PagerDuty signs with each of its secrets
        ("v1=00, " + pagerduty_signature(b"new-secret"), True),
        (pagerduty_signature(b"another"), False),
        (pagerduty_signature(b"new-secret", BODY + b" "), False),
        (pagerduty_signature(b"new-secret").removeprefix("v1="), False),
        (pagerduty_signature(b"new-secret").replace("v1", "v2"), False),
        ("v1=", False),
        (",,,", False),
        ("v1=ü", False),
        ("", False),
        (None, False),
    ],
)
def test_a_pagerduty_signature(signatures: str | None, good: bool) -> None:
    headers = {} if signatures is None else {"X-PagerDuty-Signature": signatures}
    assert PAGERDUTY(webhook(BODY, headers), PD_SECRETS) is good


def standard(key: bytes = KEY, body: bytes = BODY, age_s: int = 0, **changed: str) -> Mapping[str, str]:
    sent_at = str(int(time.time()) - age_s)
    signature = hmac.new(key, b"msg_1." + sent_at.encode() + b"." + body, hashlib.sha256).digest()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": sent_at,
        "webhook-signature": "v1," + base64.b64encode(signature).decode(),
    }
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}


@pytest.mark.parametrize(
    ("signed", "good"),
    [
        (lambda: standard(), True),
        (lambda: standard(b"the key before it"), True),
        (lambda: standard(age_s=240), True),
        (lambda: standard(age_s=-240), True),
        (lambda: standard(age_s=400), False),
        (lambda: standard(age_s=-400), False),
        (lambda: standard(b"another key"), False),
        (lambda: standard(body=BODY + b" "), False),
        (lambda: standard(body=BODY + b"\xff"), False),
        (lambda: standard(webhook_id="msg_2"), False),
        (lambda: standard(webhook_signature="v1,AAAA " + standard()["webhook-signature"]), True),
        (lambda: standard(webhook_signature="v1"), False),
        (lambda: standard(webhook_signature="v1,!"), False),
        (lambda: standard(webhook_signature="v1,ü"), False),
        (lambda: standard(webhook_signature="a,b,c"), False),
        (lambda: standard(webhook_timestamp="nan"), False),
        (lambda: standard(webhook_timestamp="1e400"), False),
        (lambda: standard(webhook_timestamp="soon"), False),
        (dict, False),
    ],
)
def test_a_standard_webhooks_signature(signed: Callable[[], Mapping[str, str]], good: bool) -> None:
    """Signed when the test runs: minutes may pass between collecting it and running it."""
    assert verify.standard_webhook(webhook(BODY, signed()), (OLD_WHSEC, WHSEC)) is good


def test_a_part_of_a_recorded_body_is_no_delivery_of_its_own() -> None:
    """Whoever may choose words of an alert, and sees how it was signed, would choose the next one whole."""
    later = str(int(time.time()))
    begin, forged = b'{"title": "x.', b'{"title": "Everything is down"}'
    genuine = standard(age_s=1_000, body=begin + later.encode() + b"." + forged)
    shifted = f"msg_1.{genuine['webhook-timestamp']}.{begin.decode().rstrip('.')}"
    headers = {**genuine, "webhook-id": shifted, "webhook-timestamp": later}
    assert not verify.standard_webhook(webhook(forged, headers), (WHSEC,))
    assert verify.standard_webhook(webhook(BODY, {**standard()}), (WHSEC,))


def test_bytes_are_signed_also_those_that_are_no_text() -> None:
    assert verify.standard_webhook(webhook(b"\xff", standard(body=b"\xff")), (WHSEC,))
    assert not verify.standard_webhook(webhook(b"\xfe", standard(body=b"\xff")), (WHSEC,))


def test_a_secret_that_the_library_cannot_use_is_found_at_the_start() -> None:
    assert verify.unusable((WHSEC, SecretStr("whsec_ü"), OLD_WHSEC, SecretStr(""))) == [2, 4]


@pytest.mark.parametrize("field", sorted({source.secrets for source in (*SOURCES.values(), HEARTBEAT, JIRA)}))
def test_an_empty_secret_which_anybody_could_sign_with_is_no_setting(field: str) -> None:
    with pytest.raises(ValidationError, match="one of them is empty, and would let anybody in") as refused:
        Settings.model_validate({field: ["a-secret", " "]})
    assert "a-secret" not in str(refused.value)
