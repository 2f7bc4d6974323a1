"""What was cancelled is remembered in Temporal: every gateway and every worker knows it."""

import httpx
from temporalio.client import Client

from settings import Settings
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from tests.starter.conftest import eventually, incident_worker
from tests.starter.test_serve import serving
from tests.workflows.incidents import Vendors, performing
from workflows.policy.incident.events import Cancelled


def alert(status: str = "firing", since: str = "2026-11-21T00:03:12Z") -> dict[str, str]:
    return {"key": "a", "title": "a is down", "status": status, "severity": "sev1", "starts_at": since}


async def test_a_repeat_opens_nothing_whichever_gateway_takes_it_and_what_begins_anew_does(
    settings: Settings, library: Library, incidents: Incidents, client: Client
) -> None:
    vendors = Vendors()

    async def kind() -> str:
        return (await client.get_workflow_handle(incident).describe()).workflow_type

    async with performing(client, vendors):
        async with (
            serving(settings, library, incidents, allow_local=True) as one,
            incident_worker(client),
            httpx.AsyncClient() as http,
        ):
            answer = await http.post(f"{one}/webhooks/generic", json=alert())
            incident = answer.json()["incident"]
            await eventually(lambda: _rung(vendors), lambda rung: rung == 1)
            await incidents.ask(incident, Cancelled(by="Alice"))
            await eventually(kind, lambda found: found == "cancelled-episodes")
        async with (
            serving(settings, library, incidents, allow_local=True) as other,
            incident_worker(client),
            httpx.AsyncClient() as http,
        ):
            for _ in range(3):
                answer = await http.post(f"{other}/webhooks/generic", json=alert())
                assert (answer.status_code, answer.json()["incident"]) == (202, incident)
            await http.post(f"{other}/webhooks/generic", json=alert(since="2026-11-21T00:01:00Z"))
            assert (await kind(), await incidents.list(), await _rung(vendors)) == ("cancelled-episodes", (), 1)
            await http.post(f"{other}/webhooks/generic", json=alert(since="2026-11-22T00:00:00Z"))
            await eventually(lambda: _rung(vendors), lambda rung: rung == 2)
            assert await kind() == "incident"


async def _rung(vendors: Vendors) -> int:
    return len(vendors.arrivals("escalate/1"))
