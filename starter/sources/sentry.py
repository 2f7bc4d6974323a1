"""Sentry's integration platform: https://docs.sentry.io/integrations/integration-platform/webhooks/

An issue alert says that a rule was triggered and never that it is over; its end comes, if it does, as a webhook of the
resource `issue`, when somebody resolves or archives the issue there. A metric alert tells its own end.
"""

import datetime as dt
import re

from pydantic import JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign, Word
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source
from workflows.policy.runbook.names import Meaning

ENDING_STATUSES = ("resolved", "archived", "ignored")
"""What becomes of an issue; `ignored` is what archiving was called."""
SENTRY_LEVELS: dict[str, Meaning] = {"info": "sev4"}
"""Of events: a message is of this level unless its program says otherwise, and a rule says that it is an alert."""
SEEN_WITHIN = dt.timedelta(minutes=5)
"""So long Sentry may take to note an event as the last one of its issue."""
_ISSUE_ADDRESS = re.compile(r"/issues/(?P<id>[^/?#]+)")
_PROJECT = re.compile(r"/projects/[^/]+/(?P<slug>[^/]+)/")


class _SentryEvent(Foreign):
    issue_id: str = ""
    issue_url: str = ""
    title: str = ""
    culprit: str = ""
    level: str = ""
    environment: str = ""
    release: str = ""
    datetime: dt.datetime | None = None
    url: str = ""
    web_url: str = ""
    tags: list[JsonValue] = []


class _Rule(Foreign):
    id: str = ""
    name: str = ""
    projects: list[str] = []


class _Metric(Foreign):
    id: str
    title: str = ""
    alert_rule: _Rule = _Rule()
    date_started: dt.datetime | None = None


class _Project(Foreign):
    slug: str = ""


class _SentryIssue(Foreign):
    id: str
    title: str = ""
    level: str = ""
    web_url: str = ""
    project: _Project = _Project()
    lastSeen: dt.datetime | None = None  # noqa: N815 (Sentry's own spelling)


class _SentryData(Foreign):
    event: _SentryEvent | None = None
    metric_alert: _Metric | None = None
    issue: _SentryIssue | None = None
    triggered_rule: str = ""
    description_title: str = ""
    description_text: str = ""
    web_url: str = ""


class _SentryInstallation(Foreign):
    uuid: str = ""


class _SentryBody(Foreign):
    action: Word
    data: _SentryData
    installation: _SentryInstallation = _SentryInstallation()


def translate(webhook: Webhook) -> Reading:
    """Raises Unreadable for what should be an alert and is none."""
    resource = webhook.headers.get("sentry-hook-resource", "").strip().lower()
    if resource not in ("", "event_alert", "metric_alert", "issue"):
        return Reading(
            ignored=f"webhooks of the resource {text.line(resource, text.LONGEST_WORD)!r} change nothing here"
        )
    sent, problems = foreign.read(_SentryBody, webhook.body, "a Sentry webhook")
    if sent.data.event and _tags(sent.data.event.tags).get("sample_event") == "yes":
        return Reading(ignored="a test of the alert rule: it arrived, and opens nothing", problems=problems)
    alert = _alert(sent, webhook.received_at)
    if alert is None:
        return Reading(ignored="an issue is news only when it ends: what is an alert, alert rules say")
    return Reading(
        (alert,),
        tenant=sent.installation.uuid,
        problems=problems,
        delivery_id=webhook.digest,  # the header Request-ID is not signed
    )


def _alert(sent: _SentryBody, received_at: dt.datetime) -> SentAlert | None:
    if sent.data.metric_alert:
        return _of_metric(sent.data.metric_alert, sent)
    if sent.data.event:
        return _of_event(sent.data.event, sent.data)
    if sent.data.issue is None:
        wanted = ("event", "metric_alert")
        raise Unreadable("no alert could be used", [FieldProblem(f"data.{name}", "is missing") for name in wanted])
    return _end(sent.data.issue, received_at) if sent.action in ENDING_STATUSES else None


def _of_event(event: _SentryEvent, data: _SentryData) -> SentAlert:
    """Sentry says that it happened. That the issue is over, somebody has to say there, if it is sent here at all.

    The issue's number may be missing, and still stand in the issue's address.
    """
    issue, project = event.issue_id.strip() or _issue_in(event.issue_url), _PROJECT.search(event.url)
    if not issue:
        raise Unreadable("no alert could be used", [FieldProblem("data.event.issue_id", "is missing")])
    known = {"environment": event.environment, "release": event.release, "rule": data.triggered_rule}
    return SentAlert(
        group=issue,
        fingerprint=issue,
        name=event.title or data.triggered_rule or f"Sentry: an error in {project['slug'] if project else 'a project'}",
        summary=event.culprit,
        severity=event.level,
        severity_field="data.event.level",
        severity_otherwise=SENTRY_LEVELS.get(event.level.strip().lower()),
        service=project["slug"] if project else "",
        labels=text.owned(known, _tags(event.tags)),
        starts_at=event.datetime,
        ends="never",
        link=event.web_url,
        links=(("issue", event.web_url),),
    )


def _issue_in(address: str) -> str:
    found = _ISSUE_ADDRESS.search(address)
    return found["id"] if found else ""


def _of_metric(metric: _Metric, sent: _SentryBody) -> SentAlert:
    rule = metric.alert_rule
    ended = sent.action == "resolved"
    return SentAlert(
        group=f"rule/{rule.id or metric.id}",
        fingerprint=f"rule/{rule.id or metric.id}",
        name=rule.name or sent.data.description_title or metric.title or f"Sentry alert {metric.id}",
        status="resolved" if ended else "firing",
        summary=sent.data.description_text.replace("\\n", " "),
        severity="" if ended else sent.action,
        severity_field="action",
        service=rule.projects[0] if len(rule.projects) == 1 else "",
        labels={"rule": rule.name} if rule.name else {},
        starts_at=metric.date_started,
        link=sent.data.web_url,
        links=(("alert", sent.data.web_url),),
    )


def _end(issue: _SentryIssue, received_at: dt.datetime) -> SentAlert:
    """When, Sentry does not say: after every event that it had seen by then. So an end that somebody recorded and sends
    again ends nothing that began later."""
    seen = issue.lastSeen if issue.lastSeen and issue.lastSeen.tzinfo else None
    return SentAlert(
        group=issue.id,
        fingerprint=issue.id,
        name=issue.title or f"Sentry issue {issue.id}",
        status="resolved",
        service=issue.project.slug,
        starts_at=min(seen + SEEN_WITHIN, received_at) if seen else None,
        link=issue.web_url,
        links=(("issue", issue.web_url),),
    )


def _tags(tags: list[JsonValue]) -> dict[str, str]:
    """`[["browser", "Chrome"], ...]`; whatever is not such a pair is left out."""
    pairs = (tag for tag in tags if isinstance(tag, list) and len(tag) == 2)
    return {name: value for name, value in pairs if isinstance(name, str) and isinstance(value, str)}


EXAMPLE: JsonValue = {
    "action": "triggered",
    "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
    "data": {
        "event": {
            "event_id": "0ddba11c0ffee0ddba11c0ffee0ddba1",
            "issue_id": "4711",
            "title": "PaymentError: the card processor does not answer",
            "culprit": "shop.payment in charge",
            "level": "fatal",
            "environment": "production",
            "datetime": "2026-11-21T00:03:12.494000Z",
            "platform": "python",
            "tags": [["level", "fatal"], ["server_name", "web-1"]],
            "url": "https://sentry.io/api/0/projects/acme/checkout/events/0ddba11c0ffee0ddba11c0ffee0ddba1/",
            "web_url": "https://sentry.io/organizations/acme/issues/4711/",
        },
        "triggered_rule": "Payments fail",
        "issue_alert": {"title": "Payments fail"},
    },
    "installation": {"uuid": "a1a1a1a1-2b2b-3c3c-4d4d-5e5e5e5e5e5e"},
}

SOURCE = Source(
    name="sentry",
    about="Issue and metric alerts of a Sentry integration, signed with its client secret. An issue alert never says "
    "that it is over: subscribe to `issue`, too, so that resolving or archiving the issue there ends it here.",
    translate=translate,
    is_genuine=verify.signature("Sentry-Hook-Signature"),
    secrets="sentry_secrets",
    group_is="Sentry's issue, or the rule of a metric alert",
    answer_within_s=0.9,  # it waits one second, and ends the subscription after many that were slower
    examples={"issue alert": EXAMPLE},
)
