"""Slack's side of a call: what it signs and sends, and a server that keeps what it is answered and asked."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from chat.scopes import NEEDED_SCOPES
from tests.starter.conftest import eventually

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, ANN, BOB, OUR_BOT = "T0ACME", "U0ANN", "U0BOB", "U0APP"


def signed(body: bytes, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    timestamp = str(int(at if at is not None else datetime.now(UTC).timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def form(**fields: str) -> tuple[bytes, dict[str, str]]:
    body = urlencode(fields).encode()
    return body, {"Content-Type": "application/x-www-form-urlencoded", **signed(body)}


def interaction(payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    return form(payload=json.dumps(payload))


def event(payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(payload).encode()
    return body, {"Content-Type": "application/json", **signed(body)}


@dataclass
class SlackSide:
    """`members`: who is in the workspace, by id. `answers`: instead of what a method says by itself."""

    url: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    pressed: int = 0

    @property
    def api_url(self) -> str:
        return f"{self.url}/slack/api/"

    @property
    def response_url(self) -> str:
        return f"{self.url}/slack/response/1"

    def press(
        self, user: str, verb: str, incident: str, *, group: str = "incidents", ts: str = "", **more: Any
    ) -> dict[str, Any]:
        """A button of a message, as Slack sends the press."""
        self.pressed += 1
        said = {name: more.pop(name) for name in ("said", "asks", "if_still") if name in more}
        value = json.dumps({"incident": incident, "verb": verb, "group": group, **said})
        action = {"action_id": f"tocsin/{group}/{verb}/1", "type": "button", "value": value}
        action["action_ts"] = more.pop("action_ts", f"1764183600.{self.pressed:06}")
        return {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": user, "username": "ann.example", "name": "ann.example", "team_id": TEAM},
            "trigger_id": f"1.2.{self.pressed}",
            "container": {"type": "message", "message_ts": ts or "1764183000.000100", "channel_id": "C0INC"},
            "channel": {"id": "C0INC", "name": "incidents"},
            "response_url": self.response_url,
            "actions": [action],
            **more,
        }

    def command(self, text: str, user: str = ANN, **more: str) -> dict[str, str]:
        self.pressed += 1
        return {
            "team_id": TEAM, "channel_id": "C0INC", "channel_name": "incidents", "user_id": user,
            "user_name": "ann.example", "command": "/incident", "text": text, "trigger_id": f"1.2.{self.pressed}",
            "response_url": self.response_url, **more,
        }  # fmt: skip

    def submission(self, shown: dict[str, Any], filled: dict[str, Any], user: str = ANN) -> dict[str, Any]:
        """A form that has been shown, filled in. Slack sends what stands in each input."""
        return {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user, "username": "ann.example"},
            "view": {
                "id": shown.get("id", "V1"),
                "hash": "1.a",
                "callback_id": shown["callback_id"],
                "private_metadata": shown.get("private_metadata", ""),
                "state": {"values": {name: {"said": _state(value)} for name, value in filled.items()}},
            },
        }

    async def answered(self, count: int = 1) -> dict[str, Any]:
        """The newest answer by response_url, once there are so many."""
        return (await eventually(self._responses, lambda seen: len(seen) >= count))[-1]

    async def filled(self) -> dict[str, Any]:
        """The form that was opened, once it is more than a promise."""

        async def look() -> list[dict[str, Any]]:
            return [call for method, call in self.calls if method == "views.update"]

        view: dict[str, Any] = (await eventually(look))[-1]["view"]
        return view

    async def _responses(self) -> list[dict[str, Any]]:
        return self.responses

    async def method(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        sent = {**request.query, **(await _arguments(request))}
        self.calls.append((name, sent))
        said = self.answers.get(name) or _own(name, sent)
        return web.json_response(said, headers={"x-oauth-scopes": ",".join(NEEDED_SCOPES)})

    async def respond(self, request: web.Request) -> web.Response:
        self.responses.append(await request.json())
        return web.Response(text="ok")


def _state(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "checkboxes", "selected_options": [{"value": each} for each in value]}
    if isinstance(value, dict):
        return {"type": "static_select", "selected_option": value}
    return {"type": "plain_text_input", "value": value}


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        given: dict[str, Any] = await request.json()
    else:
        given = dict(await request.post())
    return {
        name: json.loads(each) if name == "view" and isinstance(each, str) else each for name, each in given.items()
    }


def _own(name: str, sent: dict[str, Any]) -> dict[str, Any]:
    match name:
        case "auth.test":
            return {"ok": True, "team_id": TEAM, "user_id": OUR_BOT}
        case "views.open" | "views.update":
            return {"ok": True, "view": {"id": "V1", "hash": "1.a"}}
        case "users.info" if sent["user"] == BOB:
            profile = {"email": "bob@acme.example"}
            return {"ok": True, "user": {"id": BOB, "real_name": "Bob Example", "profile": profile}}
        case "users.info":
            return {"ok": True, "user": {"id": sent["user"], "real_name": "A Stranger", "profile": {}}}
    return {"ok": False, "error": "unknown_method"}


@asynccontextmanager
async def slack_side() -> AsyncIterator[SlackSide]:
    side, app = SlackSide(), web.Application()
    app.router.add_route("*", "/slack/api/{method}", side.method)
    app.router.add_post("/slack/response/{ticket}", side.respond)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    side.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield side
    finally:
        await runner.cleanup()
