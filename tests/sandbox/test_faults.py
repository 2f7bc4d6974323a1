"""Outages on demand, as the real clients see them."""

import asyncio
import time

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.pager import PAYLOAD, rings
from tests.sandbox_server import SandboxServer


async def texts(sandbox: SandboxServer) -> list[str]:
    return [message["text"] for message in (await sandbox.state())["channels"][0]["messages"]]


async def enqueue(sandbox: SandboxServer, routing_key: str = "R0ALICE") -> httpx.Response:
    event = {"routing_key": routing_key, "event_action": "trigger", "dedup_key": "k1", "payload": PAYLOAD}
    return await sandbox.client.post(f"{sandbox.pagerduty_events_url}/v2/enqueue", json=event)


async def test_slack_limits_the_rate(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="slack", method="chat.postMessage", status=429, retry_after=1200)
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel="#incidents", text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1200")
    assert caught.value.response["error"] == "ratelimited"
    assert await texts(sandbox) == []


async def test_slack_has_an_error_of_its_own(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="slack", error="restricted_action")
    with pytest.raises(SlackApiError, match="restricted_action") as caught:
        await slack.conversations_create(name="inc-1")
    assert caught.value.response.status_code == 200


async def test_only_the_named_method_fails(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="slack", method="pins.add", status=503)
    posted = await slack.chat_postMessage(channel="#incidents", text="x")
    with pytest.raises(SlackApiError):
        await slack.pins_add(channel=posted["channel"], timestamp=posted["ts"])


async def test_only_the_request_that_matches_fails(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="pagerduty", match="R0BOB", status=500)
    assert [(await enqueue(sandbox, key)).status_code for key in ("R0ALICE", "R0BOB")] == [202, 500]


async def test_a_fault_ends_after_its_times(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="pagerduty", status=503, times=2)
    assert [(await enqueue(sandbox)).status_code for _ in range(3)] == [503, 503, 202]


async def test_a_fault_ends_when_cleared(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="pagerduty", status=503)
    refused = await enqueue(sandbox)
    await sandbox.clear_faults()
    assert (refused.status_code, (await enqueue(sandbox)).status_code) == (503, 202)


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_cut_connection_with_and_without_its_effect(
    sandbox: SandboxServer, slack: AsyncWebClient, drop: str
) -> None:
    await sandbox.fault(vendor="slack", method="chat.postMessage", drop=drop, times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await slack.chat_postMessage(channel="#incidents", text="x")
    assert await texts(sandbox) == (["x"] if drop == "after" else [])


async def test_a_cut_page_has_rung_all_the_same(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="pagerduty", drop="after", times=1)
    with pytest.raises(httpx.TransportError):
        await enqueue(sandbox)
    assert await rings(sandbox) == [("R0ALICE", "k1")]


async def test_a_slow_vendor_does_it_in_the_end(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="slack", delay_s=0.2)
    started = time.monotonic()
    await slack.chat_postMessage(channel="#incidents", text="x")
    assert time.monotonic() - started >= 0.2
    assert await texts(sandbox) == ["x"]


async def test_a_slow_vendor_holds_up_nobody_else(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="slack", delay_s=3600)
    slow = asyncio.create_task(slack.chat_postMessage(channel="#incidents", text="x"))
    await enqueue(sandbox)
    assert not slow.done()
    slow.cancel()


async def test_the_rest_api_and_the_status_page_fail_in_their_own_words(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="pagerduty", status=429)
    await sandbox.fault(vendor="statuspage", status=420, retry_after=30)
    rest = await sandbox.client.get(f"{sandbox.pagerduty_api_url}/incidents")
    page = await sandbox.client.get(f"{sandbox.statuspage_url}/pages/p1/incidents")
    assert (rest.status_code, rest.json()["error"]["code"]) == (429, 2020)
    assert (page.status_code, page.headers["Retry-After"], "error" in page.json()) == (420, "30", True)


async def test_a_misspelt_fault_is_refused(sandbox: SandboxServer) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/control/faults", json={"vendor": "slack", "statsu": 500})
    assert (answer.status_code, "statsu" in answer.text) == (422, True)


async def test_every_request_is_on_record_with_what_was_answered(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="slack", method="auth.test", drop="before", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await slack.auth_test()
    await slack.chat_postMessage(channel="#incidents", text="x")
    await enqueue(sandbox)
    cut, posted = await sandbox.wire("slack")
    assert (cut["path"], cut["answered"]) == ("/slack/api/auth.test", None)
    assert (posted["body"], posted["answered"]) == ({"channel": "#incidents", "text": "x"}, 200)
    [page] = await sandbox.wire(since=posted["n"])
    assert (page["vendor"], page["body"]["dedup_key"], page["answered"]) == ("pagerduty", "k1", 202)


async def test_a_reset_leaves_nothing_behind(sandbox: SandboxServer, slack: AsyncWebClient) -> None:
    await sandbox.fault(vendor="statuspage", status=503)
    await sandbox.create_channel("ops")
    await slack.chat_postMessage(channel="#incidents", text="x")
    await enqueue(sandbox)
    await sandbox.reset()
    state = await sandbox.state()
    [channel] = state.pop("channels")
    assert [each["name"] for each in state.pop("members")][:2] == ["Tocsin", "Alice Example"]
    assert (channel["name"], channel["messages"], any(state.values())) == ("incidents", [], False)
    assert await sandbox.wire() == []
