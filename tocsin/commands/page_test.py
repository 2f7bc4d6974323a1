"""`page-test`: a real page, marked TEST, to know that somebody's phone would ring."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import typer
from pydantic import BaseModel
from temporalio import exceptions
from temporalio.client import ActivityFailureError, Client
from temporalio.common import RetryPolicy
from typer import Argument

import settings
from tocsin import connection, output
from tocsin.commands.arguments import AsJson, me
from tocsin.failure import ExitCode, Failure
from tocsin.view.plain import plain
from workflows.policy.effects.effects import Page, Receipt, Send
from workflows.policy.keys import vendor_keys
from workflows.queues import PAGE_QUEUE

app = typer.Typer()

PICKED_UP_WITHIN = timedelta(seconds=15)
SENT_WITHIN = timedelta(seconds=30)


class Tested(BaseModel):
    """`page-test --json`."""

    person: str
    key: str
    note: str | None = None


@app.command("page-test")
def page_test(
    person: Annotated[str, Argument(help="A person of your runbooks, such as on-call.")], as_json: AsJson = False
) -> None:
    """Page somebody for real, marked TEST, through the worker. Nothing escalates."""
    asyncio.run(_page(person, as_json))


async def _page(person: str, as_json: bool) -> None:
    send = marked_test(person, datetime.now(UTC))
    receipt = await _through_the_worker(await connection.client(settings.load().state_dir), send)
    sentence = f"PagerDuty has the test page for {person}; acknowledge or resolve it there (key {send.vendor_key})"
    remark = f"\n{receipt.note}" if receipt.note else ""
    output.show(Tested(person=person, key=send.vendor_key, note=receipt.note), plain(sentence + remark), as_json)


def marked_test(person: str, now: datetime) -> Send:
    """Its key is new each time: the pager would swallow a second ring of the same."""
    incident = f"test-{uuid4().hex[:8]}"
    return Send(
        incident=incident,
        key=f"page-test/{person}",
        vendor_key=vendor_keys.of_test(incident, person),
        effect=Page(to=person, tier=1, round=1, round_started_at=now),
        subject=f"TEST: {me()} asks whether this page reaches {person}",
        text="TEST of Tocsin's paging. There is no incident. Acknowledge or resolve this, nothing else is expected.",
        severity="sev4",
    )


async def _through_the_worker(client: Client, send: Send) -> Receipt:
    """As an activity by itself, on the queue of the real pages. Raises Failure."""
    try:
        receipt: Receipt = await client.execute_activity(
            "page",
            send,
            id=send.vendor_key,
            task_queue=PAGE_QUEUE,
            result_type=Receipt,
            schedule_to_start_timeout=PICKED_UP_WITHIN,
            start_to_close_timeout=PICKED_UP_WITHIN,
            schedule_to_close_timeout=SENT_WITHIN,
            retry_policy=RetryPolicy(maximum_attempts=2),
            summary=send.subject,
        )
        return receipt
    except ActivityFailureError as error:
        raise _failure(error.cause) from None


def _failure(cause: BaseException | None) -> Failure:
    if isinstance(cause, exceptions.TimeoutError) and cause.type is exceptions.TimeoutType.SCHEDULE_TO_START:
        return Failure("no worker took the page: nobody is being paged", ExitCode.not_reached)
    if isinstance(cause, exceptions.ApplicationError):
        return Failure(f"the page was not delivered: {cause.message}")
    return Failure(f"the page was not delivered in time: {cause}")
