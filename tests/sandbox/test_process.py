"""`python -m sandbox`, as a person runs it."""

import asyncio
import contextlib
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.patience import HANGS_AFTER_S
from tests.sandbox_server import SandboxServer


@contextlib.asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, stdout=PIPE, stderr=PIPE
    )
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.kill()
        await started.communicate()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_its_address_and_goes_when_told(stop: signal.Signals) -> None:
    async with process("--port", "0", "--channel", "ops", "--channel", "incidents") as sandbox:
        assert sandbox.stdout
        line = (await asyncio.wait_for(sandbox.stdout.readline(), HANGS_AFTER_S)).decode()
        url = line.removeprefix("sandbox: ").strip()
        async with httpx.AsyncClient(trust_env=False) as client:
            state = (await client.get(f"{url}/control/state")).json()
        assert [channel["name"] for channel in state["channels"]] == ["ops", "incidents"]
        sandbox.send_signal(stop)
        assert await asyncio.wait_for(sandbox.wait(), HANGS_AFTER_S) == 0


async def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with process("--port", str(port)) as sandbox:
            assert sandbox.stderr
            said = (await asyncio.wait_for(sandbox.stderr.read(), HANGS_AFTER_S)).decode()
            assert await sandbox.wait() == 1
    assert said == f"sandbox: cannot listen on 127.0.0.1:{port}: Address already in use; choose another --port\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--member", "Vera"), "--member is ID=NAME"),
        (("--member", "vera=Vera"), "--member is ID=NAME"),
        (("--schedule", "PI7DH85"), "--schedule is ID=NAME"),
        (("--schedule", "=Ann Lee"), "--schedule is ID=NAME"),
        (("--shortcut", "to_timeline"), "--shortcut is CALLBACK_ID=NAME"),
        (("--slack-url", "http://127.0.0.1:1/"), "--slack-url needs SANDBOX_SLACK_SECRET in the environment"),
        (("--webhook-url", "http://127.0.0.1:1/"), "--webhook-url needs SANDBOX_PAGERDUTY_SECRET in the environment"),
        (("--slack-url", "nowhere"), "--slack-url must begin with http://"),
    ],
)
async def test_an_option_that_makes_no_sense_is_named(
    options: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "nowhere" in options:
        monkeypatch.setenv("SANDBOX_SLACK_SECRET", "s")
    async with process("--port", "0", *options) as sandbox:
        assert sandbox.stderr
        said = (await asyncio.wait_for(sandbox.stderr.read(), HANGS_AFTER_S)).decode()
        assert await sandbox.wait() == 2
    assert words in " ".join(said.replace("│", " ").split())


async def test_members_are_in_slack_from_the_start() -> None:
    async with process("--port", "0", "--member", "U0VERA=Vera Steersman") as sandbox:
        assert sandbox.stdout
        url = (await asyncio.wait_for(sandbox.stdout.readline(), HANGS_AFTER_S)).decode().split()[1]
        async with httpx.AsyncClient(trust_env=False) as client:
            state = (await client.get(f"{url}/control/state")).json()
    assert [(each["id"], each["email"]) for each in state["members"]][1:] == [
        ("U0VERA", "vera.steersman@sandbox.example")
    ]


async def test_the_page_needs_nothing_from_elsewhere(sandbox: SandboxServer) -> None:
    page = await sandbox.client.get(sandbox.url)
    assert page.headers["content-type"].startswith("text/html")
    assert "src=" not in page.text
    assert "href=" not in page.text
    assert (await sandbox.client.get(f"{sandbox.url}/favicon.ico")).status_code == 204


async def test_the_page_never_takes_a_vendors_text_as_html(sandbox: SandboxServer) -> None:
    page = (await sandbox.client.get(sandbox.url)).text
    assert "textContent" in page
    assert not [
        danger for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write") if danger in page
    ]
