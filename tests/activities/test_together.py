"""Several effects in one activity: an answer for each, whatever becomes of the others."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import together
from activities.errors import Rejected, Unavailable
from activities.perform import Perform, attempt_together
from tests.activities import sends
from workflows.durable.batches import AttemptResults, SendBatch
from workflows.policy.effects.effects import Receipt, Send


class Talker:
    """Does what a message says."""

    def __init__(self) -> None:
        self.looked_for: list[str] = []

    async def open_channel(self, send: Send) -> Receipt:
        return Receipt(reference="C1", name=send.key)

    async def close(self) -> None:
        """Keeps no connection."""

    async def invite(self, send: Send) -> Receipt:
        return Receipt()

    async def bring_up_to_date(self, send: Send, may_have_been_sent: bool) -> Receipt:
        return Receipt()

    async def set_topic(self, send: Send) -> Receipt:
        return Receipt(reference="C1")

    async def post(self, send: Send, may_have_been_sent: bool) -> Receipt:
        if may_have_been_sent:
            self.looked_for.append(send.key)
        match send.key:
            case "refused/1":
                raise Rejected("never", route="r1")
            case "later/1":
                raise Unavailable("not now", timedelta(minutes=3))
            case "bug/1":
                raise KeyError("a bug")
            case "hangs/1":
                await asyncio.Event().wait()
        return Receipt(reference=send.key)


async def attempt(chat: Talker, *batch: Send) -> AttemptResults:
    return await ActivityEnvironment().run(Perform(None, chat, None).send_together, SendBatch(sends=batch))


async def test_each_gets_its_answer_in_its_place() -> None:
    keys = ("refused/1", "later/1", "bug/1", "fine/1")
    found = await attempt(Talker(), *(sends.post(key=key) for key in keys), sends.channel(key="channel/1"))
    refused, later, bug, fine, channel = found.answers
    assert (refused.failure, refused.problem, refused.route) == ("Rejected", "never", "r1")
    assert (later.failure, later.problem, later.wait) == ("Unavailable", "not now", timedelta(minutes=3))
    assert (bug.failure, bug.receipt) == ("KeyError", None)
    assert fine.receipt == Receipt(reference="fine/1")
    assert channel.receipt == Receipt(reference="C1", name="channel/1")


async def test_one_that_hangs_costs_the_others_no_answer() -> None:
    with patch.object(together, "AT_MOST_S", 0.01):
        found = await attempt(Talker(), sends.post(key="hangs/1"), sends.post(key="fine/1"))
    hangs, fine = found.answers
    assert (hangs.receipt, hangs.failure) == (None, "TimeoutError")
    assert fine.receipt == Receipt(reference="fine/1")


async def test_only_what_may_have_been_sent_is_looked_for() -> None:
    chat = Talker()
    await attempt(chat, sends.post(key="new/1"), sends.post(key="old/1", again=True))
    assert chat.looked_for == ["old/1"]


async def test_without_a_chat_each_is_told_so() -> None:
    environment, batch = ActivityEnvironment(), SendBatch(sends=(sends.post(key="a/1"), sends.post(key="b/1")))
    found = await environment.run(Perform(None, None, None).send_together, batch)
    assert {(each.failure, each.problem) for each in found.answers} == {
        ("Rejected", "Slack is not connected: set TOCSIN_SLACK_TOKEN")
    }


async def test_a_failure_without_a_pause_asks_for_none() -> None:
    async def fails(send: Send) -> Receipt:
        raise ApplicationError("not now", type="Unavailable")

    (answer,) = (await attempt_together(SendBatch(sends=(sends.post(),)), fails)).answers
    assert answer.wait == timedelta()
