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


class _DemoLabel(_Seen):
    text: str


class _DemoElement(_Seen):
    """Of a block; what has an `action_id` can be pressed."""

    type: str
    action_id: str = ""
    text: _DemoLabel | str | None = None

    def is_button(self, label: str) -> bool:
        return self.type == "button" and isinstance(self.text, _DemoLabel) and self.text.text == label


class _DemoBlock(_Seen):
    elements: list[_DemoElement] = []


class DemoMessage(_Seen):
    ts: str
    text: str
    blocks: list[_DemoBlock] = []
    replies: "list[DemoMessage]" = []

    def pressable(self, label: str) -> str | None:
        """The `action_id` of the button that says so."""
        elements = (element for block in self.blocks for element in block.elements)
        return next((element.action_id for element in elements if element.is_button(label)), None)


class DemoChannel(_Seen):
    id: str
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


class _DemoDelivery(_Seen):
    """How the gateway took it: `problem` is why it has not."""

    problem: str


class _DemoPress(_Seen):
    delivery: _DemoDelivery


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

    async def press(self, label: str, by: str) -> bool:
        """The newest button in Slack that says so. False: there is none (any more), or the gateway has not taken it."""
        buttons = [
            (message.ts, channel.id, action_id)
            for channel in (await self.look()).channels
            for message in channel.messages
            if (action_id := message.pressable(label)) is not None
        ]
        if not buttons:
            return False
        patience = {"patience": SLOW_ANSWER_S / 6}  # as many times as long as Slack's three seconds
        (await self._http.post(f"{self._sandbox}/control/slack/app", json=patience)).raise_for_status()
        ts, channel_id, action_id = max(buttons)
        press = {"by": by, "channel": channel_id, "ts": ts, "action_id": action_id}
        answer = await self._http.post(f"{self._sandbox}/control/slack/press", json=press)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        return not _DemoPress.model_validate_json(answer.raise_for_status().content).delivery.problem

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
