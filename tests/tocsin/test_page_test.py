"""`page-test`: it goes the way of every page, and says how that ended."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from settings import Settings
from starter.desk import page_test
from starter.runbooks.library import load
from starter.temporal.incidents import Incidents
from starter.temporal.installations import Installations
from starter.temporal.loading import loaded
from tests.tocsin.conftest import Tocsin
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.queues import PAGE_QUEUE


class FakePager:
    """Takes the place of the adapters behind the activity."""

    def __init__(self) -> None:
        self.sent: list[Send] = []
        self.refuses = ""

    @activity.defn(name="page")
    async def page(self, send: Send) -> Receipt:
        assert isinstance(send.effect, Page)
        if send.effect.to == "stranger":
            raise ApplicationError("stranger has no key", type="Rejected", non_retryable=True)
        if self.refuses and send.effect.way == self.refuses:
            raise ApplicationError("no such topic", type="Rejected", non_retryable=True)
        self.sent.append(send)
        return Receipt(reference=send.vendor_key)


async def test_a_test_page_is_marked_as_one_and_has_a_new_key_each_time(client: Client, tocsin: Tocsin) -> None:
    pager = FakePager()
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[pager.page]):
        answers = [await tocsin("page-test", "on-call") for _ in range(2)]
    assert [answer.code for answer in answers] == [0, 0]
    assert "the pager has the test page for on-call; acknowledge or resolve it there" in answers[0].out
    assert all(send.subject.startswith("TEST: ") for send in pager.sent)
    assert len({send.vendor_key for send in pager.sent}) == 2


WAYS = """
people:
  ann: {name: Ann, reach: [slack, {ntfy: ann-phone, after: 2m}]}
"""


async def test_whoever_has_several_ways_is_tested_by_each(fresh: Client, alone: Path, tocsin: Tocsin) -> None:
    acme = alone / "books" / "acme.yaml"
    acme.write_text(acme.read_text().replace("\npeople:\n", WAYS))
    await Installations(Incidents(fresh).connection).publish(loaded(load(alone / "books"), Settings()))
    pager = FakePager()
    async with Worker(fresh, task_queue=PAGE_QUEUE, activities=[pager.page]):
        answer = await tocsin("page-test", "ann")
        pager.refuses = "ntfy"
        half = await tocsin("page-test", "ann")
    assert (answer.code, answer.err) == (0, "")
    by = [(send.effect.way, send.effect.address) for send in pager.sent if isinstance(send.effect, Page)]
    assert sorted(by[:2]) == [("ntfy", "ann-phone"), ("slack", "")]
    assert (half.code, half.err) == (
        1,
        "the page was not delivered by ntfy: no such topic; delivered by a message in Slack\n",
    )


async def test_a_page_that_is_rejected_says_why(client: Client, tocsin: Tocsin) -> None:
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[FakePager().page]):
        answer = await tocsin("page-test", "stranger")
    assert (answer.code, answer.err) == (1, "the page was not delivered: stranger has no key\n")


async def test_without_a_worker_nobody_takes_the_page(
    client: Client, tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_test, "PICKED_UP_WITHIN", timedelta(seconds=0.2))
    answer = await tocsin("page-test", "on-call")
    assert (answer.code, answer.err) == (2, "no worker took the page: nobody is being paged\n")
