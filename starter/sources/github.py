"""GitHub's webhooks: https://docs.github.com/en/webhooks/webhook-events-and-payloads

What fails on the default branch, or in a lasting environment, is an alert; what succeeds there later is its end. A pull
request that fails is its author's business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign, Word
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

BAD = frozenset(("failure", "timed_out", "startup_failure", "error"))
GOOD = frozenset(("success",))
"""The rest is neither: cancelled, skipped, neutral, stale, action_required, inactive, pending, ..."""


class _GitHubNamed(Foreign):
    name: str = ""
    slug: str = ""
    full_name: str = ""


class _Repository(Foreign):
    full_name: str
    default_branch: str = ""
    html_url: str = ""


class _Run(Foreign):
    """Of a workflow, or of an app's checks."""

    id: str = ""
    name: str = ""
    workflow_id: str = ""
    app: _GitHubNamed = _GitHubNamed()
    conclusion: Word = ""
    event: str = ""
    head_branch: str = ""
    head_repository: _GitHubNamed = _GitHubNamed()
    display_title: str = ""
    run_attempt: int = 1
    run_started_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: foreign.AnyText = ""
    html_url: str = ""


class _GitHubStatus(Foreign):
    id: str = ""
    state: Word = ""
    description: str = ""
    environment: str = ""
    log_url: str = ""
    target_url: str = ""


class _Deployment(Foreign):
    environment: str = ""
    transient_environment: bool = False
    created_at: datetime | None = None


class _GitHubBody(Foreign):
    action: Word = ""
    repository: _Repository
    workflow_run: _Run | None = None
    check_suite: _Run | None = None
    deployment_status: _GitHubStatus | None = None
    deployment: _Deployment = _Deployment()


@dataclass(frozen=True)
class _GithubOutcome:
    """How a run or a deployment ended."""

    of: str
    state: str
    name: str
    summary: str
    labels: Mapping[str, str]
    began_at: datetime | None
    """Of this run, not of the failure: so a run that began earlier and ends later says nothing any more."""
    link: str
    id: str
    """From what is signed: GitHub's header X-GitHub-Delivery is not."""


Problems = tuple[FieldProblem, ...]
GITHUB_EVENTS = ("deployment_status", "check_suite", "workflow_run")
"""In this order: a deployment's status also says which workflow run it is from."""


def translate(webhook: Webhook) -> Reading:
    """Raises Unreadable for an event of a kind that we know, of which nothing can be used."""
    kind = webhook.headers.get("x-github-event", "").strip().lower()
    if kind and kind not in GITHUB_EVENTS:
        return Reading(ignored=f"events of type {text.line(kind, text.LONGEST_WORD)!r} change nothing here")
    sent, problems = foreign.read(_GitHubBody, webhook.body, "a GitHub event")
    if not kind:
        kind = next((name for name in GITHUB_EVENTS if getattr(sent, name)), GITHUB_EVENTS[-1])
    if not getattr(sent, kind):
        raise Unreadable("no event could be used", (FieldProblem(kind, "is missing"), *problems))
    if kind == "deployment_status" and sent.deployment_status:
        return _of_deployment(sent.deployment_status, sent, problems)
    run = sent.check_suite if kind == "check_suite" else sent.workflow_run
    return _of_run(kind, run or _Run(), sent, problems)


def _of_run(kind: str, run: _Run, sent: _GitHubBody, problems: Problems) -> Reading:
    if sent.action not in ("", "completed"):
        return Reading(ignored="it has not completed yet")
    if not run.conclusion:
        raise Unreadable("no event could be used", (FieldProblem(f"{kind}.conclusion", "is missing"), *problems))
    if why := _not_ours(kind, run, sent.repository):
        return Reading(ignored=why)
    who = run.workflow_id or run.name if kind == "workflow_run" else run.app.slug
    name = run.name if kind == "workflow_run" else run.app.name or run.app.slug
    outcome = _GithubOutcome(
        of=f"{kind}/{who}/{run.head_branch}",
        state=run.conclusion,
        name=f"{name or 'A check'} fails on {run.head_branch or 'the default branch'}",
        summary=run.display_title,
        labels={"branch": run.head_branch, "workflow": name, "event": run.event},
        began_at=run.run_started_at or run.created_at,
        link=run.html_url or _page(sent.repository, "actions"),
        # A suite may complete more than once: when checks are added to it or run again.
        id=f"{kind}/{run.id}/{run.run_attempt}/{run.conclusion}/{run.updated_at}" if run.id else "",
    )
    return _reading(outcome, sent.repository.full_name, problems)


def _not_ours(kind: str, run: _Run, repository: _Repository) -> str:
    """Why this is nobody's incident. What is not known counts: a page too many is the smaller harm."""
    if kind == "check_suite" and run.app.slug == "github-actions":
        return "GitHub Actions says it better by workflow_run"
    from_fork = run.head_repository.full_name not in ("", repository.full_name)
    if from_fork or run.event.startswith("pull_request"):
        return "a pull request, which is its author's"
    if repository.default_branch and run.head_branch not in ("", repository.default_branch):
        return "not on the default branch"
    return ""


def _of_deployment(status: _GitHubStatus, sent: _GitHubBody, problems: Problems) -> Reading:
    if not status.state:
        raise Unreadable("no event could be used", (FieldProblem("deployment_status.state", "is missing"), *problems))
    if sent.deployment.transient_environment:
        return Reading(ignored="an environment that is made to be thrown away")
    environment = status.environment or sent.deployment.environment
    outcome = _GithubOutcome(
        of=f"deployment/{environment}",
        state=status.state,
        name=f"Deployment to {environment or 'an environment'} fails",
        summary=status.description,
        labels={"environment": environment},
        began_at=sent.deployment.created_at,
        link=status.log_url or status.target_url or _page(sent.repository, "deployments"),
        id=f"deployment/{status.id}" if status.id else "",
    )
    return _reading(outcome, sent.repository.full_name, problems)


def _page(repository: _Repository, name: str) -> str:
    return f"{repository.html_url}/{name}" if repository.html_url else ""


def _reading(outcome: _GithubOutcome, repository: str, problems: Problems) -> Reading:
    if outcome.state not in BAD | GOOD:
        return Reading(ignored=f"{text.line(outcome.state, text.LONGEST_WORD)!r} is neither a failure nor a recovery")
    alert = SentAlert(
        group=outcome.of,
        fingerprint=f"{repository}/{outcome.of}",
        name=f"{repository}: {outcome.name}",
        status="firing" if outcome.state in BAD else "resolved",
        summary=f"{outcome.state}: {outcome.summary}" if outcome.summary else outcome.state,
        service=repository.rpartition("/")[2],
        labels={"repository": repository, **{key: value for key, value in outcome.labels.items() if value}},
        starts_at=outcome.began_at,
        ends="never",  # a later success says that it is over, but it comes only if somebody runs it again
        link=outcome.link,
        links=(("run", outcome.link),),
    )
    return Reading((alert,), tenant=repository, problems=problems, delivery_id=outcome.id)


EXAMPLE: JsonValue = {
    "action": "completed",
    "workflow_run": {
        "id": 289782451,
        "name": "Deploy",
        "workflow_id": 2823525,
        "event": "push",
        "head_branch": "main",
        "head_sha": "3484a3fb816e0859fd6e1cea078d76385ff50625",
        "head_repository": {"full_name": "acme/checkout"},
        "display_title": "Charge cards twice as fast",
        "run_attempt": 1,
        "status": "completed",
        "conclusion": "failure",
        "created_at": "2026-11-21T00:03:10Z",
        "run_started_at": "2026-11-21T00:03:12Z",
        "updated_at": "2026-11-21T00:05:49Z",
        "html_url": "https://github.com/acme/checkout/actions/runs/289782451",
    },
    "repository": {
        "full_name": "acme/checkout",
        "default_branch": "main",
        "html_url": "https://github.com/acme/checkout",
    },
}

SOURCE = Source(
    name="github",
    about="GitHub's events workflow_run, check_suite and deployment_status: failures on the default branch and in "
    "lasting environments, and the recovery from them. Others, such as ping, are welcome and change nothing.",
    translate=translate,
    is_genuine=verify.signature("X-Hub-Signature-256", "sha256="),
    secrets="github_secrets",
    group_is="the repository with its workflow, checking app or environment, and the branch",
    examples={"a run that failed": EXAMPLE},
)
