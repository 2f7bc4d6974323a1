"""What the sandbox's ntfy refuses, as a real one does."""

from typing import Any

import httpx
import pytest

from tests.sandbox_server import SandboxServer

GOOD: dict[str, Any] = {"topic": "on-call", "message": "hello"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"topic": "a/b"}, 400, 40009),
        ({"priority": 6}, 400, 40017),
        ({"message": "x" * 4097}, 400, 40014),
        ({"message": "x" * 9000}, 413, 41303),
        ({"actions": [{"action": "view", "label": "a", "url": "https://a"}] * 4}, 400, 40018),
    ],
)
async def test_what_ntfy_refuses(sandbox: SandboxServer, change: dict[str, Any], status: int, code: int) -> None:
    answer = await sandbox.client.post(f"{sandbox.ntfy_url}/", json=GOOD | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await sandbox.state())["notifications"] == []


@pytest.mark.parametrize(("token", "status"), [("Bearer bad", 401), ("Basic eDp5", 401), ("Bearer tk-1", 200)])
async def test_a_token_that_is_not_known_is_refused(sandbox: SandboxServer, token: str, status: int) -> None:
    headers = {"Authorization": token}
    answer = await sandbox.client.post(f"{sandbox.ntfy_url}/", json=GOOD, headers=headers)
    assert answer.status_code == status


async def test_who_polls_a_topic_gets_what_was_published_there(sandbox: SandboxServer) -> None:
    await sandbox.client.post(f"{sandbox.ntfy_url}/", json=GOOD | {"tags": ["a", "b"]})
    await sandbox.client.post(f"{sandbox.ntfy_url}/", json=GOOD | {"topic": "boss"})

    async def polled(since: str) -> httpx.Response:
        return await sandbox.client.get(f"{sandbox.ntfy_url}/on-call/json", params={"poll": "1", "since": since})

    [line] = (await polled("all")).text.splitlines()
    assert '"tags":["a","b"]' in line
    assert (await polled("99999999999")).text == ""
    assert (await polled("yesterday")).status_code == 400


async def test_a_button_that_sends_a_request_sends_it_from_the_phone(sandbox: SandboxServer) -> None:
    url = f"{sandbox.ntfy_url}/other-topic/json"
    action = {"action": "http", "label": "Acknowledge", "url": url, "method": "GET"}
    await sandbox.client.post(f"{sandbox.ntfy_url}/", json=GOOD | {"actions": [action]})
    [shown] = (await sandbox.state())["notifications"]
    status = await sandbox.control("POST", f"ntfy/{shown['id']}/0")
    assert status == 200
    assert (await sandbox.client.post(f"{sandbox.url}/control/ntfy/{shown['id']}/1")).status_code == 409
