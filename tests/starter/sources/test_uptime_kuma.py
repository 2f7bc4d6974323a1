"""What Uptime Kuma's statuses mean."""

from typing import Any

import pytest

from starter.sources import uptime_kuma
from starter.sources.reading import Unreadable, Webhook
from tests.starter.sources.fixtures.uptime_kuma import firing
from tests.starter.sources.webhooks import NOW, delivery, webhook
from workflows.policy.runbook.model import Runbook


def body(**changes: Any) -> Any:
    return {**firing, "heartbeat": {**firing["heartbeat"], **changes}}


@pytest.mark.parametrize(("status", "means"), [(0, "firing"), (1, "resolved"), ("0", "firing"), (9, "firing")])
def test_down_fires_and_up_resolves(status: int | str, means: str) -> None:
    assert uptime_kuma.translate(webhook(body(status=status))).alerts[0].status == means


@pytest.mark.parametrize(("status", "why"), [(2, "pending"), (3, "maintenance")])
def test_pending_and_maintenance_open_nothing(status: int, why: str) -> None:
    reading = uptime_kuma.translate(webhook(body(status=status)))
    assert not reading.alerts
    assert why in reading.ignored


def test_a_test_and_a_certificate_that_will_expire_open_nothing() -> None:
    for msg in ("Tocsin Testing", "[Shop][https://shop.example.com] server certificate x will expire in 7 days"):
        reading = uptime_kuma.translate(webhook({"heartbeat": None, "monitor": None, "msg": msg}))
        assert not reading.alerts
        assert reading.ignored


def test_a_body_without_anything_is_none_of_its_own() -> None:
    with pytest.raises(Unreadable):
        uptime_kuma.translate(webhook({"heartbeat": None, "monitor": None}))


def test_tags_of_the_monitor_say_how_grave_it_is_and_what_it_belongs_to(book: Runbook) -> None:
    tags = [{"name": "severity", "value": "warning"}, {"name": "service", "value": "checkout"}, {"name": "eu"}]
    sent = {**firing, "monitor": {**firing["monitor"], "tags": tags}}
    opening = delivery("uptime-kuma", sent, book).batches[0].opening
    assert (opening.severity, opening.service, opening.labels["eu"]) == ("sev3", "checkout", "true")


def test_its_times_are_utc_wherever_it_stands(book: Runbook) -> None:
    (alert,) = delivery("uptime-kuma", body(), book).batches[0].alerts
    assert alert.starts_at.isoformat() == "2026-11-21T00:03:12.494000+00:00"


def test_two_installations_are_kept_apart_by_their_addresses() -> None:
    content = webhook(firing).body
    tenants = [
        uptime_kuma.translate(Webhook(content, NOW, query=query)).tenant for query in ({}, {"installation": "berlin"})
    ]
    assert tenants == ["", "berlin"]
