"""The demo's parts that can be wrong without anybody noticing: its payload, and its judgment of how it went."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from string import Template

import httpx
import pytest

from starter.runbooks.library import Library
from tests.starter.sources.webhooks import delivery
from tocsin.demo import stage
from tocsin.demo.commentary import DemoSent
from tocsin.demo.expectations import ON_CALL, ON_CALL_AGAIN, VP_ENGINEERING, DemoOutcome, unmet
from tocsin.demo.stage import DemoRing, DemoSandbox, DemoStage
from tocsin.up.folder import LastUp
from workflows.policy.incident.settlements import Settlement
from workflows.policy.incident.state import Incident
from workflows.policy.keys.duty_keys import DutyKind, duty_key
from workflows.policy.time.durations import MINUTE

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


def sent(duty: str, due: timedelta, late: timedelta = timedelta()) -> DemoSent:
    at = NOW + due
    settled = Settlement(
        occurrence=1, due_at=at, sent_at=at + late, settled_at=at + late, outcome="done", late=late
    )  # fmt: skip
    return DemoSent(duty, due, settled)


def pages(late: timedelta = timedelta(), shifted: timedelta = timedelta()) -> tuple[DemoSent, ...]:
    return (
        sent(ON_CALL, timedelta(), late),
        sent(ON_CALL_AGAIN, 5 * MINUTE + shifted, late),
        sent(VP_ENGINEERING, 30 * MINUTE, late),
    )


def about_pages(outcome: DemoOutcome) -> list[str]:
    return [broken for broken in unmet(outcome) if "paged" in broken or "late" in broken or "T+5m" in broken]


@pytest.mark.parametrize(
    ("late", "shifted", "is_kept"),
    [
        (0 * MINUTE, 0 * MINUTE, True),
        (timedelta(seconds=3), 0 * MINUTE, True),  # late is shown, and breaks nothing
        (2 * MINUTE, 4 * MINUTE, True),  # what counts from a page that was late is due later
        (0 * MINUTE, 4 * MINUTE, False),  # nothing was late, so nothing may be
        (2 * MINUTE, -4 * MINUTE, False),  # nothing comes before its time
    ],
)
def test_pages_are_promised_in_their_order_and_not_on_a_fast_machine(
    late: timedelta, shifted: timedelta, is_kept: bool
) -> None:
    assert (about_pages(replace(outcome("one"), sent=pages(late, shifted))) == []) is is_kept


def test_a_page_that_overtakes_another_is_a_broken_promise() -> None:
    on_call, again, vp = pages()
    late = sent(ON_CALL_AGAIN, 5 * MINUTE, 40 * MINUTE)
    assert about_pages(replace(outcome("one"), sent=(on_call, late, vp))) == ["they are paged in this order"]
    assert about_pages(replace(outcome("one"), sent=(on_call, again))) == ["VP Engineering is paged at T+30m"]


def test_updates_that_a_slow_machine_gathers_are_asked_for_and_others_are_missed() -> None:
    third = sent(duty_key(DutyKind.UPDATE), 45 * MINUTE)
    gathered = [
        broken for broken in unmet(replace(outcome("one"), sent=(*pages(3 * MINUTE), third))) if "upd" in broken
    ]
    missed = [broken for broken in unmet(replace(outcome("one"), sent=(*pages(), third))) if "update" in broken]
    assert gathered == []
    assert missed == ["an update falls due at T+15m", "an update falls due at T+30m"]


def gateway(*answers: int) -> Iterator[httpx.Response]:
    for status in answers:
        yield httpx.Response(status, json={"incident": "incident-x"})


async def test_a_gateway_that_is_busy_gets_the_alert_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "ALERT_AGAIN_S", 0.0)
    answers = gateway(503, 429, 202)
    async with DemoStage(LastUp(temporal="t", gateway="http://gateway", ui=None, sandbox="http://sandbox")) as there:
        there._http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: next(answers)))
        assert await there.fire() == "incident-x"
    assert next(answers, None) is None


def outcome(*rung: str) -> DemoOutcome:
    incident = Incident(
        id="20261121-0200-demo", workflow_id="w", runbook="company", title="Checkout", severity="sev1", gravest="sev1",
        detected_at=NOW, declared_at=NOW, opened_at=NOW, phase_at=NOW, round_started_at=NOW,
    )  # fmt: skip
    settled = Settlement(occurrence=1, due_at=NOW, sent_at=NOW, settled_at=NOW, outcome="done")
    rings = [DemoRing(at=NOW, routing_key="sandbox-on-call", dedup_key=key) for key in rung]
    sandbox = DemoSandbox(rings=rings, pagerduty_incidents=[], channels=[], statuspage_incidents=[])
    return DemoOutcome(incident, (DemoSent("escalate/1/on-call", timedelta(), settled),), sandbox, "Vera")
