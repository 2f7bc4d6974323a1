"""Two pagers at once: who rings whom, and what each can do."""

import asyncio

import pytest

from activities.errors import Rejected, Unavailable
from activities.ntfy import Ntfy
from activities.pagerduty import PagerDuty
from activities.pagers import Pagers
from tests.activities import sends
from tests.activities.conftest import ROUTING_KEY
from tests.patience import HANGS_AFTER_S
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Annotate, Receipt, Send, SyncPager


@pytest.fixture
def pagers(sandbox: SandboxServer) -> Pagers:
    pagerduty = PagerDuty({"on-call": ROUTING_KEY}, sandbox.pagerduty_events_url, sandbox.pagerduty_api_url, None, None)
    ntfy = Ntfy({"on-call": "on-call-topic", "boss": "boss-topic"}, sandbox.ntfy_url, None)
    return Pagers([pagerduty, ntfy])


@pytest.mark.parametrize(
    ("person", "vendor", "note"),
    [("on-call", "pagerduty", "through PagerDuty"), ("boss", "ntfy", "through ntfy")],
)
async def test_the_first_pager_that_knows_a_person_rings_them_and_no_other(
    pagers: Pagers, sandbox: SandboxServer, person: str, vendor: str, note: str
) -> None:
    receipt = await pagers.page(sends.page(to=person), False)
    assert receipt.note == note
    assert {entry["vendor"] for entry in await sandbox.wire()} == {vendor}


async def test_of_a_second_attempt_is_said_through_what_it_was_there(pagers: Pagers) -> None:
    await pagers.page(sends.page(to="boss"), False)
    assert (await pagers.page(sends.page(to="boss"), True)).note == "it was already there; through ntfy"


async def test_one_pager_alone_says_nothing_of_itself(ntfy: Ntfy) -> None:
    assert (await Pagers([ntfy]).page(sends.page(), False)).note is None


async def test_whom_nobody_knows_the_first_refuses(pagers: Pagers, sandbox: SandboxServer) -> None:
    with pytest.raises(Rejected, match="stranger has no PagerDuty integration key"):
        await pagers.page(sends.page(to="stranger"), False)
    assert await sandbox.wire() == []


async def test_a_page_is_synchronized_where_it_stays_open(pagers: Pagers, sandbox: SandboxServer) -> None:
    receipt = await pagers.page(sends.page(to="on-call"), False)
    await pagers.sync(sends.sync(receipt.reference or ""))
    [incident] = (await sandbox.state())["pagerduty_incidents"]
    assert incident["status"] == "acknowledged"


async def test_at_a_pager_that_keeps_nothing_open_there_is_nothing_to_do(
    pagers: Pagers, sandbox: SandboxServer
) -> None:
    sync = sends.send(SyncPager(to="boss", ring="ring-1", become="resolved"))
    assert (await pagers.sync(sync)).note == "nothing stays open at ntfy"
    note = sends.send(Annotate(to="boss", ring="ring-1"))
    assert (await pagers.annotate(note)).note == "not noted: ntfy shows no notes"
    assert await sandbox.wire() == []


class Silent:
    """It takes the request, and says nothing."""

    name = "a siren"

    def knows(self, person: str) -> bool:
        return True

    async def page(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return Receipt()

    async def sync(self, send: Send) -> Receipt:
        return await asyncio.sleep(HANGS_AFTER_S, Receipt())


async def test_what_is_said_at_a_pager_afterwards_keeps_a_slot_of_pages_no_longer_than_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("activities.pagers.RING_WITHIN_S", 0.05)
    with pytest.raises(Unavailable, match="a siren did not answer within"):
        await Pagers([Silent()]).sync(sends.sync("ring-1"))
