"""What people do over the HTTP API: the same events as by any other way, by whom a token names."""

from typing import Any

import httpx
import pytest
from temporalio.client import Client

from starter.desk.verbs import VERBS, Verb, content
from starter.temporal.incidents import Incidents
from tests.starter.api.conftest import ALICE, CHIEF, INCIDENTS_PATH, READER, bearer, declared
from tests.starter.conftest import GatewayUnderTest
from tests.starter.test_incidents import signals
from workflows.policy.incident.events import Mitigated, SeverityChanged, UpdatePosted
from workflows.policy.incident.state import Incident
from workflows.policy.review.events import NagsSnoozed

SAID: dict[str, dict[str, object]] = {
    "escalate": {"to": "boss", "reason": "I need help"},
    "severity": {"severity": "sev2", "reason": "not that bad"},
    "flag": {"flag": "customer-facing"},
    "update": {"text": "we are rolling back", "phase": "identified"},
    "assign": {"role": "commander", "person": "boss"},
    "handoff": {"to": "on-call", "text": "yours"},
    "note": {"text": "it began with the deploy"},
    "mitigate": {"text": "rolled back"},
    "snooze": {"duration": "30m"},
}
"""What needs to be said, by verb. The others need nothing, and end it."""


async def state(client: Client, incident: dict[str, Any]) -> Incident:
    return (await Incidents(client).status(incident["workflow_id"])).incident


class TestVerbs:
    async def test_an_incident_is_declared_acknowledged_and_resolved(
        self, http: httpx.AsyncClient, working: Client
    ) -> None:
        one = await declared(http, service="checkout", labels={"team": "payments"}, flags=["customer-facing"])
        assert one["first_page"] == {"fate": "ringing", "text": "On-call Engineer is ringing"}
        acknowledged = await http.post(f"{INCIDENTS_PATH}/{one['incident']}/ack")
        assert acknowledged.status_code == 200
        [changed] = acknowledged.json()["changed"]
        assert changed.startswith("alice acknowledged through API, ")
        assert (
            await http.post(f"{INCIDENTS_PATH}/{one['incident']}/resolve", json={"text": "over"})
        ).status_code == 200
        now = await state(working, one)
        assert (now.declared_by, now.acknowledged_by, now.resolved_by) == ("alice", "alice", "alice")
        assert (now.service, now.labels) == ("checkout", {"team": "payments"})
        assert now.flags == {"customer-facing"}

    async def test_every_verb_of_an_incident_is_there(self, http: httpx.AsyncClient, working: Client) -> None:
        one = await declared(http)
        for verb, said in SAID.items():
            answer = await http.post(f"{INCIDENTS_PATH}/{one['incident']}/{verb}", json=said)
            assert answer.status_code == 200, (verb, answer.text)
            assert answer.json()["changed"] != []
        now = await state(working, one)
        assert (now.severity, now.phase, now.roles["commander"]) == ("sev2", "monitoring", "on-call")
        for verb in ("resolve", "reopen", "cancel"):
            assert (await http.post(f"{INCIDENTS_PATH}/{one['incident']}/{verb}")).status_code == 200

    async def test_follow_ups_and_reviews_are_told_by_their_incident(
        self, http: httpx.AsyncClient, working: Client
    ) -> None:
        one = await declared(http)
        answer = await http.post(f"/api/v1/followups/{one['incident']}/add", json={"text": "an alert for it"})
        assert answer.status_code == 200
        [kept] = (await http.get("/api/v1/followups", params={"incident": one["incident"]})).json()
        assert (kept["follow_up"]["text"], kept["follow_up"]["owner"]) == ("an alert for it", "alice")
        done = await http.post(f"/api/v1/followups/{one['incident']}/done", json={"follow_up": "1"})
        assert done.status_code == 200
        answer = await http.post(f"/api/v1/reviews/{one['incident']}/submit")
        assert (answer.status_code, answer.json()["error"]) == (
            404,
            f"there is no review of an incident '{one['incident']}'; and none is open",
        )

    async def test_the_only_one_that_is_open_needs_no_id(self, http: httpx.AsyncClient, working: Client) -> None:
        one = await declared(http)
        answer = await http.post(f"{INCIDENTS_PATH}/-/note", json={"text": "looking"})
        assert answer.json()["incident"] == one["incident"]

    @pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.group}-{verb.name}")
    def test_a_verb_of_the_api_is_an_event_command_of_the_same_name(self, verb: Verb) -> None:
        """Both are made of one table: neither can say what the other cannot."""
        properties = verb.schema["properties"]
        assert isinstance(properties, dict)
        assert set(properties) == set(verb.fields)
        assert set(verb.fields) <= set(verb.event.model_fields)


class TestMeant:
    async def test_a_person_is_one_of_the_runbook_unless_somebody_else_is_meant(
        self, http: httpx.AsyncClient, working: Client
    ) -> None:
        one = await declared(http)
        path = f"{INCIDENTS_PATH}/{one['incident']}/handoff"
        refused = await http.post(path, json={"to": "Zoe"})
        assert refused.status_code == 409
        assert "the runbook lists nobody called 'Zoe'" in refused.json()["error"]
        assert (await http.post(path, json={"to": "The Boss"})).status_code == 200
        assert (await state(working, one)).roles["commander"] == "boss"
        assert (await http.post(path, json={"to": "Zoe", "unlisted": True})).status_code == 200
        assert (await state(working, one)).roles["commander"] == "Zoe"


class TestWho:
    async def test_for_whom_it_is_done_stands_beside_the_name_and_is_marked(
        self, http: httpx.AsyncClient, working: Client
    ) -> None:
        one = await declared(http, **{"for": "Bob\nfrom support"})
        await http.post(f"{INCIDENTS_PATH}/-/ack", json={"for": "VP Engineering"})
        now = await state(working, one)
        assert now.declared_by == "alice (for Bob from support, unproved)"
        assert now.acknowledged_by == "alice (for VP Engineering, unproved)"

    async def test_for_oneself_is_oneself(self, http: httpx.AsyncClient, working: Client) -> None:
        one = await declared(http)
        await http.post(f"{INCIDENTS_PATH}/-/ack", json={"for": "alice"})
        assert (await state(working, one)).acknowledged_by == "alice"

    @pytest.mark.parametrize("field", ["by", "via", "id", "at", "kind", "ring", "automatic", "duplicate_workflow"])
    async def test_nobody_says_who_they_are(self, http: httpx.AsyncClient, field: str) -> None:
        answer = await http.post(f"{INCIDENTS_PATH}/-/ack", json={field: "VP Engineering"})
        assert answer.status_code == 422
        assert [problem["field"] for problem in answer.json()["problems"]] == [field]

    @pytest.mark.parametrize(
        ("token", "method", "path", "status"),
        [
            ("", "GET", INCIDENTS_PATH, 401),
            ("nonsense", "GET", INCIDENTS_PATH, 401),
            ("nonsense", "POST", INCIDENTS_PATH, 401),
            ("nonsense", "POST", f"{INCIDENTS_PATH}/-/ack", 401),
            (READER, "POST", INCIDENTS_PATH, 403),
            (READER, "POST", f"{INCIDENTS_PATH}/-/resolve", 403),
            (READER, "POST", "/api/v1/followups/-/add", 403),
            (READER, "POST", "/api/v1/reviews/-/waive", 403),
            (READER, "GET", INCIDENTS_PATH, 200),
            (READER, "GET", "/api/v1/reviews", 200),
            (READER, "GET", "/api/v1/followups", 200),
            (ALICE, "GET", INCIDENTS_PATH, 200),
            (CHIEF, "GET", INCIDENTS_PATH, 200),
            (CHIEF, "POST", f"{INCIDENTS_PATH}/none-such/ack", 404),
        ],
    )
    async def test_a_scope_is_a_limit(
        self, tokens: GatewayUnderTest, token: str, method: str, path: str, status: int
    ) -> None:
        async with tokens.open() as http:
            answer = await http.request(method, path, headers=bearer(token) if token else {})
        assert answer.status_code == status
        if status >= 400:
            assert answer.json()["error"]

    async def test_who_has_no_token_is_refused_before_anything_is_read(self, tokens: GatewayUnderTest) -> None:
        async with tokens.open() as http:
            for body in (b"{", b"[1]", b'{"nonsense": 1}'):
                answer = await http.post(f"{INCIDENTS_PATH}/-/ack", content=body)
                assert answer.status_code == 401
            assert (await http.get(INCIDENTS_PATH, params={"page": "x"})).status_code == 401

    async def test_no_token_is_let_in_where_none_was_made(self, gate: GatewayUnderTest) -> None:
        async with gate.open() as http:
            answer = await http.get(INCIDENTS_PATH, headers=bearer(ALICE))
        assert (answer.status_code, answer.json()["error"]) == (
            401,
            "nobody has a token yet: `tocsin token add api` makes one",
        )


class TestAgain:
    async def test_the_same_key_again_changes_nothing(self, http: httpx.AsyncClient, working: Client) -> None:
        once = {"Idempotency-Key": "3f1e"}
        first, second = [
            (await http.post(INCIDENTS_PATH, json={"title": "Slow"}, headers=once)).json() for _ in range(2)
        ]
        assert first["incident"] == second["incident"]
        path = f"{INCIDENTS_PATH}/{first['incident']}/note"
        for _ in range(2):
            answer = await http.post(path, json={"text": "looking at it"}, headers=once)
            assert answer.status_code == 200
        timeline = (await state(working, first)).timeline
        assert [entry.count for entry in timeline if "looking at it" in entry.text] == [1]

    async def test_a_declaration_that_comes_again_after_its_end_opens_nothing(
        self, http: httpx.AsyncClient, working: Client
    ) -> None:
        once = {"Idempotency-Key": "3f1e"}
        first = (await http.post(INCIDENTS_PATH, json={"title": "Slow"}, headers=once)).json()
        await working.get_workflow_handle(first["workflow_id"]).terminate()
        again = (await http.post(INCIDENTS_PATH, json={"title": "Slow"}, headers=once)).json()
        assert again["incident"] == first["incident"]

    async def test_keys_of_others_are_others(self, tokens: GatewayUnderTest, working: Client) -> None:
        once = {"Idempotency-Key": "1"}
        async with tokens.open() as http:
            answers = [
                await http.post(INCIDENTS_PATH, json={"title": "Slow"}, headers=bearer(token, **once))
                for token in (ALICE, CHIEF)
            ]
        assert len({answer.json()["incident"] for answer in answers}) == 2


class TestBadlyPut:
    @pytest.mark.parametrize(
        ("path", "said", "field"),
        [
            ("", {}, "title"),
            ("", {"title": ""}, "title"),
            ("", {"title": "Slow", "serverity": "sev1"}, "serverity"),
            ("", {"title": "Slow", "for": 1}, "for"),
            ("/-/severity", {"severity": "sev9"}, "severity"),
            ("/-/severity", {}, "severity"),
            ("/-/snooze", {"duration": 15}, "duration"),
            ("/-/snooze", {"duration": "9w"}, "duration"),
            ("/-/update", {"text": ""}, "text"),
            ("/-/update", {"text": ["a"]}, "text"),
            ("/-/note", [], ""),
        ],
    )
    async def test_the_field_is_named(
        self, http: httpx.AsyncClient, installation: Client, path: str, said: object, field: str
    ) -> None:
        answer = await http.post(INCIDENTS_PATH + path, json=said)
        assert answer.status_code == 422, answer.text
        assert [problem["field"] for problem in answer.json()["problems"]] == [field]

    async def test_a_severity_that_there_is_not_is_named(self, http: httpx.AsyncClient, installation: Client) -> None:
        answer = await http.post(INCIDENTS_PATH, json={"title": "Slow", "severity": "urgent"})
        assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "severity")

    async def test_a_runbook_that_there_is_not_is_answered_with_those_that_are(
        self, http: httpx.AsyncClient, installation: Client
    ) -> None:
        answer = await http.post(INCIDENTS_PATH, json={"title": "Slow", "runbook": "acne"})
        assert answer.status_code == 409
        assert answer.json()["error"] == "there is no runbook 'acne': the running installation has acme"

    @pytest.mark.parametrize(
        ("content_sent", "status"), [(b"{", 400), (b'{"text": "' + b"x" * 70_000 + b'"}', 413), (b"\xff\xfe", 400)]
    )
    async def test_what_is_no_json_or_too_long_is_refused(
        self, http: httpx.AsyncClient, content_sent: bytes, status: int
    ) -> None:
        answer = await http.post(f"{INCIDENTS_PATH}/-/note", content=content_sent)
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True)

    async def test_a_key_without_end_is_refused(self, http: httpx.AsyncClient) -> None:
        answer = await http.post(f"{INCIDENTS_PATH}/-/ack", headers={"Idempotency-Key": "x" * 201})
        assert answer.status_code == 422

    @pytest.mark.parametrize("query", [{"page": "0"}, {"size": "101"}, {"closed": "perhaps"}])
    async def test_a_parameter_that_cannot_be_is_named(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get(INCIDENTS_PATH, params=query)
        assert answer.status_code == 422
        assert [problem["field"] for problem in answer.json()["problems"]] == list(query)


class TestNo:
    async def test_the_incident_says_no_with_its_reason(self, http: httpx.AsyncClient, working: Client) -> None:
        one = await declared(http)
        await http.post(f"{INCIDENTS_PATH}/{one['incident']}/resolve")
        answer = await http.post(f"{INCIDENTS_PATH}/{one['incident']}/resolve")
        assert answer.status_code == 409
        assert "already resolved" in answer.json()["error"]

    async def test_a_duplicate_of_itself_or_of_nothing_is_refused(
        self, http: httpx.AsyncClient, working: Client
    ) -> None:
        one = await declared(http)
        path = f"{INCIDENTS_PATH}/{one['incident']}/cancel"
        assert (await http.post(path, json={"duplicate_of": one["incident"]})).status_code == 409
        assert (await http.post(path, json={"duplicate_of": "20010101-"})).status_code == 404

    async def test_one_of_several_has_to_be_named(self, http: httpx.AsyncClient, working: Client) -> None:
        for title in ("One", "Two"):
            await declared(http, title)
        answer = await http.post(f"{INCIDENTS_PATH}/-/ack")
        assert answer.status_code == 404
        assert "One" in answer.json()["error"]

    async def test_without_a_worker_it_is_recorded_and_said(
        self, http: httpx.AsyncClient, incidents: Incidents, installation: Client, book: object
    ) -> None:
        answer = await http.post(INCIDENTS_PATH, json={"title": "Slow"}, headers={"Idempotency-Key": "3f1e"})
        said = "recorded; no worker is running: nothing is being paged"
        assert (answer.status_code, answer.json()["error"]) == (202, said)
        shown = (await http.get(f"{INCIDENTS_PATH}/-")).json()
        assert shown["problem"] == "no worker is running: nothing is being paged"
        assert "Slow" in str(shown["history"])
        acknowledged = await http.post(f"{INCIDENTS_PATH}/-/ack")
        assert (acknowledged.status_code, acknowledged.json()["error"]) == (202, said)
        [(name, heard)] = await signals(installation, shown["incident"])
        assert (name, heard["by"]) == ("acknowledge", "alice")

    async def test_without_temporal_it_is_to_be_tried_again(self, tokens: GatewayUnderTest, away: Incidents) -> None:
        tokens.incidents = away
        async with tokens.open() as http:
            answer = await http.post(f"{INCIDENTS_PATH}/-/ack", headers=bearer(ALICE))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


class TestLooking:
    async def test_a_list_comes_in_pages_the_most_urgent_first(self, http: httpx.AsyncClient, working: Client) -> None:
        for severity in ("sev3", "sev1", "sev2"):
            await declared(http, f"a {severity}", severity=severity)
        answer = (await http.get(INCIDENTS_PATH, params={"size": 2})).json()
        assert ([row["severity"] for row in answer["rows"]], answer["total"]) == (["sev1", "sev2"], 3)
        second = (await http.get(INCIDENTS_PATH, params={"size": 2, "page": 2})).json()
        assert [row["severity"] for row in second["rows"]] == ["sev3"]

    async def test_one_incident_and_its_plan(self, http: httpx.AsyncClient, working: Client) -> None:
        one = await declared(http)
        shown = (await http.get(f"{INCIDENTS_PATH}/{one['incident'][-6:]}")).json()
        assert shown["state"]["incident"]["title"] == "Checkout is slow"
        plan = (await http.get(f"{INCIDENTS_PATH}/{one['incident']}/plan")).json()
        assert plan["incident"] == one["incident"]
        assert plan["lines"] != []


class TestDocumented:
    async def test_openapi_has_every_verb_with_its_fields(self, http: httpx.AsyncClient) -> None:
        document = (await http.get("/openapi.json")).json()
        assert len(VERBS) == 25
        for verb in VERBS:
            described = document["paths"][f"/api/v1/{verb.group}/{{incident}}/{verb.name}"]["post"]
            schema = described["requestBody"]["content"]["application/json"]["schema"]
            somebody = ("unlisted",) if verb.names_somebody else ()
            assert set(schema["properties"]) == {*verb.fields, "for", "if_still", *somebody}
            assert schema["required"] == [name for name in verb.fields if verb.event.model_fields[name].is_required()]
            assert described["security"] == [{"token": []}]
            assert described["responses"]["422"]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/ErrorBody"
            }


@pytest.mark.parametrize(
    ("event", "travels"),
    [
        (SeverityChanged(severity="sev1", by="Alice", via="x", id="1"), {"severity": "sev1"}),
        (UpdatePosted(text="a", public=True), {"text": "a", "public": True}),
        (Mitigated(started=True), {"started": True}),
        (NagsSnoozed.model_validate({"duration": "2d", "what": "document"}), {"duration": "P2D", "what": "document"}),
    ],
)
def test_of_an_event_only_what_was_said_travels(event: SeverityChanged, travels: dict[str, object]) -> None:
    assert content(event) == travels
