"""Slack calls the app: by signed HTTP request, or through its open socket; a click once, an event up to four times."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

import httpx
from pydantic import JsonValue

from sandbox.slack.app import SlackApp
from sandbox.slack.clock import SlackClock
from sandbox.slack.signing import signed
from sandbox.slack.sockets import Sockets
from sandbox.wire import fields_of

SLACK_WAITS_S = 3.0
"""https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response"""
DELIVERIES_KEPT = 200

CallKind = Literal["interactive", "slash_commands", "events_api"]


@dataclass
class SlackDelivery:
    """One call of Slack's, as it went out last: `body` and `headers` are what was sent over HTTP, `problem` is why the
    app has not taken it."""

    n: int
    kind: CallKind
    payload: dict[str, JsonValue]
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    status: int | None = None
    answer: JsonValue = None
    problem: Literal["", "not_connected", "operation_timeout", "http_error", "connection_failed"] = ""
    stop_retrying: bool = False


class SlackCaller:
    def __init__(self, app: SlackApp, sockets: Sockets, clock: SlackClock) -> None:
        self._app, self._sockets, self._clock = app, sockets, clock
        self._count = 0
        self._later: set[asyncio.Task[None]] = set()
        self.deliveries: deque[SlackDelivery] = deque(maxlen=DELIVERIES_KEPT)

    async def reset(self) -> None:
        tasks = [*self._later]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self.deliveries.clear()

    async def click(self, kind: CallKind, payload: dict[str, JsonValue]) -> SlackDelivery:
        """Never again: whoever pressed presses again if they like."""
        delivery = self._new(kind, payload)
        await self._attempt(delivery)
        return delivery

    async def event(self, payload: dict[str, JsonValue]) -> SlackDelivery:
        """Returns after the first attempt; the others come later."""
        delivery = self._new("events_api", payload)
        await self._attempt(delivery)
        if delivery.problem and not delivery.stop_retrying:
            task = asyncio.create_task(self._retry(delivery))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        return delivery

    def _new(self, kind: CallKind, payload: dict[str, JsonValue]) -> SlackDelivery:
        self._count += 1
        delivery = SlackDelivery(self._count, kind, payload)
        self.deliveries.append(delivery)
        return delivery

    async def _retry(self, delivery: SlackDelivery) -> None:
        for pause_s in self._app.retry_after_s:
            await asyncio.sleep(pause_s)
            await self._attempt(delivery)
            if not delivery.problem or delivery.stop_retrying:
                return

    async def _attempt(self, delivery: SlackDelivery) -> None:
        why, delivery.problem = delivery.problem, ""
        delivery.attempts += 1
        if self._sockets.count:
            await self._by_socket(delivery, why)
        elif self._app.url:
            await self._by_http(delivery, self._app.url, why)
        else:
            delivery.problem = "not_connected"

    @property
    def _within_s(self) -> float:
        return SLACK_WAITS_S * self._app.patience

    async def _by_socket(self, delivery: SlackDelivery, why: str) -> None:
        envelope: dict[str, JsonValue] = {
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempts - 1, "retry_reason": why}
        try:
            delivery.answer = await self._sockets.send(envelope, self._within_s)
            delivery.status = 200
        except TimeoutError:
            delivery.problem = "operation_timeout"

    async def _by_http(self, delivery: SlackDelivery, url: str, why: str) -> None:
        body, content_type = _written(delivery)
        retried = {"X-Slack-Retry-Num": str(delivery.attempts - 1), "X-Slack-Retry-Reason": _reason(why)}
        delivery.body = body.decode()
        delivery.headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **signed(body, self._app.signing_secret, self._clock.now()),
            **(retried if delivery.attempts > 1 else {}),
        }
        try:
            # Loopback must not go through the proxy of an office network.
            async with httpx.AsyncClient(timeout=self._within_s, trust_env=False) as client:
                answer = await client.post(url, content=body, headers=delivery.headers)
        except httpx.TimeoutException:
            delivery.problem = "operation_timeout"
            return
        except httpx.TransportError:
            delivery.problem = "connection_failed"
            return
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        delivery.status, delivery.answer = answer.status_code, fields_of(answer.content) if is_json else answer.text
        delivery.problem = "" if answer.is_success else "http_error"
        delivery.stop_retrying = answer.headers.get("x-slack-no-retry") == "1"


def _written(delivery: SlackDelivery) -> tuple[bytes, str]:
    """The body, and what it is: commands are forms, interactions are JSON in a form, events are JSON."""
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "slash_commands":
            return urlencode({name: str(value) for name, value in delivery.payload.items()}).encode(), form
        case "interactive":
            return urlencode({"payload": json.dumps(delivery.payload)}).encode(), form
        case "events_api":
            return json.dumps(delivery.payload).encode(), "application/json"


def _reason(problem: str) -> str:
    return {"operation_timeout": "http_timeout"}.get(problem, problem)
