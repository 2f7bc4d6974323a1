"""What is under way when the gateway ends is ended with it: later it would open connections that nobody closes."""

import asyncio

import pytest

from activities.slack_api import SlackApi
from chat.health import Health
from chat.socket_mode import SocketMode
from chat.web import Replies
from tests.chat.conftest import PATIENT

NOWHERE = "http://127.0.0.1:1/api/"


class Unending:
    """Work that waits for an answer which does not come."""

    def __init__(self) -> None:
        self.begun, self.ended = asyncio.Event(), False

    async def work(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


async def test_an_answer_that_is_still_to_come() -> None:
    replies, unending = Replies(SlackApi("xoxb-1", NOWHERE), NOWHERE), Unending()
    replies.beside(unending.work())
    await unending.begun.wait()
    await replies.close()
    assert unending.ended


async def test_a_call_that_came_through_a_socket() -> None:
    class NeverAsked:
        async def answer(self, payload: object) -> None:
            pytest.fail("nothing was sent")

    api, unending = SlackApi("xoxb-1", NOWHERE), Unending()
    socket = SocketMode("xapp-1", NOWHERE, NeverAsked(), Health(api, None), PATIENT.envelope_s)
    socket.under_way.add(asyncio.create_task(unending.work()))
    running = asyncio.create_task(socket.run())
    await unending.begun.wait()
    running.cancel()
    await asyncio.wait([running])
    assert unending.ended
    await api.close()
