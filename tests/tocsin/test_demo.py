"""The demo's parts that can be wrong without anybody noticing: its payload, and its judgment of how it went."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from string import Template

import pytest

from starter.runbooks.library import Library
from tests.starter.sources.webhooks import delivery
from tocsin.demo.commentary import DemoSent
from tocsin.demo.expectations import DemoOutcome, unmet
from tocsin.demo.stage import DemoRing, DemoSandbox
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", ["firing", "resolved"])
def test_the_payload_is_one_that_the_gateway_understands(library: Library, status: str) -> None:
    text = files("tocsin.demo").joinpath("alertmanager.json").read_text(encoding="utf-8")
    body = Template(text).substitute(status=status, starts_at=NOW.isoformat(), ends_at=NOW.isoformat())
    found = delivery("alertmanager", body.encode(), library.runbooks["acme"], NOW)
    (batch,) = found.batches
    (alert,) = batch.alerts
    assert (alert.status, alert.severity, found.problems) == (status, "sev1", ())


def test_a_doubled_page_is_a_broken_promise() -> None:
    assert "no page is doubled at PagerDuty" not in unmet(outcome("one", "two"))
    assert "no page is doubled at PagerDuty" in unmet(outcome("one", "one"))


def test_a_late_page_is_a_broken_promise() -> None:
    on_time = outcome("one")
    assert "no page is late" not in unmet(on_time)
    late = on_time.sent[0].settlement.model_copy(update={"late": timedelta(seconds=3)})
    assert "no page is late" in unmet(replace(on_time, sent=(replace(on_time.sent[0], settlement=late),)))


def outcome(*rung: str) -> DemoOutcome:
    incident = Incident(
        id="20261121-0200-demo", workflow_id="w", runbook="company", title="Checkout", severity="sev1", gravest="sev1",
        detected_at=NOW, declared_at=NOW, opened_at=NOW, phase_at=NOW, round_started_at=NOW,
    )  # fmt: skip
    settled = Settlement(occurrence=1, due_at=NOW, sent_at=NOW, settled_at=NOW, outcome="done")
    rings = [DemoRing(at=NOW, routing_key="sandbox-on-call", dedup_key=key) for key in rung]
    sandbox = DemoSandbox(rings=rings, pagerduty_incidents=[], channels=[], statuspage_incidents=[])
    return DemoOutcome(incident, (DemoSent("escalate/1/on-call", timedelta(), settled),), sandbox, "Vera")
