"""The sandbox as one FastAPI application."""

import contextlib
from collections.abc import AsyncIterator, Iterable

from fastapi import FastAPI

from sandbox import (
    apprise,
    control,
    jira,
    ntfy,
    opsgenie,
    pagerduty_events,
    pagerduty_rest,
    statuspage,
    twilio,
    twilio_calls,
    webhook,
)
from sandbox.gate import FaultGate
from sandbox.mail import Mailbox
from sandbox.pagerduty_on_call import WeeklySchedule
from sandbox.slack import api as slack_api
from sandbox.slack import control as slack_control
from sandbox.slack.app import SlackApp
from sandbox.slack.people import FIRST_MEMBERS, SandboxMember
from sandbox.twilio import TwilioApp
from sandbox.vendor_error import VendorError, answer_in_vendors_words
from sandbox.world import SandboxWorld, Subscriber


def create_app(
    channels: Iterable[str] = ("incidents",),
    subscriber: Subscriber | None = None,
    mailbox: Mailbox | None = None,
    members: Iterable[SandboxMember] = FIRST_MEMBERS,
    slack_app: SlackApp | None = None,
    board_url: str = "",
    twilio_app: TwilioApp | None = None,
    user_groups: Iterable[str] = (),
    schedules: Iterable[WeeklySchedule] = (),
) -> FastAPI:
    """`channels`, `members` and `user_groups` are in Slack from the start, `schedules` at PagerDuty; `subscriber` gets
    PagerDuty's webhooks, `slack_app` Slack's calls, `twilio_app` replies to text messages; `mailbox` is shown. Serve it
    with sandbox.serve."""
    taken = mailbox or Mailbox()
    world = SandboxWorld(channels, subscriber, taken, members, slack_app, twilio_app, user_groups, schedules)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        world.open()
        yield
        await world.close()

    app = FastAPI(title="Tocsin sandbox", lifespan=lifespan)
    app.include_router(slack_api.router(world.workspace, world.sockets))
    app.include_router(pagerduty_events.router(world.pager))
    app.include_router(pagerduty_rest.router(world.pager, world.on_calls, world.webhooks))
    app.include_router(ntfy.router(world.topics))
    app.include_router(opsgenie.router(world.opsgenie))
    app.include_router(twilio.router(world.twilio))
    app.include_router(twilio_calls.calls_router(world.calls))
    app.include_router(webhook.router(world.receiver))
    app.include_router(apprise.router(world.notices))
    app.include_router(statuspage.router(world.pages))
    app.include_router(statuspage.components(world.pages))
    app.include_router(jira.router(world.tracker))
    app.include_router(control.router(world))
    app.include_router(slack_control.router(world))
    app.include_router(control.page_router(board_url))
    app.add_exception_handler(VendorError, answer_in_vendors_words)
    app.add_middleware(FaultGate, wire=world.wire, faults=world.faults)
    return app
