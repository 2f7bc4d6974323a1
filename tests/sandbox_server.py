"""The sandbox for a test: a real server on loopback, in the test's own event loop."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.app import create_app
from sandbox.mail import Mailbox
from sandbox.serve import LOOPBACK, serving
from sandbox.wire import Vendor
from sandbox.world import Subscriber


@dataclass(frozen=True)
class SandboxServer:
    """The addresses to give to the clients under test, and the control endpoint."""

    url: str
    client: httpx.AsyncClient
    mail_port: int = 0

    @property
    def slack_url(self) -> str:
        return f"{self.url}/slack/api/"

    @property
    def pagerduty_events_url(self) -> str:
        return f"{self.url}/pagerduty/events"

    @property
    def pagerduty_api_url(self) -> str:
        return f"{self.url}/pagerduty/api"

    @property
    def statuspage_url(self) -> str:
        return f"{self.url}/statuspage/v1"

    @property
    def ntfy_url(self) -> str:
        return f"{self.url}/ntfy"

    @property
    def opsgenie_url(self) -> str:
        return f"{self.url}/opsgenie"

    @property
    def twilio_url(self) -> str:
        return f"{self.url}/twilio"

    @property
    def webhook_url(self) -> str:
        return f"{self.url}/webhook"

    @property
    def apprise_url(self) -> str:
        """As apprise writes it: the first part says by which plugin."""
        return f"json://tocsin:apprise-secret@{urlsplit(self.url).netloc}/apprise"

    @property
    def jira_url(self) -> str:
        return f"{self.url}/jira"

    async def state(self) -> dict[str, Any]:
        """All that the vendors show: see `sandbox.control.State`."""
        state: dict[str, Any] = await self.control("GET", "state")
        return state

    async def wire(
        self,
        vendor: Vendor | None = None,
        since: int = 0,
    ) -> list[dict[str, Any]]:
        """The requests that came in: see `sandbox.wire.Entry`."""
        query = {"since": since} if vendor is None else {"since": since, "vendor": vendor}
        entries: list[dict[str, Any]] = await self.control("GET", "wire", params=query)
        return entries

    async def on_call(self, *entries: dict[str, Any]) -> None:
        """Who is on call at PagerDuty: the fields of `sandbox.pagerduty_on_call.SandboxOnCall`."""
        await self.control("PUT", "on-call", json=list(entries))

    async def fault(self, **fault: Any) -> None:
        """An outage: the fields of `sandbox.faults.Fault`."""
        await self.control("POST", "faults", json=fault)

    async def clear_faults(self) -> None:
        await self.control("DELETE", "faults")

    async def create_channel(self, name: str) -> str:
        """The id of the new channel."""
        channel = await self.control("POST", "channels", json={"name": name})
        return str(channel["id"])

    async def subscribe(self, url: str, secret: str) -> None:
        """Send PagerDuty's webhooks there."""
        await self.control("POST", "webhooks", json={"url": url, "secret": secret})

    async def press(self, incident_id: str, action: str, by: str = "Alice Example", **said: str) -> None:
        """A human presses the button in PagerDuty: see `sandbox.pagerduty_hands`."""
        await self.control("POST", f"pagerduty/{incident_id}/{action}", json={"by": by, **said})

    async def reset(self) -> None:
        await self.control("POST", "reset")

    async def control(self, method: str, path: str, **request: Any) -> Any:
        """Below `/control/`."""
        answer = await self.client.request(method, f"{self.url}/control/{path}", **request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@contextlib.asynccontextmanager
async def running_sandbox(*channels: str, subscriber: Subscriber | None = None) -> AsyncIterator[SandboxServer]:
    """A fresh sandbox, with `channels` (without any: `incidents`) in its Slack; `subscriber` gets its webhooks."""
    mailbox = Mailbox()
    async with (
        serving(create_app(channels or ("incidents",), subscriber, mailbox)) as url,
        mailbox.taking(LOOPBACK, 0) as mail,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        yield SandboxServer(url, client, urlsplit(mail).port or 0)
