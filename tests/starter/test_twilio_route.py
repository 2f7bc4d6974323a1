"""Replies to text messages: what they acknowledge, what they are told, and who may send one."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client

from activities.answer_links import AnswerLinks
from activities.twilio import TextMessages
from activities.twilio_page import TwilioLine
from sandbox.app import create_app
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER
from sandbox.serve import serving
from sandbox.twilio import twilio_signature
from starter.gateway.routes.twilio import ANOTHER, GUESSED, HINT, NO_PAGE
from starter.intake.twilio_messages import MOST_AMISS
from starter.temporal.incidents import Incidents
from tests.activities import sends
from tests.patience import HANGS_AFTER_S
from tests.starter.api.conftest import bearer, declared, installation, tokens, working
from tests.starter.conftest import GatewayUnderTest
from workflows.policy.incident.events import Resolved
from workflows.policy.incident.state import Incident
from workflows.policy.keys.answer_tickets import LONG_CODE_DIGITS, TICKET_LASTS

tokens, installation, working = tokens, installation, working  # fixtures of the API's tests
KEY, TOKEN = "what signs the links", "auth-token"
PUBLIC = "https://tocsin.example.com/behind"
ADDRESS = f"{PUBLIC}/webhooks/twilio/sms"
ANN = "+4915112345678"
SECOND = timedelta(seconds=1)
ASKED_FOR = re.compile(r"Reply (\d{6}) to acknowledge")


class Phone:
    """Ann's, and the number that rings it."""

    def __init__(self, sandbox: str, gateway: httpx.AsyncClient) -> None:
        self._sandbox, self._gateway = sandbox, gateway
        line = TwilioLine({"on-call": ANN}, SANDBOX_ACCOUNT, TOKEN, SANDBOX_NUMBER, f"{sandbox}/twilio")
        self._texts = TextMessages(line)

    async def ring(self, incident: Incident) -> None:
        [ring] = list(incident.rings)[-1:]
        send = sends.page(vendor_key=ring, incident=incident.id)
        await self._texts.page(AnswerLinks(PUBLIC, KEY).answerable(send, datetime.now(UTC)), False)

    async def rung_at(self) -> datetime:
        """The newest page."""
        return datetime.fromisoformat((await self._texts_sent())[-1]["at"])

    async def digits(self, page: int = -1) -> str:
        """What it asks for; of the newest, or of another."""
        asked = [found[1] for text in await self._texts_sent() if (found := ASKED_FOR.search(text["body"]))]
        return str(asked[page])

    async def _texts_sent(self) -> list[dict[str, Any]]:
        async with httpx.AsyncClient(trust_env=False) as http:
            texts: list[dict[str, Any]] = (await http.get(f"{self._sandbox}/control/state")).json()["text_messages"]
        return texts

    async def reply(self, words: str, at: datetime | None = None, sender: str = ANN, **changed: str) -> httpx.Response:
        """As Twilio hands it on: what is said is in its list then. Usually some seconds after the page."""
        said = {"sender": sender, "text": words, "at": (at or datetime.now(UTC) + 2 * SECOND).isoformat()}
        async with httpx.AsyncClient(trust_env=False) as http:
            sid = (await http.post(f"{self._sandbox}/control/texts", json=said)).json()["sid"]
        form = {"MessageSid": sid, "From": ANN, "To": SANDBOX_NUMBER, "Body": words, "NumMedia": "0", **changed}
        return await self.send(form, twilio_signature(TOKEN, ADDRESS, form))

    async def send(self, form: dict[str, str], signature: str) -> httpx.Response:
        return await self._gateway.post("/webhooks/twilio/sms", data=form, headers={"X-Twilio-Signature": signature})


def told(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<Message>")[2].partition("</Message>")[0]


@pytest_asyncio.fixture
async def http(
    tokens: GatewayUnderTest, sandbox: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr("starter.intake.twilio_messages.TWILIO_WITHIN_S", HANGS_AFTER_S)  # however slow the machine
    changed = {
        "answer_secrets": (SecretStr(KEY),),
        "gateway_url": PUBLIC,
        "twilio_account": SANDBOX_ACCOUNT,
        "twilio_auth_tokens": (SecretStr(TOKEN), SecretStr("the next one")),
        "twilio_from": SANDBOX_NUMBER,
        "twilio_url": f"{sandbox}/twilio",
    }
    tokens.settings = tokens.settings.model_copy(update=changed)
    async with tokens.open() as client:
        yield client


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[str]:
    async with serving(create_app()) as url:
        yield url


@pytest_asyncio.fixture
async def phone(http: httpx.AsyncClient, sandbox: str) -> Phone:
    return Phone(sandbox, http)


async def opened(http: httpx.AsyncClient, working: Client, title: str) -> Incident:
    http.headers.update(bearer("of-alice"))
    one = await declared(http, title)
    del http.headers["Authorization"]
    return await now(working, one["workflow_id"])


async def now(client: Client, workflow: str) -> Incident:
    return (await Incidents(client).status(workflow)).incident


@pytest.mark.parametrize("words", ["{}", " {}. ", "Ack {}!", "{}, there in 5 min", "on it: {} (call 030 123456)"])
async def test_a_reply_acknowledges_in_the_name_of_whoever_was_rung(
    http: httpx.AsyncClient, working: Client, phone: Phone, words: str
) -> None:
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    said = told(await phone.reply(words.format(await phone.digits())))
    assert "On-call Engineer acknowledged through sms" in said
    assert (await now(working, incident.workflow_id)).acknowledged_by == "On-call Engineer"
    assert "has been used" in told(await phone.reply(await phone.digits()))


@pytest.mark.parametrize("words", ["1", "ack", "acknowledge", "ok", "letters", "000000", "a digit more"])
async def test_whoever_has_not_read_the_page_acknowledges_nothing_though_they_have_its_number(
    http: httpx.AsyncClient, working: Client, phone: Phone, words: str
) -> None:
    """Anybody can send a text message under any number."""
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    guesses = {"letters": incident.id.rpartition("-")[2], "a digit more": f"1{await phone.digits()}"}
    assert told(await phone.reply(guesses.get(words, words))) == HINT
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_each_page_has_digits_of_its_own(http: httpx.AsyncClient, working: Client, phone: Phone) -> None:
    older, newer = await two_pages(http, working, phone)
    assert older.id in told(await phone.reply(await phone.digits(0)))
    assert (await now(working, newer.workflow_id)).acknowledged_at is None
    assert newer.id in told(await phone.reply(await phone.digits(1)))


async def two_pages(http: httpx.AsyncClient, working: Client, phone: Phone) -> tuple[Incident, Incident]:
    """Of two incidents, the older first."""
    older, newer = [await opened(http, working, title) for title in ("Older", "Newer")]
    for incident in (older, newer):
        await phone.ring(incident)
    return older, newer


async def test_the_same_reply_twice_acknowledges_no_older_page(
    http: httpx.AsyncClient, working: Client, phone: Phone
) -> None:
    """Twilio brings it once more where our answer was lost; and whoever recorded it may send it again."""
    older, newer = await two_pages(http, working, phone)
    first = await phone.reply(await phone.digits())
    form = dict(httpx.QueryParams(first.request.content.decode()))
    again = told(await phone.send(form, first.request.headers["X-Twilio-Signature"]))
    assert (await now(working, newer.workflow_id)).acknowledged_by == "On-call Engineer"
    assert (await now(working, older.workflow_id)).acknowledged_at is None
    assert again.endswith(ANOTHER)


async def test_what_answers_a_page_that_is_over_acknowledges_no_older_one(
    http: httpx.AsyncClient, working: Client, phone: Phone
) -> None:
    older, newer = await two_pages(http, working, phone)
    await Incidents(working).ask(newer.workflow_id, Resolved(by="Ben"))
    said = told(await phone.reply(await phone.digits()))
    assert said.startswith(f"{newer.id} is already resolved, by Ben.")
    assert (await now(working, older.workflow_id)).acknowledged_at is None


async def test_a_page_of_the_second_in_which_somebody_replied_is_not_what_they_answered(
    http: httpx.AsyncClient, working: Client, phone: Phone
) -> None:
    older = await opened(http, working, "Older")
    await phone.ring(older)
    newer = await opened(http, working, "Newer")
    while int((await phone.rung_at()).timestamp()) == int(datetime.now(UTC).timestamp()):
        await asyncio.sleep(0.05)  # Twilio tells whole seconds
    await phone.ring(newer)
    assert told(await phone.reply(await phone.digits(), at=await phone.rung_at())) == HINT
    assert told(await phone.reply(await phone.digits(0), at=await phone.rung_at())).startswith(older.id)
    assert (await now(working, newer.workflow_id)).acknowledged_at is None


async def test_anything_else_is_answered_in_words_once(http: httpx.AsyncClient, working: Client, phone: Phone) -> None:
    assert told(await phone.reply("1")) == NO_PAGE
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    assert told(await phone.reply("who is this?")) == HINT
    assert told(await phone.reply("STOP")) == ""  # Twilio's own
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_guesses_under_a_forged_number_are_bounded_and_keep_nobody_from_answering(
    http: httpx.AsyncClient, working: Client, phone: Phone
) -> None:
    """What is answered goes to Ann's phone, and not to whoever forged her number."""
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    right = await phone.digits()
    for number in range(MOST_AMISS - 1):
        await phone.reply(("a harmless word", f"{(int(right) + 1 + number) % 10**6:06}")[number % 2])
    assert told(await phone.reply("what?")).startswith(GUESSED)
    asked = told(await phone.reply(right))
    assert asked.startswith(GUESSED)
    assert not (await now(working, incident.workflow_id)).acknowledged_by
    [longer] = re.findall(r"reply (\d+),", asked)
    assert (len(longer), longer.endswith(right)) == (LONG_CODE_DIGITS, True)
    assert told(await phone.reply(f"{int(longer[0]) ^ 1}{longer[1:]}")).startswith(GUESSED)
    assert "On-call Engineer acknowledged through sms" in told(await phone.reply(f"{longer}, sorry"))


async def test_right_answers_are_no_guesses_however_many(
    http: httpx.AsyncClient, working: Client, phone: Phone
) -> None:
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    for _ in range(MOST_AMISS + 1):
        said = told(await phone.reply(await phone.digits()))
    assert "has been used" in said


async def test_what_was_amiss_a_day_ago_is_forgotten(http: httpx.AsyncClient, working: Client, phone: Phone) -> None:
    incident = await opened(http, working, "Checkout fails")
    for _ in range(MOST_AMISS + 1):
        await phone.reply("000000", at=datetime.now(UTC) - TICKET_LASTS)
    await phone.ring(incident)
    assert "acknowledged through sms" in told(await phone.reply(await phone.digits()))


async def test_another_number_answers_nothing(http: httpx.AsyncClient, working: Client, phone: Phone) -> None:
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    assert told(await phone.reply(await phone.digits(), From="+4915199999999")) == NO_PAGE
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_a_reply_is_whose_twilio_says(http: httpx.AsyncClient, working: Client, phone: Phone) -> None:
    """Whatever the form says, and however it is signed."""
    incident = await opened(http, working, "Checkout fails")
    await phone.ring(incident)
    assert told(await phone.reply(await phone.digits(), sender="+4915199999999")) == NO_PAGE
    assert (await now(working, incident.workflow_id)).acknowledged_at is None


async def test_a_reply_answers_no_page_that_was_sent_after_it(
    http: httpx.AsyncClient, working: Client, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await opened(http, working, "Checkout fails")
    first = await phone.reply("1", at=datetime.now(UTC) - timedelta(minutes=5))
    assert told(first) == NO_PAGE
    await phone.ring(incident)
    form = dict(httpx.QueryParams(first.request.content.decode()))
    again = await phone.send(form, first.request.headers["X-Twilio-Signature"])  # recorded, and sent again
    assert (await now(working, incident.workflow_id)).acknowledged_at is None
    assert told(again) == NO_PAGE


@pytest.mark.parametrize(
    ("token", "address", "status"),
    [
        (TOKEN, ADDRESS, 200),
        ("the next one", ADDRESS, 200),
        (TOKEN, ADDRESS.replace("example.com", "example.com:443"), 200),
        ("wrong", ADDRESS, 401),
        (TOKEN, ADDRESS.replace("https", "http"), 401),
        (TOKEN, "http://127.0.0.1/webhooks/twilio/sms", 401),
    ],
)
async def test_it_is_signed_over_the_public_address(phone: Phone, token: str, address: str, status: int) -> None:
    form = {"MessageSid": "SM1", "From": ANN, "Body": "1", "Umlaut": "ä & +", "Empty": ""}
    assert (await phone.send(form, twilio_signature(token, address, form))).status_code == status
    changed = await phone.send({**form, "From": "+1"}, twilio_signature(token, address, form))
    assert changed.status_code == 401


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({f"Media{number}": "x" for number in range(100)}, 200),
        ({f"Media{number}": "x" for number in range(1000)}, 401),
        ({"Media": "x" * 60_000}, 200),
        ({"Media": "x" * 70_000}, 401),
    ],
)
async def test_a_form_that_is_longer_than_twilios_is_not_taken_apart(
    phone: Phone, more: dict[str, str], status: int
) -> None:
    """Whatever signs it: that is known only afterwards."""
    form = {"MessageSid": "SM1", "From": ANN, "Body": "1", **more}
    assert (await phone.send(form, twilio_signature(TOKEN, ADDRESS, form))).status_code == status


async def test_without_what_proves_it_the_route_is_closed(tokens: GatewayUnderTest) -> None:
    async with tokens.open() as client:
        answer = await client.post("/webhooks/twilio/sms", data={"Body": "1"})
    assert answer.status_code == 403
    assert "TOCSIN_TWILIO_AUTH_TOKENS, TOCSIN_GATEWAY_URL and TOCSIN_ANSWER_SECRETS" in answer.text


async def test_where_twilio_says_nothing_that_is_said(phone: Phone) -> None:
    form = {"MessageSid": "SM-unknown", "From": ANN, "Body": "1"}
    said = told(await phone.send(form, twilio_signature(TOKEN, ADDRESS, form)))
    assert "use the link of the page" in said
