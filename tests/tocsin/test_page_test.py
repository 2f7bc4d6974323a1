"""`page-test`: it goes the way of every page, and says how that ended."""

from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from starter.desk import page_test
from tests.tocsin.conftest import Tocsin
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.queues import PAGE_QUEUE


class FakePager:
    """Takes the place of the adapters behind the activity."""

    def __init__(self) -> None:
        self.sent: list[Send] = []

    @activity.defn(name="page")
    async def page(self, send: Send) -> Receipt:
        assert isinstance(send.effect, Page)
        if send.effect.to == "stranger":
            raise ApplicationError("stranger has no key", type="Rejected", non_retryable=True)
        self.sent.append(send)
        return Receipt(reference=send.vendor_key)


async def test_a_test_page_is_marked_as_one_and_has_a_new_key_each_time(client: Client, tocsin: Tocsin) -> None:
    pager = FakePager()
    async with Worker(client, task_queue=PAGE_QUEUE, activities=[pager.page]):
        answers = [await tocsin("page-test", "on-call") for _ in range(2)]
    assert [answer.code for answer in answers] == [0, 0]
    assert "acknowledge or resolve it there" in answers[0].out
    assert all(send.subject.startswith("TEST: ") for send in pager.sent)
    assert len({send.vendor_key for send in pager.sent}) == 2


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
