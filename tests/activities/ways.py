"""Each way to a person, connected to the sandbox: what the kit of `test_ways` and the table of faults ask of all."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from email.headerregistry import Address
from typing import Any

import pytest

from activities.email import Mailer, SmtpServer
from activities.email_pager import EmailPager
from activities.ntfy import Ntfy
from activities.opsgenie import Opsgenie
from activities.pagerduty import PagerDuty
from activities.pagers import Pager, Pagers
from activities.phone_calls import PhoneCalls
from activities.slack import Slack
from activities.slack_pager import SlackPager
from activities.twilio import TextMessages
from activities.twilio_page import TwilioLine
from activities.webhook import WebhookPager
from sandbox.apprise import BAD_PASSWORD
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER, WEBHOOK_SECRET
from sandbox.opsgenie import BAD_KEY
from sandbox.pagerduty import NOBODY_ON_CALL
from sandbox.twilio import BAD_AUTH_TOKEN, UNREACHED
from settings.extras import is_installed
from tests.activities import sends
from tests.activities.conftest import API_TOKEN, NTFY_TOKEN, NTFY_TOPIC, ROUTING_KEY, SLACK_TOKEN
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import ConfirmRing, Page, Receipt, Send

LINK = "https://tocsin.example.com/a/TOKEN"
MAIL_SENDER = Address("Tocsin", addr_spec="tocsin@example.com")
WRONG_KEY = "whsec_" + "A" * 32
NUMBER = "+4915112345678"
NO_APPRISE = "make setup-dev brings apprise, which is not installed here"


@dataclass(frozen=True)
class Way:
    name: str
    sandbox: SandboxServer
    pager: Pager
    request: dict[str, str]
    """Which request rings: a fault's `vendor`, `method` and `match`."""
    rung: Callable[[dict[str, Any]], list[str]]
    """Out of the sandbox's state: the titles or texts on phones."""
    mistyped: Callable[[], Pager]
    """The same way with a key that its vendor does not know."""
    patience: str
    """The constant that says how long it waits for an answer."""
    setting: str
    """Where its key stands."""
    secrets: tuple[str, ...]
    """What it sends, or knows, and what is in no error and no log."""
    unstaffed: Callable[[], Pager] | None = None
    """With a key or a number by which the vendor takes pages, and reaches nobody. None: it cannot say."""
    pause: timedelta | None = timedelta(seconds=7)
    """What it says of when to try again, if its vendor names seven seconds: SMTP and apprise have no word for that."""
    after_lost_answer: int = 1
    """How often a phone rings when an answer was lost and the page is tried again."""

    async def ring(self, send: Send | None = None, again: bool = False, pager: Pager | None = None) -> str | None:
        ways = Pagers([], {self.name: pager or self.pager})
        return (await ways.page(send or page(self.name), again)).reference

    async def look(self, send: Send, reference: str | None, pager: Pager | None = None) -> Receipt:
        """What became of a page."""
        assert isinstance(send.effect, Page)
        looked = ConfirmRing(
            to=send.effect.to,
            ring=send.vendor_key,
            way=send.effect.way,
            address=send.effect.address,
            reference=reference,
        )
        return await Pagers([], {self.name: pager or self.pager}).confirm(send.model_copy(update={"effect": looked}))

    async def phones(self) -> list[str]:
        return self.rung(await self.sandbox.state())

    async def fault(self, **fault: Any) -> None:
        await self.sandbox.fault(**self.request, **fault)


@dataclass(frozen=True)
class World:
    sandbox: SandboxServer
    slack: Slack
    revoked: Slack
    """With a token that Slack takes no longer."""


def page(way: str, **fields: Any) -> Send:
    send = sends.page(answer=LINK, links=(("Acknowledge", LINK),), **fields)
    assert isinstance(send.effect, Page)
    return send.model_copy(update={"effect": send.effect.model_copy(update={"way": way})})


def way_of(name: str, sandbox: SandboxServer, slack: Slack, revoked: Slack) -> Way:
    assert name in MAKERS, f"the kit does not know {name}: add it here"
    return MAKERS[name](World(sandbox, slack, revoked))


def demand_apprise() -> None:
    if not is_installed("apprise"):
        assert not os.environ.get("CI"), NO_APPRISE
        pytest.skip(NO_APPRISE)


def line(sandbox: SandboxServer, token: str = "auth-token-secret", number: str = NUMBER) -> TwilioLine:
    return TwilioLine({"on-call": number}, SANDBOX_ACCOUNT, token, SANDBOX_NUMBER, sandbox.twilio_url)


def _pagerduty(world: World) -> Way:
    events, api = world.sandbox.pagerduty_events_url, world.sandbox.pagerduty_api_url

    def keyed(key: str) -> PagerDuty:
        return PagerDuty({"on-call": key}, events, api, API_TOKEN, None)

    return Way(
        "pagerduty",
        world.sandbox,
        keyed(ROUTING_KEY),
        {"vendor": "pagerduty", "method": "enqueue"},
        lambda state: [ring["summary"] for ring in state["rings"]],
        lambda: keyed("R0BAD-SECRET"),
        "activities.pagerduty.HTTP_TIMEOUT_S",
        "TOCSIN_PAGERDUTY_ROUTING_KEYS",
        (ROUTING_KEY, API_TOKEN),
        unstaffed=lambda: keyed(f"{NOBODY_ON_CALL}-SECRET"),
    )


def _ntfy(world: World) -> Way:
    topics = {"on-call": NTFY_TOPIC}
    return Way(
        "ntfy",
        world.sandbox,
        Ntfy(topics, world.sandbox.ntfy_url, NTFY_TOKEN),
        {"vendor": "ntfy", "method": "ntfy/", "match": "priority"},
        lambda state: [each["title"] for each in state["notifications"]],
        lambda: Ntfy(topics, world.sandbox.ntfy_url, "bad"),
        "activities.ntfy.HTTP_TIMEOUT_S",
        "TOCSIN_NTFY_TOKEN",
        (NTFY_TOPIC, NTFY_TOKEN),
    )


def _opsgenie(world: World) -> Way:
    return Way(
        "opsgenie",
        world.sandbox,
        Opsgenie({"on-call": "genie-secret"}, world.sandbox.opsgenie_url),
        {"vendor": "opsgenie", "match": "priority"},
        lambda state: [alert["message"] for alert in state["opsgenie_alerts"]],
        lambda: Opsgenie({"on-call": BAD_KEY}, world.sandbox.opsgenie_url),
        "activities.opsgenie.HTTP_TIMEOUT_S",
        "TOCSIN_OPSGENIE_KEYS",
        ("genie-secret",),
    )


def _slack(world: World) -> Way:
    def said_alone(state: dict[str, Any]) -> list[str]:
        direct = [channel for channel in state["channels"] if channel["direct"]]
        return [message["text"] for channel in direct for message in channel["messages"]]

    return Way(
        "slack",
        world.sandbox,
        SlackPager(world.slack),
        {"vendor": "slack", "method": "chat.postMessage"},
        said_alone,
        lambda: SlackPager(world.revoked),
        "activities.slack_pager.RING_WITHIN_S",
        "TOCSIN_SLACK_TOKEN",
        (SLACK_TOKEN,),
    )


def _email(world: World) -> Way:
    server, to = SmtpServer("127.0.0.1", world.sandbox.mail_port, "none"), {"on-call": "on-call@example.com"}
    mistyped = replace(server, user="tocsin", password="mistyped")
    return Way(
        "email",
        world.sandbox,
        EmailPager(Mailer(server, MAIL_SENDER), to),
        {"vendor": "mail"},
        lambda state: list({mail["message_id"]: str(mail["subject"]) for mail in state["mails"]}.values()),
        lambda: EmailPager(Mailer(mistyped, MAIL_SENDER), to),
        "activities.email_pager.RING_WITHIN_S",
        "TOCSIN_SMTP_",
        (),  # without a login: with one, see test_email
        pause=None,
    )


def _sms(world: World) -> Way:
    def with_token(token: str, number: str = NUMBER) -> TextMessages:
        return TextMessages(line(world.sandbox, token, number))

    return Way(
        "sms",
        world.sandbox,
        with_token("auth-token-secret"),
        {"vendor": "twilio", "match": "Body="},
        lambda state: [text["body"] for text in state["text_messages"]],
        lambda: with_token(BAD_AUTH_TOKEN),
        "activities.twilio_api.HTTP_TIMEOUT_S",
        "TOCSIN_TWILIO_AUTH_TOKENS",
        ("auth-token-secret", NUMBER),
        unstaffed=lambda: with_token("auth-token-secret", UNREACHED),
    )


def _voice(world: World) -> Way:
    def with_token(token: str, number: str = NUMBER) -> PhoneCalls:
        return PhoneCalls(line(world.sandbox, token, number))

    return Way(
        "voice",
        world.sandbox,
        with_token("auth-token-secret"),
        {"vendor": "twilio", "match": "Twiml="},
        lambda state: [call["said"] for call in state["calls"]],
        lambda: with_token(BAD_AUTH_TOKEN),
        "activities.twilio_api.HTTP_TIMEOUT_S",
        "TOCSIN_TWILIO_AUTH_TOKENS",
        ("auth-token-secret", NUMBER),
        unstaffed=lambda: with_token("auth-token-secret", UNREACHED),
    )


def _webhook(world: World) -> Way:
    urls = {"on-call": f"{world.sandbox.webhook_url}/on-call"}
    return Way(
        "webhook",
        world.sandbox,
        WebhookPager(urls, WEBHOOK_SECRET),
        {"vendor": "webhook"},
        lambda state: [str(taken["data"]["title"]) for taken in state["webhooks_taken"]],
        lambda: WebhookPager(urls, WRONG_KEY),
        "activities.webhook.HTTP_TIMEOUT_S",
        "TOCSIN_WEBHOOK_SECRET",
        (urls["on-call"], WEBHOOK_SECRET),
    )


def _apprise(world: World) -> Way:
    from activities.apprise import ApprisePager

    url = f"{world.sandbox.apprise_url}/on-call"
    return Way(
        "apprise",
        world.sandbox,
        ApprisePager({"on-call": url}),
        {"vendor": "apprise"},
        lambda state: [notice["title"] for notice in state["notices"]],
        lambda: ApprisePager({"on-call": url.replace("apprise-secret", BAD_PASSWORD)}),
        "activities.apprise.HTTP_TIMEOUT_S",
        "TOCSIN_APPRISE_URLS",
        ("apprise-secret",),
        pause=None,
        after_lost_answer=2,
    )


MAKERS: Mapping[str, Callable[[World], Way]] = {
    "pagerduty": _pagerduty,
    "ntfy": _ntfy,
    "opsgenie": _opsgenie,
    "slack": _slack,
    "email": _email,
    "sms": _sms,
    "voice": _voice,
    "webhook": _webhook,
    "apprise": _apprise,
}
