"""What Zabbix' words mean, and that its page's script and parameters say what we read."""

import re

import pytest

from starter.sources import zabbix
from starter.sources.reading import Reading
from starter.sources.zabbix import EXAMPLE
from tests.docs.markdown import ROOT, read
from tests.starter.sources.webhooks import delivery, webhook
from workflows.policy.runbook.model import Runbook

PAGE = read(ROOT / "docs/sources/zabbix.md")
(SCRIPT,) = PAGE.blocks("javascript")
PARAMETERS = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|$", PAGE.text, re.MULTILINE))


def sent(**changes: str) -> Reading:
    return zabbix.translate(webhook({**EXAMPLE, **changes}))


def test_the_script_sends_every_field_that_is_read() -> None:
    assert set(re.findall(r"'(\w+)'[,\]]", SCRIPT)) | set(re.findall(r"body\.(\w+) =", SCRIPT)) == set(EXAMPLE)


def test_the_page_has_a_parameter_for_all_that_the_script_uses() -> None:
    assert set(re.findall(r"params\.(\w+)", SCRIPT)) | set(EXAMPLE) - {"since"} == set(PARAMETERS)


def test_the_test_button_opens_nothing() -> None:
    macros = {name: macro for name, macro in PARAMETERS.items() if name in EXAMPLE}
    reading = sent(**macros, since="")
    assert not reading.alerts
    assert "test" in reading.ignored


@pytest.mark.parametrize(
    ("number", "severity"), [("5", "sev1"), ("4", "sev2"), ("3", "sev3"), ("2", "sev4"), ("0", "sev2")]
)
def test_severities_are_known_by_their_number_however_they_are_called(
    number: str, severity: str, book: Runbook
) -> None:
    found = delivery("zabbix", {**EXAMPLE, "severity": "Ganz schlimm", "severity_number": number}, book)
    assert found.problems == ()
    assert found.batches[0].opening.severity == severity


def test_the_runbook_may_know_them_by_name(book: Runbook) -> None:
    found = delivery("zabbix", {**EXAMPLE, "severity": "Warning", "severity_number": "2"}, book)
    assert found.batches[0].opening.severity == "sev3"


def test_macros_that_have_no_value_are_as_good_as_missing() -> None:
    (alert,) = sent(operational_data="{EVENT.OPDATA}", runbook_url="{TRIGGER.URL}", host="*UNKNOWN*").alerts
    assert alert.summary == ""
    assert "host" not in alert.labels


@pytest.mark.parametrize(
    ("tags", "service"),
    [
        ('[{"tag":"service","value":"checkout"}]', "checkout"),
        ('[{"tag":"service"},{"tag":17,"value":"x"},"service"]', ""),
        ('{"service":"checkout"}', ""),
        ("{EVENT.TAGSJSON}", ""),
        ("[" * 100_000, ""),
    ],
    ids=lambda value: value[:20],
)
def test_tags_name_the_service_and_nothing_else_disturbs(tags: str, service: str) -> None:
    assert sent(tags=tags).alerts[0].service == service


def test_problems_of_one_trigger_are_alerts_of_one_incident(book: Runbook) -> None:
    first, second = (delivery("zabbix", {**EXAMPLE, "event": event}, book).batches[0] for event in ("1", "2"))
    assert first.workflow_id == second.workflow_id
    assert first.alerts[0].fingerprint != second.alerts[0].fingerprint


def test_the_link_leads_to_the_problem() -> None:
    assert sent().alerts[0].link == "https://zabbix.example.com/tr_events.php?triggerid=16199&eventid=18452"
