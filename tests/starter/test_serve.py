"""The gateway on a real socket: where it may listen, how it ends, and its canary."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from settings import Settings, SettingsError
from starter.gateway.canary import Canary
from starter.gateway.locality import is_loopback
from starter.gateway.serve import serve
from starter.runbooks.library import Library
from starter.temporal.incidents import Incidents
from workflows.queues import WORKFLOW_QUEUE


@workflow.defn(name="canary")
class Song:
    """Stands for the worker's canary, without its activities."""

    @workflow.run
    async def run(self) -> None: ...


@asynccontextmanager
async def serving(settings: Settings, library: Library, incidents: Incidents, **how: Any) -> AsyncIterator[str]:
    """The address. In the end the gateway is cancelled."""
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    gateway = asyncio.create_task(serve(settings, library, incidents, port=0, on_listening=listening.set_result, **how))
    try:
        yield await listening
    finally:
        gateway.cancel()
        await asyncio.wait([gateway])


async def test_an_alert_goes_from_a_socket_to_temporal(
    settings: Settings, library: Library, incidents: Incidents
) -> None:
    here = serving(settings, library, incidents, allow_local=True)
    async with here as address, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{address}/healthz")).json() == {"status": "ok"}
        answer = await http.post(f"{address}/webhooks/generic", json={"key": "k", "title": "Down"})
    assert answer.status_code == 202
    await incidents.history(answer.json()["incident"])  # raises if it is not there


async def test_the_canary_flies_and_ready_says_when(
    settings: Settings, library: Library, client: Client, incidents: Incidents
) -> None:
    worker = Worker(client, task_queue=WORKFLOW_QUEUE, workflows=[Song], workflow_runner=UnsandboxedWorkflowRunner())
    async with worker, serving(settings, library, incidents) as address, httpx.AsyncClient(trust_env=False) as http:
        for _ in range(200):
            watch = (await http.get(f"{address}/readyz")).json()["canary"]
            if watch["last_success_at"]:
                break
            await asyncio.sleep(0.02)
    assert watch["last_success_at"]
    assert watch["problem"] is None


class TestCanary:
    async def test_without_temporal_it_does_not_come_back_and_this_is_shouted(
        self, settings: Settings, library: Library, incidents: Incidents, away: Incidents
    ) -> None:
        async with serving(settings, library, incidents) as address:
            canary = Canary(away, address)
            with capture_logs() as logs:
                await canary.send()
        assert canary.last_success_at is None
        assert away.address in str(canary.problem)
        assert [entry["log_level"] for entry in logs] == ["error"]

    async def test_when_the_gateways_own_socket_is_dead_no_workflow_is_started(
        self, client: Client, incidents: Incidents
    ) -> None:
        canary = Canary(incidents, "http://127.0.0.1:1")
        await canary.send()
        assert canary.problem
        assert [each async for each in client.list_workflows("WorkflowType = 'canary'")] == []

    async def test_a_worker_that_does_not_carry_it_is_a_problem(
        self, settings: Settings, library: Library, incidents: Incidents, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("starter.temporal.canaries.CANARY_LIVES", timedelta(seconds=1))
        async with serving(settings, library, incidents) as address:
            canary = Canary(incidents, address)
            await canary.send()
        assert "did not come through the worker" in str(canary.problem)


class TestListening:
    @pytest.mark.parametrize(
        ("host", "loopback"),
        [
            ("127.0.0.1", True),
            ("127.8.8.8", True),
            ("::1", True),
            ("localhost", True),
            ("0.0.0.0", False),
            ("::", False),
            ("192.0.2.7", False),
            ("gateway.example.com", False),
            ("", False),
        ],
    )
    def test_what_loopback_is(self, host: str, loopback: bool) -> None:
        assert is_loopback(host) is loopback

    async def test_it_does_not_listen_to_the_world_without_any_secret(
        self, settings: Settings, library: Library, away: Incidents
    ) -> None:
        with pytest.raises(SettingsError, match="set TOCSIN_ALERTMANAGER_TOKENS or the secret of another source"):
            await serve(settings, library, away, host="0.0.0.0", port=0)

    @pytest.mark.parametrize(
        ("changed", "allow", "status"),
        [
            ({"alertmanager_tokens": (SecretStr("token"),)}, False, 403),  # the generic route stays closed
            ({}, True, 202),  # somebody said so explicitly
        ],
    )
    async def test_it_listens_to_the_world_when_told_how(
        self,
        changed: dict[str, Any],
        allow: bool,
        status: int,
        settings: Settings,
        library: Library,
        incidents: Incidents,
    ) -> None:
        settings = settings.model_copy(update=changed)
        async with (
            serving(settings, library, incidents, host="0.0.0.0", allow_unauthenticated=allow) as address,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            answer = await http.post(f"{address}/webhooks/generic", json={"key": "k", "title": "Down"})
        assert answer.status_code == status

    async def test_a_port_that_is_taken_is_said(self, settings: Settings, library: Library, away: Incidents) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}"):
                await serve(settings, library, away, port=port)

    async def test_a_default_runbook_that_is_not_loaded_is_an_error_at_the_start(
        self, settings: Settings, away: Incidents
    ) -> None:
        with pytest.raises(SettingsError, match="TOCSIN_RUNBOOK: the runbook 'acme' is not loaded"):
            await serve(settings, Library(), away, port=0)

    async def test_a_secret_that_is_none_is_an_error_at_the_start_and_not_shown(
        self, settings: Settings, library: Library, away: Incidents
    ) -> None:
        settings = settings.model_copy(update={"generic_secrets": (SecretStr("whsec_s3cret!ü"),)})
        with pytest.raises(SettingsError, match="TOCSIN_GENERIC_SECRETS") as refused:
            await serve(settings, library, away, port=0)
        assert "s3cret" not in str(refused.value)
