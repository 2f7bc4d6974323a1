"""What only named people may see is found, listed and counted by nobody else."""

from typing import Any

import httpx
import pytest
import pytest_asyncio
from temporalio.client import Client

from settings.access import Scope
from starter.desk.permissions import Permissions
from starter.temporal.incidents import Incidents
from starter.temporal.inventory import take
from starter.temporal.reviews import Reviews
from tests.starter.api.conftest import ALICE, CHIEF, INCIDENTS_PATH, READER, bearer, declared
from tests.starter.conftest import GatewayUnderTest, eventually


@pytest_asyncio.fixture
async def two(http: httpx.AsyncClient, working: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """A private incident and another one, both seen by a worker."""
    private = await declared(http, "A key was stolen", flags=["security"])
    other = await declared(http, "Checkout is slow")
    await eventually(lambda: listed(http, ALICE), lambda seen: len(seen["rows"]) == 2 and all_seen(seen))
    return private, other


async def listed(http: httpx.AsyncClient, token: str, **query: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await http.get(INCIDENTS_PATH, params=query, headers=bearer(token))).json()
    return answer


def all_seen(page: dict[str, Any]) -> bool:
    return all(row["seen"] for row in page["rows"])


def titles(page: dict[str, Any]) -> set[str]:
    return {row["title"] for row in page["rows"]}


async def test_a_reader_sees_the_others_and_no_total_gives_it_away(
    http: httpx.AsyncClient, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    seen = await listed(http, READER, closed=True)
    assert (titles(seen), seen["total"]) == ({"Checkout is slow"}, 1)
    seen = await listed(http, ALICE, closed=True)
    assert (titles(seen), seen["total"]) == ({"A key was stolen", "Checkout is slow"}, 2)
    assert {row["title"]: row["private"] for row in seen["rows"]} == {
        "A key was stolen": True,
        "Checkout is slow": False,
    }


async def test_by_whatever_it_is_called_it_is_not_there(
    http: httpx.AsyncClient, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    private, other = two
    for name in (private["incident"], private["incident"][-6:], private["workflow_id"]):
        for path in (f"/incidents/{name}", f"/incidents/{name}/plan", f"/reviews/{name}"):
            answer = await http.get(f"/api/v1{path}", headers=bearer(READER))
            assert (answer.status_code, "stolen" in answer.text) == (404, False), (path, answer.text)
    assert (await http.get(f"{INCIDENTS_PATH}/{private['incident']}")).status_code == 200
    only = await http.get(f"{INCIDENTS_PATH}/-", headers=bearer(READER))
    assert only.json()["state"]["incident"]["id"] == other["incident"]


async def test_who_is_named_sees_it_and_nobody_else_may_even_act_on_it(
    tokens: GatewayUnderTest, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    private, _ = two
    tokens.settings = tokens.settings.model_copy(update={"private_to": ("Reader",)})
    async with tokens.open() as http:
        assert (await listed(http, READER))["total"] == 2
        assert (await listed(http, CHIEF))["total"] == 1
        answer = await http.post(f"{INCIDENTS_PATH}/{private['incident']}/ack", headers=bearer(ALICE))
        assert (answer.status_code, "stolen" in answer.text) == (404, False)


async def test_what_is_flagged_later_is_private_from_then_on(
    http: httpx.AsyncClient, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    _, other = two
    await http.post(f"{INCIDENTS_PATH}/{other['incident']}/flag", json={"flag": "security"})
    await eventually(lambda: listed(http, READER), lambda seen: titles(seen) == set())


async def test_that_the_flag_is_taken_away_shows_it_to_nobody(
    http: httpx.AsyncClient, two: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    private, _ = two
    taken = await http.post(f"{INCIDENTS_PATH}/{private['incident']}/flag", json={"flag": "security", "on": False})
    assert taken.status_code == 200
    await http.post(f"{INCIDENTS_PATH}/{private['incident']}/severity", json={"severity": "sev2"})
    await eventually(lambda: severities(http, ALICE), lambda seen: seen["A key was stolen"] == "sev2")
    assert titles(await listed(http, READER)) == {"Checkout is slow"}


async def severities(http: httpx.AsyncClient, token: str) -> dict[str, str]:
    return {row["title"]: row["severity"] for row in (await listed(http, token))["rows"]}


async def test_the_digest_that_all_read_leaves_it_out(two: object, incidents: Incidents, working: Client) -> None:
    everything = Incidents(working)
    known = everything.without_private()
    assert [one.title for one in (await take(known, Reviews(known))).incidents] == ["Checkout is slow"]
    assert sum((await take(known, Reviews(known))).by_severity.values()) == 1
    assert len((await take(everything, Reviews(everything))).incidents) == 2


@pytest.mark.parametrize(
    ("private_to", "who", "scope", "sees"),
    [
        ((), "reader", "read", False),
        ((), "alice", "respond", True),
        ((), "chief", "admin", True),
        (("alice",), "alice", "read", True),
        (("alice",), "Alice ", "respond", True),
        (("alice",), "bob", "respond", False),
        (("alice",), "chief", "admin", False),
        (("alice",), "alic", "admin", False),
    ],
)
def test_who_may_see_what_is_private(private_to: tuple[str, ...], who: str, scope: Scope, sees: bool) -> None:
    assert Permissions(private_to=private_to).may_see_private(who, scope) is sees
