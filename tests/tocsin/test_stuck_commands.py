"""What the commands say of an incident that the worker's code cannot go on with."""

import asyncio
import json
from collections.abc import AsyncIterator
from unittest.mock import patch

import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from starter.temporal.stuck import stuck_ids
from tests.starter.conftest import eventually
from tests.tocsin.conftest import Tocsin
from tests.tocsin.test_commands import process, until_found
from workflows.policy import engine
from workflows.policy.watches.stuck import CURE

WHY = "stuck: this code fails on it: KeyError: 'a bug' (workflows/"


@pytest_asyncio.fixture
async def incident(tocsin: Tocsin, client: Client, worker: Worker) -> AsyncIterator[str]:
    declared: str = json.loads((await tocsin("declare", "Checkout is slow", "--json")).out)["incident"]
    await until_found(tocsin, "note", "looking at it")
    with patch.object(engine, "split", side_effect=KeyError("a bug")):
        await asyncio.gather(process("note", declared, "hm"), eventually(lambda: stuck_ids(client)))
        yield declared


async def test_list_marks_it_and_says_what_to_do(tocsin: Tocsin, incident: str) -> None:
    listed = await tocsin("list")
    assert "stuck: its tasks fail, so nothing happens for it" in listed.out
    assert CURE in listed.out
    (one,) = json.loads((await tocsin("list", "--json")).out)
    assert one["stuck"] is True


async def test_show_and_ack_say_that_it_is_stuck_why_and_what_to_do(tocsin: Tocsin, incident: str) -> None:
    shown, acknowledged = await asyncio.gather(process("show", incident), process("ack", incident))
    assert (shown.code, acknowledged.code) == (2, 2)
    assert WHY in " ".join(shown.out.split())
    assert "Checkout is slow" in shown.out
    assert shown.err.startswith(WHY)
    assert acknowledged.err.startswith(f"recorded; {WHY}")
    assert acknowledged.err.endswith(f"nothing is being paged. What to do: {CURE}\n")
