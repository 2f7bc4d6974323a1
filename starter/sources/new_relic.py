"""New Relic's workflows, with their default payload or the one that docs/sources/new-relic.md asks for.

https://docs.newrelic.com/docs/alerts/get-notified/message-templates/
"""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, JsonValue

from starter.sources import foreign, text, verify
from starter.sources.foreign import Foreign
from starter.sources.reading import FieldProblem, Reading, SentAlert, Unreadable, Webhook
from starter.sources.source import Source

ENDING_STATES = ("closed", "deactivated")
BY_HAND = ("user_action", "acknowledged", "issue_acknowledged", "unacknowledged")
"""Triggers: somebody has acknowledged it there, for which the state stays ACTIVATED."""
_TESTS = ("test notification", "new relic alert - channel test")
NEW_RELIC_PAYLOAD = """\
{
  "id": {{json issueId}},
  "state": {{json state}},
  "title": {{json annotations.title.[0]}},
  "priority": {{json priority}},
  "createdAt": {{json createdAt}},
  "issueUrl": {{json issuePageUrl}},
  "impactedEntities": {{json entitiesData.names}},
  "alertPolicyNames": {{json accumulations.policyName}},
  "alertConditionNames": {{json accumulations.conditionName}},
  {{#if accumulations.tag.service}}"service": {{json accumulations.tag.service.[0]}},{{/if}}
  {{#if accumulations.runbookUrl}}"runbookUrl": {{json accumulations.runbookUrl.[0]}},{{/if}}
  "workflowName": {{json workflowName}}
}
"""
"""What to paste as the message's payload. What an issue may be without has an `#if`: it would leave no JSON."""


def _listed(value: object) -> object:
    """A list with one entry may come as that entry."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_listed)]


class _NewRelicBody(Foreign):
    id: str
    state: str = ""
    title: str = ""
    priority: str = ""
    createdAt: datetime | None = None  # noqa: N815 (New Relic's own spelling)
    issueUrl: str = ""  # noqa: N815
    impactedEntities: Names = []  # noqa: N815
    alertPolicyNames: Names = []  # noqa: N815
    alertConditionNames: Names = []  # noqa: N815
    service: str = ""
    runbookUrl: str = ""  # noqa: N815
    workflowName: str = ""  # noqa: N815
    trigger: str = ""
    current_state: str = ""


def translate(webhook: Webhook) -> Reading:
    """One delivery is one issue. Raises Unreadable without its id."""
    sent, problems = foreign.read(_NewRelicBody, webhook.body, "a New Relic workflow's webhook")
    if not sent.id.strip():
        raise Unreadable("no alert could be used", (FieldProblem("id", "is empty"), *problems))
    if why := _changes_nothing(sent):
        return Reading(ignored=why, problems=problems)
    return Reading((_alert(sent),), problems=problems)


def _changes_nothing(sent: _NewRelicBody) -> str:
    state, trigger = sent.state.strip().lower(), sent.trigger.strip().lower()
    if sent.title.strip().lower().startswith(_TESTS) or "test" in (state, trigger, sent.current_state.strip().lower()):
        return "a test of the destination: it arrived, and opens nothing"
    if state in ENDING_STATES:
        return ""
    if state == "acknowledged" or trigger in BY_HAND:
        return "somebody acknowledged it there, which neither opens nor ends an issue"
    if trigger == "priority_changed" and sent.priority.strip().lower() in ("medium", "low"):
        return f"its priority was changed there, to {text.line(sent.priority, text.LONGEST_WORD)}"
    return ""


def _alert(sent: _NewRelicBody) -> SentAlert:
    entities = ", ".join(sent.impactedEntities)
    known = {
        "policy": ", ".join(sent.alertPolicyNames),
        "condition": ", ".join(sent.alertConditionNames),
        "entity": entities,
        "workflow": sent.workflowName,
    }
    return SentAlert(
        group=sent.id,
        fingerprint=text.fingerprint({"id": sent.id}),
        name=sent.title or known["condition"] or f"New Relic: something is wrong with {entities or 'an entity'}",
        status="resolved" if sent.state.strip().lower() in ENDING_STATES else "firing",
        summary=entities,
        severity=sent.priority,
        severity_field="priority",
        service=sent.service,
        labels={name: value for name, value in known.items() if value},
        starts_at=sent.createdAt,
        link=sent.issueUrl,
        links=(("runbook", sent.runbookUrl), ("issue", sent.issueUrl)),
    )


EXAMPLE: dict[str, JsonValue] = {
    "id": "0ea2df1c-adab-45d2-aae0-042b609d2322",
    "issueUrl": "https://radar-api.service.newrelic.com/accounts/1/issues/0ea2df1c-adab-45d2-aae0-042b609d2322",
    "title": "Error rate > 5% for at least 2 minutes on 'checkout'",
    "priority": "CRITICAL",
    "impactedEntities": ["checkout", "payments"],
    "totalIncidents": 2,
    "state": "ACTIVATED",
    "trigger": "INCIDENT_ADDED",
    "isCorrelated": True,
    "createdAt": 1795219392000,
    "updatedAt": 1795219452000,
    "sources": ["newrelic"],
    "alertPolicyNames": ["Shop"],
    "alertConditionNames": ["Error rate"],
    "workflowName": "Tocsin",
    "service": "checkout",
    "runbookUrl": "https://wiki.example.com/checkout",
}

SOURCE = Source(
    name="new-relic",
    about="New Relic's workflows, with their default payload or that of docs/sources/new-relic.md. A token as bearer "
    "or as the password of basic authentication.",
    translate=translate,
    is_genuine=verify.token,
    secrets="new_relic_tokens",
    group_is="New Relic's issue, which may hold several of its incidents",
    examples={"activated": EXAMPLE, "closed": {**EXAMPLE, "state": "CLOSED", "trigger": "ISSUE_CLOSED"}},
)
