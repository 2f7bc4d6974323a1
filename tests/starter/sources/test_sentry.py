"""What only Sentry does: three resources, of which one never ends, and one only ends."""

from typing import Any

import pytest

from starter.sources.reading import Unreadable
from starter.sources.sentry import SOURCE
from tests.starter.sources.fixtures.sentry import FIXTURE, firing
from tests.starter.sources.webhooks import NOW, delivery, webhook
from workflows.policy.runbook.model import Runbook

METRIC: dict[str, Any] = {
    "action": "critical",
    "data": {
        "description_title": "Critical: Too many errors",
        "description_text": "1000 events in the last 10 minutes\\nFilter: level:error",
        "metric_alert": {
            "id": "4",
            "identifier": "1",
            "title": "Sacred Marmot",
            "date_started": "2026-11-21T00:03:00.000000Z",
            "alert_rule": {"id": "7", "name": "Too many errors", "projects": ["checkout"]},
        },
        "web_url": "https://sentry.io/organizations/acme/alerts/1/",
    },
    "installation": firing["installation"],
}


def one(body: Any, book: Runbook) -> Any:
    (batch,) = delivery("sentry", body, book).batches
    return batch


def test_a_metric_alert_grows_worse_and_ends_as_one_incident(book: Runbook) -> None:
    steps = [one({**METRIC, "action": action}, book) for action in ("warning", "critical", "resolved")]
    assert len({step.workflow_id for step in steps}) == 1
    assert [step.alerts[0].status for step in steps] == ["firing", "firing", "resolved"]
    assert [step.opening.severity for step in steps[:2]] == ["sev3", "sev1"]
    assert len({step.alerts[0].starts_at for step in steps}) == 1
    assert steps[1].opening.title == "Too many errors: 1000 events in the last 10 minutes Filter: level:error"
    assert steps[1].opening.service == "checkout"


def test_the_same_rule_is_the_same_incident_next_time(book: Runbook) -> None:
    later = {**METRIC, "data": {**METRIC["data"], "metric_alert": {**METRIC["data"]["metric_alert"], "id": "5"}}}
    assert one(METRIC, book).workflow_id == one(later, book).workflow_id


def test_an_issue_alert_says_what_broke_where(book: Runbook) -> None:
    found = one(firing, book)
    assert found.opening.title == "PaymentError: the card processor does not answer: shop.payment in charge"
    assert found.opening.service == "checkout"
    assert found.alerts[0].labels["server_name"] == "web-1"


@pytest.mark.parametrize(("action", "ends"), [("resolved", 1), ("archived", 1), ("ignored", 1), ("created", 0),
                                              ("assigned", 0), ("unresolved", 0)])  # fmt: skip
def test_an_issue_is_news_only_when_it_ends(action: str, ends: int, book: Runbook) -> None:
    assert len(delivery("sentry", {**(FIXTURE.resolved or {}), "action": action}, book).batches) == ends


@pytest.mark.parametrize(
    "url", ["https://sentry.example/api/0/issues/4711/", "https://sentry.io/organizations/acme/issues/4711?x=1"]
)
def test_an_event_that_names_its_issue_by_address_alone_is_the_same_alert(url: str, book: Runbook) -> None:
    event = {name: value for name, value in firing["data"]["event"].items() if name != "issue_id"}
    found = one({**firing, "data": {**firing["data"], "event": {**event, "issue_url": url}}}, book)
    assert found.workflow_id == one(firing, book).workflow_id


def test_a_test_of_the_rule_opens_nothing() -> None:
    event = {**firing["data"]["event"], "tags": [["sample_event", "yes"]]}
    reading = SOURCE.translate(webhook({**firing, "data": {"event": event}}))
    assert (reading.alerts, "test" in reading.ignored) == ((), True)


@pytest.mark.parametrize(("level", "severity"), [("fatal", "sev1"), ("warning", "sev3"), ("info", "sev4")])
def test_its_levels_are_known_without_a_map(level: str, severity: str, book: Runbook) -> None:
    event = {**firing["data"]["event"], "level": level, "tags": []}
    assert one({**firing, "data": {"event": event}}, book).opening.severity == severity


@pytest.mark.parametrize("resource", ["installation", "comment", "error", "seer", "ü" * 500])
def test_other_resources_are_welcome_and_change_nothing(resource: str) -> None:
    found = SOURCE.translate(webhook({"action": "created", "data": {}}, {"Sentry-Hook-Resource": resource}))
    assert (found.alerts, bool(found.ignored)) == ((), True)


@pytest.mark.parametrize("tags", [None, "x", [None], [["a"]], [["a", "b", "c"]], [[{}, []]], {"a": "b"}])
def test_tags_of_another_shape_lose_no_alert(tags: Any, book: Runbook) -> None:
    body = {**firing, "data": {"event": {**firing["data"]["event"], "tags": tags}}}
    assert one(body, book).alerts[0].status == "firing"


END: Any = FIXTURE.resolved


def test_a_delivery_is_known_by_its_body_which_is_signed_and_not_by_its_request_id() -> None:
    one, again = (SOURCE.translate(webhook(firing, {"Request-ID": name})).delivery_id for name in ("r-1", "r-2"))
    assert one == again
    assert one != SOURCE.translate(webhook(END, {"Request-ID": "r-1"})).delivery_id


@pytest.mark.parametrize(
    ("seen", "ends_at"),
    [
        ("2026-11-20T00:00:00Z", "2026-11-20T00:05:00+00:00"),
        (NOW.isoformat(), NOW.isoformat()),
        ("2027-01-01T00:00:00Z", NOW.isoformat()),
    ],
)
def test_an_end_ends_what_sentry_had_seen_by_then(seen: str, ends_at: str) -> None:
    body = {**END, "data": {"issue": {**END["data"]["issue"], "lastSeen": seen}}}
    (alert,) = SOURCE.translate(webhook(body)).alerts
    assert alert.starts_at is not None
    assert alert.starts_at.isoformat() == ends_at


def test_the_legacy_plugins_body_is_refused_by_its_field() -> None:
    with pytest.raises(Unreadable) as refused:
        SOURCE.translate(webhook({"project": "checkout", "level": "error", "event": {"title": "x"}}))
    assert [problem.field for problem in refused.value.problems] == ["action", "data"]


def test_sentry_is_answered_before_it_gives_up() -> None:
    assert SOURCE.answer_within_s < 1
