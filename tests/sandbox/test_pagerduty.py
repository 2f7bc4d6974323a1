"""When a phone rings and when it does not, as pdpyras meets it."""

import pdpyras
import pytest

from tests.sandbox.pager import PAYLOAD, events, incidents, rest, rings, trigger
from tests.sandbox_server import SandboxServer


async def test_a_new_key_rings(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    assert await rings(sandbox) == [("R0ALICE", "k1")]
    assert (incident["status"], incident["title"], incident["incident_key"]) == ("triggered", "down", "k1")


async def test_a_second_page_with_the_same_key_rings_nobody_and_is_logged(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    await trigger(sandbox, summary="still down")
    [incident] = await incidents(sandbox)
    assert await rings(sandbox) == [("R0ALICE", "k1")]
    assert [entry["text"] for entry in incident["log"] if entry["what"] == "trigger"] == ["down", "still down"]


async def test_an_acknowledged_key_stays_silent(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    await events(sandbox, lambda session: session.acknowledge("k1"))
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    assert (incident["status"], await rings(sandbox)) == ("acknowledged", [("R0ALICE", "k1")])


async def test_a_resolved_key_opens_a_new_incident_and_rings_again(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    await events(sandbox, lambda session: session.resolve("k1"))
    await trigger(sandbox)
    assert [incident["status"] for incident in await incidents(sandbox)] == ["resolved", "triggered"]
    assert await rings(sandbox) == [("R0ALICE", "k1"), ("R0ALICE", "k1")]


async def test_the_same_key_at_two_services_is_two_incidents(sandbox: SandboxServer) -> None:
    await trigger(sandbox, routing_key="R0ALICE")
    await trigger(sandbox, routing_key="R0BOB")
    await events(sandbox, lambda session: session.resolve("k1"), "R0BOB")
    assert await rings(sandbox) == [("R0ALICE", "k1"), ("R0BOB", "k1")]
    assert [incident["status"] for incident in await incidents(sandbox)] == ["triggered", "resolved"]


async def test_acknowledging_what_is_not_open_is_dropped_without_a_word(sandbox: SandboxServer) -> None:
    assert await events(sandbox, lambda session: session.acknowledge("never-seen")) == "never-seen"
    assert await incidents(sandbox) == []


async def test_an_accepted_event_is_answered_as_documented(sandbox: SandboxServer) -> None:
    event = {"routing_key": "R0ALICE", "event_action": "trigger", "dedup_key": "k1", "payload": PAYLOAD}
    answer = await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json=event)
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "k1"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"payload": {**PAYLOAD, "summary": ""}}, "payload.summary"),
        ({"payload": {**PAYLOAD, "summary": "a" * 1025}}, "payload.summary"),
        ({"payload": {**PAYLOAD, "severity": "sev1"}}, "payload.severity"),
        ({"payload": {"summary": "down", "severity": "info"}}, "payload.source"),
        ({"payload": None}, "payload: "),
        ({"dedup_key": "k" * 256}, "dedup_key"),
        ({"event_action": "resolve", "dedup_key": None}, "dedup_key: Input should be a valid string"),
        ({"event_action": "ring"}, "'ring'"),
        ({"routing_key": "R0BAD-KEY"}, "Invalid routing key"),
    ],
)
async def test_an_event_that_pagerduty_refuses(sandbox: SandboxServer, change: dict[str, object], named: str) -> None:
    event = {"routing_key": "R0ALICE", "event_action": "trigger", "dedup_key": "k1", "payload": PAYLOAD, **change}
    answer = await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json=event)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert named in answer.json()["errors"][0]
    assert await rings(sandbox) == []


async def test_an_open_incident_is_found_by_its_key(sandbox: SandboxServer) -> None:
    await trigger(sandbox, "k1")
    await trigger(sandbox, "k2")
    await events(sandbox, lambda session: session.resolve("k1"))
    await trigger(sandbox, "k1")
    query = {"incident_key": "k1", "statuses[]": ["triggered", "acknowledged"]}
    [found] = await rest(sandbox, lambda session: session.list_all("incidents", params=query))
    assert (found["incident_key"], found["status"], found["incident_number"]) == ("k1", "triggered", 3)


async def test_incidents_come_in_pages(sandbox: SandboxServer) -> None:
    for number in range(5):
        await trigger(sandbox, f"k{number}")
    found = await rest(sandbox, lambda session: session.list_all("incidents", page_size=2))
    assert [incident["incident_key"] for incident in found] == ["k0", "k1", "k2", "k3", "k4"]
    pages = [entry["query"]["offset"] for entry in await sandbox.wire("pagerduty") if entry["method"] == "GET"]
    assert pages == ["0", "2", "4"]


async def test_an_incidents_alert_bears_the_key(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    [alert] = await rest(sandbox, lambda session: session.rget(f"/incidents/{incident['id']}/alerts"))
    assert (alert["alert_key"], alert["status"], alert["incident"]["id"]) == ("k1", "triggered", incident["id"])


async def test_a_status_change_by_rest(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    path, change = f"/incidents/{incident['id']}", {"type": "incident_reference", "status": "resolved"}
    changed = await rest(sandbox, lambda session: session.rput(path, json=change))
    shown = await rest(sandbox, lambda session: session.rget(path))
    assert (changed["status"], shown["status"]) == ("resolved", "resolved")
    again = await rest(sandbox, lambda session: session.put(path, json={"incident": change}))
    assert (again.status_code, again.json()["error"]["code"]) == (400, 1001)


async def test_a_status_change_of_many(sandbox: SandboxServer) -> None:
    await trigger(sandbox, "k1")
    await trigger(sandbox, "k2")
    changes = [
        {"id": i["id"], "type": "incident_reference", "status": "acknowledged"} for i in await incidents(sandbox)
    ]
    await rest(sandbox, lambda session: session.rput("/incidents", json=changes))
    assert [incident["status"] for incident in await incidents(sandbox)] == ["acknowledged", "acknowledged"]


async def test_a_note_is_kept_under_its_writers_name(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    path = f"/incidents/{incident['id']}/notes"
    await rest(sandbox, lambda session: session.rpost(path, json={"content": "handed to Bob"}))
    [note] = await rest(sandbox, lambda session: session.rget(path))
    assert (note["content"], note["user"]["summary"]) == ("handed to Bob", "alice@example.com")


async def test_a_change_needs_the_name_of_a_user(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    body = {"incident": {"type": "incident_reference", "status": "resolved"}}
    answer = await rest(sandbox, lambda session: session.put(f"/incidents/{incident['id']}", json=body), sender=None)
    assert (answer.status_code, answer.json()["error"]["errors"]) == (400, ["From header is required"])
    assert [incident["status"] for incident in await incidents(sandbox)] == ["triggered"]


async def test_a_bad_token_is_unauthorized(sandbox: SandboxServer) -> None:
    with pytest.raises(pdpyras.PDHTTPError, match="401"):
        await rest(sandbox, lambda session: session.rget("/incidents"), token="bad")


async def test_an_unknown_incident_is_not_found(sandbox: SandboxServer) -> None:
    answer = await rest(sandbox, lambda session: session.get("/incidents/Q0"))
    assert (answer.status_code, answer.json()["error"]) == (404, {"message": "Not Found", "code": 2100, "errors": []})


async def test_nobody_can_press_a_button_that_is_not_there(sandbox: SandboxServer) -> None:
    await trigger(sandbox)
    [incident] = await incidents(sandbox)
    await sandbox.press(incident["id"], "resolve")
    pressed = [
        await sandbox.client.post(f"{sandbox.url}/control/pagerduty/{incident_id}/acknowledge")
        for incident_id in (incident["id"], "Q0")
    ]
    assert [answer.status_code for answer in pressed] == [409, 404]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"links": [{"href": "https://dashboard.${DEFAULT_URL}"}]}, "links.0.href"),
        ({"links": [{"text": "no address"}]}, "links.0.href"),
        ({"links": "https://x.example"}, "links"),
        ({"images": [{"src": "x.png"}]}, "images.0.src"),
        ({"client_url": "the wiki"}, "client_url"),
        ({"payload": PAYLOAD | {"severity": "sev1"}}, "payload.severity"),
        ({"payload": PAYLOAD | {"summary": "x" * 1025}}, "payload.summary"),
        ({"payload": PAYLOAD | {"custom_details": "text"}}, "payload.custom_details"),
    ],
)
async def test_an_event_is_held_to_the_published_schema(
    sandbox: SandboxServer, part: dict[str, object], said: str
) -> None:
    event = {"routing_key": "R0ALICE", "event_action": "trigger", "dedup_key": "k1", "payload": PAYLOAD} | part
    answer = await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json=event)
    assert answer.status_code == 400
    assert answer.json()["errors"][0].startswith(f"{said}: ")
    assert await rings(sandbox) == []
