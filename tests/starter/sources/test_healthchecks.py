"""What Healthchecks' words mean, and that what its page shows to paste becomes JSON that we understand."""

import json
from typing import Any

import pytest

from starter.sources import healthchecks
from starter.sources.healthchecks import HEALTHCHECKS_BODY
from tests.docs.markdown import ROOT, read
from tests.starter.sources.fixtures.healthchecks import firing
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook


def filled_in(**changes: Any) -> bytes:
    """As Healthchecks fills in placeholders: as text, and only `$JSON` as JSON."""
    check = {**firing["check"], **changes}
    body = HEALTHCHECKS_BODY.replace("$CODE", firing["code"]).replace("$STATUS", "down").replace("$NOW", firing["at"])
    return body.replace("$JSON", json.dumps(check)).encode()


def test_the_page_shows_the_body() -> None:
    assert f"{HEALTHCHECKS_BODY}\n" in read(ROOT / "docs/sources/healthchecks.md").blocks("text")


def test_the_body_stays_json_whatever_people_call_their_checks(book: Runbook) -> None:
    found = delivery("healthchecks", filled_in(name='The "nightly" backup\n\\', tags='prod "x"'), book)
    assert found.problems == ()
    assert found.batches[0].alerts[0].name == 'The "nightly" backup \\ is down'


def test_tags_with_a_value_are_labels(book: Runbook) -> None:
    opening = (
        delivery("healthchecks", filled_in(tags="severity=warning service:database prod"), book).batches[0].opening
    )
    assert (opening.severity, opening.service, opening.labels["prod"]) == ("sev3", "database", "true")


@pytest.mark.parametrize("key", ["update_url", "badge_url"])
def test_the_link_leads_to_the_checks_page_also_on_a_machine_of_ones_own(key: str) -> None:
    check = {**firing["check"], "update_url": "", "badge_url": "", key: "https://checks.example.com:8000/x/y"}
    (alert,) = healthchecks.translate(webhook({**firing, "check": check})).alerts
    assert alert.link == f"https://checks.example.com:8000/checks/{firing['code']}/details/"


def test_the_test_button_opens_nothing() -> None:
    reading = healthchecks.translate(webhook(filled_in(name="TEST", n_pings=42)))
    assert not reading.alerts
    assert "test" in reading.ignored


@pytest.mark.parametrize("status", ["new", "paused"])
def test_a_check_that_is_neither_down_nor_up_opens_nothing(status: str) -> None:
    assert not healthchecks.translate(webhook({**firing, "status": status})).alerts
