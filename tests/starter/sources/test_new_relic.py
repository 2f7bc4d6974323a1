"""What New Relic's words mean, and that what its page shows to paste becomes JSON that we understand."""

import json
import re
from collections.abc import Mapping

import pytest

from starter.sources import new_relic
from starter.sources.new_relic import EXAMPLE, NEW_RELIC_PAYLOAD
from tests.docs.markdown import ROOT, read
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook

VARIABLES: Mapping[str, object] = {
    "issueId": "0ea2df1c",
    "state": "ACTIVATED",
    "annotations.title.[0]": 'Error rate > 5% on "checkout"',
    "priority": "HIGH",
    "createdAt": 1795219392000,
    "issuePageUrl": "https://one.newrelic.com/issue",
    "entitiesData.names": ["checkout"],
    "accumulations.policyName": ["Shop"],
    "accumulations.conditionName": ["Error rate"],
    "workflowName": "Tocsin",
}
TAGGED = {
    "accumulations.tag.service": ["checkout"],
    "accumulations.tag.service.[0]": "checkout",
    "accumulations.runbookUrl": ["https://wiki.example.com"],
    "accumulations.runbookUrl.[0]": "https://wiki.example.com",
}


def filled_in(template: str, variables: Mapping[str, object]) -> bytes:
    """As far as the template goes: `{{#if name}}...{{/if}}` and `{{json name}}` of Handlebars."""
    kept = re.sub(r"{{#if (.+?)}}(.*?){{/if}}", lambda found: found[2] if found[1] in variables else "", template)
    return re.sub(r"{{json (.+?)}}", lambda found: json.dumps(variables[found[1]]), kept).encode()


def test_the_page_shows_the_payload() -> None:
    assert NEW_RELIC_PAYLOAD in read(ROOT / "docs/sources/new-relic.md").blocks("handlebars")


@pytest.mark.parametrize(("more", "service"), [({}, ""), (TAGGED, "checkout")], ids=["without tags", "tagged"])
def test_the_payload_is_understood(more: Mapping[str, object], service: str, book: Runbook) -> None:
    found = delivery("new-relic", filled_in(NEW_RELIC_PAYLOAD, {**VARIABLES, **more}), book)
    assert found.problems == ()
    opening = found.batches[0].opening
    assert (opening.severity, opening.service) == ("sev2", service)
    assert opening.title == 'Error rate > 5% on "checkout": checkout'


@pytest.mark.parametrize(
    ("word", "severity"), [("CRITICAL", "sev1"), ("HIGH", "sev2"), ("MEDIUM", "sev3"), ("LOW", "sev4")]
)
def test_its_priorities_are_known_without_a_map(word: str, severity: str, book: Runbook) -> None:
    found = delivery("new-relic", {**EXAMPLE, "priority": word, "state": "CREATED"}, book)
    # `critical` is a word of the test's runbook, the others are not.
    assert found.problems == ()
    assert found.batches[0].opening.severity == severity


@pytest.mark.parametrize(
    ("state", "status"),
    [("CREATED", "firing"), ("ACTIVATED", "firing"), ("CLOSED", "resolved"), ("DEACTIVATED", "resolved")],
)
def test_an_issue_is_over_when_it_is_closed(state: str, status: str) -> None:
    assert new_relic.translate(webhook({**EXAMPLE, "state": state})).alerts[0].status == status


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ({"trigger": "USER_ACTION"}, 0),  # somebody acknowledged it: the state stays ACTIVATED
        ({"trigger": "USER_ACTION", "state": "CLOSED"}, 1),
        ({"state": "ACKNOWLEDGED"}, 0),
        ({"trigger": "PRIORITY_CHANGED", "priority": "LOW"}, 0),
        ({"trigger": "PRIORITY_CHANGED", "priority": "CRITICAL"}, 1),
        ({"title": "Test notification"}, 0),
        ({"trigger": "INCIDENT_ADDED"}, 1),
    ],
)
def test_what_was_only_acknowledged_or_lowered_there_opens_nothing(said: Mapping[str, str], opens: int) -> None:
    reading = new_relic.translate(webhook({**EXAMPLE, **said}))
    assert len(reading.alerts) == opens
    assert bool(reading.ignored) is not bool(opens)


def test_a_list_of_one_may_come_as_that_one() -> None:
    reading = new_relic.translate(webhook({**EXAMPLE, "impactedEntities": "checkout"}))
    assert reading.problems == ()
    assert reading.alerts[0].summary == "checkout"
