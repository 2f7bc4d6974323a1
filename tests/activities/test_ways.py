"""The kit that every way to a person passes, whatever it is: nothing is lost without a word, and nothing rings twice.

A new way adds itself to the fixture.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.headerregistry import Address
from typing import Any

import pytest
import pytest_asyncio

from activities.email import Mailer, SmtpServer
from activities.email_pager import EmailPager
from activities.errors import Rejected, Unavailable
from activities.ntfy import Ntfy
from activities.opsgenie import Opsgenie
from activities.pagerduty import PagerDuty
from activities.pagers import Pager, Pagers
from activities.phone_calls import PhoneCalls
from activities.slack import Slack
from activities.slack_pager import SlackPager
from activities.twilio import TextMessages
from activities.webhook import WebhookPager
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER, WEBHOOK_SECRET
from sandbox.opsgenie import BAD_KEY
from sandbox.pagerduty import NOBODY_ON_CALL
from sandbox.twilio import BAD_AUTH_TOKEN
from tests.activities import sends
from tests.activities.conftest import API_TOKEN, NTFY_TOKEN, NTFY_TOPIC, ROUTING_KEY
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Page, Send
from workflows.policy.runbook.reach import WAYS

LINK = "https://tocsin.example.com/a/TOKEN"
MAIL_SENDER = Address("Tocsin", addr_spec="tocsin@example.com")
WRONG_KEY = "whsec_" + "A" * 32


def unexpected() -> Pager:
    raise AssertionError("this way has no schedules")


@dataclass(frozen=True)
class Way:
    name: str
    pager: Pager
    request: dict[str, str]
    """Which request rings: a fault's `vendor`, `method` and `match`."""
    rung: Callable[[dict[str, Any]], list[str]]
    """Out of the sandbox's state: the titles or texts on phones."""
    mistyped: Callable[[], Pager]
    """The same way with a key that its vendor does not know."""
    sandbox: SandboxServer
    unstaffed: Callable[[], Pager] = unexpected
    """With a key that the vendor takes pages by, and rings nobody."""
    pause: timedelta | None = timedelta(seconds=7)
    """What it says of when to try again, if its vendor names seven seconds: SMTP has no word for that."""

    async def ring(self, send: Send | None = None, again: bool = False, pager: Pager | None = None) -> str | None:
        ways = Pagers([], {self.name: pager or self.pager})
        return (await ways.page(send or page(self.name), again)).reference

    async def phones(self) -> list[str]:
        return self.rung(await self.sandbox.state())

    async def fault(self, **fault: Any) -> None:
        await self.sandbox.fault(**self.request, **fault)


def page(way: str, **fields: Any) -> Send:
    send = sends.page(answer=LINK, links=(("Acknowledge", LINK),), **fields)
    assert isinstance(send.effect, Page)
    return send.model_copy(update={"effect": send.effect.model_copy(update={"way": way})})


def said_alone(state: dict[str, Any]) -> list[str]:
    direct = [channel for channel in state["channels"] if channel["direct"]]
    return [message["text"] for channel in direct for message in channel["messages"]]


def way_of(name: str, sandbox: SandboxServer, slack: Slack, revoked: Slack) -> Way:
    events, api = sandbox.pagerduty_events_url, sandbox.pagerduty_api_url
    match name:
        case "pagerduty":
            good = PagerDuty({"on-call": ROUTING_KEY}, events, api, API_TOKEN, None)
            off = PagerDuty({"on-call": f"{NOBODY_ON_CALL}-SECRET"}, events, api, API_TOKEN, None)
            bad = PagerDuty({"on-call": "R0BAD-SECRET"}, events, api, API_TOKEN, None)
            ringing = {"vendor": "pagerduty", "method": "enqueue"}
            return Way(
                name, good, ringing, lambda s: [r["summary"] for r in s["rings"]], lambda: bad, sandbox, lambda: off
            )
        case "ntfy":
            ringing = {"vendor": "ntfy", "method": "ntfy/", "match": "priority"}
            topics = {"on-call": NTFY_TOPIC}
            return Way(
                name,
                Ntfy(topics, sandbox.ntfy_url, NTFY_TOKEN),
                ringing,
                lambda s: [n["title"] for n in s["notifications"]],
                lambda: Ntfy(topics, sandbox.ntfy_url, "bad"),
                sandbox,
            )
        case "opsgenie":
            ringing = {"vendor": "opsgenie", "match": "priority"}
            return Way(
                name,
                Opsgenie({"on-call": "genie-secret"}, sandbox.opsgenie_url),
                ringing,
                lambda s: [a["message"] for a in s["opsgenie_alerts"]],
                lambda: Opsgenie({"on-call": BAD_KEY}, sandbox.opsgenie_url),
                sandbox,
            )
        case "slack":
            ringing = {"vendor": "slack", "method": "chat.postMessage"}
            return Way(name, SlackPager(slack), ringing, said_alone, lambda: SlackPager(revoked), sandbox)
        case "email":
            server, to = SmtpServer("127.0.0.1", sandbox.mail_port, "none"), {"on-call": "on-call@example.com"}
            mistyped = replace(server, user="tocsin", password="mistyped")
            return Way(
                name,
                EmailPager(Mailer(server, MAIL_SENDER), to),
                {"vendor": "mail"},
                lambda s: list({m["message_id"]: str(m["subject"]) for m in s["mails"]}.values()),
                lambda: EmailPager(Mailer(mistyped, MAIL_SENDER), to),
                sandbox,
                pause=None,
            )
        case "sms":
            numbers, account = {"on-call": "+4915112345678"}, (SANDBOX_ACCOUNT, "auth-token-secret", SANDBOX_NUMBER)
            return Way(
                name,
                TextMessages(numbers, *account, sandbox.twilio_url),
                {"vendor": "twilio", "match": "Body="},
                lambda s: [t["body"] for t in s["text_messages"]],
                lambda: TextMessages(numbers, SANDBOX_ACCOUNT, BAD_AUTH_TOKEN, SANDBOX_NUMBER, sandbox.twilio_url),
                sandbox,
            )
        case "voice":
            numbers, account = {"on-call": "+4915112345678"}, (SANDBOX_ACCOUNT, "auth-token-secret", SANDBOX_NUMBER)
            return Way(
                name,
                PhoneCalls(numbers, *account, sandbox.twilio_url),
                {"vendor": "twilio", "match": "Twiml="},
                lambda s: [call["said"] for call in s["calls"]],
                lambda: PhoneCalls(numbers, SANDBOX_ACCOUNT, BAD_AUTH_TOKEN, SANDBOX_NUMBER, sandbox.twilio_url),
                sandbox,
            )
        case "webhook":
            urls = {"on-call": f"{sandbox.webhook_url}/on-call"}
            return Way(
                name,
                WebhookPager(urls, WEBHOOK_SECRET),
                {"vendor": "webhook"},
                lambda s: [str(w["data"]["title"]) for w in s["webhooks_taken"]],
                lambda: WebhookPager(urls, WRONG_KEY),
                sandbox,
            )
    raise AssertionError(f"the kit does not know {name}: add it here")


@pytest_asyncio.fixture
async def revoked(sandbox: SandboxServer) -> AsyncIterator[Slack]:
    """With a token that Slack takes no longer."""
    made = Slack("xoxb-revoked", sandbox.slack_url, {"on-call": "U0ONCALL"})
    yield made
    await made.close()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, sandbox: SandboxServer, slack: Slack, revoked: Slack) -> Way:
    return way_of(request.param, sandbox, slack, revoked)


async def test_it_rings_once_and_says_under_what(way: Way) -> None:
    assert await way.ring()
    [shown] = await way.phones()
    assert "checkout" in shown


async def test_the_link_travels_with_it(way: Way) -> None:
    await way.ring()
    sent = [entry for entry in await way.sandbox.wire() if entry["vendor"] == way.request["vendor"]]
    ours = {"slack": "tocsin/incidents/ack", "voice": "https://tocsin.example.com/webhooks/twilio/digits/TOKEN"}
    assert ours.get(way.name, LINK) in str(sent)  # a button there, a digit's address here


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_not_now_is_unavailable_and_rings_nobody(way: Way, status: int) -> None:
    await way.fault(status=status, error="no", retry_after=7)
    with pytest.raises(Unavailable) as failure:
        await way.ring()
    assert failure.value.retry_after == way.pause
    assert await way.phones() == []


async def test_a_wrong_key_is_rejected_at_once(way: Way) -> None:
    with pytest.raises(Rejected):
        await way.ring(pager=way.mistyped())
    assert await way.phones() == []


async def test_who_has_no_address_is_rejected_with_the_setting(way: Way) -> None:
    with pytest.raises(Rejected, match="TOCSIN_") as failure:
        await way.ring(page(way.name, to="nobody"))
    assert "nobody" in str(failure.value)


async def test_what_was_refused_twice_is_not_asked_again_before_its_key_is_mended(way: Way) -> None:
    """Whatever the key is of: the person, the account, or what signs."""
    with pytest.raises(Rejected) as refused:
        await way.ring(pager=way.mistyped())
    assert (refused.value.route is None) == (way.name == "slack")  # its token is for all that is said there
    if refused.value.route is None:
        return
    again = page(way.name, not_through=(refused.value.route,))
    before = len(await way.sandbox.wire())
    with pytest.raises(Rejected, match="was refused twice"):
        await way.ring(again, pager=way.mistyped())
    assert len(await way.sandbox.wire()) == before
    await way.ring(again)
    assert len(await way.phones()) == 1


async def test_a_vendor_that_hangs_is_unavailable_in_time(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pagerduty", "opsgenie", "ntfy", "twilio_api", "webhook"):
        monkeypatch.setattr(f"activities.{module}.HTTP_TIMEOUT_S", 0.1)
    for module in ("slack_pager", "email_pager"):
        monkeypatch.setattr(f"activities.{module}.RING_WITHIN_S", 0.2)
    await way.fault(delay_s=0.5, status=500)  # the status: it must not reach the next test's sandbox after all
    with pytest.raises(Unavailable):
        await way.ring()


async def test_a_page_that_is_sent_once_more_in_short_has_no_more_time_than_one(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.webhook.RING_WITHIN_S", 1.0)
    await sandbox.fault(vendor="webhook", delay_s=0.7, status=413, times=1)
    await sandbox.fault(vendor="webhook", delay_s=0.7, status=500)
    siren = WebhookPager({"on-call": f"{sandbox.webhook_url}/on-call"}, WEBHOOK_SECRET)
    with pytest.raises(Unavailable, match="did not answer within"):
        await siren.page(page("webhook"), may_have_been_sent=False)


async def test_a_lost_answer_and_a_second_attempt_ring_once(way: Way) -> None:
    send = page(way.name)
    await way.fault(drop="after", times=1)
    with pytest.raises(Unavailable):
        await way.ring(send)
    assert await way.ring(send, again=True)
    assert len(await way.phones()) == 1


async def test_a_lost_request_and_a_second_attempt_ring_once(way: Way) -> None:
    send = page(way.name)
    await way.fault(drop="before", times=1)
    with pytest.raises(Unavailable):
        await way.ring(send)
    assert await way.ring(send, again=True)
    assert len(await way.phones()) == 1


async def test_two_pages_are_two_rings(way: Way) -> None:
    for number in (1, 2):
        await way.ring(
            page(way.name, vendor_key=f"incident-k7/20261121-0204-k7/escalate/1/on-call/{number}"), again=True
        )
    assert len(await way.phones()) == 2


async def test_a_way_that_is_not_connected_is_rejected(sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected, match="webhook is not connected"):
        await Pagers([], {}).page(page("webhook"), False)


async def test_an_address_of_another_name_is_used(sandbox: SandboxServer) -> None:
    ways = Pagers([], {"ntfy": Ntfy({"ann-phone": "ann-topic"}, sandbox.ntfy_url, None)})
    send = page("ntfy", to="ann")
    assert isinstance(send.effect, Page)
    await ways.page(send.model_copy(update={"effect": send.effect.model_copy(update={"address": "ann-phone"})}), False)
    [shown] = (await sandbox.state())["notifications"]
    assert shown["topic"] == "ann-topic"
