"""The other side of the sandbox: outages, a human's finger on the pager, and a look at everything."""

from dataclasses import dataclass
from html import escape
from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response
from pydantic import AnyHttpUrl, BaseModel, ConfigDict

from sandbox.apprise import TakenNotice
from sandbox.faults import Fault
from sandbox.jira import Issue
from sandbox.mail import ReceivedMail
from sandbox.ntfy import Notification
from sandbox.opsgenie import SandboxOpsgenieAlert
from sandbox.page import page
from sandbox.pagerduty_hands import Finger, Press, press
from sandbox.pagerduty_incident import PhoneRing, SandboxIncident
from sandbox.pagerduty_on_call import SandboxOnCall
from sandbox.slack.app import OfferedShortcut
from sandbox.slack.channel import SandboxChannel
from sandbox.slack.modals import SandboxModal
from sandbox.slack.people import BOT_USER, SandboxMember, SandboxUserGroup
from sandbox.statuspage import StatuspageIncident
from sandbox.twilio import PhoneReply, TextFromPhone, TextMessage
from sandbox.twilio_calls import CallStatus, SandboxCall
from sandbox.webhook import TakenWebhook
from sandbox.webhooks import SubscriberTally
from sandbox.wire import Vendor, WireEntry
from sandbox.world import SandboxWorld


class Subscription(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: AnyHttpUrl
    secret: str


class NewChannel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    with_app: bool = True
    """The app is in it."""


@dataclass(frozen=True)
class State:
    """Everything that can be seen: what the vendors would show their users."""

    channels: list[SandboxChannel]
    members: list[SandboxMember]
    user_groups: list[SandboxUserGroup]
    modals: list[SandboxModal]
    slack_calls: str
    """Where Slack's calls go: `socket`, an address, or nothing."""
    slack_shortcuts: list[OfferedShortcut]
    rings: list[PhoneRing]
    pagerduty_incidents: list[SandboxIncident]
    notifications: list[Notification]
    opsgenie_alerts: list[SandboxOpsgenieAlert]
    text_messages: list[TextMessage]
    calls: list[SandboxCall]
    webhooks_taken: list[TakenWebhook]
    notices: list[TakenNotice]
    statuspage_incidents: list[StatuspageIncident]
    tickets: list[Issue]
    mails: list[ReceivedMail]
    webhooks: list[SubscriberTally]
    faults: list[Fault]


def router(world: SandboxWorld) -> APIRouter:
    control = _Control(world)
    api = APIRouter(prefix="/control", tags=["Control"])
    api.add_api_route("/state", control.state, methods=["GET"])
    api.add_api_route("/wire", control.wire, methods=["GET"])
    api.add_api_route("/faults", control.add_fault, methods=["POST"], status_code=201)
    api.add_api_route("/faults", control.clear_faults, methods=["DELETE"], status_code=204)
    api.add_api_route("/on-call", control.put_on_call, methods=["PUT"], status_code=204)
    api.add_api_route("/channels", control.create_channel, methods=["POST"], status_code=201)
    api.add_api_route("/webhooks", control.subscribe, methods=["POST"], status_code=204)
    api.add_api_route("/pagerduty/{incident_id}/{action}", control.press, methods=["POST"])
    api.add_api_route("/ntfy/{notification_id}/{number}", control.press_on_phone, methods=["POST"])
    api.add_api_route("/opsgenie/{alert_id}/{action}", control.press_in_opsgenie, methods=["POST"], status_code=204)
    api.add_api_route("/calls/{sid}/{digit}", control.press_digit, methods=["POST"])
    api.add_api_route("/calls/{sid}/becomes/{status}", control.call_becomes, methods=["POST"], status_code=204)
    api.add_api_route("/texts", control.keep_text, methods=["POST"], status_code=201)
    api.add_api_route("/texts/{sid}/reply", control.reply, methods=["POST"])
    api.add_api_route("/texts/{sid}/{status}", control.text_becomes, methods=["POST"], status_code=204)
    api.add_api_route("/reset", control.reset, methods=["POST"], status_code=204)
    return api


def page_router(board_url: str) -> APIRouter:
    """`board_url`: where the pages are of whoever calls these vendors; empty, and there is no link to them."""
    link = f'<a class="faint" href="{escape(board_url)}">The board</a>' if board_url else ""
    document = page().replace("<!-- board -->", link)

    async def show_page() -> HTMLResponse:
        return HTMLResponse(document, headers={"Cache-Control": "no-store"})

    async def no_icon() -> Response:
        return Response(status_code=204)

    api = APIRouter(include_in_schema=False)
    api.add_api_route("/", show_page, methods=["GET"])
    api.add_api_route("/favicon.ico", no_icon, methods=["GET"])
    return api


class _Control:
    def __init__(self, world: SandboxWorld) -> None:
        self._world = world

    async def state(self) -> State:
        world = self._world
        return State(
            channels=world.workspace.channels,
            members=world.workspace.people.members,
            user_groups=world.workspace.people.groups,
            modals=world.workspace.modals.all(),
            slack_calls="socket" if world.sockets.count else world.workspace.app.url or "",
            slack_shortcuts=list(world.workspace.app.shortcuts),
            rings=world.pager.rings,
            pagerduty_incidents=world.pager.incidents,
            notifications=world.topics.notifications,
            opsgenie_alerts=world.opsgenie.alerts,
            text_messages=world.twilio.texts,
            calls=world.calls.calls,
            webhooks_taken=world.receiver.taken,
            notices=world.notices.taken,
            statuspage_incidents=world.pages.incidents,
            tickets=world.tracker.issues,
            mails=list(world.mailbox.mails),
            webhooks=world.webhooks.tallies(),
            faults=world.faults.current(),
        )

    async def wire(self, vendor: Vendor | None = None, since: int = 0) -> list[WireEntry]:
        return self._world.wire.entries(vendor, since)

    async def add_fault(self, fault: Fault) -> Fault:
        self._world.faults.add(fault)
        return fault

    async def clear_faults(self) -> None:
        self._world.faults.clear()

    async def put_on_call(self, entries: list[SandboxOnCall]) -> None:
        """Who is on call at PagerDuty from now on."""
        self._world.on_calls.entries[:] = entries

    async def create_channel(self, channel: NewChannel) -> SandboxChannel:
        workspace = self._world.workspace
        members = [each for each in workspace.everybody() if channel.with_app or each != BOT_USER]
        return workspace.create(channel.name, members=members)

    async def subscribe(self, subscription: Subscription) -> None:
        self._world.webhooks.subscribe(str(subscription.url), subscription.secret)

    async def press(self, incident_id: str, action: Press, finger: Finger | None = None) -> SandboxIncident:
        incident = self._world.pager.incident(incident_id)
        if incident is None:
            raise HTTPException(404, f"no incident {incident_id}")
        if incident.open == (action == "reopen"):
            raise HTTPException(409, f"incident {incident_id} is {incident.status}")
        press(self._world.pager, incident, action, finger or Finger())
        return incident

    async def press_on_phone(self, notification_id: str, number: int) -> int:
        """The status of what the phone was answered."""
        status = await self._world.topics.press(notification_id, number)
        if status is None:
            raise HTTPException(409, "the phone could not send it")
        return status

    async def press_in_opsgenie(
        self, alert_id: str, action: Literal["acknowledge", "close"], by: str = "ann@example.com"
    ) -> None:
        """As somebody in Opsgenie's app, or (`System`) as something there does it."""
        alerts = self._world.opsgenie
        found = next((alert for alert in alerts.alerts if alert.id == alert_id), None)
        if found is None:
            raise HTTPException(404, f"no alert {alert_id}")
        alerts.press(found, action, by)

    async def press_digit(self, sid: str, digit: str) -> str:
        """What is heard on the phone then."""
        return await self._world.calls.press(sid, digit)

    async def call_becomes(self, sid: str, status: CallStatus) -> None:
        self._world.calls.becomes(sid, status)

    async def keep_text(self, said: TextFromPhone) -> TextMessage:
        return self._world.twilio.keep(said)

    async def reply(self, sid: str, reply: PhoneReply) -> str:
        """What the phone was answered; empty: nothing."""
        return await self._world.twilio.reply(sid, reply.text)

    async def text_becomes(
        self, sid: str, status: Literal["sent", "delivered", "undelivered", "failed"], error: int | None = None
    ) -> None:
        text = self._world.twilio.of(sid)
        text.status, text.error_code = status, error

    async def reset(self) -> None:
        await self._world.reset()
