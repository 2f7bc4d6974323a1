"""The kit that every way to a person passes, whatever it is: nothing is lost without a word, and nothing rings twice.

A new way adds itself to the table of `ways.py`.
"""

import logging
import traceback
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from activities.errors import Rejected, Unavailable
from activities.ntfy import Ntfy
from activities.pagers import Pagers, fingerprint
from activities.slack import Slack
from activities.webhook import WebhookPager
from sandbox.apprise import BAD_PASSWORD
from sandbox.ids import WEBHOOK_SECRET
from tests.activities.conftest import NTFY_TOPIC
from tests.activities.ways import LINK, Way, demand_apprise, page, way_of
from tests.sandbox_server import SandboxServer
from workflows.policy.effects.effects import Page, SyncPager
from workflows.policy.runbook.reach import WAYS

SAY_WHAT_BECAME_OF_IT = {"pagerduty", "opsgenie", "sms", "voice"}
STAY_OPEN = {"pagerduty", "opsgenie", "slack", "webhook"}


@pytest_asyncio.fixture
async def revoked(sandbox: SandboxServer) -> AsyncIterator[Slack]:
    """With a token that Slack takes no longer."""
    made = Slack("xoxb-revoked", sandbox.slack_url, {"on-call": "U0ONCALL"})
    yield made
    await made.close()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, sandbox: SandboxServer, slack: Slack, revoked: Slack) -> Way:
    if request.param == "apprise":
        demand_apprise()
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


async def test_a_wrong_key_is_rejected_at_once_and_says_where_it_stands(way: Way) -> None:
    with pytest.raises(Rejected, match=way.setting):
        await way.ring(pager=way.mistyped())
    assert await way.phones() == []


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_no_secret_is_in_an_error_or_a_log_even_if_its_vendor_echoes_it(
    way: Way, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await way.fault(status=status, error=f"what is {' or '.join(way.secrets)}?")
    with pytest.raises((Unavailable, Rejected)) as failure:
        await way.ring()
    said = "".join(traceback.format_exception(failure.value, chain=True)) + repr(failure.value.args)
    heard = [entry for entry in caplog.records if logging.getLogger(entry.name).propagate]  # pytest hears others, too
    logged = "\n".join(entry.getMessage() for entry in heard)
    for secret in way.secrets:
        assert secret not in said
        assert secret not in logged


async def test_what_became_of_a_page_is_said_or_it_is_said_that_nobody_knows(way: Way) -> None:
    send = page(way.name)
    found = await way.look(send, await way.ring(send))
    if way.name in SAY_WHAT_BECAME_OF_IT:
        assert found.proof is not None
        assert (found.proof.there, found.proof.reached_nobody) == (True, False)
    else:
        assert (found.proof, "does not say whom it reached" in (found.note or "")) == (None, True)


async def test_what_reached_nobody_is_said_to_have_by_each_way_that_can_know(way: Way) -> None:
    assert (way.unstaffed is not None) == (way.name in SAY_WHAT_BECAME_OF_IT - {"opsgenie"})
    if way.unstaffed is None:
        return
    send, nobody = page(way.name), way.unstaffed()
    proof = (await way.look(send, await way.ring(send, pager=nobody), nobody)).proof
    assert proof is not None
    assert proof.reached_nobody


async def test_what_is_answered_here_is_silenced_there_or_it_is_said_that_nothing_stands_open(way: Way) -> None:
    send = page(way.name)
    reference = await way.ring(send)
    silenced = SyncPager(
        to="on-call", ring=send.vendor_key, way=way.name, become="acknowledged", reference=reference or ""
    )
    receipt = await Pagers([], {way.name: way.pager}).sync(send.model_copy(update={"effect": silenced}))
    if way.name in STAY_OPEN:
        assert receipt.reference
    else:
        assert receipt.note == f"nothing stays open at {way.pager.name}"


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


@pytest.mark.parametrize("way", ["ntfy", "email", "apprise"], indirect=True)
async def test_what_people_chose_is_not_to_be_guessed_from_what_stands_in_histories(way: Way) -> None:
    """A topic, a mail server's password, an address with a password in it: of a plain hash every guess is tried."""
    plain = {
        "ntfy": (NTFY_TOPIC, "bad"),
        "email": ("on-call@example.com", "127.0.0.1", str(way.sandbox.mail_port), "tocsin", "mistyped"),
        "apprise": (f"{way.sandbox.apprise_url}/on-call".replace("apprise-secret", BAD_PASSWORD),),
    }
    with pytest.raises(Rejected) as refused:
        await way.ring(pager=way.mistyped())
    assert refused.value.route
    assert refused.value.route != fingerprint("on-call", *plain[way.name])


async def test_a_vendor_that_hangs_is_unavailable_in_time(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way.patience, 0.2)
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
    """By apprise twice: no service of its can be asked, and a page that is lost is worse."""
    send = page(way.name)
    await way.fault(drop="after", times=1)
    with pytest.raises(Unavailable):
        await way.ring(send)
    assert await way.ring(send, again=True)
    assert len(await way.phones()) == way.after_lost_answer


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
