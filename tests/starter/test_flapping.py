"""What flaps is the incident's business: a gateway holds nothing back. It may be killed, and there may be several."""

import httpx
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.starter.conftest import GatewayUnderTest
from tests.starter.test_serve import serving

GENERIC = "/webhooks/generic"


def alert(status: str) -> dict[str, str]:
    return {"key": "a", "title": "a is down", "status": status}


async def test_every_end_is_in_temporal_when_it_is_answered(gate: GatewayUnderTest, incidents: Incidents) -> None:
    async with gate.open() as http:
        for status in ("firing", "resolved", "firing", "resolved"):
            answer = await http.post(GENERIC, json=alert(status))
            assert (answer.status_code, answer.json()["accepted"], answer.json()["ignored"]) == (202, 1, None)
            last = [line.text for line in await incidents.history(answer.json()["incident"])][-1]
            assert last == f"alerts: {int(status == 'firing')} firing, {int(status == 'resolved')} resolved"
        ready = (await http.get("/readyz")).json()
    assert ready["webhooks"]["generic"] == {"accepted": 4}


async def test_two_gateways_hand_on_the_same(
    settings: Settings, library: Library, incidents: Incidents, client: Client
) -> None:
    async with (
        serving(settings, library, incidents, allow_local=True) as one,
        serving(settings, library, incidents, allow_local=True) as other,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        for address, status in ((one, "firing"), (other, "resolved"), (one, "firing"), (other, "resolved")):
            answer = await http.post(f"{address}{GENERIC}", json=alert(status))
            assert answer.json()["accepted"] == 1
        assert [line.text for line in await incidents.history(answer.json()["incident"])][-1] == (
            "alerts: 0 firing, 1 resolved"
        )
