"""Jira's webhooks: a follow-up whose ticket is done there is told to whoever waits for it, incident or review."""

import hashlib
import hmac
import json
import uuid
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from activities.jira import incident_label
from starter.intake.jira_tickets import TicketDone, done
from starter.sources.reading import Unreadable
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.sources.webhooks import webhook
from tests.starter.test_incidents import signals
from workflows.durable import search_attributes as attributes
from workflows.policy.incident.events import FollowUpDone

INCIDENT = "20261121-0204-k7bcdf"
HEADERS = {"X-Atlassian-Webhook-Identifier": "delivery-1"}


LABELS = (incident_label(INCIDENT),)


def delivery(
    *, category: str = "done", changed: str = "status", labels: tuple[str, ...] = LABELS, **more: Any
) -> dict[str, Any]:
    status = {"name": "Whatever", "statusCategory": {"key": category}}
    return {
        "webhookEvent": "jira:issue_updated",
        "user": {"displayName": "Ada Example"},
        "issue": {"id": "1", "key": "OPS-12", "fields": {"labels": list(labels), "status": status}},
        "changelog": {"id": "7", "items": [{"field": changed, "toString": "Whatever"}]},
        **more,
    }


def test_a_ticket_of_ours_that_is_done_is_a_follow_up_that_is_done() -> None:
    found = done(webhook(delivery(), HEADERS))
    assert found == TicketDone(INCIDENT, "OPS-12", "Ada Example", "jira-OPS-12-7")
    assert found.event() == FollowUpDone(id="jira-OPS-12-7", by="Ada Example", via="jira", follow_up="OPS-12")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (delivery(webhookEvent="jira:issue_created"), "change nothing here"),
        (delivery(webhookEvent="comment_created", issue=None), "change nothing here"),
        (delivery(labels=("ops",)), "not a ticket of ours"),
        (delivery(labels=("tocsin-incident-../../x",)), "not a ticket of ours"),
        (delivery(issue={"key": "../x", "fields": {"labels": [incident_label(INCIDENT)]}}), "not a ticket of ours"),
        (delivery(category="indeterminate"), "not moved to a status that is done"),
        (delivery(changed="summary"), "not moved to a status that is done"),
        (delivery(issue={"key": "OPS-12"}), "not a ticket of ours"),
        ({}, "change nothing here"),
    ],
)
def test_everything_else_changes_nothing_and_says_why(sent: dict[str, Any], why: str) -> None:
    found = done(webhook(sent, HEADERS))
    assert isinstance(found, str)
    assert why in found


@pytest.mark.parametrize("sent", [[], "x", delivery(issue=1), delivery(changelog=[])])
def test_what_is_no_webhook_of_jiras_is_unreadable(sent: Any) -> None:
    with pytest.raises(Unreadable):
        done(webhook(sent, HEADERS))


@pytest.mark.parametrize("headers", [{}, HEADERS, {"X-Atlassian-Webhook-Identifier": "of somebody else"}])
def test_the_change_itself_counts_once_which_is_signed_whatever_header_it_comes_under(headers: dict[str, str]) -> None:
    found = done(webhook(delivery(), headers))
    assert isinstance(found, TicketDone)
    assert found.id == "jira-OPS-12-7"


def signed(body: bytes, secret: str = "hunter2") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return HEADERS | {"X-Hub-Signature": f"sha256={digest}"}


async def test_the_review_is_told_and_a_stranger_is_not_heard(gate: GatewayUnderTest, client: Client) -> None:
    gate.settings = gate.settings.model_copy(update={"jira_webhook_secrets": (SecretStr("hunter2"),)})
    incident = f"20261121-0204-{uuid.uuid4().hex[:6]}"
    review = f"review-{incident}"
    handle = await client.start_workflow("review", id=review, task_queue="nobody")
    body = json.dumps(delivery(labels=(incident_label(incident),))).encode()
    async with gate.open() as http:
        for secret, status in {"wrong": 401, "hunter2": 202}.items():
            answer = await http.post("/webhooks/jira", content=body, headers=signed(body, secret))
            assert answer.status_code == status
    assert answer.json()["incident"] == review
    assert [name for name, _ in await signals(client, review)] == ["follow_up_done"]
    await handle.terminate()


async def test_an_incident_that_is_open_is_told_as_it_has_no_review_yet(gate: GatewayUnderTest, client: Client) -> None:
    named = TypedSearchAttributes([SearchAttributePair(attributes.INCIDENT, INCIDENT)])
    await client.start_workflow("incident", id="incident-x", task_queue="nobody", search_attributes=named)
    await eventually(gate.incidents.list)
    async with gate.open() as http:
        answer = await http.post("/webhooks/jira", json=delivery())
    assert (answer.status_code, answer.json()["incident"]) == (202, "incident-x")
    assert [name for name, _ in await signals(client, "incident-x")] == ["follow_up_done"]


async def test_a_ticket_whose_review_is_over_is_fine(gate: GatewayUnderTest) -> None:
    async with gate.open() as http:
        answer = await http.post("/webhooks/jira", json=delivery())
    assert (answer.status_code, answer.json()["ignored"]) == (202, "neither it nor its review is open")
