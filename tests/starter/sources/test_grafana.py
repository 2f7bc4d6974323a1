"""What only Grafana does."""

import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from starter.sources.grafana import SOURCE
from tests.starter.sources.fixtures.grafana import alert, firing
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook

SECRETS = (SecretStr("old"), SecretStr("new"))
BODY = b'{"alerts": []}'


def mac(secret: str, signed: bytes = BODY) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def timed(age_s: int, secret: str = "new", **changed: str) -> dict[str, str]:
    at = str(int(time.time()) - age_s)
    headers = {"timestamp": at, "signature": mac(secret, f"{at}:".encode() + BODY), **changed}
    return {f"X-Grafana-Alerting-{name.title()}": value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("headers", "good"),
    [
        (lambda: {"X-Grafana-Alerting-Signature": mac("new")}, True),  # without the optional time
        (lambda: {"X-Grafana-Alerting-Signature": mac("old")}, True),
        (lambda: {"X-Grafana-Alerting-Signature": mac("another")}, False),
        (lambda: {"X-Grafana-Alerting-Signature": "sha256=" + mac("new")}, False),
        (lambda: timed(0), True),
        (lambda: timed(240), True),
        (lambda: timed(-240), True),
        (lambda: timed(400), False),  # recorded, and played back
        (lambda: timed(-400), False),
        (lambda: timed(0, timestamp="soon"), False),
        (lambda: timed(0, timestamp=""), False),
        (lambda: timed(0, timestamp="9" * 400), False),
        (lambda: timed(0, timestamp="²"), False),
        (lambda: timed(0, signature=mac("new")), False),  # the time is not signed
        (lambda: {name: value for name, value in timed(0).items() if "Time" not in name}, False),  # taken away
        (lambda: {"Authorization": "Bearer new"}, True),
        (lambda: {"Authorization": "Basic Z3JhZmFuYTpuZXc="}, True),
        (lambda: {"Authorization": "Bearer another"}, False),
    ],
)
def test_how_grafana_proves_itself(headers: Any, good: bool) -> None:
    assert SOURCE.is_genuine(webhook(BODY, headers(), datetime.now(UTC)), SECRETS) is good


def test_a_recorded_body_is_not_signed_without_its_time() -> None:
    """What is signed is the time, a colon and the body: the three together are another body, and as well signed."""
    headers = timed(1_000)
    time_and_body = headers.pop("X-Grafana-Alerting-Timestamp").encode() + b":" + BODY
    assert not SOURCE.is_genuine(webhook(time_and_body, headers, datetime.now(UTC)), SECRETS)


def one(book: Runbook, **changed: Any) -> Any:
    (batch,) = delivery("grafana", {**firing, "alerts": [{**alert, **changed}]}, book).batches
    return batch


def test_its_own_labels_are_left_out(book: Runbook) -> None:
    labels = {"alertname": "Down", "__alert_rule_uid__": "ee3x", "ref_id": "A"}
    assert one(book, labels=labels).alerts[0].labels == {"alertname": "Down", "ref_id": "A"}


def test_a_rule_that_could_not_be_evaluated_is_called_by_its_name(book: Runbook) -> None:
    labels = {"alertname": "DatasourceError", "rulename": "Checkout latency"}
    assert one(book, labels=labels).alerts[0].name == "Checkout latency (DatasourceError)"


def test_without_a_summary_the_values_say_what_is_seen(book: Runbook) -> None:
    found = one(book, annotations={}, valueString="[ var='A' labels={} value=2.31 ]")
    assert found.alerts[0].summary == "[ var='A' labels={} value=2.31 ]"


@pytest.mark.parametrize("changed", [{"orgId": 2}, {"receiver": "another"}])
def test_organizations_and_contact_points_are_kept_apart(changed: dict[str, Any], book: Runbook) -> None:
    ids = {delivery("grafana", body, book).batches[0].workflow_id for body in (firing, {**firing, **changed})}
    assert len(ids) == 2


def test_a_test_of_the_contact_point_pages_nobody(book: Runbook) -> None:
    body = {**firing, "alerts": [{**alert, "labels": {"alertname": "TestAlert", "instance": "Grafana"}}]}
    assert delivery("grafana", body, book).batches == ()
    assert "it arrived" in SOURCE.translate(webhook(body)).ignored


def test_a_title_is_what_people_call_it_never_the_word_alert(book: Runbook) -> None:
    nameless = one(book, labels={"service": "checkout"}, annotations={"summary": "Half of all requests fail"})
    assert nameless.opening.title == "Half of all requests fail"
    bare = one(book, labels={"instance": "db-1", "severity": "page"}, annotations={})
    assert bare.opening.title == "Trouble with instance db-1"


def test_an_organization_is_a_number_and_still_counts() -> None:
    assert SOURCE.translate(webhook(firing)).tenant == "1/tocsin"
