"""Calls: what is read, how long, and which call is taken for an earlier attempt's."""

from xml.etree import ElementTree

import pytest

from activities.errors import Rejected, Unavailable
from activities.phone_calls import PhoneCalls, spoken
from sandbox.ids import SANDBOX_ACCOUNT, SANDBOX_NUMBER
from tests.activities import sends
from tests.activities.ways import page
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import ConfirmRing, Receipt


def calls(sandbox: SandboxServer) -> PhoneCalls:
    return PhoneCalls({"on-call": "+4915112345678"}, SANDBOX_ACCOUNT, "token", SANDBOX_NUMBER, sandbox.twilio_url)


def test_what_is_read_is_escaped_and_short() -> None:
    twiml = spoken(page("voice", subject="SEV-1: <Dial>+1</Dial> & more " + "x" * 9000))
    [gather] = ElementTree.fromstring(twiml).findall("Gather")
    said = gather.findtext("Say") or ""
    assert said.startswith("SEV-1: <Dial>+1</Dial> & more")
    assert said.endswith("Press 1 to acknowledge, 2 to call the next people.")
    assert len(twiml) < 1000
    assert gather.attrib["action"] == "https://tocsin.example.com/webhooks/twilio/digits/TOKEN"


def test_what_cannot_be_answered_asks_for_no_digit() -> None:
    assert "Gather" not in spoken(sends.page())


async def test_a_lost_answer_of_one_ring_does_not_take_the_call_of_another_for_it(sandbox: SandboxServer) -> None:
    ways = calls(sandbox)
    await ways.page(page("voice", vendor_key="incident-1/20261121-0204-k7/escalate/1/on-call/1"), False)
    lost = page("voice", vendor_key="incident-2/20261121-0204-m8/escalate/1/on-call/1")
    await sandbox.fault(vendor="twilio", match="Twiml=", drop="before", times=1)
    with pytest.raises(Unavailable):
        await ways.page(lost, False)
    await ways.page(lost, True)
    assert len((await sandbox.state())["calls"]) == 2


async def looked(sandbox: SandboxServer, reference: str) -> Receipt:
    return await calls(sandbox).confirm(sends.send(ConfirmRing(to="on-call", ring="a/b/c/1", reference=reference)))


@pytest.mark.parametrize(
    ("status", "reached", "missed", "why"),
    [
        ("ringing", [], "", ""),
        ("in-progress", ["phone"], "", ""),
        ("completed", ["phone"], "", ""),
        ("no-answer", [], "phone", "the phone rang, and nobody answered"),
        ("busy", [], "phone", "the line was busy, or the call was declined"),
        ("failed", [], "", "the call could not be made"),
    ],
)
async def test_what_became_of_a_call_is_what_twilio_says(
    sandbox: SandboxServer, status: str, reached: list[str], missed: str, why: str
) -> None:
    receipt = await calls(sandbox).page(page("voice"), False)
    assert receipt.followed
    await sandbox.control("POST", f"calls/{receipt.reference}/becomes/{status}")
    proof = (await looked(sandbox, receipt.reference or "")).proof
    assert proof is not None
    assert ([each.way for each in proof.notified], proof.missed, proof.why) == (reached, missed, why)
    assert proof.reached_nobody == bool(why)


@pytest.mark.parametrize("reference", ["", "CAUNKNOWN"])
async def test_of_a_call_that_nobody_knows_nothing_is_known(sandbox: SandboxServer, reference: str) -> None:
    with pytest.raises(Rejected):
        await looked(sandbox, reference)


async def test_a_call_that_nobody_answers_ends_in_the_sandbox_when_its_time_is_up(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.phone_calls.RINGS_FOR_S", 0)
    receipt = await calls(sandbox).page(page("voice"), False)
    [entry] = await sandbox.wire("twilio")
    assert entry["body"]["Timeout"] == "0"
    proof = (await looked(sandbox, receipt.reference or "")).proof
    assert proof is not None
    assert proof.missed == "phone"
