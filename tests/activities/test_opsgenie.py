"""What only Opsgenie does: its alerts stand open, are acknowledged and closed there, and bear notes."""

from typing import Any

import pytest

from activities.errors import Rejected, Unavailable
from activities.opsgenie import Opsgenie, standing
from tests.activities import sends
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Annotate, ConfirmRing, Send
from workflows.policy.effects.proof import RingProof

RING = "incident-k7/20261121-0204-k7/escalate/1/on-call/1"
OLDER = "incident-k7/20261121-0204-k7/escalate/1/on-call/0"


@pytest.fixture
def opsgenie(sandbox: SandboxServer) -> Opsgenie:
    return Opsgenie({"on-call": "genie-secret"}, sandbox.opsgenie_url)


async def test_a_page_is_an_alert_of_its_priority_under_its_key(opsgenie: Opsgenie, sandbox: SandboxServer) -> None:
    links = (("Runbook", "https://example.com/runbook"),)
    await opsgenie.page(sends.page(vendor_key=RING, severity="sev2", links=links, subject="x" * 500), False)
    [alert] = (await sandbox.state())["opsgenie_alerts"]
    assert (alert["alias"], alert["priority"], alert["key"]) == (RING, "P2", "genie-secret")
    assert len(alert["message"]) == 130
    assert "https://example.com/runbook" in alert["description"]


@pytest.mark.parametrize(("become", "status"), [("acknowledged", "acknowledged"), ("resolved", "closed")])
async def test_what_happens_here_happens_there(
    opsgenie: Opsgenie, sandbox: SandboxServer, become: str, status: str
) -> None:
    await opsgenie.page(sends.page(vendor_key=RING), False)
    await opsgenie.sync(sends.sync(RING, become))
    [alert] = (await sandbox.state())["opsgenie_alerts"]
    assert alert["status"] == status


async def test_what_is_not_there_any_more_is_as_it_should_be(opsgenie: Opsgenie) -> None:
    assert (await opsgenie.sync(sends.sync(RING))).reference == RING


async def test_a_note_is_read_there(opsgenie: Opsgenie, sandbox: SandboxServer) -> None:
    await opsgenie.page(sends.page(vendor_key=RING), False)
    await opsgenie.annotate(sends.send(Annotate(to="on-call", ring=RING), text="Bob is on it"))
    [alert] = (await sandbox.state())["opsgenie_alerts"]
    assert alert["notes"] == ["Bob is on it"]


async def test_older_rings_are_closed_first(opsgenie: Opsgenie, sandbox: SandboxServer) -> None:
    await opsgenie.page(sends.page(vendor_key=OLDER), False)
    await opsgenie.page(sends.page(vendor_key=RING, supersedes=(OLDER,)), False)
    assert [alert["status"] for alert in (await sandbox.state())["opsgenie_alerts"]] == ["closed", "open"]


async def test_what_it_refuses_goes_with_less_in_it(opsgenie: Opsgenie, sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="opsgenie", match="description", status=422, error="not processable")
    receipt = await opsgenie.page(sends.page(vendor_key=RING), False)
    assert receipt.warns
    assert len((await sandbox.state())["opsgenie_alerts"]) == 1


def look() -> Send:
    return sends.send(ConfirmRing(to="on-call", ring=RING))


async def rung(opsgenie: Opsgenie, sandbox: SandboxServer) -> str:
    receipt = await opsgenie.page(sends.page(vendor_key=RING), False)
    assert (receipt.followed, receipt.polled) == (False, True)
    [alert] = (await sandbox.state())["opsgenie_alerts"]
    return str(alert["id"])


async def press(sandbox: SandboxServer, alert: str, action: str, by: str) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/control/opsgenie/{alert}/{action}", params={"by": by})
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("action", "by", "answered_by", "closed"),
    [
        ("acknowledge", "ann@example.com", "ann@example.com", False),
        ("acknowledge", "System", "", False),
        ("acknowledge", "Some integration", "", False),
        ("close", "ann@example.com", "ann@example.com", True),
        ("close", "System", "", False),
        ("close", "Some integration", "", False),
    ],
)
async def test_who_answered_there_is_found_out_by_asking(
    opsgenie: Opsgenie, sandbox: SandboxServer, action: str, by: str, answered_by: str, closed: bool
) -> None:
    alert = await rung(opsgenie, sandbox)
    before = (await opsgenie.confirm(look())).proof
    assert before == RingProof(pager="Opsgenie", there=True)
    await press(sandbox, alert, action, by)
    assert (await opsgenie.confirm(look())).proof == RingProof(
        pager="Opsgenie", there=True, answered_by=answered_by, closed=closed
    )


@pytest.mark.parametrize(
    "said",
    [
        '{"data": {"status": "open", "acknowledged": true, "owner": "ann@example.com", "report": null}}',
        '{"data": {"status": "open", "acknowledged": true, "owner": null,'
        ' "report": {"acknowledgedBy": "ann@example.com", "closedBy": null}}, "took": 0.2}',
    ],
)
def test_what_stands_there_as_nothing_keeps_no_answer_from_being_heard(said: str) -> None:
    assert standing(said.encode()).answered_by == "ann@example.com"


async def test_what_never_became_an_alert_reaches_nobody(
    opsgenie: Opsgenie, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.opsgenie.ALERT_IS_THERE_AFTER_S", (0.0, 0.0))
    proof = (await opsgenie.confirm(look())).proof
    assert proof is not None
    assert proof.reached_nobody
    assert len(await sandbox.wire("opsgenie")) == 2


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 403}, {"drop": "before"}])
async def test_an_alert_that_cannot_be_read_proves_nothing(
    opsgenie: Opsgenie, sandbox: SandboxServer, fault: dict[str, Any]
) -> None:
    await rung(opsgenie, sandbox)
    await sandbox.fault(vendor="opsgenie", **fault)
    with pytest.raises((Unavailable, Rejected)):
        await opsgenie.confirm(look())
