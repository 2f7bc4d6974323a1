"""What only Opsgenie does: its alerts stand open, are acknowledged and closed there, and bear notes."""

import pytest

from activities.opsgenie import Opsgenie
from tests.activities import sends
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Annotate

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
