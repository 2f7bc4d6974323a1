"""Text messages: what they say, who sends them, what became of them, and what is never told."""

import pytest

from activities.errors import Rejected
from activities.twilio import TextMessages, sms_mark
from activities.twilio_page import TwilioLine
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER
from sandbox.twilio import BAD_AUTH_TOKEN
from tests.activities import sends
from tests.activities.ways import LINK, page
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import ConfirmRing, Receipt
from workflows.policy.keys import answer_tickets

ANN = "+4915112345678"
DIGITS = answer_tickets.code(LINK.rpartition("/a/")[2])


def texts(
    sandbox: SandboxServer, sender: str = SANDBOX_NUMBER, token: str = "auth-token", to: str = ANN
) -> TextMessages:
    return TextMessages(TwilioLine({"on-call": to}, SANDBOX_ACCOUNT, token, sender, sandbox.twilio_url))


async def looked(sandbox: SandboxServer, reference: str) -> Receipt:
    return await texts(sandbox).confirm(sends.send(ConfirmRing(to="on-call", ring="a/b/c/1", reference=reference)))


async def test_it_says_the_title_the_digits_that_answer_it_and_the_letters_of_its_incident(
    sandbox: SandboxServer,
) -> None:
    await texts(sandbox).page(page("sms", vendor_key="incident-1/20261121-0204-k7/x"), False)
    [text] = (await sandbox.state())["text_messages"]
    mark = sms_mark("incident-1/20261121-0204-k7/x")
    assert text["body"].split("\n") == ["SEV-1: checkout is down", f"Reply {DIGITS} to acknowledge. k7 {mark}", LINK]
    assert (text["to"], text["sender"]) == (ANN, SANDBOX_NUMBER)


async def test_what_cannot_be_answered_does_not_ask_for_it(sandbox: SandboxServer) -> None:
    await texts(sandbox).page(sends.page(), False)
    [text] = (await sandbox.state())["text_messages"]
    assert "Reply" not in text["body"]


async def test_a_messaging_service_may_send_it(sandbox: SandboxServer) -> None:
    service = "MG" + "0" * 32
    await texts(sandbox, sender=service).page(page("sms"), False)
    [sent] = await sandbox.wire("twilio")
    assert sent["body"]["MessagingServiceSid"] == service
    assert "From" not in sent["body"]


async def test_a_title_without_end_fits(sandbox: SandboxServer) -> None:
    await texts(sandbox).page(page("sms", subject="🔥" * 5000), False)
    [text] = (await sandbox.state())["text_messages"]
    assert len(text["body"]) < 400
    assert LINK in text["body"]


async def test_a_page_is_not_lost_to_a_link_that_twilio_refuses(sandbox: SandboxServer) -> None:
    await sandbox.fault(vendor="twilio", match="example.com", status=400, error="blocked link")
    receipt = await texts(sandbox).page(page("sms"), False)
    assert receipt.warns
    assert "without its link, for Twilio answered 400: blocked link" in (receipt.note or "")
    [text] = (await sandbox.state())["text_messages"]
    assert "Reply" not in text["body"]  # what it meant would be read from the link


async def test_neither_the_number_nor_the_token_is_in_what_is_said_of_a_refusal(sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected) as refused:
        await texts(sandbox, to="+49").page(page("sms"), False)
    assert "'To' number *** is not a valid phone number" in str(refused.value)
    with pytest.raises(Rejected) as unknown:
        await texts(sandbox, token=BAD_AUTH_TOKEN).page(page("sms"), False)
    assert BAD_AUTH_TOKEN not in str(unknown.value)


async def test_a_number_that_was_refused_twice_is_not_tried_again(sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected) as first:
        await texts(sandbox, to="+49").page(page("sms"), False)
    before = len(await sandbox.wire("twilio"))
    with pytest.raises(Rejected, match="was refused twice"):
        await texts(sandbox, to="+49").page(page("sms", not_through=(first.value.route,)), False)
    assert len(await sandbox.wire("twilio")) == before


@pytest.mark.parametrize(
    ("status", "reached", "nobody", "why"),
    [
        ("sent", [], False, ""),
        ("delivered", ["sms"], False, ""),
        ("undelivered", [], True, "it could not be delivered (undelivered, error 30003)"),
        ("failed", [], True, "it could not be delivered (failed, error 30003)"),
    ],
)
async def test_what_became_of_it_is_what_the_network_says(
    sandbox: SandboxServer, status: str, reached: list[str], nobody: bool, why: str
) -> None:
    receipt = await texts(sandbox).page(page("sms"), False)
    assert receipt.followed
    error = "?error=30003" if nobody else ""
    await sandbox.control("POST", f"texts/{receipt.reference}/{status}{error}")
    proof = (await looked(sandbox, receipt.reference or "")).proof
    assert proof is not None
    assert ([each.way for each in proof.notified], proof.reached_nobody, proof.why) == (reached, nobody, why)


@pytest.mark.parametrize("reference", ["", "SMUNKNOWN"])
async def test_of_a_message_that_nobody_knows_nothing_is_known(sandbox: SandboxServer, reference: str) -> None:
    with pytest.raises(Rejected):
        await looked(sandbox, reference)
