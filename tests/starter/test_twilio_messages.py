"""Twilio's lists of text messages, when there is something odd in them: a reply answers its page all the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from activities.answer_links import AnswerLinks
from activities.twilio import TextMessages
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER
from settings import Settings
from starter.intake.twilio_messages import TwilioSilent, sent_to
from tests.activities import sends
from tests.activities.odd_answers import ODDITIES, odd_but_for, odd_sandbox
from tests.activities.ways import NUMBER, line
from tests.sandbox_server import SandboxServer

KEY = "what signs the links"
RING = "incident-k7/20261121-0204-k7/escalate/1/on-call/1"


def gateway_settings(sandbox: SandboxServer) -> Settings:
    return Settings(
        _env_file=None,
        twilio_account=SANDBOX_ACCOUNT,
        twilio_auth_tokens=(SecretStr("auth-token"),),
        twilio_from=SANDBOX_NUMBER,
        twilio_url=sandbox.twilio_url,
        answer_secrets=(SecretStr(KEY),),
    )


async def replied(sandbox: SandboxServer, **fields: Any) -> str:
    """To a page: the reply's id."""
    page = sends.page(vendor_key=RING, **fields)
    links = AnswerLinks("https://tocsin.example.com", KEY)
    await TextMessages(line(sandbox)).page(links.answerable(page, datetime.now(UTC)), False)
    at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    kept = await sandbox.control("POST", "texts", json={"sender": NUMBER, "text": "000000", "at": at})
    return str(kept["sid"])


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_a_reply_answers_its_page_whatever_else_is_odd_in_the_list(oddity: str) -> None:
    async with odd_sandbox() as (sandbox, answers):
        reply = await replied(sandbox)
        answers.twist = odd_but_for(("messages", "body", "from", "date_created"), ODDITIES[oddity])
        sent = await sent_to(gateway_settings(sandbox), NUMBER, reply)
    assert [ticket.ring for ticket in sent.tickets.values()] == [RING]


@pytest.mark.parametrize("oddity", ODDITIES)
async def test_a_reply_of_which_twilio_does_not_say_when_it_was_sent_answers_nothing(oddity: str) -> None:
    async with odd_sandbox() as (sandbox, answers):
        reply = await replied(sandbox)
        answers.twist = odd_but_for(("messages", "body", "from"), ODDITIES[oddity])
        with pytest.raises(TwilioSilent):
            await sent_to(gateway_settings(sandbox), NUMBER, reply)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b"<html>", b"\xff", b'{"messages": null}'])
async def test_what_is_not_twilios_answer_says_nothing(body: bytes) -> None:
    async with odd_sandbox() as (sandbox, answers):
        reply = await replied(sandbox)
        answers.instead = body
        with pytest.raises(TwilioSilent):
            await sent_to(gateway_settings(sandbox), NUMBER, reply)


FOREIGN = AnswerLinks("https://b.example.com", "another key").answerable(sends.page(vendor_key=RING), datetime.now(UTC))
LINKS_IN_TITLES = {
    "an app of Grafana's": "High latency: https://grafana.example.com/a/latency-app/now",
    "a link that another Tocsin signed": f"See {FOREIGN.answer}",
    "one that nobody can read": "See http://x.example.com/a/....",
}


@pytest.mark.parametrize("subject", LINKS_IN_TITLES.values(), ids=LINKS_IN_TITLES)
async def test_a_reply_answers_its_page_whatever_links_its_title_has(subject: str) -> None:
    async with odd_sandbox() as (sandbox, _):
        reply = await replied(sandbox, subject=subject)
        sent = await sent_to(gateway_settings(sandbox), NUMBER, reply)
    assert [ticket.ring for ticket in sent.tickets.values()] == [RING]
