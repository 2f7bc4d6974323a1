"""All that the sandbox holds, in one place: the vendors, the wire, the faults, the webhooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sandbox import pagerduty_json
from sandbox.apprise import NoticeService
from sandbox.faults import Faults
from sandbox.jira import Tracker
from sandbox.mail import Mailbox
from sandbox.ntfy import NtfyTopics
from sandbox.opsgenie import OpsgenieAlerts
from sandbox.pagerduty import SandboxPager
from sandbox.pagerduty_incident import Agent, PartOfIncident, SandboxIncident
from sandbox.pagerduty_on_call import OnCallList, WeeklySchedule
from sandbox.slack.app import SlackApp
from sandbox.slack.caller import SlackCaller
from sandbox.slack.people import FIRST_MEMBERS, SandboxMember
from sandbox.slack.sockets import Sockets
from sandbox.slack.workspace import Workspace
from sandbox.statuspage import StatusPages
from sandbox.twilio import TwilioApp, TwilioPhones
from sandbox.twilio_calls import TwilioCalls
from sandbox.webhook import WebhookReceiver
from sandbox.webhooks import Webhooks
from sandbox.wire import WireLog


@dataclass(frozen=True)
class Subscriber:
    """Who gets PagerDuty's webhooks from the start."""

    url: str
    secret: str


class SandboxWorld:
    def __init__(
        self,
        channels: Iterable[str],
        subscriber: Subscriber | None,
        mailbox: Mailbox,
        members: Iterable[SandboxMember] = FIRST_MEMBERS,
        slack_app: SlackApp | None = None,
        twilio_app: TwilioApp | None = None,
        user_groups: Iterable[str] = (),
        schedules: Iterable[WeeklySchedule] = (),
    ) -> None:
        self.wire = WireLog()
        self.faults = Faults()
        self.webhooks = Webhooks()
        self.workspace = Workspace(channels, members, slack_app, user_groups)
        self.sockets = Sockets()
        self.caller = SlackCaller(self.workspace.app, self.sockets, self.workspace.clock)
        self.pager = SandboxPager(self._announce)
        self.on_calls = OnCallList(schedules)
        self.topics = NtfyTopics()
        self.opsgenie = OpsgenieAlerts()
        self.twilio = TwilioPhones(twilio_app or TwilioApp())
        self.calls = TwilioCalls(self.twilio.app)
        self.receiver = WebhookReceiver()
        self.notices = NoticeService()
        self.pages = StatusPages()
        self.tracker = Tracker()
        self.mailbox = mailbox
        mailbox.wire, mailbox.faults = self.wire, self.faults
        self._subscriber = subscriber

    def open(self) -> None:
        if self._subscriber:
            self.webhooks.subscribe(self._subscriber.url, self._subscriber.secret)

    async def reset(self) -> None:
        """As on the first day; what Slack is connected to stays."""
        await self.webhooks.close()
        await self.caller.reset()
        self.wire.clear()
        self.faults.clear()
        self.workspace.reset()
        self.pager.reset()
        self.on_calls.reset()
        self.topics.reset()
        self.opsgenie.reset()
        self.twilio.reset()
        self.calls.reset()
        self.receiver.reset()
        self.notices.reset()
        self.pages.reset()
        self.tracker.reset()
        self.mailbox.reset()
        self.open()

    async def close(self) -> None:
        await self.webhooks.close()
        await self.caller.reset()
        await self.sockets.close()

    def _announce(self, what: str, incident: SandboxIncident, by: Agent, about: PartOfIncident) -> None:
        now = datetime.now(UTC)
        self.webhooks.publish(f"incident.{what}", pagerduty_json.webhook(str(uuid4()), what, incident, by, about, now))
