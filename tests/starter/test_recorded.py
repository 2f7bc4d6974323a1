"""Whoever recorded a signed request can send it again, under any header: at another gateway, or after a restart.

What was signed says which delivery it is, and the incident itself knows those that it has heard.
"""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from temporalio.worker import Worker

from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest, eventually
from tests.starter.sources.fixtures.sentry import FIXTURE, firing

SECRET = "the secret of both"
END: Any = FIXTURE.resolved


@pytest.fixture
def locked(gate: GatewayUnderTest) -> GatewayUnderTest:
    return replace(gate, settings=gate.settings.model_copy(update={"sentry_secrets": (SecretStr(SECRET),)}))


def again(at: str, event: str) -> Any:
    data = firing["data"]
    return {**firing, "data": {**data, "event": {**data["event"], "event_id": event, "datetime": at}}}


async def post(gate: GatewayUnderTest, body: Any) -> Any:
    """Through a gateway that knows nothing of what others have taken, under headers of its own."""
    content = json.dumps(body).encode()
    signature = hmac.new(SECRET.encode(), content, hashlib.sha256).hexdigest()
    headers = {"Sentry-Hook-Signature": signature, "Request-ID": uuid4().hex}
    async with gate.open() as http:
        answer = await http.post("/webhooks/sentry", content=content, headers=headers)
    assert answer.status_code == 202
    return answer.json()


@pytest.mark.parametrize("seen", [{}, {"lastSeen": "2026-11-21T00:03:12Z"}], ids=["undated", "dated"])
async def test_a_recorded_end_ends_nothing_that_fires_later(
    locked: GatewayUnderTest, incidents: Incidents, worker: Worker, seen: dict[str, str]
) -> None:
    end = {**END, "data": {"issue": {**END["data"]["issue"], **seen}}}
    first = (await post(locked, again("2026-11-21T00:03:12Z", "one")))["incident"]
    await post(locked, end)

    async def phase() -> str:
        return (await incidents.status(first)).incident.phase

    await eventually(phase, lambda now: now == "resolved")
    later = again(datetime.now(UTC).isoformat(), "two")
    await post(locked, later)
    await eventually(phase, lambda now: now != "resolved")
    await post(locked, end)
    found = (await incidents.status(first)).incident
    assert [alert.status for alert in found.alerts.values()] == ["firing"], "and it is not held until it has ended"


async def test_a_genuine_end_that_comes_later_ends_it(
    locked: GatewayUnderTest, incidents: Incidents, worker: Worker
) -> None:
    first = (await post(locked, again("2026-11-21T00:03:12Z", "one")))["incident"]
    await post(locked, {**END, "data": {"issue": {**END["data"]["issue"], "lastSeen": "2026-11-21T00:03:10Z"}}})

    async def phase() -> str:
        return (await incidents.status(first)).incident.phase

    await eventually(phase, lambda now: now == "resolved")
