"""Digits that somebody presses while a page is read to them: what they do, what is heard, and who may send one."""

from datetime import UTC, datetime

import httpx
import pytest
from temporalio.client import Client

from activities.answer_links import AnswerLinks
from activities.phone_calls import spoken
from sandbox.twilio import twilio_signature
from starter.temporal.incidents import Incidents
from tests.activities import sends
from tests.starter.api.conftest import installation, tokens, working
from tests.starter.test_twilio_route import ANN, KEY, PUBLIC, TOKEN, http, now, opened, sandbox
from workflows.policy.incident.state import Incident

tokens, installation, working = tokens, installation, working  # fixtures of the API's tests
http, sandbox = http, sandbox


def asked_at(incident: Incident) -> str:
    """Where a digit of the call goes, as it stands in what is read."""
    [ring] = list(incident.rings)[-1:]
    return asked_by(ring, incident)


def asked_by(ring: str, incident: Incident) -> str:
    send = AnswerLinks(PUBLIC, KEY).answerable(sends.page(vendor_key=ring, incident=incident.id), datetime.now(UTC))
    return spoken(send).partition('action="')[2].partition('"')[0]


async def press(http: httpx.AsyncClient, address: str, digit: str, token: str = TOKEN) -> httpx.Response:
    form = {"CallSid": "CA1", "From": ANN, "Digits": digit}
    headers = {"X-Twilio-Signature": twilio_signature(token, address, form)}
    return await http.post(address.removeprefix(PUBLIC), data=form, headers=headers)


async def test_one_acknowledges_in_the_name_of_whoever_was_rung(http: httpx.AsyncClient, working: Client) -> None:
    incident = await opened(http, working, "Checkout fails")
    address = asked_at(incident)
    heard = await press(http, address, "1")
    assert "On-call Engineer acknowledged through call" in heard.text
    assert "<Gather" not in heard.text
    assert (await now(working, incident.workflow_id)).acknowledged_by == "On-call Engineer"
    assert "has been used" in (await press(http, address, "1")).text


async def test_two_calls_the_next_people_once_and_acknowledges_nothing(
    http: httpx.AsyncClient, working: Client
) -> None:
    incident = await opened(http, working, "Checkout fails")
    for _ in range(2):
        await press(http, asked_at(incident), "2")
    after = await now(working, incident.workflow_id)
    assert [call.by for call in after.calls] == ["On-call Engineer"]
    assert after.acknowledged_at is None


@pytest.mark.parametrize("digit", ["", "7", "11", "*"])
async def test_another_digit_is_asked_for_again(http: httpx.AsyncClient, working: Client, digit: str) -> None:
    incident = await opened(http, working, "Checkout fails")
    heard = await press(http, asked_at(incident), digit)
    assert "Press 1 to acknowledge" in heard.text
    assert f'action="{asked_at(incident).rpartition("/")[0]}/' in heard.text
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_only_twilio_may_press(http: httpx.AsyncClient, working: Client) -> None:
    incident = await opened(http, working, "Checkout fails")
    assert (await press(http, asked_at(incident), "1", token="wrong")).status_code == 401
    foreign = await press(http, f"{PUBLIC}/webhooks/twilio/digits/FOREIGN", "1")
    assert "another Tocsin" in foreign.text
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_the_tier_after_the_one_that_was_rung_is_called(http: httpx.AsyncClient, working: Client) -> None:
    incident = await opened(http, working, "Checkout fails")
    heard = await press(http, asked_at(incident), "2")
    assert "called" in heard.text
    said = (await Incidents(working).history(incident.workflow_id))[-1].text
    assert "asked for when answering a page" in said


async def test_on_a_page_that_was_asked_for_by_hand_it_is_the_tier_after_all_that_were_called(
    http: httpx.AsyncClient, working: Client
) -> None:
    """Tier 1 was rung when it was declared; whoever presses may be of it themselves."""
    incident = await opened(http, working, "Checkout fails")
    by_hand = next(iter(incident.rings)).replace("/escalate/1/on-call/", "/call/on-call/")
    heard = await press(http, asked_by(by_hand, incident), "2")
    assert "On-call Engineer called The Boss" in heard.text
    assert [call.number for call in (await now(working, incident.workflow_id)).calls] == [1]
