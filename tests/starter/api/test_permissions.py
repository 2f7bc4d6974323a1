"""Who may let words out to the public, and what the figures say to whom."""

from typing import Any

import httpx
import pytest
from temporalio.client import Client

from settings.access import Scope
from starter.desk.answers import Declaration
from starter.desk.permissions import Permissions, lets_out
from tests.starter.api.conftest import ALICE, CHIEF, INCIDENTS_PATH, READER, bearer, declared
from tests.starter.conftest import GatewayUnderTest, eventually
from workflows.policy.incident.events import Acknowledged, DraftApproved, Event, Mitigated, Resolved, UpdatePosted
from workflows.policy.incident.public_events import PublicCorrected

IN_PUBLIC: list[tuple[str, dict[str, Any]]] = [
    ("approve", {}),
    ("update", {"text": "It is slow.", "public": True}),
    ("resolve", {"text": "A bad deployment.", "public": True}),
    ("correct", {"text": "It is slower than usual."}),
]
INSIDE: list[tuple[str, dict[str, Any]]] = [("update", {"text": "looking"}), ("ack", {}), ("resolve", {"text": "over"})]


async def test_words_for_the_public_come_from_those_who_are_named(tokens: GatewayUnderTest, working: Client) -> None:
    tokens.settings = tokens.settings.model_copy(update={"public_by": ("chief",)})
    tokens.headers = bearer(ALICE)
    async with tokens.open() as http:
        one = await declared(http)
        path = f"{INCIDENTS_PATH}/{one['incident']}"
        for verb, said in IN_PUBLIC:
            answer = await http.post(f"{path}/{verb}", json=said)
            assert (answer.status_code, "TOCSIN_PUBLIC_BY" in answer.text) == (403, True), verb
        opened = await http.post(INCIDENTS_PATH, json={"title": "Slow", "public": "failing logins"})
        assert opened.status_code == 403
        chief = await http.post(f"{path}/update", json=IN_PUBLIC[1][1], headers=bearer(CHIEF))
        assert chief.status_code == 200
        for verb, said in INSIDE:
            assert (await http.post(f"{path}/{verb}", json=said)).status_code == 200, verb


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (DraftApproved(), True), (UpdatePosted(text="x", public=True), True), (Resolved(text="x", public=True), True),
        (PublicCorrected(text="x"), True),
        (Declaration(title="x", public="failing logins"), True), (Declaration(title="x"), False),
        (UpdatePosted(text="x"), False), (Resolved(text="x"), False), (Acknowledged(), False), (Mitigated(), False),
    ],
)  # fmt: skip
def test_what_lets_words_out(said: Event | Declaration, expected: bool) -> None:
    assert lets_out(said) is expected


@pytest.mark.parametrize(
    ("public_by", "who", "scope", "may"),
    [((), "alice", "respond", True), ((), "reader", "read", False), (("alice",), "alice", "respond", True),
     (("alice",), "alice", "read", False), (("alice",), "chief", "admin", False)],
)  # fmt: skip
def test_who_may_let_words_out(public_by: tuple[str, ...], who: str, scope: Scope, may: bool) -> None:
    assert Permissions(public_by=public_by).may_let_out(who, scope) is may


class TestFigures:
    async def test_the_digest_is_of_what_the_token_may_see(self, http: httpx.AsyncClient, working: Client) -> None:
        await declared(http, "A key was stolen", flags=["private"])
        await declared(http, "Checkout is slow")

        async def seen(token: str) -> list[str]:
            answer = await http.get("/api/v1/digest", headers=bearer(token))
            return sorted(one["title"] for one in answer.json()["incidents"])

        await eventually(lambda: seen(ALICE), lambda titles: titles == ["A key was stolen", "Checkout is slow"])
        assert await seen(READER) == ["Checkout is slow"]

    async def test_so_is_the_report(self, http: httpx.AsyncClient, working: Client) -> None:
        await declared(http, "A key was stolen", flags=["security"])

        async def total(token: str) -> int:
            answer = await http.get("/api/v1/report", params={"span": "7d"}, headers=bearer(token))
            count: int = answer.json()["total"]["incidents"]
            return count

        assert await eventually(lambda: total(ALICE)) == 1
        assert await total(READER) == 0

    @pytest.mark.parametrize("query", [{"span": "x"}, {"span": "0m"}, {"span": "9000d"}, {"until": "yesterday"}])
    async def test_a_span_that_cannot_be_is_named(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get("/api/v1/report", params=query)
        assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, next(iter(query)))
