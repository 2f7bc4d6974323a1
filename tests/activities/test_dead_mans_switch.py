"""The dead man's switch is called, and its address stays secret."""

import pytest

from activities.dead_mans_switch import DeadMansSwitch
from activities.errors import Rejected, Unavailable
from tests.sandbox_server import SandboxServer


async def test_the_switch_is_called_and_its_address_is_not_logged(
    sandbox: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await DeadMansSwitch(f"{sandbox.slack_url}auth.test?the-secret").call()
    assert [entry["path"] for entry in await sandbox.wire()] == ["/slack/api/auth.test"]
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert "the-secret" not in str(ours)


async def test_a_switch_that_is_down_is_unavailable(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", status=503)
    with pytest.raises(Unavailable, match="answered 503") as failure:
        await DeadMansSwitch(f"{sandbox.slack_url}the-secret").call()
    assert "the-secret" not in str(failure.value)


async def test_a_switch_that_cannot_be_reached_is_unavailable(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="slack", drop="before")
    with pytest.raises(Unavailable, match="could not be reached") as failure:
        await DeadMansSwitch(f"{sandbox.slack_url}the-secret").call()
    assert "the-secret" not in str(failure.value)


async def test_a_wrong_address_is_rejected(sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected, match="answered 404: check TOCSIN_DEAD_MANS_SWITCH_URL"):
        await DeadMansSwitch(f"{sandbox.url}/the-secret").call()
