"""Calls: what is read, how long, and which call is taken for an earlier attempt's."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from activities.call_attempts import CallAttempts
from activities.errors import Rejected, Unavailable
from activities.phone_calls import PhoneCalls, spoken
from tests.activities import sends
from tests.activities.ways import line, page
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import ConfirmRing, Receipt


def calls(sandbox: SandboxServer) -> PhoneCalls:
    return PhoneCalls(line(sandbox))


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


ANN_RINGS = "incident-1/20261121-0204-k7/escalate/1/on-call/1"
BEN_RINGS = "incident-2/20261121-0204-m8/escalate/1/on-call/1"


@dataclass(frozen=True)
class Lost:
    """What becomes of the first attempts at two pages to one number, and how often the phone has rung in the end."""

    one: str
    """Nothing, `before` Twilio had it, or `after`."""
    two: str
    dies: bool
    """The worker, between the attempts."""
    for_one: int
    for_two: int


@pytest.mark.parametrize(
    "lost",
    [
        Lost("", "before", False, 1, 1),
        Lost("", "after", False, 1, 1),
        Lost("before", "before", False, 1, 1),
        Lost("after", "after", False, 1, 1),
        Lost("after", "before", False, 2, 1),
        Lost("before", "after", False, 1, 2),
        Lost("", "before", True, 1, 1),
        Lost("before", "before", True, 1, 1),
        Lost("after", "before", True, 2, 1),
        Lost("before", "after", True, 1, 2),
        Lost("after", "after", True, 2, 2),
    ],
    ids=str,
)
async def test_of_two_pages_to_one_number_each_rings_and_twice_only_where_nobody_knows_whose_a_call_is(
    sandbox: SandboxServer, lost: Lost
) -> None:
    process = calls(sandbox)
    pages = [page("voice", vendor_key=ring, subject=ring) for ring in (ANN_RINGS, BEN_RINGS)]
    missing = []
    for send, drop in zip(pages, (lost.one, lost.two), strict=True):
        if not drop:
            await process.page(send, False)
            continue
        await sandbox.fault(vendor="twilio", match="Twiml=", drop=drop, times=1)
        with pytest.raises(Unavailable):
            await process.page(send, False)
        missing.append(send)
    after = calls(sandbox) if lost.dies else process
    receipts = [await after.page(send, True) for send in missing]
    assert len({receipt.reference for receipt in receipts}) == len(missing)
    said = [call["said"] for call in (await sandbox.state())["calls"]]
    heard = tuple(sum(ring in each for each in said) for ring in (ANN_RINGS, BEN_RINGS))
    assert heard == (lost.for_one, lost.for_two)


async def test_a_call_of_which_nobody_knows_whose_it_is_is_said(sandbox: SandboxServer) -> None:
    send = page("voice", vendor_key=ANN_RINGS)
    await sandbox.fault(vendor="twilio", match="Twiml=", drop="after", times=1)
    with pytest.raises(Unavailable):
        await calls(sandbox).page(send, False)
    receipt = await calls(sandbox).page(send, True)
    assert receipt.warns
    assert receipt.note == "rang all the same: Twilio could not say whether it was there already"


async def test_a_receipt_that_did_not_arrive_is_made_again_without_a_call(sandbox: SandboxServer) -> None:
    """What Temporal never heard of was taken all the same."""
    process, send = calls(sandbox), page("voice", vendor_key=ANN_RINGS)
    first = await process.page(send, False)
    assert (await process.page(send, True)).reference == first.reference
    assert len((await sandbox.state())["calls"]) == 1


@pytest.mark.parametrize("status", [408, 429])
async def test_what_twilio_turned_away_is_not_taken_for_the_call_of_another_process(
    sandbox: SandboxServer, status: int
) -> None:
    """In a storm Twilio limits us, and other processes call the same number in the same second."""
    process, other = calls(sandbox), calls(sandbox)
    one, two = (page("voice", vendor_key=ring, subject=ring) for ring in (ANN_RINGS, BEN_RINGS))
    await sandbox.fault(vendor="twilio", match="Twiml=", status=status, times=1)
    with pytest.raises(Unavailable):
        await process.page(one, False)
    await other.page(two, False)
    await process.page(one, True)
    said = [call["said"] for call in (await sandbox.state())["calls"]]
    assert [sum(ring in each for each in said) for ring in (ANN_RINGS, BEN_RINGS)] == [1, 1]


async def test_two_attempts_at_one_page_count_as_two_calls_that_may_be_there(sandbox: SandboxServer) -> None:
    """The one that Twilio could not be asked about may have rung as well: its calls are not another page's."""
    process = calls(sandbox)
    one, two = (page("voice", vendor_key=ring, subject=ring) for ring in (ANN_RINGS, BEN_RINGS))
    await sandbox.fault(vendor="twilio", method="Calls", match="PageSize", status=503, times=1)
    await sandbox.fault(vendor="twilio", match="Twiml=", drop="after", times=2)
    for again in (False, True):
        with pytest.raises(Unavailable):
            await process.page(one, again)
    await sandbox.fault(vendor="twilio", match="Twiml=", drop="before", times=1)
    with pytest.raises(Unavailable):
        await process.page(two, False)
    await process.page(two, True)
    assert BEN_RINGS in str([call["said"] for call in (await sandbox.state())["calls"]])


def moments(*seconds: int) -> dict[str, datetime]:
    return {f"CA{number}": datetime.now(UTC) + timedelta(seconds=each) for number, each in enumerate(seconds)}


def lost_one(attempts: CallAttempts, ring: str, number: str = "+49") -> None:
    with contextlib.suppress(Unavailable), attempts.another(ring, number):
        raise Unavailable("the answer is lost")


@pytest.mark.parametrize("seconds", [-60, -3, 3, 60])
def test_a_call_of_another_time_is_no_attempts(seconds: int) -> None:
    attempts = CallAttempts()
    lost_one(attempts, ANN_RINGS)
    assert attempts.earlier(ANN_RINGS, "+49", moments(seconds)) is None
    assert attempts.earlier(ANN_RINGS, "+49", moments(seconds, 0)) == "CA1"


def test_a_call_counts_for_one_ring_only() -> None:
    attempts, listed = CallAttempts(), moments(0, 0)
    for ring in (ANN_RINGS, BEN_RINGS):
        lost_one(attempts, ring)
    taken = [attempts.earlier(ring, "+49", listed) for ring in (ANN_RINGS, BEN_RINGS, ANN_RINGS, BEN_RINGS)]
    assert taken == ["CA0", "CA1", "CA0", "CA1"]


def test_an_attempt_at_another_number_has_nothing_to_do_with_it() -> None:
    attempts = CallAttempts()
    lost_one(attempts, ANN_RINGS)
    lost_one(attempts, BEN_RINGS, "+44")
    assert attempts.earlier(ANN_RINGS, "+49", moments(0)) == "CA0"


def test_what_twilio_refused_has_made_no_call() -> None:
    attempts = CallAttempts()
    lost_one(attempts, ANN_RINGS)
    with contextlib.suppress(Rejected), attempts.another(BEN_RINGS, "+49"):
        raise Rejected("no such number")
    assert attempts.earlier(ANN_RINGS, "+49", moments(0)) == "CA0"


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
