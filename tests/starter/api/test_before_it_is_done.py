"""What a verb would change is seen before it is said, and it is said only of what was seen."""

import httpx
import pytest
from temporalio.client import Client

from starter.desk.verbs import VERBS, Verb
from tests.starter.api.conftest import INCIDENTS_PATH, READER, bearer, declared
from tests.starter.api.test_verbs import SAID, state


async def test_each_verb_of_an_incident_says_what_it_would_change_and_changes_nothing(
    http: httpx.AsyncClient, working: Client
) -> None:
    one = await declared(http)
    await http.post(f"{INCIDENTS_PATH}/{one['incident']}/note", json={"text": "looking"})
    before = await state(working, one)
    for verb in (*SAID, "ack", "resolve", "cancel"):
        answer = await http.post(f"{INCIDENTS_PATH}/{one['incident']}/{verb}/preview", json=SAID.get(verb, {}))
        assert answer.status_code == 200, (verb, answer.text)
        assert answer.json()["changed"] != []
    assert await state(working, one) == before
    called = await http.post(f"{INCIDENTS_PATH}/-/escalate/preview", json=SAID["escalate"])
    assert called.json()["pages"] == ["The Boss"]


async def test_what_would_be_refused_is_refused_in_the_same_words(http: httpx.AsyncClient, working: Client) -> None:
    one = await declared(http)
    path = f"{INCIDENTS_PATH}/{one['incident']}"
    for verb, said in (("reopen", {}), ("handoff", {"to": "Zoe"}), ("severity", {"severity": "sev9"})):
        done, seen = await http.post(f"{path}/{verb}", json=said), await http.post(f"{path}/{verb}/preview", json=said)
        assert (seen.status_code, seen.json()) == (done.status_code, done.json())
        assert seen.status_code in (409, 422)


async def test_the_mark_of_what_was_seen_comes_with_every_answer_and_goes_back_with_a_verb(
    http: httpx.AsyncClient, working: Client
) -> None:
    one = await declared(http)
    path = f"{INCIDENTS_PATH}/{one['incident']}"
    shown, planned = (await http.get(path)).json(), (await http.get(f"{path}/plan")).json()
    seen = shown["state"]["mark"]
    assert seen == shown["plan"]["mark"] == planned["mark"] != ""
    done = await http.post(f"{path}/ack", json={"if_still": seen})
    assert (done.status_code, done.json()["mark"]) == (200, (await http.get(path)).json()["state"]["mark"])
    late = await http.post(f"{path}/resolve", json={"if_still": seen})
    assert late.status_code == 409
    assert "it has changed meanwhile: acknowledged since" in late.json()["error"]
    assert ", by alice; look again" in late.json()["error"]
    assert not (await state(working, one)).resolved


async def test_a_mark_does_not_keep_the_same_request_from_being_sent_again(
    http: httpx.AsyncClient, working: Client
) -> None:
    one = await declared(http)
    path, key = f"{INCIDENTS_PATH}/{one['incident']}", {"Idempotency-Key": "press-1"}
    seen = (await http.get(path)).json()["state"]["mark"]
    for _ in range(2):
        answer = await http.post(f"{path}/ack", json={"if_still": seen}, headers=key)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.group}-{verb.name}")
async def test_who_may_not_do_it_may_not_try_it_either(http: httpx.AsyncClient, verb: Verb) -> None:
    path = f"/api/v1/{verb.group}/-/{verb.name}/preview"
    assert (await http.post(path, headers=bearer(READER))).status_code == 403
