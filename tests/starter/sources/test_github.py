"""What only GitHub does: three kinds of events, and which of them are anybody's business."""

from typing import Any

import pytest

from starter.sources.github import SOURCE
from starter.sources.reading import Unreadable
from tests.starter.sources.fixtures.github import firing, run
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook

REPOSITORY = firing["repository"]
SUITE: dict[str, Any] = {
    "action": "completed",
    "check_suite": {
        "id": 118578147,
        "head_branch": "main",
        "status": "completed",
        "conclusion": "failure",
        "app": {"slug": "sturdy-ci", "name": "Sturdy CI"},
        "created_at": "2026-11-21T00:03:12Z",
    },
    "repository": REPOSITORY,
}
DEPLOYMENT: dict[str, Any] = {
    "action": "created",
    "deployment_status": {
        "id": 17,
        "state": "failure",
        "environment": "production",
        "description": "exit code 1",
        "log_url": "https://ci.example.com/17",
    },
    "deployment": {"id": 5, "environment": "production", "created_at": "2026-11-21T00:03:12Z"},
    "workflow_run": run,
    "repository": REPOSITORY,
}


def statuses(body: Any, book: Runbook) -> list[str]:
    return [alert.status for batch in delivery("github", body, book).batches for alert in batch.alerts]


def of_run(**changed: Any) -> dict[str, Any]:
    return {**firing, "workflow_run": {**run, **changed}}


@pytest.mark.parametrize(
    ("conclusion", "becomes"),
    [
        ("failure", ["firing"]),
        ("timed_out", ["firing"]),
        ("startup_failure", ["firing"]),
        ("success", ["resolved"]),
        ("cancelled", []),
        ("skipped", []),
        ("neutral", []),
        ("action_required", []),
        ("stale", []),
    ],
)
def test_what_a_conclusion_means(conclusion: str, becomes: list[str], book: Runbook) -> None:
    assert statuses(of_run(conclusion=conclusion), book) == becomes
    assert statuses({**SUITE, "check_suite": {**SUITE["check_suite"], "conclusion": conclusion}}, book) == becomes


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        ("failure", ["firing"]),
        ("error", ["firing"]),
        ("success", ["resolved"]),
        ("pending", []),
        ("in_progress", []),
        ("queued", []),
        ("inactive", []),
    ],
)
def test_what_a_deployments_state_means(state: str, becomes: list[str], book: Runbook) -> None:
    changed = {**DEPLOYMENT, "deployment_status": {**DEPLOYMENT["deployment_status"], "state": state}}
    assert statuses(changed, book) == becomes


@pytest.mark.parametrize(
    "changed",
    [
        {"head_branch": "feature"},
        {"event": "pull_request"},
        {"event": "pull_request_target"},
        {"head_repository": {"full_name": "stranger/checkout"}},  # whose branch is called main, too
    ],
)
def test_a_pull_request_is_its_authors_business(changed: dict[str, Any], book: Runbook) -> None:
    assert statuses(of_run(**changed), book) == []


def test_a_run_that_goes_on_is_no_news(book: Runbook) -> None:
    assert statuses({**of_run(conclusion=None), "action": "in_progress"}, book) == []


def test_github_actions_is_heard_once_and_not_twice(book: Runbook) -> None:
    suite = {**SUITE["check_suite"], "app": {"slug": "github-actions", "name": "GitHub Actions"}}
    assert statuses({**SUITE, "check_suite": suite}, book) == []


def test_an_environment_that_is_thrown_away_wakes_nobody(book: Runbook) -> None:
    assert statuses({**DEPLOYMENT, "deployment": {"transient_environment": True}}, book) == []


def test_each_workflow_app_and_environment_is_an_incident_of_its_own(book: Runbook) -> None:
    titles = {}
    for body in (firing, SUITE, DEPLOYMENT):
        (batch,) = delivery("github", body, book).batches
        titles[batch.workflow_id] = batch.opening.title
        assert batch.opening.service == "checkout"
    assert list(titles.values()) == [
        "acme/checkout: Deploy fails on main: failure: Charge cards twice as fast",
        "acme/checkout: Sturdy CI fails on main: failure",
        "acme/checkout: Deployment to production fails: failure: exit code 1",
    ]


def test_a_later_run_of_the_same_workflow_ends_it_and_an_earlier_one_does_not(book: Runbook) -> None:
    def starts(body: Any) -> Any:
        return delivery("github", body, book).batches[0].alerts[0].starts_at

    earlier = of_run(id=1, conclusion="success", run_started_at="2026-11-21T00:01:00Z")
    later = of_run(id=3, conclusion="success", run_started_at="2026-11-21T00:06:00Z")
    assert starts(earlier) < starts(firing) < starts(later)  # which is how an incident knows what is old


def test_a_suite_that_completes_again_is_news_and_the_same_delivery_is_not() -> None:
    def delivery_id(**changed: Any) -> str:
        return SOURCE.translate(webhook({**SUITE, "check_suite": {**SUITE["check_suite"], **changed}})).delivery_id

    first = delivery_id(updated_at="2026-11-21T00:05:00Z")
    assert first == delivery_id(updated_at="2026-11-21T00:05:00Z") != delivery_id(updated_at="2026-11-21T00:09:00Z")


@pytest.mark.parametrize("event", ["ping", "push", "issues", "check_run"])
def test_other_events_are_welcome_and_change_nothing(event: str) -> None:
    found = SOURCE.translate(webhook({"zen": "Keep it logically awesome."}, {"X-GitHub-Event": event}))
    assert (found.alerts, bool(found.ignored)) == ((), True)


@pytest.mark.parametrize("event", ["workflow_run", "check_suite", "deployment_status"])
def test_an_event_that_is_not_in_its_body_is_named(event: str) -> None:
    with pytest.raises(Unreadable) as refused:
        SOURCE.translate(webhook({"repository": REPOSITORY}, {"X-GitHub-Event": event}))
    assert [problem.field for problem in refused.value.problems] == [event]


def test_the_header_says_which_of_several_things_in_a_body_it_is_about() -> None:
    both = {**DEPLOYMENT, "action": "completed"}
    (alert,) = SOURCE.translate(webhook(both, {"X-GitHub-Event": "workflow_run"})).alerts
    assert alert.group.startswith("workflow_run/")
