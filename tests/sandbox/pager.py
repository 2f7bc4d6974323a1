"""The pager as these tests use it: pdpyras on one side, what is to be seen on the other."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pdpyras

from tests.sandbox_server import SandboxServer

PAYLOAD = {"summary": "down", "source": "tocsin", "severity": "critical"}

Answer = TypeVar("Answer")


async def events(sandbox: SandboxServer, call: Callable[[Any], Answer], routing_key: str = "R0ALICE") -> Answer:
    """`call` with a session of the Events API, in a thread, as pdpyras needs it."""
    with pdpyras.EventsAPISession(routing_key) as session:
        session.url = sandbox.pagerduty_events_url
        return await asyncio.to_thread(call, session)


async def rest(
    sandbox: SandboxServer,
    call: Callable[[Any], Answer],
    token: str = "token",
    sender: str | None = "alice@example.com",
) -> Answer:
    with pdpyras.APISession(token, default_from=sender) as session:
        session.url = sandbox.pagerduty_api_url
        return await asyncio.to_thread(call, session)


async def trigger(sandbox: SandboxServer, key: str = "k1", routing_key: str = "R0ALICE", summary: str = "down") -> None:
    await events(sandbox, lambda session: session.trigger(summary, "tocsin", dedup_key=key), routing_key)


async def rings(sandbox: SandboxServer) -> list[tuple[str, str]]:
    return [(ring["routing_key"], ring["dedup_key"]) for ring in (await sandbox.state())["rings"]]


async def incidents(sandbox: SandboxServer) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await sandbox.state())["pagerduty_incidents"]
    return listed
