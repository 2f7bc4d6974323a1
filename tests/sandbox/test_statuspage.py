"""An incident's life on the status page, through the client that Tocsin uses."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.sandbox_server import SandboxServer


@pytest.fixture
async def page(sandbox: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": "OAuth key"}
    async with httpx.AsyncClient(
        base_url=f"{sandbox.statuspage_url}/pages/p1", headers=headers, trust_env=False
    ) as client:
        yield client


async def create(page: httpx.AsyncClient, **incident: object) -> httpx.Response:
    return await page.post("/incidents", json={"incident": {"name": "Checkout is slow", **incident}})


async def test_an_incident_lives_and_ends(page: httpx.AsyncClient) -> None:
    metadata = {"tocsin": {"id": "20261121-0204-k7"}}
    created = await create(page, status="investigating", body="We are looking.", metadata=metadata)
    assert created.status_code == 201
    path = f"/incidents/{created.json()['id']}"
    [open_now] = (await page.get("/incidents/unresolved")).json()
    assert (open_now["metadata"], open_now["status"]) == (metadata, "investigating")

    await page.patch(path, json={"incident": {"status": "resolved", "body": "All is well."}})
    shown = (await page.get(path)).json()
    assert [(update["status"], update["body"]) for update in shown["incident_updates"]] == [
        ("resolved", "All is well."),
        ("investigating", "We are looking."),
    ]
    assert shown["resolved_at"] is not None
    assert (await page.get("/incidents/unresolved")).json() == []
    assert [incident["id"] for incident in (await page.get("/incidents")).json()] == [created.json()["id"]]


async def test_a_change_without_words_or_status_tells_subscribers_nothing(page: httpx.AsyncClient) -> None:
    path = f"/incidents/{(await create(page)).json()['id']}"
    changed = await page.patch(path, json={"incident": {"metadata": {"tocsin": {"id": "x"}}, "name": "Renamed"}})
    assert (changed.json()["name"], len(changed.json()["incident_updates"])) == ("Renamed", 1)


async def test_pages_do_not_see_each_other(page: httpx.AsyncClient, sandbox: SandboxServer) -> None:
    incident_id = (await create(page)).json()["id"]
    elsewhere = f"{sandbox.statuspage_url}/pages/p2/incidents"
    assert (await page.get(elsewhere)).json() == []
    assert (await page.get(f"{elsewhere}/{incident_id}")).status_code == 404


@pytest.mark.parametrize("authorization", ["", "OAuth bad", "Bearer key"])
async def test_without_a_good_key_nothing_is_shown(page: httpx.AsyncClient, authorization: str) -> None:
    answer = await page.get("/incidents", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()) == (401, {"error": "Could not authenticate"})


@pytest.mark.parametrize(
    ("incident", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"status": "on fire"}, "status"),
        ({"metadata": {"id": "not an object"}}, "metadata"),
    ],
)
async def test_an_incident_that_statuspage_refuses(
    page: httpx.AsyncClient, incident: dict[str, object], named: str
) -> None:
    answer = await create(page, **incident)
    assert answer.status_code == 422
    assert named in answer.json()["error"][0]
