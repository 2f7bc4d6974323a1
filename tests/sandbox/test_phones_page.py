"""The phones of the sandbox's page in a real browser: they ring, are answered by a link or a digit, and declined."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request, Response
from playwright.async_api import Page, expect

from activities.ntfy import Ntfy
from activities.opsgenie import Opsgenie
from activities.phone_calls import PhoneCalls
from activities.twilio import TextMessages
from activities.twilio_page import TwilioLine
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER
from sandbox.serve import serving
from tests.activities import sends
from tests.sandbox.test_page import shown
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Send

shown = shown  # a fixture of the page's tests
ANN = "+4915112345678"
NARROW, WIDE = 360, 1440


class AnsweringApp:
    """What the link and the digits of a page lead to."""

    def __init__(self) -> None:
        self.url = ""
        self.pressed: list[str] = []

    async def digits(self, request: Request) -> Response:
        self.pressed.append((await request.body()).decode())
        return Response("<Response><Say>Ann acknowledged</Say></Response>", media_type="text/xml")

    async def look(self) -> Response:
        return Response("<h1>Answer this page</h1>", media_type="text/html")


@pytest_asyncio.fixture
async def answering() -> AsyncIterator[AnsweringApp]:
    one, app = AnsweringApp(), FastAPI()
    app.add_api_route("/webhooks/twilio/digits/TOKEN", one.digits, methods=["POST"])
    app.add_api_route("/a/TOKEN", one.look, methods=["GET"])
    async with serving(app) as url:
        one.url = url
        yield one


def send(answering: AnsweringApp) -> Send:
    link = f"{answering.url}/a/TOKEN"
    return sends.page(subject="SEV-1: checkout is down", answer=link, links=(("Acknowledge", link),))


async def rings_by_all(sandbox: SandboxServer, answering: AnsweringApp) -> None:
    line = TwilioLine({"on-call": ANN}, SANDBOX_ACCOUNT, "sandbox", SANDBOX_NUMBER, sandbox.twilio_url)
    for pager in (
        PhoneCalls(line),
        TextMessages(line),
        Ntfy({"on-call": "on-call-topic"}, sandbox.ntfy_url, None),
        Opsgenie({"on-call": "genie"}, sandbox.opsgenie_url),
    ):
        await pager.page(send(answering), may_have_been_sent=False)


async def test_a_call_rings_and_a_digit_answers_it(
    shown: Page, sandbox: SandboxServer, answering: AnsweringApp
) -> None:
    await rings_by_all(sandbox, answering)
    phones = shown.get_by_role("region", name="Phones")
    call = phones.get_by_role("article").filter(has_text="call, ringing")
    await expect(call).to_contain_text("SEV-1: checkout is down. Press 1 to acknowledge")
    await call.get_by_role("button", name="1", exact=True).click()
    answered = phones.get_by_role("article").filter(has_text="call, completed")
    await expect(answered).to_contain_text("Ann acknowledged")
    await expect(answered.get_by_role("button")).to_have_count(0)
    assert "Digits=1" in answering.pressed[0]


async def test_a_call_is_declined(shown: Page, sandbox: SandboxServer, answering: AnsweringApp) -> None:
    await rings_by_all(sandbox, answering)
    phones = shown.get_by_role("region", name="Phones")
    await phones.get_by_role("button", name="Decline").click()
    await expect(phones.get_by_role("article").filter(has_text="call, busy")).to_be_visible()
    await expect(phones.get_by_role("button", name="Decline")).to_have_count(0)


async def test_the_link_of_a_text_message_can_be_followed(
    shown: Page, sandbox: SandboxServer, answering: AnsweringApp
) -> None:
    await rings_by_all(sandbox, answering)
    text = shown.get_by_role("article").filter(has_text="text message, delivered")
    link = text.get_by_role("link", name=f"{answering.url}/a/TOKEN")
    async with shown.context.expect_page() as opened:
        await link.click()
    await expect((await opened.value).get_by_role("heading", name="Answer this page")).to_be_visible()


async def test_what_somebody_types_as_a_reply_survives_what_comes_meanwhile(
    shown: Page, sandbox: SandboxServer, answering: AnsweringApp
) -> None:
    await rings_by_all(sandbox, answering)
    reply = shown.get_by_label(f"Reply of {ANN}").first
    await reply.fill("ac")
    await rings_by_all(sandbox, answering)
    await expect(shown.get_by_label(f"Reply of {ANN}")).to_have_count(2)
    assert [await each.input_value() for each in await shown.get_by_label(f"Reply of {ANN}").all()] == ["", "ac"]


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_no_phone_is_wider_than_the_page(
    shown: Page, sandbox: SandboxServer, answering: AnsweringApp, width: int
) -> None:
    await shown.set_viewport_size({"width": width, "height": 900})
    await rings_by_all(sandbox, answering)
    await expect(shown.get_by_role("article").filter(has_text="call, ringing")).to_be_visible()
    assert await shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    wide = "[...document.querySelectorAll('#phones article')].filter(it => it.scrollWidth > it.clientWidth + 1).length"
    assert await shown.evaluate(wide) == 0
