"""What the demo does to the parts from outside, over HTTP: sends alerts, presses buttons, looks at what arrived."""

import asyncio
from datetime import UTC, datetime
from importlib.resources import files
from string import Template
from types import TracebackType
from typing import Literal, Self

import httpx
from pydantic import BaseModel, ConfigDict

from tocsin.up.folder import LastUp

NOT_YET = "0001-01-01T00:00:00Z"
"""How Alertmanager writes the end of an alert that still fires."""
SLOW_ANSWER_S = 60.0
ALERT_AGAIN_S = 1.0


class _Seen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DemoRing(_Seen):
    at: datetime
    routing_key: str
    dedup_key: str


class PagerIncident(_Seen):
    id: str
    status: Literal["triggered", "acknowledged", "resolved"]


class DemoMessage(_Seen):
    text: str
    replies: "list[DemoMessage]" = []


class DemoChannel(_Seen):
    name: str
    messages: list[DemoMessage]


class PageUpdate(_Seen):
    status: str


class DemoPageIncident(_Seen):
    incident_updates: list[PageUpdate]


class DemoSandbox(_Seen):
    """What the vendors would show their users."""

    rings: list[DemoRing]
    pagerduty_incidents: list[PagerIncident]
    channels: list[DemoChannel]
    statuspage_incidents: list[DemoPageIncident]

    @property
    def messages(self) -> int:
        return sum(1 + len(message.replies) for channel in self.channels for message in channel.messages)

    @property
    def published(self) -> list[str]:
        """Oldest first."""
        return [u.status for incident in self.statuspage_incidents for u in reversed(incident.incident_updates)]


class _AcceptedAlerts(_Seen):
    incident: str


class DemoStage:
    def __init__(self, where: LastUp) -> None:
        assert where.sandbox is not None
        self._gateway, self._sandbox = where.gateway, where.sandbox
        self._starts_at = datetime.now(UTC)
        # Everything is on loopback: a proxy that the environment names is not for us.
        self._http = httpx.AsyncClient(timeout=SLOW_ANSWER_S, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def fire(self) -> str:
        """As Alertmanager does. Returns the incident's workflow id."""
        return await self._alert("firing", NOT_YET)

    async def recover(self) -> None:
        await self._alert("resolved", _written(datetime.now(UTC)))

    async def acknowledge(self, by: str) -> bool:
        """Press the button on the newest page that still rings. False: none does."""
        ringing = [i for i in (await self.look()).pagerduty_incidents if i.status == "triggered"]
        if not ringing:
            return False
        press = f"{self._sandbox}/control/pagerduty/{ringing[-1].id}/acknowledge"
        (await self._http.post(press, json={"by": by})).raise_for_status()
        return True

    async def look(self) -> DemoSandbox:
        answer = await self._http.get(f"{self._sandbox}/control/state")
        return DemoSandbox.model_validate_json(answer.raise_for_status().content)

    async def _alert(self, status: str, ends_at: str) -> str:
        body = Template(files(__package__).joinpath("alertmanager.json").read_text(encoding="utf-8")).substitute(
            status=status, starts_at=_written(self._starts_at), ends_at=ends_at
        )
        answer = await self._delivered(body)
        return _AcceptedAlerts.model_validate_json(answer.raise_for_status().content).incident

    async def _delivered(self, body: str) -> httpx.Response:
        """Sent again, as Alertmanager does, until the gateway has taken or refused it."""
        headers = {"Content-Type": "application/json", "User-Agent": "Alertmanager/0.33.1"}
        while True:
            try:
                answer = await self._http.post(f"{self._gateway}/webhooks/alertmanager", content=body, headers=headers)
                if not answer.is_server_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(ALERT_AGAIN_S)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
